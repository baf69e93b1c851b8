"""OAuth libraries of Python, unmodified, over HTTPS: requests-oauthlib, Authlib, and ADAL, which still asks the v1 endpoints. Tokens are
accepted by the API. Run under house.sh; ends with `N passed, N failed`."""
import hashlib
import os
import ssl

import adal
import authlib
import requests_oauthlib
from authlib.integrations.requests_client import OAuth2Session as AuthlibSession
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from oauthlib.oauth2 import BackendApplicationClient

from steps import E, authorize, call_api, done, must, query_of, step

AUTHORITY = f"{E['IDP_HTTPS']}/{E['TENANT_ID']}"
AUTHORIZE, TOKEN = f"{AUTHORITY}/oauth2/v2.0/authorize", f"{AUTHORITY}/oauth2/v2.0/token"
SCOPES = ["openid", "profile", "email", "offline_access", "api://auth-test/access_as_user"]
ALICE = {"username": "alice@contoso.test", "password": "Passw0rd!"}


# ---- requests-oauthlib ----
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # the app's own redirect URI is http://localhost
os.environ["OAUTHLIB_RELAX_TOKEN_SCOPE"] = "1"  # the answer never lists offline_access, as Entra's does not


@step("requests-oauthlib: code, then its refresh token")
def _():
    session = requests_oauthlib.OAuth2Session(E["WEB_ID"], redirect_uri=E["WEB_REDIRECT"], scope=SCOPES)
    url, _ = session.authorization_url(AUTHORIZE)
    first = session.fetch_token(TOKEN, authorization_response=authorize(url), client_secret=E["WEB_SECRET"])
    second = session.refresh_token(TOKEN, client_id=E["WEB_ID"], client_secret=E["WEB_SECRET"])
    must(first["access_token"] != second["access_token"], "the old token")
    return call_api(second["access_token"])


@step("an app for itself, by Basic")
def _():
    session = requests_oauthlib.OAuth2Session(client=BackendApplicationClient(E["DAEMON_ID"], scope=["api://auth-test/.default"]))
    return call_api(session.fetch_token(TOKEN, client_secret=E["DAEMON_SECRET"])["access_token"])


# ---- Authlib ----
for method in "client_secret_post", "client_secret_basic":
    @step(f"Authlib: code with PKCE, {method}, then its refresh token")
    def _():
        session = AuthlibSession(E["WEB_ID"], E["WEB_SECRET"], scope=SCOPES, redirect_uri=E["WEB_REDIRECT"],
                                 token_endpoint_auth_method=method, code_challenge_method="S256")
        verifier = "of-this-test-only" * 4
        url, state = session.create_authorization_url(AUTHORIZE, code_verifier=verifier)
        session.fetch_token(TOKEN, authorization_response=authorize(url), code_verifier=verifier, state=state)
        return call_api(session.refresh_token(TOKEN)["access_token"])


@step("private_key_jwt without a thumbprint, and without client_id in the body")
def _():
    with open(E["DAEMON_KEY"]) as key:
        session = AuthlibSession(E["DAEMON_ID"], key.read(), token_endpoint_auth_method=PrivateKeyJWT(TOKEN), scope="api://auth-test/.default")
    return call_api(session.fetch_token(TOKEN, grant_type="client_credentials")["access_token"])


@step("a public client, by Basic without a secret")
def _():
    session = AuthlibSession(E["NATIVE_ID"], "", scope=SCOPES, token_endpoint_auth_method="client_secret_basic")
    return call_api(session.fetch_token(TOKEN, **ALICE)["access_token"])


# ---- ADAL ----
RESOURCE = "api://auth-test"


def context():
    return adal.AuthenticationContext(AUTHORITY, validate_authority=False)


@step("ADAL: an app for itself, by certificate")
def _():
    with open(E["DAEMON_CERT"]) as cert, open(E["DAEMON_KEY"]) as key:
        thumbprint = hashlib.sha1(ssl.PEM_cert_to_DER_cert(cert.read())).hexdigest()
        return call_api(context().acquire_token_with_client_certificate(RESOURCE, E["DAEMON_ID"], key.read(), thumbprint)["accessToken"])


@step("code, then its refresh token")
def _():
    back = query_of(authorize(f"{AUTHORITY}/oauth2/authorize?response_type=code&client_id={E['WEB_ID']}&redirect_uri={E['WEB_REDIRECT']}&resource={RESOURCE}"))
    first = context().acquire_token_with_authorization_code(back["code"], E["WEB_REDIRECT"], RESOURCE, E["WEB_ID"], E["WEB_SECRET"])
    second = context().acquire_token_with_refresh_token(first["refreshToken"], E["WEB_ID"], RESOURCE, E["WEB_SECRET"])
    return call_api(second["accessToken"])


@step("user name and password, after the user's realm")
def _():
    return call_api(context().acquire_token_with_username_password(RESOURCE, *ALICE.values(), E["NATIVE_ID"])["accessToken"])


@step("device code")
def _():
    codes = context().acquire_user_code(RESOURCE, E["NATIVE_ID"])
    return call_api(context().acquire_token_with_device_code(RESOURCE, codes, E["NATIVE_ID"])["accessToken"])


done(f"requests-oauthlib {requests_oauthlib.__version__}, Authlib {authlib.__version__}, adal {adal.__version__}")

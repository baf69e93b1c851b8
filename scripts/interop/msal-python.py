"""MSAL for Python, unmodified, over HTTPS: every grant that it knows; tokens accepted by the API. Run under house.sh; with IDP_AS
it has Microsoft's own authority, and says nothing else. Ends with `N passed, N failed`."""
import hashlib
import ssl

import msal

from steps import E, authorize, call_api, done, must, query_of, step

AUTHORITY = f"{E['IDP_HTTPS']}/{E['TENANT_ID']}"
ENTRA = "IDP_AS" in E
SCOPES = ["api://auth-test/access_as_user"]
APP_SCOPES = ["api://auth-test/.default"]
OPTIONS = {} if ENTRA else {"instance_discovery": False}


def ask_api(answer):
    must("access_token" in answer, answer)
    return call_api(answer["access_token"])


def confidential(client_id, credential):
    return msal.ConfidentialClientApplication(client_id, client_credential=credential, authority=AUTHORITY, **OPTIONS)


web = confidential(E["WEB_ID"], E["WEB_SECRET"])
native = msal.PublicClientApplication(E["NATIVE_ID"], authority=AUTHORITY, **OPTIONS)
user = {}


@step("client credentials, cached the second time, accepted by the API")
def _():
    app = confidential(E["DAEMON_ID"], E["DAEMON_SECRET"])
    first = app.acquire_token_for_client(APP_SCOPES)
    second = app.acquire_token_silent(APP_SCOPES, account=None)
    must(second and second["access_token"] == first["access_token"], second)
    return ask_api(first)


@step("client credentials with a certificate, accepted by the API")
def _():
    with open(E["DAEMON_CERT"]) as cert, open(E["DAEMON_KEY"]) as key:
        pem, private_key = cert.read(), key.read()
    thumbprint = hashlib.sha1(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
    app = confidential(E["DAEMON_ID"], {"private_key": private_key, "thumbprint": thumbprint, "public_certificate": pem})
    return ask_api(app.acquire_token_for_client(APP_SCOPES))


@step("authorization code with PKCE, accepted by the API")
def _():
    flow = web.initiate_auth_code_flow(SCOPES, redirect_uri=E["WEB_REDIRECT"])
    user.update(web.acquire_token_by_auth_code_flow(flow, query_of(authorize(flow["auth_uri"]))))
    must(user.get("id_token_claims", {}).get("preferred_username") == "alice@contoso.test", user)
    return ask_api(user)


@step("the same token from the cache, a new one by the refresh token")
def _():
    account = web.get_accounts()[0]
    cached = web.acquire_token_silent(SCOPES, account=account)
    fresh = web.acquire_token_silent(SCOPES, account=account, force_refresh=True)
    must(cached["access_token"] == user["access_token"] != fresh["access_token"], fresh)
    return ask_api(fresh)


@step("on behalf of the user who called")
def _():
    api = confidential(E["API_ID"], E["API_SECRET"])
    answer = api.acquire_token_on_behalf_of(user["access_token"], ["api://legacy/user_impersonation"])
    must("user_impersonation" in answer.get("scope", ""), answer)
    return answer["scope"]


@step("device code, accepted by the API")
def _():
    return ask_api(native.acquire_token_by_device_flow(native.initiate_device_flow(SCOPES)))


@step("a wrong secret is invalid_client, AADSTS7000215")
def _():
    answer = confidential(E["DAEMON_ID"], "wrong").acquire_token_for_client(APP_SCOPES)
    must(answer.get("error") == "invalid_client" and answer["error_codes"] == [7000215], answer)
    return answer["error"]


if ENTRA:  # it asks for the user's realm at the authority's host without its port
    @step("user name and password, accepted by the API")
    def _():
        return ask_api(native.acquire_token_by_username_password("alice@contoso.test", "Passw0rd!", SCOPES))

done(f"msal {msal.__version__}")

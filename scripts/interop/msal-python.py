"""MSAL for Python, unmodified, over HTTPS: every grant that it knows; tokens accepted by the API. Run under house.sh; with IDP_AS
it has Microsoft's own authority, and says nothing else. Ends with `N passed, N failed`."""
import hashlib
import os
import ssl
import sys
import urllib.error
import urllib.parse
import urllib.request

import msal

E = os.environ
AUTHORITY = f"{E['IDP_HTTPS']}/{E['TENANT_ID']}"
ENTRA = "IDP_AS" in E
SCOPES = ["api://auth-test/access_as_user"]
APP_SCOPES = ["api://auth-test/.default"]
OPTIONS = {} if ENTRA else {"instance_discovery": False}
counts = {"ok": 0, "FAIL": 0}


def step(name):
    def run(function):
        try:
            outcome, detail = "ok", function() or ""
        except Exception as error:  # whatever it is, it is this step's
            outcome, detail = "FAIL", f"{type(error).__name__}: {error}"
        counts[outcome] += 1
        print(f"{outcome:4} {name} {detail}")
    return run


def must(condition, seen):
    if not condition:
        raise AssertionError(f"saw {seen}")


def call_api(answer):
    must("access_token" in answer, answer)
    request = urllib.request.Request(f"{E['API_URL']}/api/auth-test", headers={"Authorization": f"Bearer {answer['access_token']}"})
    with urllib.request.urlopen(request) as reply:
        return reply.read().decode()


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


def authorize(url):
    """The parameters with which the browser comes back to the app."""
    trust = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=E["CA_FILE"]))
    try:
        urllib.request.build_opener(NoRedirect, trust).open(url)
    except urllib.error.HTTPError as answer:
        return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(answer.headers["Location"]).query))
    raise AssertionError("no redirect")


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
    return call_api(first)


@step("client credentials with a certificate, accepted by the API")
def _():
    with open(E["DAEMON_CERT"]) as cert, open(E["DAEMON_KEY"]) as key:
        pem, private_key = cert.read(), key.read()
    thumbprint = hashlib.sha1(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
    app = confidential(E["DAEMON_ID"], {"private_key": private_key, "thumbprint": thumbprint, "public_certificate": pem})
    return call_api(app.acquire_token_for_client(APP_SCOPES))


@step("authorization code with PKCE, accepted by the API")
def _():
    flow = web.initiate_auth_code_flow(SCOPES, redirect_uri=E["WEB_REDIRECT"])
    user.update(web.acquire_token_by_auth_code_flow(flow, authorize(flow["auth_uri"])))
    must(user.get("id_token_claims", {}).get("preferred_username") == "alice@contoso.test", user)
    return call_api(user)


@step("the same token from the cache, a new one by the refresh token")
def _():
    account = web.get_accounts()[0]
    cached = web.acquire_token_silent(SCOPES, account=account)
    fresh = web.acquire_token_silent(SCOPES, account=account, force_refresh=True)
    must(cached["access_token"] == user["access_token"] != fresh["access_token"], fresh)
    return call_api(fresh)


@step("on behalf of the user who called")
def _():
    api = confidential(E["API_ID"], E["API_SECRET"])
    answer = api.acquire_token_on_behalf_of(user["access_token"], ["api://legacy/user_impersonation"])
    must("user_impersonation" in answer.get("scope", ""), answer)
    return answer["scope"]


@step("device code, accepted by the API")
def _():
    return call_api(native.acquire_token_by_device_flow(native.initiate_device_flow(SCOPES)))


@step("a wrong secret is invalid_client, AADSTS7000215")
def _():
    answer = confidential(E["DAEMON_ID"], "wrong").acquire_token_for_client(APP_SCOPES)
    must(answer.get("error") == "invalid_client" and answer["error_codes"] == [7000215], answer)
    return answer["error"]


if ENTRA:  # it asks for the user's realm at the authority's host without its port
    @step("user name and password, accepted by the API")
    def _():
        return call_api(native.acquire_token_by_username_password("alice@contoso.test", "Passw0rd!", SCOPES))

print(f"msal {msal.__version__} on Python {sys.version.split()[0]}")
print(f"{counts['ok']} passed, {counts['FAIL']} failed")
sys.exit(counts["FAIL"] > 0)

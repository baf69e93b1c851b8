"""MSAL for Python in Azure Cloud Shell, unmodified: it asks http://localhost:50342/oauth2/token, and for nobody's name or password.
Run under house.sh with the mock at that address; ends with `N passed, N failed`."""
import msal

from steps import E, call_api, done, must, step

AUTHORITY = f"{E['IDP_HTTPS']}/{E['TENANT_ID']}"
SCOPES = ["api://auth-test/access_as_user"]
app = msal.PublicClientApplication(E["NATIVE_ID"], authority=AUTHORITY)


@step("acquire_token_interactive without a prompt, accepted by the API")
def _():
    answer = app.acquire_token_interactive(SCOPES, prompt="none")
    must("access_token" in answer, answer)
    return call_api(answer["access_token"])


@step("the account is that of the shell's user, and its token comes silently")
def _():
    [account] = app.get_accounts()
    must(account["username"] == "alice@contoso.test" and account["realm"] == E["TENANT_ID"], account)
    answer = app.acquire_token_silent(SCOPES, account)
    must(answer and "access_token" in answer, answer)
    return account["home_account_id"]


@step("a resource that it does not serve")
def _():
    answer = app.acquire_token_interactive(["https://nobody.test/.default"], prompt="none")
    must(answer.get("error") == "AudienceNotSupported", answer)
    return answer["error_description"]


done(f"MSAL {msal.__version__} in Cloud Shell")

"""azure-identity for Python, unmodified, over HTTPS; tokens accepted by the API. argv[1] is the part to play: credentials (with IDP_AS
at Microsoft's own authority, without a setting), machine (the managed identity of a virtual machine), places (of Cloud Shell, Service
Fabric and Machine Learning), arc (under arc.sh), workload. Run under house.sh with the module in PYTHONPATH; ends with
`N passed, N failed`."""
import base64
import json
import logging
import os
import sys
import tempfile

import azure.identity as identity
from azure.core.exceptions import ClientAuthenticationError

from steps import E, authorize, call_api, done, must, query_of, step

SCOPE, APP_SCOPE, DOWNSTREAM = "api://auth-test/access_as_user", "api://auth-test/.default", "api://legacy/user_impersonation"
ENTRA = "IDP_AS" in E
# disable_instance_discovery from 1.13.0 on; Debian's is a beta from before it had that name
OPTIONS = {} if ENTRA else {"authority": E["IDP_HTTPS"], "instance_discovery": False, "disable_instance_discovery": True}
TENANT, DAEMON = E["TENANT_ID"], E["DAEMON_ID"]
ASSIGNED = "c0ffee00-0000-4000-8000-0000000000f2"


def claims(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def call(credential, scope=APP_SCOPE):
    return call_api(credential.get_token(scope).token)


def refused(run, word):
    try:
        run()
    except (identity.CredentialUnavailableError, ClientAuthenticationError) as error:
        must(word in str(error), error)
        return word
    raise AssertionError("a token was issued")


def device():
    return identity.DeviceCodeCredential(E["NATIVE_ID"], tenant_id=TENANT, prompt_callback=lambda *_: None, **OPTIONS)


def credentials():
    @step("ClientSecretCredential")
    def _():
        return call(identity.ClientSecretCredential(TENANT, DAEMON, E["DAEMON_SECRET"], **OPTIONS))

    @step("a wrong secret is AADSTS7000215")
    def _():
        return refused(lambda: call(identity.ClientSecretCredential(TENANT, DAEMON, "wrong", **OPTIONS)), "AADSTS7000215")

    with open(E["DAEMON_KEY"], "rb") as key, open(E["DAEMON_CERT"], "rb") as cert:
        pem = key.read() + cert.read()
    for chain in False, True:
        @step(f"CertificateCredential, {'with' if chain else 'without'} the chain")
        def _():
            return call(identity.CertificateCredential(TENANT, DAEMON, certificate_data=pem, send_certificate_chain=chain, **OPTIONS))

    @step("DeviceCodeCredential, of the Azure CLI's client when none is named")
    def _():
        borrowed = identity.DeviceCodeCredential(tenant_id=TENANT, prompt_callback=lambda *_: None, **OPTIONS)
        must(claims(borrowed.get_token(SCOPE).token)["azp"] == "04b07795-8ddb-461a-bbee-02f9e1bf7b46", "another client")
        return call(device(), SCOPE)

    @step("OnBehalfOfCredential, for the user who called")
    def _():
        caller = device().get_token(SCOPE).token
        seen = claims(identity.OnBehalfOfCredential(TENANT, E["API_ID"], client_secret=E["API_SECRET"], user_assertion=caller, **OPTIONS).get_token(DOWNSTREAM).token)
        must(seen["upn"] == "alice@contoso.test" and seen["appid"] == E["API_ID"], seen)
        return seen["scp"]

    @step("AuthorizationCodeCredential")
    def _():
        back = query_of(authorize(f"{E['IDP_HTTPS']}/{TENANT}/oauth2/v2.0/authorize?client_id={E['NATIVE_ID']}&response_type=code"
                                  f"&redirect_uri=http://localhost&scope={SCOPE}+offline_access"))
        return call(identity.AuthorizationCodeCredential(TENANT, E["NATIVE_ID"], back["code"], "http://localhost", **OPTIONS), SCOPE)

    @step("DefaultAzureCredential by AZURE_ variables")
    def _():
        os.environ.update(AZURE_TENANT_ID=TENANT, AZURE_CLIENT_ID=DAEMON, AZURE_CLIENT_SECRET=E["DAEMON_SECRET"])
        return call(identity.DefaultAzureCredential(**OPTIONS))

    if ENTRA:  # MSAL asks for the user's realm at the authority's host without its port
        @step("UsernamePasswordCredential")
        def _():
            return call(identity.UsernamePasswordCredential(E["NATIVE_ID"], "alice@contoso.test", "Passw0rd!", tenant_id=TENANT), SCOPE)


def machine():
    if not ENTRA:
        os.environ["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = E["IDP_HTTP"]

    @step("ManagedIdentityCredential as on a virtual machine")
    def _():
        return call(identity.ManagedIdentityCredential())

    @step("DefaultAzureCredential finds it, too")
    def _():
        return call(identity.DefaultAzureCredential())

    @step("the user-assigned one by its client id")
    def _():
        seen = claims(identity.ManagedIdentityCredential(client_id=ASSIGNED).get_token(APP_SCOPE).token)
        must(seen["azp"] == ASSIGNED, seen)
        return seen["xms_mirid"].rsplit("/", 1)[1]

    @step("one that there is not")
    def _():
        return refused(lambda: call(identity.ManagedIdentityCredential(client_id=DAEMON)), "has not been assigned")

    @step("as in App Service")
    def _():
        os.environ.pop("AZURE_POD_IDENTITY_AUTHORITY_HOST", None)
        os.environ.update(IDENTITY_ENDPOINT=f"{E['IDP_HTTP']}/msi/token", IDENTITY_HEADER="mock-identity-header")
        return call(identity.ManagedIdentityCredential())


PLACES = "IDENTITY_ENDPOINT", "IDENTITY_HEADER", "IDENTITY_SERVER_THUMBPRINT", "IMDS_ENDPOINT", "MSI_ENDPOINT", "MSI_SECRET"


def at(**environment):
    """A credential of the place that has this environment."""
    for name in PLACES:
        os.environ.pop(name, None)
    os.environ.update(environment)
    return identity.ManagedIdentityCredential()


def places():
    shell = {"MSI_ENDPOINT": f"{E['IDP_HTTP']}/oauth2/token"}
    fabric = {"IDENTITY_ENDPOINT": f"{E['IDP_HTTPS']}/msi/token", "IDENTITY_HEADER": "mock-identity-header", "IDENTITY_SERVER_THUMBPRINT": "any"}
    learning = {"MSI_ENDPOINT": f"{E['IDP_HTTP']}/msi/auth", "MSI_SECRET": "mock-identity-header"}

    @step("as in Cloud Shell: the user")
    def _():
        seen = claims(at(**shell).get_token(APP_SCOPE).token)
        must(seen["preferred_username"] == "alice@contoso.test" and seen["scp"] == "access_as_user", seen)
        return call(at(**shell))

    @step("a resource that Cloud Shell does not serve")
    def _():
        return refused(lambda: call(at(**shell), "https://nobody.test/.default"), "AudienceNotSupported")

    @step("as in Service Fabric")
    def _():
        return call(at(**fabric))

    @step("as in Service Fabric, with a wrong secret")
    def _():
        return refused(lambda: call(at(**{**fabric, "IDENTITY_HEADER": "wrong"})), "ManagedIdentityNotFound")

    @step("as in Machine Learning")
    def _():
        return call(at(**learning))

    @step("as in Machine Learning, the user-assigned one by its client id")
    def _():
        at(**learning)
        seen = claims(identity.ManagedIdentityCredential(client_id=ASSIGNED).get_token(APP_SCOPE).token)
        must(seen["azp"] == ASSIGNED, seen)
        return seen["xms_mirid"].rsplit("/", 1)[1]

    @step("as in Machine Learning, with a wrong secret")
    def _():
        return refused(lambda: call(at(**{**learning, "MSI_SECRET": "wrong"})), "text/plain")


def arc():
    environment = {"IDENTITY_ENDPOINT": f"{E['IDP_HTTP']}/arc/token", "IMDS_ENDPOINT": E["IDP_HTTP"]}

    @step("as on a server with Azure Arc")
    def _():
        return call(at(**environment))

    @step("a user-assigned one is refused by the client")
    def _():
        at(**environment)
        return refused(lambda: call(identity.ManagedIdentityCredential(client_id=ASSIGNED)), "not supported by Azure Arc")


def workload():
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(E["CLUSTER_TOKEN"])
        file.flush()
        os.environ.update(AZURE_TENANT_ID=TENANT, AZURE_AUTHORITY_HOST=E["IDP_HTTPS"], AZURE_FEDERATED_TOKEN_FILE=file.name)

        @step("as a pod, by AZURE_ variables")
        def _():
            return call(identity.ManagedIdentityCredential(client_id=DAEMON))

    @step("ClientAssertionCredential with a token of another pod is AADSTS700213")
    def _():
        other = identity.ClientAssertionCredential(TENANT, DAEMON, lambda: E["OTHER_TOKEN"])
        return refused(lambda: call(other), "AADSTS700213")


logging.disable(logging.CRITICAL)  # it warns of each refusal that is wanted here
{"credentials": credentials, "machine": machine, "places": places, "arc": arc, "workload": workload}[sys.argv[1]]()
done(f"azure-identity {identity._version.VERSION}, {sys.argv[1]}")

#!/usr/bin/python3
"""A validator that no one here wrote: PyJWT's PyJWKClient reads the mock's JWKS over TLS and validates its tokens.

Run under house.sh. Prints one line a check and ends with `N passed, N failed`.
"""
import json
import os
import ssl
import sys
import urllib.parse
import urllib.request

import jwt

E = os.environ
CONTEXT = ssl.create_default_context(cafile=E["CA_FILE"])
AUTHORITY = f"{E['IDP_HTTPS']}/{E['TENANT_ID']}"
counts = {"passed": 0, "failed": 0}


def get_json(url):
    with urllib.request.urlopen(url, timeout=10, context=CONTEXT) as answer:
        return json.load(answer)


def get_token(**form):
    body = urllib.parse.urlencode(form).encode()
    with urllib.request.urlopen(f"{AUTHORITY}/oauth2/v2.0/token", body, timeout=10, context=CONTEXT) as answer:
        return json.load(answer)["access_token"]


def bake(recipe):
    request = urllib.request.Request(
        f"{E['IDP_HTTPS']}/_admin/tokens", json.dumps(recipe).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10, context=CONTEXT) as answer:
        return json.load(answer)["token"]


def check(name, ok, seen=""):
    counts["passed" if ok else "failed"] += 1
    print(f"{'ok  ' if ok else 'FAIL'} {name} {seen}")


metadata = get_json(f"{AUTHORITY}/v2.0/.well-known/openid-configuration")
# urllib trusts SSL_CERT_FILE, which house.sh sets to the mock's CA
keys = jwt.PyJWKClient(metadata["jwks_uri"])


def validate(token, **changes):
    rules = {"algorithms": ["RS256"], "audience": E["API_ID"], "issuer": metadata["issuer"], "leeway": 300}
    rules.update(changes)
    return jwt.decode(token, keys.get_signing_key_from_jwt(token).key, **rules)


def refused(name, error, recipe):
    try:
        validate(bake(recipe))
        check(name, False, "was accepted")
    except error as seen:
        check(name, True, f"({type(seen).__name__})")


user = validate(
    get_token(
        grant_type="password", client_id=E["NATIVE_ID"], scope="api://auth-test/access_as_user",
        username="alice@contoso.test", password="Passw0rd!",
    )
)
check("a user's token", user["scp"] == "access_as_user" and user["ver"] == "2.0", user.get("name"))
app = validate(
    get_token(
        grant_type="client_credentials", client_id=E["DAEMON_ID"], client_secret=E["DAEMON_SECRET"],
        scope="api://auth-test/.default",
    )
)
check("an app's token", app["roles"] == ["Tasks.Read.All"] and app["sub"] == app["oid"], app["azp"])

FOR = {"tenant": "contoso", "client": "web", "resource": "auth-test", "user": "alice", "scope": "access_as_user"}
refused("an expired token", jwt.ExpiredSignatureError, {"base": "delegated-v2", "for": FOR, "claims": {"set": {"exp": {"now": -301}}}})
refused("another audience", jwt.InvalidAudienceError, {"base": "delegated-v2", "for": FOR, "claims": {"set": {"aud": "someone-else"}}})
refused("another issuer", jwt.InvalidIssuerError, {"base": "delegated-v2", "for": FOR, "claims": {"set": {"iss": "https://evil.example/"}}})
refused("an unknown kid", jwt.PyJWKClientError, {"base": "delegated-v2", "for": FOR, "header": {"set": {"kid": "nope"}}})
refused("a flipped signature bit", jwt.InvalidSignatureError, {"base": "delegated-v2", "for": FOR, "mutate": [{"flip_bit": {"part": "signature", "bit": 7}}]})

print(f"PyJWT {jwt.__version__}")
print(f"{counts['passed']} passed, {counts['failed']} failed")
sys.exit(1 if counts["failed"] else 0)

#!/usr/bin/python3
"""The class that this project began with, rebuilt: an Entra bearer validator ported by hand to a Python function app.

Its faults are kept, since they are what the suite must show: the JWKS is fetched on each request, the scope is compared
without regard to case, and the 403 for a missing scope is swallowed by the last `except`, so that clients see 401.
"""
import base64
import os
import ssl

import aiohttp
import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers


class AuthError(Exception):
    def __init__(self, message, status):
        super().__init__(message)
        self.message = message
        self.status = status


def number(text):
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")


class BearerValidator:
    def __init__(self, instance, tenant_id, client_id, scope):
        self.issuer = f"{instance}/{tenant_id}/v2.0"
        self.jwks_uri = f"{instance}/{tenant_id}/discovery/v2.0/keys"
        self.client_id = client_id
        self.scope = scope

    async def public_key(self, kid):
        ca_file = os.environ.get("SSL_CERT_FILE")
        context = ssl.create_default_context(cafile=ca_file) if ca_file else None
        async with aiohttp.ClientSession() as session:
            async with session.get(self.jwks_uri, ssl=context) as answer:
                for key in (await answer.json())["keys"]:
                    if key["kid"] == kid:
                        return RSAPublicNumbers(number(key["e"]), number(key["n"])).public_key()
        raise AuthError("Unable to find appropriate key", 401)

    async def validate(self, token):
        try:
            key = await self.public_key(jwt.get_unverified_header(token)["kid"])
            payload = jwt.decode(token, key, algorithms=["RS256"], audience=self.client_id, issuer=self.issuer)
            scopes = payload.get("scp") or payload.get("https://schemas.microsoft.com/identity/claims/scope") or ""
            if self.scope.lower() not in [scope.lower() for scope in scopes.split(" ")]:
                raise AuthError("Invalid scope", 403)
            return payload
        except jwt.ExpiredSignatureError:
            raise AuthError("Token expired", 401)
        except jwt.InvalidTokenError as error:
            raise AuthError(f"Invalid token: {error}", 401)
        except Exception as error:
            raise AuthError(f"Authentication failed: {error}", 401)


VALIDATOR = BearerValidator(
    os.environ["CONFORM_INSTANCE"],
    os.environ["CONFORM_TENANT"],
    os.environ["CONFORM_AUDIENCE"],
    os.environ["CONFORM_SCOPE"],
)


async def auth_test(request):
    header = request.headers.get("Authorization", "")
    if not header.startswith("Bearer "):
        return web.json_response({"error": "Authorization header missing or invalid"}, status=401)
    try:
        payload = await VALIDATOR.validate(header[len("Bearer "):])
    except AuthError as error:
        return web.json_response({"error": error.message}, status=error.status)
    return web.json_response({"message": "Test successful", "user": payload.get("name")})


app = web.Application()
app.router.add_get("/api/auth-test", auth_test)
web.run_app(app, host="127.0.0.1", port=int(os.environ["CONFORM_PORT"]), print=None)

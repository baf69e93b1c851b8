#!/usr/bin/python3
"""Authlib: JsonWebToken decodes with the key set, then the claims are validated; exp, iss and aud are essential."""
from api import AUDIENCE, ISSUER, JWKS, get_json, serve
from authlib.jose import JsonWebKey, JsonWebToken

JWT = JsonWebToken(["RS256"])
WANTED = {
    "iss": {"essential": True, "value": ISSUER},
    "aud": {"essential": True, "value": AUDIENCE},
    "exp": {"essential": True},
}


def validate(token):
    claims = JWT.decode(token, JsonWebKey.import_key_set(get_json(JWKS)), claims_options=WANTED)
    claims.validate(leeway=0)
    return claims


serve(validate)

#!/usr/bin/python3
"""PyJWT with its PyJWKClient, as its documentation shows; exp, iss and aud are required."""
import jwt
from api import AUDIENCE, ISSUER, JWKS, serve

KEYS = jwt.PyJWKClient(JWKS)


def validate(token):
    key = KEYS.get_signing_key_from_jwt(token).key
    options = {"require": ["exp", "iss", "aud"]}
    return jwt.decode(token, key, algorithms=["RS256"], audience=AUDIENCE, issuer=ISSUER, options=options)


serve(validate)

#!/usr/bin/python3
"""python-jose: jwt.decode takes the key set as it was fetched and tries each key; exp, iss and aud are required."""
from api import AUDIENCE, ISSUER, JWKS, get_json, serve
from jose import jwt


def validate(token):
    options = {"require_exp": True, "require_iss": True, "require_aud": True}
    return jwt.decode(token, get_json(JWKS), algorithms=["RS256"], audience=AUDIENCE, issuer=ISSUER, options=options)


serve(validate)

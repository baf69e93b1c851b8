#!/usr/bin/python3
"""jwcrypto: JWT with a JWKSet. It checks only the claims that check_claims names, so exp, nbf, iss and aud are named."""
import json

from api import AUDIENCE, ISSUER, JWKS, get_json, serve
from jwcrypto import jwk, jwt

WANTED = {"iss": ISSUER, "aud": AUDIENCE, "exp": None, "nbf": None}


def validate(token):
    parsed = jwt.JWT(algs=["RS256"], check_claims=WANTED)
    parsed.leeway = 0
    parsed.deserialize(token, jwk.JWKSet.from_json(json.dumps(get_json(JWKS))))
    return json.loads(parsed.claims)


serve(validate)

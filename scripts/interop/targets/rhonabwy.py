#!/usr/bin/python3
"""Rhonabwy, the C library of Glewlwyd, called through ctypes: its headers want another libcurl than this project's."""
import ctypes
import json

from api import AUDIENCE, ISSUER, JWKS, get_json, serve

R = ctypes.CDLL("librhonabwy.so.1.1")
R.r_jwks_get_by_kid.restype = ctypes.c_void_p
R.r_jwt_get_full_claims_str.restype = ctypes.c_void_p
R.r_jwt_get_header_str_value.restype = ctypes.c_char_p
OK, RS256, IGNORE_REMOTE = 0, 5, 0x100  # rhonabwy.h
NOP, CLAIM_ISS, CLAIM_AUD, CLAIM_EXP, CLAIM_NBF, NOW = 0, 1, 3, 4, 5, -1


def need(condition, what):
    if not condition:
        raise ValueError(what)


def check(token, jwt, keys):
    need(R.r_jwt_parse(jwt, token.encode(), IGNORE_REMOTE) == OK, "parse")
    need(R.r_jwt_get_sign_alg(jwt) == RS256, "alg")
    need(R.r_jwks_import_from_json_str(keys, json.dumps(get_json(JWKS)).encode()) == OK, "key set")
    kid = R.r_jwt_get_header_str_value(jwt, b"kid")
    key = ctypes.c_void_p(R.r_jwks_get_by_kid(keys, kid) if kid else None)
    need(key.value, "kid")
    verified = R.r_jwt_verify_signature(jwt, key, 0) == OK
    R.r_jwk_free(key)
    need(verified, "signature")
    wanted = (CLAIM_ISS, ISSUER.encode(), CLAIM_AUD, AUDIENCE.encode(), CLAIM_EXP, NOW, CLAIM_NBF, NOW, NOP)
    need(R.r_jwt_validate_claims(jwt, *wanted) == OK, "claims")
    text = R.r_jwt_get_full_claims_str(jwt)
    claims = json.loads(ctypes.string_at(text))
    R.r_free(ctypes.c_void_p(text))
    return claims


def validate(token):
    jwt, keys = ctypes.c_void_p(), ctypes.c_void_p()
    need(R.r_jwt_init(ctypes.byref(jwt)) == OK and R.r_jwks_init(ctypes.byref(keys)) == OK, "memory")
    try:
        return check(token, jwt, keys)
    finally:
        R.r_jwks_free(keys)
        R.r_jwt_free(jwt)


R.r_global_init()
serve(validate)

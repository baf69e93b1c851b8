#!/usr/bin/python3
"""Writes the RSA keys of the key set to PEM files in a folder, and prints the lines of haproxy.cfg that bind each to its kid.

Without a key set there are no keys, and HAProxy lets nobody in: it is asked once, at the start.
"""
import base64
import json
import os
import re
import sys
import urllib.request

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def number(text):
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")


try:
    with urllib.request.urlopen(os.environ["CONFORM_JWKS"], timeout=5) as answer:
        keys = json.load(answer)["keys"]
except (OSError, ValueError, KeyError, TypeError) as error:
    print(f"haproxy-keys.py: no key set: {error}", file=sys.stderr)
    keys = []
for index, key in enumerate(keys):
    if key.get("kty") != "RSA" or not re.fullmatch(r"[A-Za-z0-9_-]+", key.get("kid", "")):
        continue
    path = os.path.join(sys.argv[1], f"{index}.pem")
    public = RSAPublicNumbers(number(key["e"]), number(key["n"])).public_key()
    with open(path, "wb") as file:
        file.write(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    print(f'  http-request set-var(txn.signed) http_auth_bearer,jwt_verify(txn.alg,"{path}") if {{ var(txn.kid) -m str {key["kid"]} }}')
print("  acl signed var(txn.signed) -m int 1")

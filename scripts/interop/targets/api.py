"""The part of an API that is no validator: one route that wants `Authorization: Bearer TOKEN`, and RFC 6750's answers.

A target gives `serve` a function from a token to its claims that raises for a bad one. This part is strict and small, so
that what the suite finds is the library's doing.
"""
import json
import os
import re
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ISSUER = os.environ["CONFORM_ISSUER"]
AUDIENCE = os.environ["CONFORM_AUDIENCE"]
JWKS = os.environ["CONFORM_JWKS"]
SCOPE = os.environ["CONFORM_SCOPE"]
BEARER = re.compile(r"bearer +([A-Za-z0-9._~+/-]+=*)", re.IGNORECASE)


def get_json(url):  # urllib trusts SSL_CERT_FILE
    with urllib.request.urlopen(url, timeout=5) as answer:
        return json.load(answer)


def serve(validate):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one write an answer

        def log_message(self, *args):
            pass

        def answer(self, status, body, challenge=None):
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            if challenge:
                self.send_header("WWW-Authenticate", challenge)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

        def do_GET(self):
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            values = self.headers.get_all("Authorization", [])
            if not values:
                return self.answer(401, {"error": "missing"}, "Bearer")
            match = BEARER.fullmatch(values[0].strip(" \t"))
            if len(values) > 1 or not match:
                return self.answer(401, {"error": "malformed"}, 'Bearer error="invalid_token"')
            try:
                claims = validate(match[1])
                scopes = claims.get("scp")
            except Exception as error:  # whatever a library raises is a refusal
                return self.answer(401, {"error": type(error).__name__}, 'Bearer error="invalid_token"')
            if not isinstance(scopes, str) or SCOPE not in scopes.split(" "):
                return self.answer(403, {"error": "scope"}, 'Bearer error="insufficient_scope"')
            return self.answer(200, {"message": "Test successful", "user": claims.get("name")})

        do_HEAD = do_GET

    ThreadingHTTPServer(("127.0.0.1", int(os.environ["CONFORM_PORT"])), Handler).serve_forever()

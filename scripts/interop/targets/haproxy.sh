#!/bin/sh
# HAProxy as a gatekeeper: jwt_verify with the keys as files, which are written here at the start (it has no JWKS client), one rule
# for each kid; the claims are checked with jwt_payload_query.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 143' TERM INT
/usr/bin/python3 "$(dirname "$0")/haproxy-keys.py" "$dir" >"$dir/keys"
cat - "$dir/keys" >"$dir/haproxy.cfg" <<EOF
global
  maxconn 200
  nbthread 1
  tune.bufsize 131072
defaults
  mode http
  timeout connect 5s
  timeout client 10s
  timeout server 10s
frontend api
  bind 127.0.0.1:$CONFORM_PORT
  http-request return status 404 unless { path /api/auth-test }
  http-request return status 401 hdr WWW-Authenticate Bearer unless { req.fhdr(authorization) -m found }
  http-request set-var(txn.alg) http_auth_bearer,jwt_header_query('\$.alg')
  http-request set-var(txn.kid) http_auth_bearer,jwt_header_query('\$.kid')
  http-request set-var(txn.iss) http_auth_bearer,jwt_payload_query('\$.iss')
  http-request set-var(txn.aud) http_auth_bearer,jwt_payload_query('\$.aud')
  http-request set-var(txn.exp) http_auth_bearer,jwt_payload_query('\$.exp','int')
  http-request set-var(txn.nbf) http_auth_bearer,jwt_payload_query('\$.nbf','int')
  http-request set-var(txn.scp) http_auth_bearer,jwt_payload_query('\$.scp')
  http-request set-var(txn.now) date()
  acl rs256 var(txn.alg) -m str RS256
EOF
cat >>"$dir/haproxy.cfg" <<EOF
  acl ours var(txn.iss) -m str "$CONFORM_ISSUER"
  acl for_us var(txn.aud) -m str "$CONFORM_AUDIENCE"
  acl expires var(txn.exp),sub(txn.now) -m int gt 0
  acl dated var(txn.nbf) -m found
  acl early var(txn.nbf),sub(txn.now) -m int gt 0
  acl allowed var(txn.scp) -m reg (^|[[:space:]])$CONFORM_SCOPE([[:space:]]|\$)
  http-request return status 401 hdr WWW-Authenticate 'Bearer error="invalid_token"' unless rs256 signed ours for_us expires
  http-request return status 401 hdr WWW-Authenticate 'Bearer error="invalid_token"' if dated early
  http-request return status 403 hdr WWW-Authenticate 'Bearer error="insufficient_scope"' unless allowed
  http-request return status 200 content-type application/json string '{"message":"Test successful"}'
EOF
haproxy -db -f "$dir/haproxy.cfg" &
wait $!

#!/bin/sh
# Starts the mock Entra and a protected API, runs a command that finds them in its environment, and stops both:
# `house.sh BUILD COMMAND...`  Exports IDP_HTTP IDP_HTTPS CA_FILE API_URL TENANT_ID API_ID and the demo's client ids.
# The mock signs in without a page, unless IDP_SIGN_IN says page. IDP_LISTEN, IDP_LISTEN_TLS and API_LISTEN (ADDR:PORT)
# choose the ports; any free ones by default. With IDP_AS (a host name) the mock goes by that name, and IDP_HTTPS is its URL.
# IDP_CONFIG is a directory instead of the demo's, IDP_REMOTE allows a listener beyond loopback, API_CLOCK is apid's clock file.
set -eu

build=$1
shift
dir=$(mktemp -d)
pids=""
stop() {
    for pid in $pids; do kill "$pid" 2>/dev/null || true; done
    wait
    rm -rf "$dir"
}
trap stop EXIT
trap 'exit 130' INT TERM

wait_for() { # wait_for FILE: until the program started last has written its ready file, at most 10 s
    tries=0
    until [ -s "$1" ]; do
        tries=$((tries + 1))
        if [ "$tries" -gt 100 ] || ! kill -0 "$!" 2>/dev/null; then
            echo "house.sh: $1 did not appear" >&2
            cat "$dir"/*.log >&2
            exit 1
        fi
        sleep 0.1
    done
}

"$build/mockidp" --listen "${IDP_LISTEN:-127.0.0.1:0}" --listen-tls "${IDP_LISTEN_TLS:-localhost:0}" \
    --sign-in "${IDP_SIGN_IN:-auto}" ${IDP_AS:+--as "$IDP_AS"} ${IDP_REMOTE:+--allow-remote} \
    ${IDP_CONFIG:+--config "$IDP_CONFIG"} --ready-file "$dir/idp.json" >"$dir/idp.log" 2>&1 &
pids="$!"
wait_for "$dir/idp.json"
IDP_HTTP=$(jq -r .http "$dir/idp.json")
IDP_TLS=$(jq -r .https "$dir/idp.json")
IDP_HTTPS=$(jq -r '.as // .https' "$dir/idp.json")
CA_FILE=$(jq -r .ca "$dir/idp.json")
TENANT_ID=c0ffee00-0000-4000-8000-000000000001
API_ID=c0ffee00-0000-4000-8000-0000000000a1
export IDP_HTTP IDP_HTTPS IDP_TLS CA_FILE TENANT_ID API_ID
export DAEMON_ID=c0ffee00-0000-4000-8000-0000000000d1 DAEMON_SECRET=daemon-secret
export NATIVE_ID=c0ffee00-0000-4000-8000-0000000000e1 API_SECRET=auth-test-secret
export WEB_ID=c0ffee00-0000-4000-8000-0000000000b1 WEB_SECRET=web-secret WEB_REDIRECT=http://localhost:5000/callback
export DAEMON_KEY=fixtures/keys/daemon.key DAEMON_CERT=fixtures/keys/daemon.crt
export NODE_EXTRA_CA_CERTS="$CA_FILE" SSL_CERT_FILE="$CA_FILE" REQUESTS_CA_BUNDLE="$CA_FILE"
export PYTHONDONTWRITEBYTECODE=1

# a user needs the scope, a daemon the app role
cat >"$dir/apid.config.json" <<EOF
{"instance": "$IDP_HTTPS/", "tenant_id": "$TENANT_ID", "client_id": "$API_ID", "ca_file": "$CA_FILE",
 "scopes": ["access_as_user"], "roles": ["Tasks.Read.All"]}
EOF
"$build/apid" --config "$dir/apid.config.json" --listen "${API_LISTEN:-127.0.0.1:0}" ${API_CLOCK:+--clock-file "$API_CLOCK"} \
    --ready-file "$dir/apid.json" >"$dir/apid.log" 2>&1 &
pids="$pids $!"
wait_for "$dir/apid.json"
API_URL=$(jq -r .http "$dir/apid.json")
export API_URL

"$@"

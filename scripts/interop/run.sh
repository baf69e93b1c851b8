#!/bin/sh
# Real clients and foreign validators against the mock and the API: `run.sh BUILD`. Ends with `N passed, N failed, N skipped`.
# A client that cannot be installed is a failure; only clients that need Node 20 are skipped, by name, on an older Node, and the browser.
set -eu

build=$1
here=$(dirname "$0")
passed=0
failed=0
skipped=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

run() { # run NAME COMMAND...: COMMAND ends with `N passed, N failed`
    name=$1
    shift
    echo "== $name"
    status=0
    "$@" >"$log" 2>&1 || status=$?
    cat "$log"
    counts=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed.*/\1 \2/p' "$log" | tail -n 1)
    [ -n "$counts" ] || counts="0 1"
    bad=${counts#* }
    if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
    passed=$((passed + ${counts% *}))
    failed=$((failed + bad))
}

run PyJWT "$here/house.sh" "$build" /usr/bin/python3 "$here/pyjwt.py"
run 'the seed class under the suite' "$here/seed.sh" "$build"
for name in pyjwt mod_auth_openidc; do
    run "$name under the suite" "$here/target.sh" "$build" "$name"
done

if command -v chromium >/dev/null; then
    run 'the HTML report in Chromium' "$here/page.sh" "$build"
else
    echo 'skipped: the HTML report in Chromium, which is not installed'
    skipped=$((skipped + 1))
fi

mkdir -p build/interop
cp "$here/clients/package.json" "$here/clients/package-lock.json" build/interop/
cp "$here"/clients/*.mjs build/interop/
(cd build/interop && npm ci --no-audit --no-fund --loglevel=error)
node_major=$(node -p 'process.versions.node.split(".")[0]')
run 'MSAL Node 3' "$here/house.sh" "$build" node build/interop/msal-node.mjs msal-node-3
if [ "$node_major" -ge 20 ]; then
    "$here/targets/prepare.sh" node
    for name in jose jsonwebtoken; do
        run "$name under the suite" "$here/target.sh" "$build" "$name"
    done
    run 'MSAL Node 7' "$here/house.sh" "$build" node build/interop/msal-node.mjs msal-node-7
    run 'openid-client 6' "$here/house.sh" "$build" node build/interop/openid-client.mjs
else
    echo "skipped: MSAL Node 7, openid-client 6, jose and jsonwebtoken need Node 20, this is Node $node_major"
    skipped=$((skipped + 4))
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]

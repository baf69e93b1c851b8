#!/bin/sh
# The clients of run.sh that Node and Chromium play; run.sh reads it, and has run, skip, build and here.
# shellcheck disable=SC2154,SC2310 # build, here and the functions are of run.sh
mkdir -p build/interop
cp "$here/clients/package.json" "$here/clients/package-lock.json" build/interop/
cp "$here"/clients/*.mjs build/interop/
(cd build/interop && npm ci --no-audit --no-fund --loglevel=error)
node_major=$(node -p 'process.versions.node.split(".")[0]')
client() { # client SCRIPT [ARGUMENT]...
    script=$1
    shift
    "$here/house.sh" "$build" node "build/interop/$script.mjs" "$@"
}
entra() { # a house that goes by Microsoft's name, in a network of its own
    IDP_AS=login.microsoftonline.com IDP_LISTEN_TLS=localhost:443 "$here/namespace.sh" "$here/house.sh" "$build" "$@"
}
with_pages() { IDP_SIGN_IN=page "$@"; }

run 'MSAL Node 3' client msal-node msal-node-3
if command -v chromium >/dev/null && command -v certutil >/dev/null; then
    run 'MSAL Browser 4 in Chromium' with_pages client msal-browser
    run 'the pages in Chromium' with_pages client pages
    browser=yes
else
    skip 2 'MSAL Browser 4 and the pages: chromium or certutil is not installed'
    browser=no
fi
if reason=$("$here/namespace.sh"); then
    run 'as login.microsoftonline.com: MSAL Node 3' entra node build/interop/msal-node.mjs msal-node-3
    [ $browser = no ] || run 'as login.microsoftonline.com: MSAL Browser 4' with_pages entra node build/interop/msal-browser.mjs
else
    skip 2 "as login.microsoftonline.com: MSAL Node 3 and MSAL Browser 4: $reason"
fi
if [ "$node_major" -ge 20 ]; then
    "$here/targets/prepare.sh" node
    for name in jose jsonwebtoken; do
        run "$name under the suite" "$here/target.sh" "$build" "$name"
    done
    run 'MSAL Node 7' client msal-node msal-node-7
    run 'openid-client 6' client openid-client
else
    skip 4 "MSAL Node 7, openid-client 6, jose and jsonwebtoken need Node 20, this is Node $node_major"
fi

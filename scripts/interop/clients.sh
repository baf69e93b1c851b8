#!/bin/sh
# The clients of run.sh; it reads this, and has run, skip, build and here.
# shellcheck disable=SC2154,SC2030,SC2031 # build, here and the functions are of run.sh; settings are for one command each
mkdir -p build/interop
cp "$here/clients/package.json" "$here/clients/package-lock.json" build/interop/
cp "$here"/clients/*.mjs build/interop/
(cd build/interop && npm ci --no-audit --no-fund --loglevel=error)
node_major=$(node -p 'process.versions.node.split(".")[0]')
entra=login.microsoftonline.com

house() { "$here/house.sh" "$build" "$@"; }
client() { # client SCRIPT [ARGUMENT]...
    script=$1
    shift
    house node "build/interop/$script.mjs" "$@"
}
by_name() (export IDP_AS=$entra && "$@") # the mock goes by Microsoft's name
in_namespace() (                          # so it does here, where the name leads to it
    export IDP_AS=$entra IDP_LISTEN_TLS=localhost:443
    "$here/namespace.sh" "$here/house.sh" "$build" "$@"
)
on_azure() (export IDP_REMOTE=1 IDP_LISTEN=169.254.169.254:80 && in_namespace "$@")
with_pages() (export IDP_SIGN_IN=page && "$@")
with_clock() ( # the API's clock is a file
    export API_CLOCK=build/interop/clock
    date +%s >$API_CLOCK
    "$@"
)
in_cluster() { house "$here/workload.sh" "$build" "$@"; }
azure_identity() { # azure_identity VERSION
    set -- "azure-identity-$1" "@azure/identity $1" build/interop/azure-identity.mjs
    for part in credentials app-service imds; do run "$2, $part" house node "$3" "$1" "$part"; done
    run "$2 in a pod" in_cluster node "$3" "$1" workload
    run "$2 as $entra, through a proxy" by_name house node "$3" "$1" proxy
    [ -n "$no_namespace" ] || run "$2 at 169.254.169.254" on_azure node "$3" "$1" imds
}
no_namespace=""
"$here/namespace.sh" >build/interop/namespace || no_namespace=$(cat build/interop/namespace)
browser=yes
command -v chromium >/dev/null && command -v certutil >/dev/null || browser=no

run curl house "$here/curl.sh"
run "curl as $entra" by_name house "$here/curl.sh"
run 'mod_auth_openidc as a web app' house "$here/relying-party.sh"
run 'MSAL Python' house /usr/bin/python3 "$here/msal-python.py"
run 'MSAL Node 3' client msal-node msal-node-3
run 'a web app with MSAL Node 3' with_clock client web-app msal-node-3
azure_identity 4.8
if [ $browser = yes ]; then
    for name in msal-browser-4 msal-browser-5; do run "$name in Chromium" with_pages client msal-browser $name; done
    run 'the pages in Chromium' with_pages client pages
else
    skip 3 'MSAL Browser 4 and 5, and the pages: chromium or certutil is not installed'
fi
if [ -z "$no_namespace" ]; then
    run "MSAL Python as $entra" in_namespace /usr/bin/python3 "$here/msal-python.py"
    run "MSAL Node 3 as $entra" in_namespace node build/interop/msal-node.mjs msal-node-3
    [ $browser = no ] || run "MSAL Browser 5 as $entra" with_pages in_namespace node build/interop/msal-browser.mjs msal-browser-5
else
    skip 4 "MSAL Python, MSAL Node 3 and MSAL Browser 5 as $entra, @azure/identity at 169.254.169.254: $no_namespace"
fi
if [ "$node_major" -ge 20 ]; then
    "$here/targets/prepare.sh" node
    for name in jose jsonwebtoken; do
        run "$name under the suite" "$here/target.sh" "$build" "$name"
    done
    run 'MSAL Node 7' client msal-node msal-node-7
    run 'a web app with MSAL Node 7' with_clock client web-app msal-node-7
    azure_identity 4.13
    run 'openid-client 6' client openid-client
else
    skip 11 "MSAL Node 7, @azure/identity 4.13, openid-client 6, jose and jsonwebtoken need Node 20, this is Node $node_major"
fi

#!/bin/sh
# The clients of run.sh; it reads this, and has run, skip, build and here.
# shellcheck disable=SC2154,SC2030,SC2031 # build, here and the functions are of run.sh; settings are for one command each
mkdir -p build/interop
cp "$here/clients/package.json" "$here/clients/package-lock.json" build/interop/
cp "$here"/clients/*.mjs build/interop/
(cd build/interop && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
"$here/azure-python.sh" build/interop/python || true # what it could not get fails below
node_major=$(node -p 'process.versions.node.split(".")[0]')
entra=login.microsoftonline.com

# shellcheck source=scripts/interop/houses.sh
. "$here/houses.sh"
azure_python() ( # azure_python PART HOUSE
    export PYTHONPATH=build/interop/python
    "$2" /usr/bin/python3 "$here/azure-identity.py" "$1"
)
azure_identity() { # azure_identity VERSION
    set -- "azure-identity-$1" "@azure/identity $1" build/interop/azure-identity.mjs
    for part in credentials app-service imds; do run "$2, $part" house node "$3" "$1" "$part"; done
    run "$2 in a pod" in_cluster node "$3" "$1" workload
    run "$2 as $entra, through a proxy" by_name house node "$3" "$1" proxy
    [ -n "$no_namespace" ] || run "$2 at 169.254.169.254" on_azure node "$3" "$1" imds
}
managed_identity() { # managed_identity MSAL IDENTITY: versions
    set -- "MSAL Node $1 and @azure/identity $2" node build/interop/managed-identity.mjs "msal-node-$1" "azure-identity-$2"
    for place in cloud-shell service-fabric machine-learning; do run "$1 in $place" house "$2" "$3" "$4" "$5" $place; done
    [ -n "$no_namespace" ] || run "$1 on a server with Azure Arc" on_arc "$2" "$3" "$4" "$5" arc
}
no_namespace=""
"$here/namespace.sh" >build/interop/namespace || no_namespace=$(cat build/interop/namespace)
browser=yes
command -v chromium >/dev/null && command -v certutil >/dev/null || browser=no

run curl house "$here/curl.sh"
run "curl as $entra" by_name house "$here/curl.sh"
run 'mod_auth_openidc as a web app' house "$here/relying-party.sh"
run 'MSAL Python' house /usr/bin/python3 "$here/msal-python.py"
run 'OAuth libraries of Python' house /usr/bin/python3 "$here/oauth.py"
for part in credentials machine places; do run "azure-identity for Python, $part" azure_python $part house; done
run 'azure-identity for Python in a pod' azure_python workload in_cluster
run 'ADAL for Node' client adal
run 'MSAL Node 3' client msal-node msal-node-3
run 'a web app with MSAL Node 3' with_clock client web-app msal-node-3
azure_identity 4.8
managed_identity 3 4.8
if [ $browser = yes ]; then
    for name in msal-browser-4 msal-browser-5; do run "$name in Chromium" with_pages client msal-browser $name; done
    run 'oidc-client-ts in Chromium' client oidc-client-ts
    run 'the pages in Chromium' with_pages client pages
else
    skip 4 'MSAL Browser 4 and 5, oidc-client-ts, and the pages: chromium or certutil is not installed'
fi
if [ -z "$no_namespace" ]; then
    run "MSAL Python as $entra" in_namespace /usr/bin/python3 "$here/msal-python.py"
    run "azure-identity for Python as $entra" azure_python credentials in_namespace
    run 'azure-identity for Python at 169.254.169.254' azure_python machine on_azure
    run 'MSAL Python in Cloud Shell' in_cloud_shell /usr/bin/python3 "$here/cloud-shell.py"
    run 'azure-identity for Python on a server with Azure Arc' azure_python arc on_arc
    run "MSAL Node 3 as $entra" in_namespace node build/interop/msal-node.mjs msal-node-3
    [ $browser = no ] || run "MSAL Browser 5 as $entra" with_pages in_namespace node build/interop/msal-browser.mjs msal-browser-5
else
    skip 9 "MSAL Python (there and in Cloud Shell), azure-identity for Python, MSAL Node 3 and MSAL Browser 5 as $entra, both Azure libraries at 169.254.169.254 and on a server with Azure Arc: $no_namespace"
fi
if [ "$node_major" -ge 20 ]; then
    "$here/targets/prepare.sh" node
    for name in jose jsonwebtoken; do
        run "$name under the suite" "$here/target.sh" "$build" "$name"
    done
    run 'MSAL Node 7' client msal-node msal-node-7
    run 'a web app with MSAL Node 7' with_clock client web-app msal-node-7
    azure_identity 4.13
    managed_identity 7 4.13
    run 'openid-client 6' client openid-client
    run 'sign-in with passport-azure-ad, express-openid-connect and Auth.js' client sign-in
else
    skip 16 "MSAL Node 7, @azure/identity 4.13, openid-client 6, Auth.js and others, jose and jsonwebtoken need Node 20, this is Node $node_major"
fi

#!/bin/sh
# The houses that clients are tried in; clients.sh reads this, and has build, here and entra.
# shellcheck disable=SC2154,SC2030,SC2031 # build, here and entra are of who reads this; settings are for one command each
house() { "$here/house.sh" "$build" "$@"; }
client() { # client SCRIPT [ARGUMENT]...
    script=$1
    shift
    house node "build/interop/$script.mjs" "$@"
}
by_name() (export IDP_AS="$entra" && "$@") # the mock goes by Microsoft's name
in_namespace() (                          # so it does here, where the name leads to it
    export IDP_AS="$entra" IDP_LISTEN_TLS=localhost:443
    "$here/namespace.sh" "$here/house.sh" "$build" "$@"
)
on_azure() (export IDP_REMOTE=1 IDP_LISTEN=169.254.169.254:80 && in_namespace "$@")
with_pages() (export IDP_SIGN_IN=page && "$@")
with_clock() ( # the API's clock is a file
    export API_CLOCK=build/interop/clock
    date +%s >$API_CLOCK
    "$@"
)
in_cloud_shell() ( # where its endpoint has this address
    export IDP_LISTEN=127.0.0.1:50342 AZUREPS_HOST_ENVIRONMENT=cloud-shell/1.0
    in_namespace "$@"
)
on_arc() { "$here/arc.sh" "$build" "$@"; }
in_cluster() { house "$here/workload.sh" "$build" "$@"; }

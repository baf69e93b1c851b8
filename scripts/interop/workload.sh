#!/bin/sh
# Runs a command as a pod of a cluster whose tokens the mock trusts: `workload.sh BUILD COMMAND...`. The cluster is the mock in
# whose house.sh this script runs; beside it stands a second house, with a directory in which the daemon names the cluster's
# issuer and the pod's service account. Exports CLUSTER_TOKEN, OTHER_TOKEN (of another pod), and all of the second house.
set -eu

build=$1
shift
here=$(dirname "$0")
issuer="$IDP_HTTPS/$TENANT_ID/v2.0"
pod=system:serviceaccount:interop:pod
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

token() { # token SUBJECT: as the cluster signs it
    jq -n --arg sub "$1" '{base: "app-v2", claims: {set: {aud: "api://AzureADTokenExchange", sub: $sub}}}' |
        curl -s "$IDP_HTTP/_admin/tokens" -d @- | jq -r .token
}

CLUSTER_TOKEN=$(token "$pod")
OTHER_TOKEN=$(token "$pod-of-others")
IDP_CONFIG="$work/directory.json"
export CLUSTER_TOKEN OTHER_TOKEN IDP_CONFIG
# shellcheck disable=SC2016 # jq expands them
"$here/directory.sh" --arg issuer "$issuer" --arg subject "$pod" --arg ca "$CA_FILE" '
    (.tenants[0].apps[] | select(.alias == "daemon")).federated_credentials =
        [{issuer: $issuer, subject: $subject, ca: $ca}]' >"$IDP_CONFIG"
"$here/house.sh" "$build" "$@"

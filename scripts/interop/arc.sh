#!/bin/sh
# Runs a command as a program of a server with Azure Arc: `arc.sh BUILD COMMAND...`. Clients take the agent's key in
# /var/opt/azcmagent/tokens alone, so that folder is made in a mount namespace, where nobody else sees it (and which may not be
# permitted: namespace.sh says so). The directory of the mock names the key.
set -eu

build=$1
shift
here=$(dirname "$0")
key=/var/opt/azcmagent/tokens/mock.key
as_root=""
[ "$(id -u)" -eq 0 ] || as_root="-r"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# shellcheck disable=SC2016 # jq expands it
"$here/directory.sh" --arg key "$key" '.arc_key_file = $key' >"$work/directory.json"
# shellcheck disable=SC2016,SC2086 # expanded inside; nothing or one option
IDP_CONFIG="$work/directory.json" unshare $as_root -m sh -euc 'mount -t tmpfs arc /var/opt && mkdir -p "${0%/*}" &&
    printf agents-key >"$0" && exec "$@"' "$key" "$here/house.sh" "$build" "$@"

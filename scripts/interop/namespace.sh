#!/bin/sh
# Runs a command in a network of its own, where login.microsoftonline.com and its siblings, and the address of Azure's
# metadata service, are on loopback and every port is free: `namespace.sh COMMAND...`. `namespace.sh` alone says whether
# namespaces are permitted here (exit status 77 and a reason when not). Root needs nothing, others need user namespaces.
set -eu

as_root=""
[ "$(id -u)" -eq 0 ] || as_root="-r"
# shellcheck disable=SC2086 # nothing or one option
if ! reason=$(unshare $as_root -n -m true 2>&1); then
    echo "namespaces are not permitted here (${reason#unshare: })"
    exit 77
fi
if ! command -v ip >/dev/null; then
    echo "there is no ip (package iproute2)"
    exit 77
fi
[ $# -gt 0 ] || exit 0

hosts=$(mktemp)
{
    cat /etc/hosts
    echo '127.0.0.1 login.microsoftonline.com login.windows.net login.microsoft.com sts.windows.net'
} >"$hosts"
chmod 644 "$hosts"
# Behind the mount nobody else sees it, and it is removed before the command starts.
# shellcheck disable=SC2016,SC2086 # expanded inside
exec unshare $as_root -n -m sh -euc 'mount --bind "$0" /etc/hosts && rm "$0" && ip link set lo up &&
    ip address add 169.254.169.254/32 dev lo && exec "$@"' "$hosts" "$@"

#!/bin/sh
# azure-identity for Python without the half gigabyte of its package: `azure-python.sh DIR` puts two of its modules into DIR, unless
# the machine has them. Its other needs are packages of their own (setup-interop.sh).
set -eu

if /usr/bin/python3 -c 'import azure.identity' 2>/dev/null; then exit 0; fi
modules=usr/lib/python3/dist-packages/azure
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$work" && apt-get download -qq -o APT::Sandbox::User=root python3-azure)
mkdir -p "$1/azure"
dpkg-deb --fsys-tarfile "$work"/python3-azure_*.deb |
    tar -x -C "$1/azure" --strip-components=6 "./$modules/core" "./$modules/identity"

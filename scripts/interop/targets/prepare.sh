#!/bin/sh
# What the foreign validators need beyond packages, into build/interop: `prepare.sh node|go...`
set -eu

here=$(dirname "$0")
for part in "$@"; do
    case $part in
        node)
            mkdir -p build/interop/targets
            cp "$here/package.json" "$here/package-lock.json" "$here"/*.mjs build/interop/targets/
            (cd build/interop/targets && npm ci --no-audit --no-fund --loglevel=error)
            ;;
        go) # Debian's sources of Go packages, no module proxy
            GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE="$PWD/build/interop/gocache" \
                go build -p 1 -o build/interop/go-oidc "$here/go-oidc.go"
            ;;
        *) echo "prepare.sh: unknown part '$part' (node, go)" >&2 && exit 2 ;;
    esac
done

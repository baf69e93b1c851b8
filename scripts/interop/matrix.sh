#!/bin/sh
# Every foreign validator under the suite, and conformance/RESULTS.md anew: `matrix.sh BUILD [NAME...]`; of those not named the last
# reports stand. One that cannot be had is skipped by name. What they get wrong is the result, not a failure; that one shows other faults than its baseline is.
set -eu

build=$1
shift
here=$(dirname "$0")
passed=0
failed=0
skipped=0
names() { sed -n 's/^\([a-z][^ ]*\) .*/\1/p' "$here/targets/list"; }
packages() { sed -n "s/^$1 //p" "$here/targets/list"; }
# shellcheck disable=SC2046 # a list of words on purpose
[ $# -gt 0 ] || set -- $(names)

version() { # version deb:NAME|npm:NAME
    case $1 in
        deb:*) dpkg-query -W -f '${Version}\n' "${1#deb:}" ;;
        npm:*) node -p "require('./build/interop/targets/node_modules/${1#npm:}/package.json').version" ;;
    esac
}
can_be_had() { # can_be_had NAME: each of its packages has a version
    for package in $(packages "$1"); do
        version "$package" >/dev/null 2>&1 || return 1
    done
}

"$here/targets/prepare.sh" node || echo 'the packages of Node cannot be had'
"$here/targets/prepare.sh" go || echo 'go-oidc cannot be built'
mkdir -p build/interop/reports
for name in "$@"; do
    if ! can_be_had "$name"; then
        echo "skipped: $name cannot be had here"
        skipped=$((skipped + 1))
        rm -f "build/interop/reports/$name.json" "build/interop/reports/$name.versions"
        continue
    fi
    for package in $(packages "$name"); do
        echo "${package#*:} $(version "$package")"
    done >"build/interop/reports/$name.versions"
    started=$(date +%s)
    if "$here/target.sh" "$build" "$name" >build/interop/reports/log 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        tail -n 40 build/interop/reports/log
    fi
    echo "== $name: $(tail -n 1 build/interop/reports/log), $(($(date +%s) - started)) s"
done
/usr/bin/python3 "$here/results.py" "$here/targets/list" build/interop/reports >conformance/RESULTS.md
# shellcheck disable=SC2046 # names have no spaces
"$build/conform" matrix $(for name in $(names); do ls "build/interop/reports/$name.json" 2>/dev/null || true; done) \
    --html build/interop/matrix.html
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]

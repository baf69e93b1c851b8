#!/bin/sh
# Every test that needs no Node and no browser: `test.sh BUILD PROGRAM...` (the unit-test programs). Ends with
# `N passed, N failed, N skipped`, the sum of the parts.
set -eu

build=$1
here=$(dirname "$0")
passed=0
failed=0
skipped=0

run() { # run NAME COMMAND...: COMMAND ends with `N passed, N failed[, N skipped]`
    name=$1
    shift
    echo "== $name"
    status=0
    "$@" >"$build/part.log" 2>&1 || status=$?
    counts=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed\(, \([0-9]*\) skipped\)\{0,1\}$/\1 \2 \4/p' "$build/part.log" | tail -n 1)
    [ -n "$counts" ] || counts="0 0 0"
    # shellcheck disable=SC2086 # three words
    set -- $counts
    bad=$2
    # a part that failed without counting a failure, or counted nothing at all, is a failure itself
    if [ "$bad" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$1" -eq 0 ]; }; then bad=1; fi
    if [ "$bad" -eq 0 ]; then tail -n 1 "$build/part.log"; else tail -n 200 "$build/part.log"; fi
    passed=$((passed + $1))
    failed=$((failed + bad))
    skipped=$((skipped + ${3:-0}))
}

run 'unit tests' "$here/unit.sh" "$@"
run 'conformance, in process and over HTTP' "$here/conform.sh" "$build"
run 'conformance of the mock, as an identity provider' "$here/conform-idp.sh" "$build"
run 'the reports' /usr/bin/python3 "$here/check-reports.py" "$build"
run 'the demo flow' "$here/demo.sh" "$build"
run 'the curl lines of the pages' "$here/interop/house.sh" "$build" "$here/check-docs.sh"
run 'PyJWT' "$here/interop/house.sh" "$build" /usr/bin/python3 "$here/interop/pyjwt.py"
run 'the seed class under the suite' "$here/interop/seed.sh" "$build"
run 'the guides of the suite, word for word' "$here/check-guide.py" "$build"
run 'the CI action, step by step' "$here/check-action.py" "$build"

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]

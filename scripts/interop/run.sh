#!/bin/sh
# Real clients and foreign validators against the mock and the API: `run.sh BUILD`. Ends with `N passed, N failed, N skipped`.
# A client that cannot be installed is a failure; only clients that need Node 20 are skipped, by name, on an older Node, the
# browser, and what needs a network namespace where there is none.
set -eu

build=$1
here=$(dirname "$0")
passed=0
failed=0
skipped=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

run() { # run NAME COMMAND...: COMMAND ends with `N passed, N failed`
    name=$1
    shift
    echo "== $name"
    status=0
    "$@" >"$log" 2>&1 || status=$?
    cat "$log"
    counts=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed.*/\1 \2/p' "$log" | tail -n 1)
    [ -n "$counts" ] || counts="0 1"
    bad=${counts#* }
    if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
    passed=$((passed + ${counts% *}))
    failed=$((failed + bad))
}

skip() { # skip HOW_MANY WHAT_AND_WHY
    echo "skipped: $2"
    skipped=$((skipped + $1))
}

run PyJWT "$here/house.sh" "$build" /usr/bin/python3 "$here/pyjwt.py"
# make test plays it, too: where that ran, SEED_PLAYED spares the minute
[ -n "${SEED_PLAYED:-}" ] || run 'the seed class under the suite' "$here/seed.sh" "$build"
for name in pyjwt mod_auth_openidc; do
    run "$name under the suite" "$here/target.sh" "$build" "$name"
done

if command -v chromium >/dev/null; then
    run 'the HTML report in Chromium' "$here/page.sh" "$build"
else
    skip 1 'the HTML report in Chromium, which is not installed'
fi

# shellcheck source=scripts/interop/clients.sh
. "$here/clients.sh"

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]

#!/bin/sh
# What a sanitizer build runs: the unit tests and the in-process conformance run. `sanitized.sh BUILD PROGRAM...`
set -eu

build=$1
status=0
export ETB_FLAWS=4 # of the toy validator's; each plays every case, and here that takes ten times as long
scripts/unit.sh "$@" || status=1
"$build/conform" run --strict >"$build/conform.log" 2>&1 || status=1
[ "$status" -eq 0 ] || tail -n 60 "$build/conform.log" | sed '$d' # the last line, the sum, comes once
echo "in-process conformance of $build:"
tail -n 1 "$build/conform.log"
exit $status

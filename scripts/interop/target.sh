#!/bin/sh
# One foreign validator under the suite: `target.sh BUILD NAME`. Passes when it shows each of its known faults
# (fixtures/targets/NAME.expected.json) and no wrong decision beyond them. The reports stay in build/interop.
set -eu

mkdir -p build/interop/reports
log=build/interop/reports/$2.txt
status=0
"$1/conform" run --target "fixtures/targets/$2.json" --expected "fixtures/targets/$2.expected.json" \
    --json "build/interop/reports/$2.json" >"$log" 2>&1 || status=$?
if [ "$status" -ne 0 ]; then cat "$log"; fi
tail -n 1 "$log"
exit "$status"

#!/bin/sh
# The main job: every case against the validator core in process and against apid over HTTP: `conform.sh BUILD`.
# Ends with `N passed, N failed, N skipped`; JUnit and JSON reports stay in BUILD.
set -eu

exec "$1/conform" run --strict --target fixtures/targets/libbtv.json --target fixtures/targets/apid.json \
    --junit "$1/conform.xml" --json "$1/conform.json"

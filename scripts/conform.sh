#!/bin/sh
# The main job: every case against the validator core in process and against apid over HTTP: `conform.sh BUILD`.
# Ends with `N passed, N failed, N skipped`; The reports stay in BUILD: conform.html for people.
set -eu

exec "$1/conform" run --strict --target fixtures/targets/libbtv.json --target fixtures/targets/apid.json \
    --junit "$1/conform.xml" --json "$1/conform.json" --html "$1/conform.html"

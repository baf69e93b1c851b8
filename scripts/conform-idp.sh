#!/bin/sh
# The identity-provider half: every case against the mock Entra in process: `conform-idp.sh BUILD`. Its known differences
# from Entra stand in the baseline. Ends with `N passed, N failed, N skipped`; the reports stay in BUILD.
set -eu

exec "$1/conform" run --idp --strict --expected fixtures/issuers/demo.expected.json \
    --junit "$1/conform-idp.xml" --json "$1/conform-idp.json" --html "$1/conform-idp.html"

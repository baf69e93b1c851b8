#!/bin/sh
# Runs every curl line of the pages that show how to use the mock, so that they cannot rot: `check-docs.sh` beside
# mockidp (scripts/interop/house.sh). A line is `curl …` in a table or a block, `\` continues it. Ends with `N passed, N failed`.
set -eu

passed=0
failed=0
lines=$(mktemp)
trap 'rm -f "$lines"' EXIT
for page in README.md mockidp/README.md mockidp/mint/README.md; do
    before=$passed
    # blocks: whole lines, continued ones joined; tables: between backquotes
    # shellcheck disable=SC2016 # the backquotes are the page's
    sed -e ':a' -e '/\\$/N' -e 's/\\\n *//' -e 'ta' "$page" | sed -n -e 's/^curl/curl/p' -e 's/.*`\(curl -s [^`]*\)`.*/\1/p' |
        sed -e "s|http://127.0.0.1:8080|$IDP_HTTP|g" -e "s|https://localhost:8443|$IDP_HTTPS|g" -e "s|--cacert CA|--cacert $CA_FILE|" \
            -e 's/^curl -s/curl -sSf -o \/dev\/null/' >"$lines"
    while read -r line; do
        if sh -c "$line" </dev/null; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            echo "FAILED  $page: $line"
        fi
    done <"$lines"
    if [ "$passed" -eq "$before" ]; then
        failed=$((failed + 1))
        echo "FAILED  $page: there is no curl line that works in it"
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

#!/bin/sh
# Holds the sizes: C files of at most 400 lines, shell scripts of at most 80, public headers under 300 in all.
set -eu

status=0
too_long() { # too_long LIMIT FILE...
    limit=$1
    shift
    for file in "$@"; do
        lines=$(wc -l <"$file")
        if [ "$lines" -gt "$limit" ]; then
            echo "sizes: $file has $lines lines, at most $limit: split it by idea"
            status=1
        fi
    done
}
# shellcheck disable=SC2046 # file names here have no spaces
too_long 400 $(git ls-files -co --exclude-standard '*.c' '*.h')
# shellcheck disable=SC2046
too_long 80 $(git ls-files -co --exclude-standard 'scripts/*.sh')
public=$(cat validator/include/btv/* | wc -l)
if [ "$public" -ge 300 ]; then
    echo "sizes: the public headers have $public lines, under 300 is the promise"
    status=1
fi
exit $status

#!/bin/sh
# Holds validator/README.md to what it shows: its example is validator/examples/embed.c, its table of errors error.def's.
set -eu

cd "$(dirname "$0")/.."
readme=validator/README.md
status=0
same() { # same NAME SHOWN REAL: two texts
    [ "$2" = "$3" ] && return 0
    echo "$readme: $1 differs:"
    shown=$(mktemp)
    real=$(mktemp)
    printf '%s\n' "$2" >"$shown"
    printf '%s\n' "$3" >"$real"
    diff "$shown" "$real" || true
    rm -f "$shown" "$real"
    status=1
}
table=$(scripts/error-table.sh)
# shellcheck disable=SC2016 # the quotes are Markdown's
same 'the example (validator/examples/embed.c)' "$(sed -n '/^```c$/,/^```$/p' $readme | sed '1d;$d')" \
    "$(cat validator/examples/embed.c)"
same 'the table of errors (scripts/error-table.sh)' "$(sed -n '/^| code | status /,/^$/p' $readme)" "$table"
exit $status

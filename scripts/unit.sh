#!/bin/sh
# Runs the unit-test programs, as many at once as there are processors, shows what failed, and sums libcheck's closing
# lines: `unit.sh BUILD PROGRAM...`. RUNNER is a command that each is run by.
set -eu

if [ "${1:-}" = --one ]; then # unit.sh --one BUILD PROGRAM: the program, its log and its exit status
    status=0
    # shellcheck disable=SC2086 # a command and its options
    BUILD=$2 ${RUNNER:-} "$3" >"$3.log" 2>&1 </dev/null || status=$?
    echo "$status" >"$3.status"
    exit 0
fi

build=$1
shift
printf '%s\n' "$@" | xargs -P "$(nproc)" -n 1 "$0" --one "$build"
passed=0
failed=0
for program in "$@"; do
    status=$(cat "$program.status")
    # "98%: Checks: 50, Failures: 1, Errors: 0", one line a suite
    counts=$(sed -n 's/^[0-9]*%: Checks: \([0-9]*\), Failures: \([0-9]*\), Errors: \([0-9]*\)$/\1 \2 \3/p' "$program.log" |
        awk '{ c += $1; f += $2 + $3 } END { print c + 0, f + 0 }')
    checks=${counts% *}
    bad=${counts#* }
    # a program that ran nothing, or died (sanitizer, signal) without a failed check, is a failure too
    if [ "$bad" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$checks" -eq 0 ]; }; then
        bad=1
        checks=$((checks + 1))
    fi
    if [ "$bad" -ne 0 ]; then
        echo "FAILED $program (exit $status)"
        grep -v ':P:' "$program.log" | tail -n 60
    fi
    failed=$((failed + bad))
    passed=$((passed + checks - bad))
done
echo "unit tests of $build: $# programs"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

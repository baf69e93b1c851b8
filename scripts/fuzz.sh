#!/bin/sh
# Runs each fuzzer for SECONDS over a copy of its corpus and keeps what breaks it: `fuzz.sh SECONDS PROGRAM...`
set -eu

seconds=$1
shift
passed=0
failed=0
for program in "$@"; do
    name=${program##*/fuzz_}
    source=${program#build/fuzz/}
    seeds=${source%/fuzz_*}/corpus/$name
    work=build/fuzz/work/$name
    mkdir -p "$work" "$seeds"
    if "$program" -max_total_time="$seconds" -timeout=25 -rss_limit_mb=2048 -max_len=65536 -verbosity=0 -print_final_stats=1 \
        -artifact_prefix="build/fuzz/$name-" "$work" "$seeds" >"build/fuzz/$name.log" 2>&1; then
        passed=$((passed + 1))
        echo "fuzz $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "build/fuzz/$name.log") runs, no finding"
    else
        failed=$((failed + 1))
        echo "fuzz $name: FAILED, see build/fuzz/$name.log and build/fuzz/$name-*"
        tail -n 30 "build/fuzz/$name.log"
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

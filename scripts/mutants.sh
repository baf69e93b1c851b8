#!/bin/sh
# Regenerates what conformance/mutants.def says of each flaw's cases, and conformance/MUTANTS.md: `mutants.sh [BUILD]`. To be run
# when a case or a flaw was added; it plays every case with every flaw, which takes minutes.
set -eu

cd "$(dirname "$0")/.."
build=${1:-build/rel}
program=$build/conformance/tests/check_mutants
lists=$(mktemp)
trap 'rm -f "$lists"' EXIT
make -s BUILD="$build" "$program"
sed -n 's/^MUTANT([A-Z0-9_]*, *"\([a-z0-9-]*\)",.*/\1/p' conformance/mutants.def |
    xargs -P "$(nproc)" -n 1 "$program" --list >"$lists"
scripts/mutants.py "$lists"
make -s BUILD="$build" "$program"

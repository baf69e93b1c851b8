#!/bin/sh
# Measures what the README claims, side by side in one run, since the machine's speed drifts: `bench.sh BUILD [SECONDS]`
set -eu

build=$1
seconds=${2:-5}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

echo "$(date -u +%Y-%m-%d), $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) processors, $(openssl version)"

echo
echo "== the core beside EVP_PKEY_verify (R), in interleaved slots"
"$build/loadgen" --inproc --closed --threads 1 --duration "$seconds" --json "$dir/1.json"
"$build/loadgen" --inproc --closed --threads 2 --duration "$seconds" --json "$dir/2.json"
jq -rn --slurpfile one "$dir/1.json" --slurpfile two "$dir/2.json" \
    '"2 threads / 1 thread: \($two[0].validations_per_s / $one[0].validations_per_s * 100 | round / 100)"'
openssl speed -seconds 2 rsa2048 2>/dev/null | tail -n 2

echo
echo "== apid over HTTP"
# shellcheck disable=SC2016 # house.sh sets these
scripts/interop/house.sh "$build" sh -c '"$0" --url "$API_URL/api/auth-test" --idp "$IDP_HTTP" --closed \
    --threads 1 --connections 16 --duration "$1"' "$build/loadgen" "$seconds"

echo
echo "== mockidp: tokens beside EVP_PKEY_sign (S), its key set beside nginx, in interleaved slots"
scripts/bench-idp.sh "$build" $((4 * seconds))

echo
echo "== mockidp: from exec to the first discovery answer, 10 starts"
scripts/bench-start.sh "$build" 10

echo
echo "== mockidp: resident memory over 100 000 requests, and a day by its clock"
scripts/soak.py "$build"

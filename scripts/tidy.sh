#!/bin/sh
# Runs clang-tidy over every source. It is slow, so a file that passed is not read again until it, any header or the rules
# change: `tidy.sh CACHE`
set -eu

cache=$1
mkdir -p "$cache"
# shellcheck disable=SC2046 # file names here have no spaces
rules=$(cat .clang-tidy $(git ls-files -co --exclude-standard '*.h' '*.def') | sha1sum | cut -c1-40)
# shellcheck disable=SC2016 # the inner shell expands $0 and $1
git ls-files -co --exclude-standard '*.c' | while read -r source; do
    key=$cache/$({ echo "$rules $source" && cat "$source"; } | sha1sum | cut -c1-40)
    [ -e "$key" ] || echo "$source $key"
done | xargs -r -P "$(nproc)" -L 1 sh -c 'clang-tidy --quiet "$0" -- -std=c11 -I. -Ivalidator/include -D_GNU_SOURCE \
    "-DETB_VERSION=\"0\"" 2>/dev/null && : >"$1"'

#!/bin/sh
# Installs what the project needs on Debian 12, and only what is missing: `setup.sh [build|test|lint|interop|matrix|bench]...`
# Presence is asked of the machine (command -v, pkg-config, python3 -c), never of the package manager: a program that
# came from elsewhere is as good as Debian's.
set -eu

missing=""
need() { # need PACKAGE CHECK...
    package=$1
    shift
    "$@" >/dev/null 2>&1 || missing="$missing $package"
}
has() { command -v "$1"; }
library() { pkg-config --exists "$1"; }
python_module() { /usr/bin/python3 -c "import $1"; }
clang_runtime() { # clang without its runtime cannot link a fuzzer
    echo 'int LLVMFuzzerTestOneInput(const char *d, unsigned long n); int LLVMFuzzerTestOneInput(const char *d, unsigned long n) { return d == 0 && n; }' |
        clang -x c -fsanitize=fuzzer,address - -o /dev/null
}

need_build() {
    need gcc has gcc
    need libc6-dev test -e /usr/include/stdio.h
    need make has make
    need pkg-config has pkg-config
    need libmicrohttpd-dev library libmicrohttpd
    need libssl-dev library openssl
    need libjansson-dev library jansson
    need libcurl4-openssl-dev library libcurl
    need libgnutls28-dev library gnutls
    need check library check
    need openssl has openssl
}
need_test() {
    need curl has curl
    need jq has jq
    need python3 test -x /usr/bin/python3
    need python3-jwt pyjwt_reads_crit
    need python3-cryptography python_module cryptography
    need python3-aiohttp python_module aiohttp
    need python3-jsonschema python_module jsonschema
    need python3-yaml python_module yaml
    need ca-certificates test -e /etc/ssl/certs/ca-certificates.crt
}
need_lint() {
    need clang has clang
    need libclang-rt-14-dev clang_runtime
    need clang-format has clang-format
    need clang-tidy has clang-tidy
    need cppcheck has cppcheck
    need shellcheck has shellcheck
    need valgrind has valgrind
    need gcovr has gcovr
}
# shellcheck source=scripts/setup-interop.sh
. "$(dirname "$0")/setup-interop.sh"

[ $# -gt 0 ] || set -- build test lint interop
for set_name in "$@"; do
    case $set_name in
        build | test | lint | interop | matrix | bench) "need_$set_name" ;;
        *) echo "setup.sh: unknown set '$set_name' (build, test, lint, interop, matrix, bench)" >&2 && exit 2 ;;
    esac
done
[ -n "$missing" ] || exit 0

echo "setup.sh: installing$missing"
as_root=""
[ "$(id -u)" -eq 0 ] || as_root="sudo"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# shellcheck disable=SC2086 # a list of words on purpose
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends --no-remove $missing

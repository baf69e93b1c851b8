#!/bin/sh
# Everything that is checked without running the code; each check runs even if an earlier one failed. BUILD=DIR has gen/.
# ONLY=NAME runs that check alone.
set -u

build=${BUILD:-build/rel}
status=0
ran=""
run() { # run NAME COMMAND...
    name=$1
    shift
    [ "${ONLY:-$name}" = "$name" ] || return 0
    ran=yes
    if "$@" >"$build/lint.log" 2>&1; then
        echo "lint: $name ok"
    else
        echo "lint: $name FAILED"
        tail -n 60 "$build/lint.log"
        status=1
    fi
}
c_files=$(git ls-files -co --exclude-standard '*.c' '*.h')
sources=$(git ls-files -co --exclude-standard '*.c')
mkdir -p "$build"
# shellcheck disable=SC2086 # lists of words on purpose, here and below
run clang-format clang-format --dry-run -Werror $c_files
run check-layers scripts/check-layers.sh
run check-sizes scripts/check-sizes.sh
run check-readme scripts/check-readme.sh
# shellcheck disable=SC2046
run shellcheck shellcheck -x .ci/run $(git ls-files -co --exclude-standard '*.sh')
run fixtures /usr/bin/python3 scripts/check-cases.py
run mutants /usr/bin/python3 scripts/mutants.py --check
# shellcheck disable=SC2086
run cppcheck cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr --enable=warning,performance,portability \
    --suppress=missingIncludeSystem --suppress=normalCheckLevelMaxBranches -I. -Ivalidator/include -D_GNU_SOURCE \
    -DETB_VERSION='"0"' $sources
run clang-tidy scripts/tidy.sh "$build/tidy"
[ -n "$ran" ] || { echo "lint: there is no check '$ONLY'" >&2 && exit 2; }
if [ "$status" -eq 0 ]; then echo 'lint: clean'; fi
exit $status

#!/bin/sh
# A test of the linters: each must catch a violation that is seeded into a copy of the tree, and name it. `make check-lint`;
# by hand, when a rule or a tool changes. Ends with `N passed, N failed`.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
cd "$root"
git ls-files -co --exclude-standard -z | xargs -0 cp --parents -t "$tree"
cd "$tree"
git init -q . && git add -A
passed=0
failed=0

# seed CHECK SEEN FILE COMMAND: COMMAND changes FILE; the check must fail then, and say SEEN (a pattern)
seed() {
    cp -p "$3" "$tree/.git/before" 2>/dev/null || rm -f "$tree/.git/before"
    eval "$4"
    git add -A
    BUILD=build/rel ONLY="$1" scripts/lint.sh >.git/said 2>&1 && status=0 || status=$?
    line=$(grep -m 1 -e "$2" .git/said || true)
    if [ "$status" -ne 0 ] && grep -q "^lint: $1 FAILED" .git/said && [ -n "$line" ]; then
        passed=$((passed + 1)) && echo "caught  $1: $line"
    else
        failed=$((failed + 1)) && echo "MISSED  $1: $2 in $3 (exit $status)" && cat .git/said
    fi
    if [ -e .git/before ]; then cp -p .git/before "$3"; else rm -f "$3"; fi
}

c=mockidp/http/delay.c t=fixtures/targets
lines() { awk -v n="$1" 'BEGIN { while (n-- > 0) print "    n++;" }'; }
head='/* Seeded. */
int seeded(int n);
int seeded(int n)
{'
# the tree must be clean at first, or nothing is shown
for check in clang-format check-layers check-sizes shellcheck fixtures mutants; do
    BUILD=build/rel ONLY=$check scripts/lint.sh >.git/said 2>&1 || { cat .git/said && echo "$check fails before anything is seeded" && exit 1; }
done

seed clang-format "$c:.*clang-format-violations" $c "echo 'int  badly ;' >>$c"
seed check-layers 'layers: jose is pure.*jwk.c' validator/jose/jwk.c "sed -i '2i #include <jansson.h>' validator/jose/jwk.c"
seed check-layers 'layers: the oven includes only platform' mockidp/mint/bake.c "sed -i '2i #include \"mockidp/keyring/keyring.h\"' mockidp/mint/bake.c"
seed check-layers 'layers: libcurl has three doors' mockidp/idp.c "sed -i '2i #include <curl/curl.h>' mockidp/idp.c"
seed check-layers 'layers: time and randomness' mockidp/mint/bake.c "echo 'long seeded(void) { return time(NULL); }' >>mockidp/mint/bake.c"
seed check-sizes "sizes: $c has" $c "lines 400 >>$c"
seed check-sizes 'sizes: scripts/embed.sh has' scripts/embed.sh "lines 90 >>scripts/embed.sh"
seed check-sizes 'the public headers have' validator/include/btv/error.h "lines 300 >>validator/include/btv/error.h"
seed shellcheck 'SC2086' scripts/embed.sh "echo 'rm \$1' >>scripts/embed.sh"
seed fixtures 'tim.json: /cases/0.*level' fixtures/cases/tim.json "sed -i '0,/\"level\": \"MUST\"/s//\"level\": \"PERHAPS\"/' fixtures/cases/tim.json"
seed fixtures 'tim.json.*code' fixtures/cases/tim.json "sed -i '0,/token_expired/s//token_stale/' fixtures/cases/tim.json"
seed fixtures 'jsn.json: /cases/0/variants/1/send/claims/raw.*lack nbf' fixtures/cases/jsn.json "sed -i '0,/nbf/s//xnbf/' fixtures/cases/jsn.json"
seed fixtures "apid.json: /idp.*'listn'" $t/apid.json "sed -i 's/\"listen\"/\"listn\"/' $t/apid.json"
seed fixtures 'apid.json: /capabilities/0' $t/apid.json "sed -i 's/\"rollover\"/\"rolover\"/' $t/apid.json"
seed fixtures 'pyjwt.expected.json: /deviations/HDR-35' $t/pyjwt.expected.json "sed -i '0,/NON-STRICT/s//SO-SO/' $t/pyjwt.expected.json"
seed fixtures 'pyjwt.expected.json: /deviations/HDR-99.*no such case' $t/pyjwt.expected.json "sed -i '0,/HDR-35/s//HDR-99/' $t/pyjwt.expected.json"
seed fixtures 'results.json: /breaks/1/cases.*no case IDP-99' scripts/interop/results.json "sed -i 's/IDP-30/IDP-99/' scripts/interop/results.json"
seed fixtures 'demo.json: /tenants/0/apps/0' fixtures/idp/demo.json "sed -i '0,/\"scopes\"/s//\"scope\"/' fixtures/idp/demo.json"
seed fixtures 'apid-routes.json: /routes/0' fixtures/policy/apid-routes.json "sed -i '0,/\"scopes\"/s//\"scope\"/' fixtures/policy/apid-routes.json"
# a member that is missing in one file of each schema
for seeded in golden/jwks-v2.json:kty golden/discovery-v2.json:issuer golden/instance.json:aliases golden/errors.json:status \
    golden/tokens/app-graph.json:title issuers/demo.json:tenant vectors/rfc7515.json:jws cases/idp-jwks.json:level; do
    file=fixtures/${seeded%:*}
    seed fixtures "${file#fixtures/}: /" "$file" "sed -i '0,/\"${seeded#*:}\":/s//\"seeded\":/' $file"
done
seed fixtures 'mutants.def: line .*no case TIM-99' conformance/mutants.def "sed -i '0,/TIM-05/s//TIM-99/' conformance/mutants.def"
seed fixtures 'seeded.json.*no schema' fixtures/seeded.json "echo '{}' >fixtures/seeded.json"
seed fixtures 'tim.json: /cases/.*/source/0.*no title for RFC 7519 §4.1.9' fixtures/cases/tim.json "sed -i '0,/RFC 7519 §4.1.4/s//RFC 7519 §4.1.9/' fixtures/cases/tim.json"
seed fixtures 'sections.json: /: no case cites RFC 7519 §99' fixtures/sections.json "sed -i '/\"RFC 7519\"/s/{/{\"99\": \"Seeded\",/' fixtures/sections.json"
seed mutants 'MUTANTS.md: not what' fixtures/cases/tim.json "sed -i '0,/TIM-01/s//TIM-91/' fixtures/cases/tim.json"
# the two slow ones read the seeded file alone
git ls-files -z '*.c' | xargs -0 rm -f
seed cppcheck 'Uninitialized variable: p' mockidp/seeded.c "printf '%s\n    int *p;\n    return n + *p;\n}\n' '$head' >mockidp/seeded.c"
seed clang-tidy 'readability-braces-around-statements' mockidp/seeded.c "printf '%s\n    if (n)\n        return 1;\n    return n;\n}\n' '$head' >mockidp/seeded.c"
seed clang-tidy 'readability-function-size' mockidp/seeded.c "{ echo '$head' && lines 61 && printf '    return n;\n}\n'; } >mockidp/seeded.c"
seed clang-tidy 'insecureAPI.strcpy' mockidp/seeded.c "printf '#include <string.h>\nvoid seeded(char *a, const char *b);\nvoid seeded(char *a, const char *b)\n{\n    strcpy(a, b);\n}\n' >mockidp/seeded.c"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

#!/bin/sh
# Holds the arrows of the house: who may include whom. Prints each breach as file:line and exits 1.
set -eu

# breach RULE: reads grep output; what comes in breaks RULE
breach() {
    sed "s|^|layers: $1: |"
}
includes() { # includes PATTERN DIR...: the #include lines that match
    pattern=$1
    shift
    grep -rnE --include='*.[ch]' "^ *# *include [<\"]($pattern)" "$@" 2>/dev/null || true
}
except() { grep -vE "^($1)" || true; }

rules() { # prints the breaches: each stands behind a pipe, where no variable that is set would last
    includes 'mockidp/|conformance/' validator | except 'validator/tests/' | breach 'the validator stands alone'
    includes 'validator/(policy|keys|core|apid|cli)/|pthread|curl/|microhttpd|jansson' validator/jose |
        breach 'jose is pure: bytes in, facts out'
    includes 'jansson|microhttpd' validator/policy validator/keys validator/core | breach 'libbtv needs OpenSSL and libcurl only'
    includes 'validator/(core|apid|cli)/' validator/policy validator/keys | breach 'policy and keys do not know the coordinator'
    includes 'validator/|btv/' mockidp | except 'mockidp/grants/|mockidp/admin/explain|mockidp/tests/' |
        breach 'only grants (and explain) may see the validator'
    includes 'conformance/' mockidp | breach 'the mock does not know the suite'
    includes 'mockidp/' mockidp/mint | grep -vE '"mockidp/(mint|platform)/' | breach 'the oven includes only platform'
    includes 'mockidp/' mockidp/platform | grep -vE '"mockidp/platform/' | breach 'platform is the ground floor'
    includes 'curl/' validator mockidp conformance |
        except 'validator/keys/fetch_curl\.c|conformance/adapters/http[a-z_]*\.c|conformance/provider/http\.c|mockidp/grants/federation_fetch\.c|[a-z]+/(apid/|cli/|load/)?main\.c|validator/examples/|[a-z]+/tests/' |
        breach 'libcurl has four doors (and main for its global set-up)'
    includes 'microhttpd' validator mockidp conformance | except 'mockidp/http/|validator/apid/' | breach 'libmicrohttpd has two doors'
    includes 'validator/' conformance |
        except 'conformance/adapters/inproc\.c|conformance/provider/signature\.c|conformance/tests/|conformance/load/' |
        breach 'the suite sees the validator through its in-process adapter (and verifies an issuer'\''s signatures with it)'
    grep -rnE --include='*.[ch]' '[^_a-z](time|rand|random|srand) *\((NULL|0|&[a-z]+|)\)' validator/jose validator/policy mockidp/mint \
        mockidp/keyring mockidp/endpoints mockidp/grants mockidp/errors mockidp/faults 2>/dev/null |
        breach 'time and randomness come in from platform'
    git ls-files -co --exclude-standard | grep -E '(^|/)(util|common|helper|misc)[^/]*$' |
        breach 'a file says what it exists for'
}

found=$(rules)
[ -z "$found" ] || { echo "$found" && exit 1; }

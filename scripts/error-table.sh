#!/bin/sh
# Prints validator/README.md's table of errors: what error.def says of each, and when it comes and what to do about it.
set -eu

cd "$(dirname "$0")/.."
echo '| code | status | challenge | sentence | when | what to do |'
echo '| --- | --- | --- | --- | --- | --- |'
# first the advice, then the table; a code without advice, or advice without a code, is a fault
awk -F '|' '
    NR == FNR { when[$1] = $2; advice[$1] = $3; next }
    /^BTV_ERROR\(/ {
        split($0, text, "\"")
        code = text[2]
        split(text[3], number, ",")
        status = number[3] + 0
        quoted = number[4] ~ /NULL/ ? "" : text[4]
        sentence = number[4] ~ /NULL/ ? text[4] : text[6]
        if (!(code in when)) {
            print "error-table: nothing says what to do about " code > "/dev/stderr"
            bad = 1
        }
        seen[code] = 1
        print "| `" code "` | " status " | " (quoted ? "`" quoted "`" : status == 401 ? "`Bearer` alone" : "–") " | " sentence " | " \
            when[code] " | " advice[code] " |"
    }
    END {
        for (code in when) {
            if (!(code in seen)) {
                print "error-table: error.def has no " code > "/dev/stderr"
                bad = 1
            }
        }
        exit bad
    }' /dev/stdin validator/include/btv/error.def <<'EOF'
ok|the token is good for this API|let the request in
no_credentials|no Authorization header, another scheme, or a scheme alone|the client: get a token; the challenge says no more (RFC 6750 §3.1)
bearer_malformed|the header is not `Bearer`, a space and one token|the client: mend the header
token_too_large|longer than `max_token_bytes`|raise it, or put fewer groups into the token
token_malformed|not three parts, or more than one word behind the scheme|the client: send the access token as it was issued
token_encrypted|a JWE: five parts, or `enc` in the header|the app registration: turn token encryption off for this API
header_malformed|not strict base64url or JSON, no `alg`, an ill-typed `kid`, `zip`, `b64`|the client: get another token; often a token cut or changed on its way
crit_unsupported|`crit` in any form|as above; Entra never sends it
alg_not_allowed|`none`, HMAC, or what is not in `algorithms`|an attack, unless `algorithms` is too narrow
typ_not_allowed|a DPoP, logout or other kind of token, or one bound to a key (`cnf`)|the client: send a bearer access token
kid_missing|the header names no key; keys are not tried one by one|the client: get another token
kid_unknown|no published key has that `kid`, after one refresh a cooldown|the client: get another token; many of them: another cloud's or tenant's tokens
key_unsuitable|the key is of another kind, or marked for another algorithm|an attack, or a fault of the authority
keys_unavailable|no keys yet, or older than `last_known_good_s`, or a refresh is under way|the client: wait `Retry-After`; you: can this machine reach `instance`?
signature_invalid|it does not verify, or is not exactly one signature long|the client: get another token; also what a Microsoft Graph token gives (its header holds a `nonce`): ask for this API's scope
claims_malformed|the signed payload is no strict JSON object, or `aud` or `scp` is ill-typed|the authority: report it
issuer_mismatch|`iss`, the key's issuer or `ver` is not of the authority whose key signed|read the detail: often v1 tokens (set `accessTokenAcceptedVersion` to 2, or `v1` to `accept`) or another origin of the mock
tenant_not_allowed|`tid` is missing, no GUID, or of a tenant that is not allowed|the client: sign in to an allowed tenant; or add it to `tenants`
audience_mismatch|`aud` is another API's|the client: ask for this API's scope; or set `audience`
token_expired|`exp` and the skew are past|the client: get another token
token_not_yet_valid|`nbf` is beyond the skew|set the clocks
lifetime_malformed|no `exp`, a date that is no number, or `nbf` after `exp`|the authority: report it
scope_missing|a user's token without the scope, or a token without any permission|the client: ask for the scope that the challenge names
role_missing|an app's token without the role|an administrator: assign the app role
client_not_allowed|`azp` (v1: `appid`) is not among `clients`|add the client, or turn it away
claims_insufficient|`acrs` lacks the authentication context, and the client takes claims challenges (`xms_cc` has `cp1`)|the client: sign the user in again with the `claims` of the challenge
context_missing|`acrs` lacks the authentication context, and the client would only come back with the same token|the client: declare `cp1`, or turn it away
out_of_memory|memory is short|try again
undecided|nothing was validated into this result|a fault of the calling program: validate first
internal|a fault of the library|report it
EOF

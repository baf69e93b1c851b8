#!/bin/sh
# The story of a client, an identity provider and an API, each step checked: `demo.sh [--serve] BUILD`. Ends with
# `N passed, N failed`. With --serve both run on their usual ports until Ctrl-C, and lines to paste are printed.
set -eu

house=$(dirname "$0")/interop/house.sh # starts both, then runs this script again beside them
case ${1:-} in
    --serve)
        export IDP_LISTEN=127.0.0.1:8080 IDP_LISTEN_TLS=localhost:8443 API_LISTEN=127.0.0.1:7071
        exec "$house" "$2" "$0" --lines ;;
    --lines | --story) ;;
    *) exec "$house" "$1" "$0" --story ;;
esac
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
token_url=$IDP_HTTPS/$TENANT_ID/oauth2/v2.0/token
form="grant_type=password&client_id=$NATIVE_ID&username=alice@contoso.test&password=Passw0rd!&scope=api://$API_ID/access_as_user"
export CURL_CA_BUNDLE="$CA_FILE"
printf 'identity provider %s, API %s\nexport CURL_CA_BUNDLE=%s\n' "$IDP_HTTPS" "$API_URL" "$CA_FILE"
if [ "$1" = --lines ]; then
    printf "token=\$(curl -s -d '%s' \\\\\n  %s | jq -r .access_token)\n" "$form" "$token_url"
    printf "curl -i -H \"Authorization: Bearer \$token\" %s\ncurl -i %s\n" "$API_URL/api/auth-test" "$API_URL/api/auth-test"
    printf 'curl -X POST %s/_admin/keys/rotate\nCtrl-C ends both.\n' "$IDP_HTTP"
    mkfifo "$dir/never"
    read -r _ <>"$dir/never" # a signal ends it, and no process is left behind
fi

exec 3>&1
passed=0 failed=0
expect() { # expect TITLE WANTED GOT
    if [ "$2" = "$3" ]; then passed=$((passed + 1)) && echo "ok      $1: $3"; fi
    if [ "$2" != "$3" ]; then failed=$((failed + 1)) && echo "FAILED  $1: $3, not $2"; fi
}
run_curl() { # shows the command, its tokens shortened, and runs it
    for word; do
        case $word in *[!A-Za-z0-9_./:=@-]*) printf " '%s'" "$word" ;; *) printf ' %s' "$word" ;; esac
    done | sed 's/\(eyJ[A-Za-z0-9_-]\{9\}\)[A-Za-z0-9_.-]*/\1…/g; s/^/  $ curl/; s/$/\n/' >&3
    curl -sS -D "$dir/head" "$@"
}
admin() { run_curl -X "$1" -H 'Content-Type: application/json' ${3:+-d "$3"} "$IDP_HTTPS/_admin/$2"; }
count() { admin GET "journal?endpoint=$1" 3>/dev/null | jq ".counts.$1 // 0"; }
call() { # call [AUTHORIZATION]: prints the status, the challenge's error, and who called or why not
    run_curl ${1:+-H "Authorization: $1"} "$API_URL/api/auth-test" >"$dir/body"
    status=$(sed -n '1s/^[^ ]* \([0-9]*\).*/\1/p' "$dir/head")
    error=$(sed -n 's/^WWW-Authenticate: Bearer.*error="\([a-z_]*\)".*/\1 /p' "$dir/head")
    echo "$status $error$(jq -r '.user // .error' "$dir/body")"
}
# The client keeps its token as the usual service does: used again while more than five minutes of it are left.
expires=0
client() {
    now=$(admin GET clock 3>/dev/null | jq .now)
    [ "$now" -ge $((expires - 300)) ] || return 0
    run_curl -d "$form" "$token_url" >"$dir/token"
    token=$(jq -r .access_token "$dir/token")
    expires=$((now + $(jq .expires_in "$dir/token")))
}

client
expect 'a user signs in and calls the API' '200 Alice' "$(call "Bearer $token")"
client
expect 'the token is used again' 1 "$(count token)"
admin POST clock/advance "{\"seconds\":$((expires - now - 299))}" >"$dir/clock"
client
expect 'with less than five minutes left another is fetched' 2 "$(count token)"
admin PUT clock '{"mode":"real","offset_s":0}' >"$dir/clock"
fetched=$(count jwks)
for refetches in 0 1; do # the next key is published ahead; the one after it is new to the API
    admin POST keys/rotate '{}' >"$dir/keys"
    expires=0 && client
    expect 'keys were rotated, a new token is accepted' '200 Alice' "$(call "Bearer $token")"
    expect 'the API has fetched so many key sets since' "$refetches" "$(($(count jwks) - fetched))"
done
expect 'no header' '401 no_credentials' "$(call)"
while IFS='|' read -r title wanted recipe; do
    expect "$title" "$wanted" "$(call "$(admin POST tokens "$recipe" | jq -r .authorization)")"
done <"$(dirname "$0")/demo.recipes"
expect 'and no more than that one, after all this' 1 "$(($(count jwks) - fetched))"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

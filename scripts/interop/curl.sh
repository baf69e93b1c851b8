#!/bin/sh
# curl and openssl as a client, each grant as its own recipe: `curl.sh` under house.sh. With IDP_AS the mock is asked under that
# name without a line in /etc/hosts. Ends with `N passed, N failed`.
set -eu

here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=scripts/interop/curl-browser.sh
. "$here/curl-browser.sh"
endpoint=$IDP_HTTPS/$TENANT_ID/oauth2/v2.0
scope='openid profile offline_access api://auth-test/access_as_user'
base64url() { base64 -w 0 | tr '+/' '-_' | tr -d '='; }
ask() { browse "$@" "$endpoint/token" && jq -re "$want" "$work/page"; }
answer() { jq -r "$1" "$work/page"; }
want=.access_token

if [ -n "${IDP_AS:-}" ]; then
    set -- --connect-to "$IDP_AS:443:${IDP_TLS#https://}"
    browse "$@" "$IDP_HTTPS/$TENANT_ID/v2.0/.well-known/openid-configuration"
    # shellcheck disable=SC2016 # of jq
    must "discovery as $IDP_AS" jq -e --arg name "https://$IDP_AS/" '[.issuer, .jwks_uri] | all(startswith($name))' "$work/page"
    must 'a token there' ask "$@" -d "grant_type=client_credentials&client_id=$DAEMON_ID&client_secret=$DAEMON_SECRET" -d scope=api://auth-test/.default
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
    exit
fi

app="grant_type=client_credentials&scope=api://auth-test/.default"
must 'a secret in the form' ask -d "$app&client_id=$DAEMON_ID&client_secret=$DAEMON_SECRET"
must 'its token is accepted by the API' api_accepts "$(answer .access_token)"
must 'a secret by Basic' ask -u "$DAEMON_ID:$DAEMON_SECRET" -d "$app"

thumbprint=$(openssl x509 -in "$DAEMON_CERT" -outform DER | openssl dgst -sha1 -binary | base64url)
now=$(date +%s)
unsigned=$(printf '{"alg":"RS256","typ":"JWT","x5t":"%s"}' "$thumbprint" | base64url).$(
    jq -nc --arg id "$DAEMON_ID" --arg aud "$endpoint/token" --argjson now "$now" \
        '{iss: $id, sub: $id, aud: $aud, jti: "\($now)", nbf: $now, exp: ($now + 300)}' | tr -d '\n' | base64url)
assertion=$unsigned.$(printf %s "$unsigned" | openssl dgst -sha256 -sign "$DAEMON_KEY" | base64url)
must 'a certificate' ask -d "$app&client_id=$DAEMON_ID&client_assertion=$assertion" \
    -d client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer

verifier=$(openssl rand 32 | base64url)
challenge=$(printf %s "$verifier" | openssl dgst -sha256 -binary | base64url)
back=$(browse -G "$endpoint/authorize" -d "client_id=$WEB_ID&response_type=code&state=s&code_challenge=$challenge" \
    -d code_challenge_method=S256 --data-urlencode "redirect_uri=$WEB_REDIRECT" --data-urlencode "scope=$scope" -w '%{redirect_url}')
code=$(printf %s "$back" | sed -n 's/.*[?&]code=\([^&]*\).*/\1/p')
web="client_id=$WEB_ID&client_secret=$WEB_SECRET"
must 'a code with PKCE' ask -d "grant_type=authorization_code&$web&code=$code&code_verifier=$verifier" --data-urlencode "redirect_uri=$WEB_REDIRECT"
user_token=$(answer .access_token)
refresh=$(answer .refresh_token)
must 'its token is accepted by the API' api_accepts "$user_token"
must 'a refresh token' ask -d "grant_type=refresh_token&$web&refresh_token=$refresh" --data-urlencode "scope=$scope"
must 'on behalf of the user' ask -d "client_id=$API_ID&client_secret=$API_SECRET&assertion=$user_token&requested_token_use=on_behalf_of" \
    -d grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer -d scope=api://legacy/user_impersonation
must 'userinfo, by the token for it' ask -d "grant_type=refresh_token&$web&refresh_token=$refresh&scope=openid%20email"
browse "$IDP_HTTPS/oidc/userinfo" -H "Authorization: Bearer $(answer .access_token)"
must 'userinfo says who it is' jq -re .email "$work/page"

must 'a user name and password' ask -d "grant_type=password&client_id=$NATIVE_ID&username=alice@contoso.test&password=Passw0rd!" --data-urlencode "scope=$scope"
browse "$endpoint/devicecode" -d "client_id=$NATIVE_ID" --data-urlencode "scope=$scope"
must 'a code for a device' ask -d "client_id=$NATIVE_ID&device_code=$(answer .device_code)" \
    -d grant_type=urn:ietf:params:oauth:grant-type:device_code
want='select(.error_codes == [7000215]) | .error'
must 'a wrong secret is refused' ask -d "$app&client_id=$DAEMON_ID&client_secret=wrong"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

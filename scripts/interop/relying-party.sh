#!/bin/sh
# Apache with mod_auth_openidc as a web app that signs people in: `relying-party.sh` under house.sh. curl is the browser. The app
# hands the access token on, and the API takes it. Ends with `N passed, N failed`.
set -eu

here=$(dirname "$0")
work=$(mktemp -d)
apache=""
stop() { # the group, for apache.sh is its shell alone
    [ -z "$apache" ] || kill -- "-$apache" 2>/dev/null || true
    apache=""
}
trap 'stop; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
# shellcheck source=scripts/interop/curl-browser.sh
. "$here/curl-browser.sh"

start() { # start RESPONSE_TYPE RESPONSE_MODE: the app with these settings
    port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    app=http://localhost:$port
    CONFORM_PORT=$port CONFORM_CA_FILE=$CA_FILE setsid "$here/targets/apache.sh" "LoadModule auth_openidc_module /usr/lib/apache2/modules/mod_auth_openidc.so
LoadModule headers_module /usr/lib/apache2/modules/mod_headers.so
OIDCProviderMetadataURL $IDP_HTTPS/$TENANT_ID/v2.0/.well-known/openid-configuration
OIDCCABundlePath \${dir}/ca.pem
OIDCClientID $WEB_ID
OIDCClientSecret $WEB_SECRET
OIDCProviderTokenEndpointAuth client_secret_post
OIDCRedirectURI $app/callback
OIDCResponseType \"$1\"
${2:+OIDCResponseMode $2}
OIDCPKCEMethod S256
OIDCScope \"openid profile offline_access api://auth-test/access_as_user\"
OIDCRemoteUserClaim preferred_username
OIDCCryptoPassphrase of-this-test-only
<Location /callback>
AuthType openid-connect
Require valid-user
</Location>" "AuthType openid-connect
Require valid-user
Header set X-User %{OIDC_CLAIM_preferred_username}e
Header set X-Token %{OIDC_access_token}e" 2>"$work/log" &
    apache=$!
    tries=0
    until curl -s -o /dev/null "$app/"; do
        tries=$((tries + 1))
        if [ $tries -gt 100 ]; then cat "$work/log" && exit 1; fi
        sleep 0.1
    done
    rm -f "$work/jar"
}
sign_in() {
    browse -L "$app/api/auth-test"
    if grep -q '<form' "$work/page"; then send_form; fi
}
signed_in() { [ "$(header X-User)" = alice@contoso.test ] && grep -q successful "$work/page"; }
refuses() { browse -w '%{http_code}' "$@" | grep -qv '^200'; }

for flow in code: 'code id_token:form_post' id_token:form_post; do
    start "${flow%:*}" "${flow#*:}"
    sign_in
    must "sign-in with $flow" signed_in
    [ "$flow" = id_token:form_post ] || must "its access token is accepted by the API" api_accepts "$(header X-Token)"
    browse "$app/api/auth-test"
    must 'the session holds' signed_in
    rm "$work/jar"
    must 'an answer to a question that this browser did not ask' refuses "$app/callback?code=x&state=y"
    stop
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

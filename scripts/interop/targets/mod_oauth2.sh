#!/bin/sh
# Apache with mod_oauth2. Debian's build has no regular expressions, so only one exact value of scp can be required. It trusts the
# system's CAs alone, so it runs, as root, where that of the mock is one of them.
set -eu

if ! unshare -m true; then
    echo 'mod_oauth2.sh: a mount namespace is needed, to make the CA of the mock one of the system' >&2
    exit 1
fi
options="jwks_uri.cache.max_age=60&verify.exp=required"
bundle=$(mktemp)
cat /etc/ssl/certs/ca-certificates.crt "$CONFORM_CA_FILE" >"$bundle"
chmod 644 "$bundle"
# Behind the mount nobody else sees it, and it is removed before the command starts.
# shellcheck disable=SC2016 # expanded inside
exec unshare -m sh -euc 'mount --bind "$0" /etc/ssl/certs/ca-certificates.crt && rm "$0" && exec "$@"' "$bundle" \
    "$(dirname "$0")/apache.sh" "LoadModule oauth2_module /usr/lib/apache2/modules/mod_oauth2.so
OAuth2TokenVerify jwks_uri $CONFORM_JWKS $options" "AuthType oauth2
<RequireAll>
Require oauth2_claim iss:$CONFORM_ISSUER
Require oauth2_claim aud:$CONFORM_AUDIENCE
Require oauth2_claim scp:$CONFORM_SCOPE
</RequireAll>"

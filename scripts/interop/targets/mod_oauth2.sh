#!/bin/sh
# Apache with mod_oauth2. Debian's build has no regular expressions, so only one exact value of scp can be required; it trusts the
# system's CAs alone, so TLS to the mock, on loopback, is not verified.
set -eu

options="jwks_uri.ssl_verify=false&jwks_uri.cache.max_age=60&verify.exp=required"
exec "$(dirname "$0")/apache.sh" "LoadModule oauth2_module /usr/lib/apache2/modules/mod_oauth2.so
OAuth2TokenVerify jwks_uri $CONFORM_JWKS $options" "AuthType oauth2
<RequireAll>
Require oauth2_claim iss:$CONFORM_ISSUER
Require oauth2_claim aud:$CONFORM_AUDIENCE
Require oauth2_claim scp:$CONFORM_SCOPE
</RequireAll>"

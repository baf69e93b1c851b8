#!/bin/sh
# Apache with mod_auth_openidc as an OAuth 2.0 resource server that verifies JWTs itself, as its documentation shows: the keys come
# from the key set's URL, each claim is a Require line. It has no option for the algorithm, and none that requires exp.
set -eu

exec "$(dirname "$0")/apache.sh" "LoadModule auth_openidc_module /usr/lib/apache2/modules/mod_auth_openidc.so
OIDCOAuthVerifyJwksUri $CONFORM_JWKS
OIDCOAuthSSLValidateServer On
OIDCCABundlePath \${dir}/ca.pem
OIDCOAuthAcceptTokenAs header
OIDCOAuthRemoteUserClaim sub
OIDCCryptoPassphrase of-this-test-only" "AuthType oauth20
<RequireAll>
Require claim iss:$CONFORM_ISSUER
Require claim aud:$CONFORM_AUDIENCE
Require claim scp~(^|[[:space:]])$CONFORM_SCOPE([[:space:]]|\$)
</RequireAll>"

/* Codes and refresh tokens of the demo directory's three kinds of clients, and their redemption. */
#ifndef MOCKIDP_TESTS_SUPPORT_REDEEM_H
#define MOCKIDP_TESTS_SUPPORT_REDEEM_H

#include "mockidp/tests/support/browser.h"

#include <jansson.h>

#define V2 "/contoso.test/oauth2/v2.0/"
#define V1 "/contoso.test/oauth2/"
#define WEB "client_id=c0ffee00-0000-4000-8000-0000000000b1"
#define SPA "client_id=c0ffee00-0000-4000-8000-0000000000c1"
#define NATIVE "client_id=c0ffee00-0000-4000-8000-0000000000e1"
#define SECRET "&client_secret=web-secret"
#define HERE "&redirect_uri=http://localhost:5000/callback"
#define PAGE "&redirect_uri=http://localhost:5173/"
#define LOOP "&redirect_uri=http://localhost:40001"
#define API "&scope=openid+profile+offline_access+api://auth-test/access_as_user"
#define CODE "&response_type=code"
/* RFC 7636 appendix B */
#define VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define S256                                                                                       \
    "&code_challenge_method=S256&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
#define PLAIN "&code_challenge=" VERIFIER
#define PROOF "&code_verifier=" VERIFIER
#define WEB_ASKS V2 "authorize?" WEB HERE API CODE
#define SPA_ASKS V2 "authorize?" SPA PAGE API CODE S256
#define NATIVE_ASKS V2 "authorize?" NATIVE LOOP API CODE S256
#define ORIGIN "Origin: http://localhost:5173\r\n"

/* redeem posts grant_type, a code or token, and the rest; a new reference. */
json_t *redeem(struct idp *idp, const char *path, const char *headers, const char *grant,
               const char *handle, const char *rest, int *status);

/* advance moves the IdP's clock. */
void advance(struct idp *idp, int seconds);

#endif

/* A client that proves itself with its certificate (OpenID Connect Core 1.0 §9 private_key_jwt;
 * "Microsoft identity platform application authentication certificate credentials"). */
#ifndef MOCKIDP_GRANTS_PRIVATE_KEY_JWT_H
#define MOCKIDP_GRANTS_PRIVATE_KEY_JWT_H

#include "mockidp/grants/grant.h"

/* private_key_jwt_client writes the `sub` of an assertion, not believed yet: who it is about. */
bool private_key_jwt_client(const char *assertion, char *out, size_t cap);

/* private_key_jwt_check checks client_assertion of the identified client; 0, or -1 with the
 * refusal. */
int private_key_jwt_check(struct grant *grant);

#endif

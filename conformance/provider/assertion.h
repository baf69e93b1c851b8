/* Client assertions: private_key_jwt (entra.md §3.5, RFC 7523). */
#ifndef CONFORMANCE_PROVIDER_ASSERTION_H
#define CONFORMANCE_PROVIDER_ASSERTION_H

#include "conformance/provider/match.h"

/*
 * cf_assertion_make signs an assertion as `wanted` says, newly allocated: {"by": member of the
 * profile with "id", "certificate" and "key" (PEM texts), "alg": "PS256" (or RS256), "thumbprint":
 * "x5t#S256" (or "x5t", "none"), "claims" and "header": over the usual ones, null takes one away}.
 * NULL with `why`, or with m->values->lacking when the profile lacks something.
 */
char *cf_assertion_make(struct cf_matching *m, const json_t *wanted, char *why, size_t cap);

#endif

/* Whether tokens are signed by the keys that an issuer publishes: libbtv says it. */
#ifndef CONFORMANCE_PROVIDER_SIGNATURE_H
#define CONFORMANCE_PROVIDER_SIGNATURE_H

#include <stddef.h>

/* struct cf_signatures is a key set, ready to verify. One thread at a time. */
struct cf_signatures;

/* cf_signatures_new reads a JWK Set; newly allocated, or NULL with `why`. */
struct cf_signatures *cf_signatures_new(const char *jwks, size_t len, char *why, size_t cap);
void cf_signatures_free(struct cf_signatures *signatures);

/* cf_signatures_verify checks a compact JWS: its kid must name a key, and alg be RS256 (entra.md
 * §2.2). 0, or -1 with `why`. */
int cf_signatures_verify(const struct cf_signatures *signatures, const char *token, char *why,
                         size_t cap);

#endif

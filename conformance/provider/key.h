/* What holds for a JSON Web Key and the certificate in it (entra.md §1.6). */
#ifndef CONFORMANCE_PROVIDER_KEY_H
#define CONFORMANCE_PROVIDER_KEY_H

#include <jansson.h>
#include <stddef.h>

/*
 * cf_key_holds says whether a word holds for a key: "thumbprint" (kid is base64url of the SHA-1 of
 * the certificate in x5c), "certified" (the certificate is of n and e), "self-signed" (and its
 * signature is good), "rsa-2048". 0, or -1 with `why`; an unknown word does not hold.
 */
int cf_key_holds(const json_t *key, const char *word, char *why, size_t cap);

#endif

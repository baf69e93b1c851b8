/* JWTs that clients sign, made with OpenSSL alone. */
#ifndef MOCKIDP_TESTS_SUPPORT_SIGNER_H
#define MOCKIDP_TESTS_SUPPORT_SIGNER_H

#include <stdbool.h>
#include <stddef.h>

/* signer_sign signs header and payload, written with ' for ", with the embedded PEM key of that
 * path; `pss`: PS256, else RS256. Newly allocated. */
char *signer_sign(const char *key_path, bool pss, const char *header, const char *payload);

/* signer_thumbprint writes base64url of the certificate's SHA-1, or SHA-256 for `sha256`; newly
 * allocated. */
char *signer_thumbprint(const char *certificate_path, bool sha256);

/* signer_replace returns `text` with each {name} of `pairs` (name, value, …, NULL) replaced; newly
 * allocated. */
char *signer_replace(const char *text, const char *const *pairs);

#endif

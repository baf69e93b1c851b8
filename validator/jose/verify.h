/* The signature of a JWS (RFC 7515 §5.2 step 8), as fast as OpenSSL's EVP allows. */
#ifndef VALIDATOR_JOSE_VERIFY_H
#define VALIDATOR_JOSE_VERIFY_H

#include "btv/error.h"
#include "validator/jose/alg.h"
#include "validator/jose/jwk.h"

/*
 * struct jose_verifier keeps what can be reused between verifications: fetched digests, a digest
 * context, and prepared contexts for the keys used last (each holds a reference to its key). One
 * thread at a time.
 */
struct jose_verifier;

/* jose_verifier_new returns a newly allocated verifier, or NULL. */
struct jose_verifier *jose_verifier_new(void);
void jose_verifier_free(struct jose_verifier *v);

/*
 * jose_verify checks `signature` (base64url) over `signing_input`. BTV_KEY_UNSUITABLE when the key
 * is not for `alg`; BTV_SIGNATURE_INVALID when the text is not strict base64url, is not exactly as
 * long as the key's signatures, or does not verify; BTV_OUT_OF_MEMORY when OpenSSL cannot go on.
 */
enum btv_error jose_verify(struct jose_verifier *v, const struct jose_alg *alg,
                           const struct jose_jwk *jwk, struct jose_span signing_input,
                           struct jose_span signature);

#endif

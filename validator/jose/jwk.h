/* One public key of a JWK Set (RFC 7517 §4), fit for verifying signatures or skipped with a reason.
 */
#ifndef VALIDATOR_JOSE_JWK_H
#define VALIDATOR_JOSE_JWK_H

#include "validator/jose/alg.h"
#include "validator/jose/json.h"

#include <openssl/evp.h>

#define JOSE_KID_CAP 256
#define JOSE_KEY_ISSUER_CAP 512
#define JOSE_CLOUD_CAP 64
#define JOSE_RSA_MIN_BITS 2048
#define JOSE_RSA_MAX_BITS 8192

/* Why a key of a set is not used. JOSE_JWK_OK is the first, and each has a sentence
 * (jose_jwk_skip_reason). */
#define JOSE_JWK_SKIPS(X)                                                                          \
    X(JOSE_JWK_OK, "the key is good")                                                              \
    X(JOSE_JWK_NOT_AN_OBJECT, "it is not an object of plain members")                              \
    X(JOSE_JWK_KTY_UNSUPPORTED, "its kty is neither RSA nor EC")                                   \
    X(JOSE_JWK_SYMMETRIC, "it is a symmetric key, which must never be published")                  \
    X(JOSE_JWK_PRIVATE, "it has private members, which must never be published")                   \
    X(JOSE_JWK_KID_MISSING, "it has no kid, or one that is no string or too long")                 \
    X(JOSE_JWK_USE, "its use or key_ops is not for verifying signatures")                          \
    X(JOSE_JWK_ALG, "its alg is not a signature algorithm of its kty")                             \
    X(JOSE_JWK_ISSUER, "its issuer is no string or too long")                                      \
    X(JOSE_JWK_NUMBER, "a number of it is missing, malformed or has leading zeros")                \
    X(JOSE_JWK_RSA_SIZE, "its modulus is not of 2048 to 8192 bits")                                \
    X(JOSE_JWK_RSA_MODULUS, "its modulus is even, or of the shape of the ROCA weakness")           \
    X(JOSE_JWK_RSA_EXPONENT, "its exponent is below 3, even or over 32 bits")                      \
    X(JOSE_JWK_CURVE, "its curve is unknown or the point is not on it")                            \
    X(JOSE_JWK_AMBIGUOUS, "another key has the same kid and issuer")                               \
    X(JOSE_JWK_CLOUD, "its cloud_instance_name is not that of the metadata")                       \
    X(JOSE_JWK_MEMORY, "there was no memory for it")

enum jose_jwk_skip {
#define X(symbol, sentence) symbol,
    JOSE_JWK_SKIPS(X)
#undef X
};

/* All of it is owned, so that a key outlives the text it came from. Zeroed is empty. */
struct jose_jwk {
    char kid[JOSE_KID_CAP];
    size_t kid_len;
    char issuer[JOSE_KEY_ISSUER_CAP]; /* Entra's per-key member, "" when absent; may hold the
                                         template "{tenantid}" */
    char cloud[JOSE_CLOUD_CAP];       /* cloud_instance_name, "" when absent */
    unsigned document; /* which of several sets it came from: for whoever puts them together */
    EVP_PKEY *key;
    bool ec;
    unsigned bits;              /* of the modulus, or of the curve */
    const struct jose_alg *alg; /* the only one it may be used with, or NULL */
};

/*
 * jose_jwk_parse reads one JWK, the text of an object. Returns JOSE_JWK_OK and fills `out` (release
 * it with jose_jwk_cleanup), or the reason to skip the key; then `out` is empty. x5c, x5t and x5u
 * are not looked at: a certificate inside a key set proves nothing that the set does not.
 */
enum jose_jwk_skip jose_jwk_parse(struct jose_span json, struct jose_jwk *out);
void jose_jwk_cleanup(struct jose_jwk *jwk);

/* jose_jwk_fits says whether the key may verify signatures of `alg`. */
bool jose_jwk_fits(const struct jose_jwk *jwk, const struct jose_alg *alg);

const char *jose_jwk_skip_reason(enum jose_jwk_skip skip);

#endif

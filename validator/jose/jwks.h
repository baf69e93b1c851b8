/* A JWK Set (RFC 7517 §5): the good keys of it. */
#ifndef VALIDATOR_JOSE_JWKS_H
#define VALIDATOR_JOSE_JWKS_H

#include "validator/jose/jwk.h"

#define JOSE_JWKS_KEYS 256

/* Zeroed is empty. */
struct jose_jwks {
    struct jose_jwk *keys;
    size_t count;
};

/*
 * jose_jwks_skip_fn hears of each key that is not used: its place in the set from 0, its kid or "",
 * and why. It may be NULL.
 */
typedef void (*jose_jwks_skip_fn)(void *ctx, size_t index, const char *kid, enum jose_jwk_skip why);

/*
 * jose_jwks_parse reads {"keys":[…]}. One bad key never spoils the set: it is skipped. Of keys with
 * the same kid and issuer, the same key twice counts once, and different keys are all skipped,
 * since the kid no longer says which is meant. Keys of one kid that belong to different issuers all
 * stay: each vouches for its own. Returns 0, or -1 when the text is not a JWK Set, has over 256
 * keys, or memory is short. A set without a good key is 0 and empty. Release `out` with
 * jose_jwks_cleanup.
 */
int jose_jwks_parse(struct jose_span json, struct jose_jwks *out, jose_jwks_skip_fn skipped,
                    void *ctx);
void jose_jwks_cleanup(struct jose_jwks *jwks);

/* jose_jwks_find returns the first key whose kid is exactly that string value, or NULL. */
const struct jose_jwk *jose_jwks_find(const struct jose_jwks *jwks,
                                      const struct jose_json_value *kid);

/* jose_jwks_next returns the next key of the set with the kid of `key`, or NULL. */
const struct jose_jwk *jose_jwks_next(const struct jose_jwks *jwks, const struct jose_jwk *key);

#endif

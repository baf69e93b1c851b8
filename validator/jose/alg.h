/*
 * The signature algorithms that exist here (RFC 7518 §3.1). `none` and HMAC are not in the table,
 * so that no configuration and no token can reach them.
 */
#ifndef VALIDATOR_JOSE_ALG_H
#define VALIDATOR_JOSE_ALG_H

#include "validator/jose/json.h"

#include <stdint.h>

enum jose_alg_id {
#define JOSE_ALG(name, family, digest, bits) JOSE_##name,
#include "validator/jose/alg.def"
#undef JOSE_ALG
    JOSE_ALG_COUNT
};

enum jose_alg_family { JOSE_RSA_PKCS1, JOSE_RSA_PSS, JOSE_ECDSA };

struct jose_alg {
    enum jose_alg_id id;
    const char *name;
    enum jose_alg_family family;
    const char *digest; /* OpenSSL's name */
    unsigned bits;      /* of the digest; of an ECDSA key too, but for ES512 */
};

/* jose_alg_get returns the row of `id`. */
const struct jose_alg *jose_alg_get(enum jose_alg_id id);

/* jose_alg_find returns the row whose name is exactly `name`, or NULL. */
const struct jose_alg *jose_alg_find(struct jose_span name);

/* jose_alg_find_value is jose_alg_find for a JSON string, whose escapes are resolved. */
const struct jose_alg *jose_alg_find_value(const struct jose_json_value *name);

#endif

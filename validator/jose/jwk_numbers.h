/* The numbers of a JWK made into OpenSSL keys, with the checks that OpenSSL leaves to its caller.
 */
#ifndef VALIDATOR_JOSE_JWK_NUMBERS_H
#define VALIDATOR_JOSE_JWK_NUMBERS_H

#include "validator/jose/jwk.h"

/* Both fill `out->key` and `out->bits` (a new reference) from the members of a JWK, or say why not.
 */
enum jose_jwk_skip jose_jwk_rsa(const struct jose_json_member *members, size_t count,
                                struct jose_jwk *out);
enum jose_jwk_skip jose_jwk_ec(const struct jose_json_member *members, size_t count,
                               struct jose_jwk *out);

#endif

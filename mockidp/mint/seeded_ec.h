/* Keys on curves that follow from a text: the same on every machine, and so worth nothing as a
 * secret. */
#ifndef MOCKIDP_MINT_SEEDED_EC_H
#define MOCKIDP_MINT_SEEDED_EC_H

#include <openssl/evp.h>

/* mint_ec_of_seed returns the newly allocated key on "P-256", "P-384" or "ED25519" that follows
 * from a seed. NULL on failure. */
EVP_PKEY *mint_ec_of_seed(const char *curve, const char *seed);

#endif

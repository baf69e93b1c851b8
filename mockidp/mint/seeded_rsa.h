/* RSA keys that follow from a text: the same on every machine, and so worth nothing as a secret. */
#ifndef MOCKIDP_MINT_SEEDED_RSA_H
#define MOCKIDP_MINT_SEEDED_RSA_H

#include <openssl/evp.h>

/* mint_rsa_of_seed returns the newly allocated RSA key of `bits` (even, 1024 and more) that follows
 * from a seed, exponent 65537. NULL on failure. */
EVP_PKEY *mint_rsa_of_seed(unsigned bits, const char *seed);

#endif

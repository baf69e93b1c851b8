/* From the numbers of a key to OpenSSL's form of it. */
#ifndef MOCKIDP_MINT_PKEY_H
#define MOCKIDP_MINT_PKEY_H

#include <openssl/evp.h>
#include <openssl/param_build.h>

/* mint_pkey_of returns a newly allocated key pair of a type ("RSA", "EC") and the numbers that were
 * pushed, or NULL. */
EVP_PKEY *mint_pkey_of(const char *type, OSSL_PARAM_BLD *numbers);

#endif

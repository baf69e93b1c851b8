/* ECDSA that signs the same octets the same way each time (RFC 6979). OpenSSL draws a new random
 * number for each signature, and so no certificate of an EC key would be made twice. */
#ifndef MOCKIDP_MINT_ECDSA_H
#define MOCKIDP_MINT_ECDSA_H

#include <openssl/evp.h>
#include <stddef.h>

/*
 * mint_ecdsa_sign returns the signature of `pkey`, an EC key, over the SHA-256 of `data`: DER
 * (RFC 3279 §2.2.3), to be freed with OPENSSL_free, its length in `*out_len`. NULL on failure. Not
 * in constant time: keys of the mock are no secrets.
 */
unsigned char *mint_ecdsa_sign(EVP_PKEY *pkey, const void *data, size_t len, size_t *out_len);

#endif

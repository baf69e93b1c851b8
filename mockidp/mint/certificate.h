/* The self-signed certificate that goes with each signing key. */
#ifndef MOCKIDP_MINT_CERTIFICATE_H
#define MOCKIDP_MINT_CERTIFICATE_H

#include <openssl/evp.h>
#include <stddef.h>

/*
 * mint_certificate_make returns the DER of a self-signed certificate for `pkey` (free it with
 * OPENSSL_free), or NULL. The serial number comes from the key, the dates are fixed (2026 to 2031,
 * five years as Entra's), and so is how a key signs: a key always gets the same one.
 */
unsigned char *mint_certificate_make(EVP_PKEY *pkey, const char *common_name, size_t *len);

#endif

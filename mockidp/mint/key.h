/* A signing key and its certificate, as Entra publishes them: the certificate names the key. */
#ifndef MOCKIDP_MINT_KEY_H
#define MOCKIDP_MINT_KEY_H

#include <openssl/evp.h>
#include <stddef.h>

#define MINT_KID_CAP 44
/* Whom the certificates of most keys name. */
#define MINT_KEY_COMMON_NAME "accounts.accesscontrol.windows.net"

struct mint_key {
    EVP_PKEY *pkey;
    EVP_MD_CTX *rs256; /* ready to sign by RS256: to be copied, not used. NULL unless an RSA key */
    unsigned char *certificate; /* DER, self-signed */
    size_t certificate_len;
    char kid[MINT_KID_CAP]; /* base64url(SHA-1(certificate)): kid and x5t, 27 characters */
};

/*
 * mint_key_from_pem returns the newly allocated key of an unencrypted PEM private key, with a
 * self-signed certificate that is the same each time (fixed serial and dates, deterministic
 * signature), so that its kid is too. NULL when it is no key.
 */
struct mint_key *mint_key_from_pem(const void *pem, size_t len);

/* mint_key_from_pem_named is the same with another name in the certificate; NULL is the usual one.
 */
struct mint_key *mint_key_from_pem_named(const void *pem, size_t len, const char *common_name);

/*
 * mint_key_generate returns a newly allocated RSA key of `bits`, exponent 65537: a random one, or
 * with a seed the one that follows from it. Takes 50 ms and more. NULL on failure.
 */
struct mint_key *mint_key_generate(unsigned bits, const char *seed, const char *common_name);

/* mint_key_generate_ec returns a newly allocated key on "P-256" or "P-384", or "ED25519": a random
 * one, or with a seed the one that follows from it. Takes microseconds. NULL on failure. */
struct mint_key *mint_key_generate_ec(const char *curve, const char *seed);

void mint_key_free(struct mint_key *key);

#endif

/* Keys from PEM or made; the kid follows from the certificate (Entra: kid == x5t ==
 * base64url(SHA-1(DER))). */
#include "mockidp/mint/key.h"

#include "mockidp/mint/certificate.h"
#include "mockidp/mint/encode.h"
#include "mockidp/mint/seeded_ec.h"
#include "mockidp/mint/seeded_rsa.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* To find the algorithms and the padding by their names costs as much as hashing a token; a copy of
 * what was found costs little, and any thread may copy. */
static EVP_MD_CTX *prepare_rs256(EVP_PKEY *pkey)
{
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    if (md && EVP_DigestSignInit_ex(md, NULL, "SHA256", NULL, NULL, pkey, NULL) == 1) {
        return md;
    }
    EVP_MD_CTX_free(md);
    return NULL;
}

/* Takes over `pkey`. */
static struct mint_key *key_with_certificate(EVP_PKEY *pkey, const char *common_name)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    struct mint_key *key = calloc(1, sizeof *key);
    if (!key || !pkey) {
        EVP_PKEY_free(pkey);
        free(key);
        ERR_clear_error();
        return NULL;
    }
    key->pkey = pkey;
    key->certificate = mint_certificate_make(pkey, common_name ? common_name : MINT_KEY_COMMON_NAME,
                                             &key->certificate_len);
    bool rsa = EVP_PKEY_get_base_id(pkey) == EVP_PKEY_RSA;
    if (!key->certificate || (rsa && !(key->rs256 = prepare_rs256(pkey))) ||
        EVP_Digest(key->certificate, key->certificate_len, digest, NULL, EVP_sha1(), NULL) != 1) {
        mint_key_free(key);
        ERR_clear_error();
        return NULL;
    }
    char *kid = mint_base64url(digest, 20);
    if (!kid) {
        mint_key_free(key);
        return NULL;
    }
    snprintf(key->kid, sizeof key->kid, "%s", kid);
    free(kid);
    return key;
}

struct mint_key *mint_key_from_pem_named(const void *pem, size_t len, const char *common_name)
{
    BIO *bio = BIO_new_mem_buf(pem, (int)len);
    EVP_PKEY *pkey = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    return key_with_certificate(pkey, common_name);
}

struct mint_key *mint_key_from_pem(const void *pem, size_t len)
{
    return mint_key_from_pem_named(pem, len, NULL);
}

struct mint_key *mint_key_generate(unsigned bits, const char *seed, const char *common_name)
{
    return key_with_certificate(seed ? mint_rsa_of_seed(bits, seed) : EVP_RSA_gen(bits),
                                common_name);
}

static EVP_PKEY *random_ec(const char *curve)
{
    return curve[0] == 'E' ? EVP_PKEY_Q_keygen(NULL, NULL, curve) : EVP_EC_gen(curve);
}

struct mint_key *mint_key_generate_ec(const char *curve, const char *seed)
{
    return key_with_certificate(seed ? mint_ec_of_seed(curve, seed) : random_ec(curve), NULL);
}

void mint_key_free(struct mint_key *key)
{
    if (key) {
        EVP_MD_CTX_free(key->rs256);
        EVP_PKEY_free(key->pkey);
        OPENSSL_free(key->certificate);
        free(key);
    }
}

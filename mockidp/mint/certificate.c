/* X.509 v3, SHA-256, no extensions: what a JWKS reader looks at is the key and the bytes. */
#include "mockidp/mint/certificate.h"

#include "mockidp/mint/ecdsa.h"

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/x509.h>
#include <stdint.h>
#include <string.h>

#define NOT_BEFORE "20260101000000Z"
#define NOT_AFTER "20310101000000Z"

/* 16 bytes of SHA-256 over the public key: unique enough, and the same for the same key. */
static int set_serial(X509 *x, EVP_PKEY *pkey)
{
    unsigned char *der = NULL;
    unsigned char digest[EVP_MAX_MD_SIZE];
    int len = i2d_PUBKEY(pkey, &der);
    int ok = len > 0 && EVP_Digest(der, (size_t)len, digest, NULL, EVP_sha256(), NULL) == 1;
    OPENSSL_free(der);
    if (!ok) {
        return 0;
    }
    digest[0] = (unsigned char)((digest[0] & 0x7f) | 0x40);
    BIGNUM *n = BN_bin2bn(digest, 16, NULL);
    ok = n && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x)) != NULL;
    BN_free(n);
    return ok;
}

static int set_fields(X509 *x, EVP_PKEY *pkey, const char *common_name)
{
    X509_NAME *name = X509_get_subject_name(x);
    return X509_set_version(x, X509_VERSION_3) == 1 && set_serial(x, pkey) &&
           ASN1_TIME_set_string(X509_getm_notBefore(x), NOT_BEFORE) == 1 &&
           ASN1_TIME_set_string(X509_getm_notAfter(x), NOT_AFTER) == 1 &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)common_name,
                                      -1, -1, 0) == 1 &&
           X509_set_issuer_name(x, name) == 1 && X509_set_pubkey(x, pkey) == 1;
}

/* OpenSSL's signature by an EC key is another one each time; ours takes its place, and the rest
 * stays. */
static int sign_again(X509 *x, EVP_PKEY *pkey)
{
    const ASN1_BIT_STRING *place = NULL;
    unsigned char *der = NULL;
    size_t signature_len = 0;
    int len = i2d_re_X509_tbs(x, &der);
    unsigned char *signature =
        len > 0 ? mint_ecdsa_sign(pkey, der, (size_t)len, &signature_len) : NULL;
    X509_get0_signature(&place, NULL, x);
    int ok = signature &&
             ASN1_STRING_set((ASN1_STRING *)(uintptr_t)place, signature, (int)signature_len) == 1;
    OPENSSL_free(signature);
    OPENSSL_free(der);
    return ok;
}

static int sign(X509 *x, EVP_PKEY *pkey)
{
    const EVP_MD *md = EVP_PKEY_is_a(pkey, "ED25519") ? NULL : EVP_sha256();
    return X509_sign(x, pkey, md) > 0 && (!EVP_PKEY_is_a(pkey, "EC") || sign_again(x, pkey));
}

unsigned char *mint_certificate_make(EVP_PKEY *pkey, const char *common_name, size_t *len)
{
    unsigned char *der = NULL;
    int n = -1;
    X509 *x = X509_new();
    if (x && set_fields(x, pkey, common_name) && sign(x, pkey)) {
        n = i2d_X509(x, &der);
    }
    X509_free(x);
    *len = n > 0 ? (size_t)n : 0;
    return n > 0 ? der : NULL;
}

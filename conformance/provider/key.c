/* Keys beside their certificates. */
#include "conformance/provider/key.h"

#include "conformance/provider/encode.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *text(const json_t *key, const char *name)
{
    const char *value = json_string_value(json_object_get(key, name));
    return value ? value : "";
}

/* The DER of the only certificate in x5c, newly allocated, or NULL. */
static unsigned char *der_of(const json_t *key, size_t *len)
{
    const json_t *x5c = json_object_get(key, "x5c");
    const char *base64 = json_string_value(json_array_get(x5c, 0));
    size_t size = base64 ? strlen(base64) : 0;
    unsigned char *der = size > 0 && size % 4 == 0 && size < 65536 ? malloc(size) : NULL;
    int got = der ? EVP_DecodeBlock(der, (const unsigned char *)base64, (int)size) : -1;
    if (got < 3 || json_array_size(x5c) != 1) {
        free(der);
        return NULL;
    }
    size_t padding = (size_t)(base64[size - 1] == '=') + (size_t)(base64[size - 2] == '=');
    *len = (size_t)got - padding;
    return der;
}

static bool is_thumbprint(const json_t *key, const unsigned char *der, size_t len)
{
    unsigned char digest[SHA_DIGEST_LENGTH];
    unsigned size = 0;
    if (EVP_Digest(der, len, digest, &size, EVP_sha1(), NULL) != 1) {
        return false;
    }
    char *thumbprint = cf_base64url(digest, size);
    bool same = thumbprint && strcmp(thumbprint, text(key, "kid")) == 0;
    free(thumbprint);
    return same;
}

/* Whether a number of an RSA key is that of a member. */
static bool is_number(EVP_PKEY *rsa, const char *parameter, const char *base64url)
{
    BIGNUM *number = NULL;
    size_t len = 0;
    unsigned char *bytes = cf_base64url_decode(base64url, strlen(base64url), &len);
    BIGNUM *said = bytes ? BN_bin2bn(bytes, (int)len, NULL) : NULL;
    bool same =
        said && EVP_PKEY_get_bn_param(rsa, parameter, &number) == 1 && BN_cmp(number, said) == 0;
    BN_free(number);
    BN_free(said);
    free(bytes);
    return same;
}

static bool is_certified(const json_t *key, EVP_PKEY *rsa)
{
    return is_number(rsa, OSSL_PKEY_PARAM_RSA_N, text(key, "n")) &&
           is_number(rsa, OSSL_PKEY_PARAM_RSA_E, text(key, "e"));
}

static bool is_self_signed(X509 *certificate, EVP_PKEY *rsa)
{
    return X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) ==
               0 &&
           X509_verify(certificate, rsa) == 1;
}

int cf_key_holds(const json_t *key, const char *word, char *why, size_t cap)
{
    size_t len = 0;
    unsigned char *der = der_of(key, &len);
    const unsigned char *at = der;
    X509 *certificate = der ? d2i_X509(NULL, &at, (long)len) : NULL;
    EVP_PKEY *rsa = certificate ? X509_get0_pubkey(certificate) : NULL;
    bool holds = false;
    word = word ? word : "";
    if (!rsa || EVP_PKEY_get_base_id(rsa) != EVP_PKEY_RSA) {
        (void)snprintf(why, cap, "x5c is not one certificate of an RSA key");
    } else {
        holds = strcmp(word, "thumbprint") == 0    ? is_thumbprint(key, der, len)
                : strcmp(word, "certified") == 0   ? is_certified(key, rsa)
                : strcmp(word, "self-signed") == 0 ? is_self_signed(certificate, rsa)
                : strcmp(word, "rsa-2048") == 0    ? EVP_PKEY_get_bits(rsa) == 2048
                                                   : false;
        (void)snprintf(why, cap, "the key is not as '%s' asks (kid %.40s)", word, text(key, "kid"));
    }
    X509_free(certificate);
    free(der);
    return holds ? 0 : -1;
}

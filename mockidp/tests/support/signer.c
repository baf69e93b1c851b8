/* RS256 and PS256, and the thumbprints of certificates. */
#include "mockidp/tests/support/signer.h"

#include "mockidp/config/embedded.h"
#include "mockidp/tests/support/kitchen.h"

#include <check.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static BIO *open_file(const char *path)
{
    const struct embedded_file *file = embedded_find(path);
    ck_assert_msg(file != NULL, "%s is not embedded", path);
    return BIO_new_mem_buf(file->data, (int)file->len);
}

static char *encode_json(const char *text)
{
    char *copy = strdup(text);
    ck_assert_ptr_nonnull(copy);
    for (char *p = copy; *p; p++) {
        *p = (char)(*p == '\'' ? '"' : *p);
    }
    char *encoded = text_of_base64url(copy, strlen(copy));
    free(copy);
    return encoded;
}

char *signer_sign(const char *key_path, bool pss, const char *header, const char *payload)
{
    unsigned char signature[1024];
    size_t len = sizeof signature;
    char *input = NULL;
    char *token = NULL;
    EVP_PKEY_CTX *ctx = NULL;
    char *h = encode_json(header);
    char *p = encode_json(payload);
    BIO *bio = open_file(key_path);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    ck_assert_int_gt(asprintf(&input, "%s.%s", h, p), 0);
    ck_assert(key && EVP_DigestSignInit(md, &ctx, EVP_sha256(), NULL, key) == 1);
    if (pss) {
        ck_assert_int_gt(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING), 0);
        ck_assert_int_gt(EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST), 0);
    }
    ck_assert_int_eq(EVP_DigestSign(md, signature, &len, (unsigned char *)input, strlen(input)), 1);
    char *s = text_of_base64url(signature, len);
    ck_assert_int_gt(asprintf(&token, "%s.%s", input, s), 0);
    free(s);
    free(input);
    free(p);
    free(h);
    EVP_MD_CTX_free(md);
    EVP_PKEY_free(key);
    BIO_free(bio);
    return token;
}

char *signer_thumbprint(const char *certificate_path, bool sha256)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    BIO *bio = open_file(certificate_path);
    X509 *x509 = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    ck_assert(x509 && X509_digest(x509, sha256 ? EVP_sha256() : EVP_sha1(), digest, &len) == 1);
    X509_free(x509);
    BIO_free(bio);
    return text_of_base64url(digest, len);
}

char *signer_replace(const char *text, const char *const *pairs)
{
    enum { CAP = 8192 };
    char *out = calloc(1, CAP);
    size_t used = 0;
    ck_assert_ptr_nonnull(out);
    while (*text) {
        const char *const *pair = pairs;
        size_t len = strcspn(text, "}");
        while (*pair && (*text != '{' || strlen(*pair) + 1 != len ||
                         strncmp(text + 1, *pair, len - 1) != 0)) {
            pair += 2;
        }
        used += (size_t)(*pair ? snprintf(out + used, CAP - used, "%s", pair[1])
                               : snprintf(out + used, CAP - used, "%c", *text));
        ck_assert_uint_lt(used, CAP);
        text += *pair ? len + 1 : 1;
    }
    return out;
}

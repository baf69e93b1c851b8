/* OpenSSL and snprintf; what goes wrong here aborts the test. */
#include "validator/tests/support/issuer.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *must(void *p)
{
    if (!p) {
        abort();
    }
    return p;
}

/* Making a key takes a third of a second, and each test is a process of its own: the demo keys are
 * read where they can be. */
static EVP_PKEY *key_from_file(int n)
{
    char path[64];
    snprintf(path, sizeof path, "fixtures/keys/contoso-%02d.pem", n + 1);
    FILE *file = fopen(path, "r");
    EVP_PKEY *key = file ? PEM_read_PrivateKey(file, NULL, NULL, NULL) : NULL;
    if (file) {
        fclose(file);
    }
    return key;
}

EVP_PKEY *test_key(int n)
{
    static EVP_PKEY *keys[4];
    if (!keys[n]) {
        keys[n] = key_from_file(n);
    }
    if (!keys[n]) {
        keys[n] = must(EVP_RSA_gen(2048));
    }
    return keys[n];
}

char *test_text(const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0) {
        abort();
    }
    va_end(args);
    return text;
}

char *test_b64url(const void *data, size_t len)
{
    char *out = must(malloc(len / 3 * 4 + 8));
    int n = EVP_EncodeBlock((unsigned char *)out, data, (int)len);
    while (n > 0 && out[n - 1] == '=') {
        out[--n] = '\0';
    }
    for (char *p = out; *p; p++) {
        *p = *p == '+' ? '-' : *p == '/' ? '_' : *p;
    }
    return out;
}

static char *number_of(EVP_PKEY *key, const char *name)
{
    BIGNUM *n = NULL;
    unsigned char bytes[1024];
    if (EVP_PKEY_get_bn_param(key, name, &n) != 1) {
        abort();
    }
    int len = BN_bn2bin(n, bytes);
    BN_free(n);
    return test_b64url(bytes, (size_t)len);
}

char *test_jwk(EVP_PKEY *key, const char *kid, const char *extra)
{
    char *n = number_of(key, OSSL_PKEY_PARAM_RSA_N);
    char *e = number_of(key, OSSL_PKEY_PARAM_RSA_E);
    char *jwk =
        test_text("{\"kty\":\"RSA\",\"use\":\"sig\",\"kid\":\"%s\",\"n\":\"%s\",\"e\":\"%s\"%s}",
                  kid, n, e, extra);
    free(n);
    free(e);
    return jwk;
}

char *test_jws_as(EVP_PKEY *key, const char *digest, int pss, const char *header,
                  const char *payload)
{
    char *h = test_b64url(header, strlen(header));
    char *p = test_b64url(payload, strlen(payload));
    char *input = test_text("%s.%s", h, p);
    unsigned char signature[1024];
    size_t len = sizeof signature;
    EVP_PKEY_CTX *pkey_ctx = NULL;
    EVP_MD_CTX *ctx = must(EVP_MD_CTX_new());
    if (EVP_DigestSignInit_ex(ctx, &pkey_ctx, digest, NULL, NULL, key, NULL) != 1 ||
        (pss && (EVP_PKEY_CTX_set_rsa_padding(pkey_ctx, RSA_PKCS1_PSS_PADDING) != 1 ||
                 EVP_PKEY_CTX_set_rsa_pss_saltlen(pkey_ctx, RSA_PSS_SALTLEN_DIGEST) != 1)) ||
        EVP_DigestSign(ctx, signature, &len, (const unsigned char *)input, strlen(input)) != 1) {
        abort();
    }
    char *s = test_b64url(signature, len);
    char *jws = test_text("%s.%s", input, s);
    EVP_MD_CTX_free(ctx);
    free(h);
    free(p);
    free(input);
    free(s);
    return jws;
}

char *test_jws(EVP_PKEY *key, const char *header, const char *payload)
{
    return test_jws_as(key, "SHA256", 0, header, payload);
}

char *test_claims(const char *changes, const char *without)
{
    static const char *const members[][2] = {
        {"iss", "\"" TEST_ISSUER "\""}, {"aud", "\"" TEST_CLIENT "\""},
        {"tid", "\"" TEST_TENANT "\""}, {"exp", "1700003600"},
        {"nbf", "1699999700"},          {"iat", "1699999700"},
        {"scp", "\"access_as_user\""},  {"ver", "\"2.0\""},
        {"azp", "\"client\""},          {"name", "\"Alice\""},
    };
    char *text = test_text("{%s", changes);
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        char *mark = test_text("\"%s\":", members[i][0]);
        bool changed = strstr(changes, mark) != NULL;
        free(mark);
        if (changed || (without && strcmp(without, members[i][0]) == 0)) {
            continue;
        }
        char *longer = test_text("%s\"%s\":%s,", text, members[i][0], members[i][1]);
        free(text);
        text = longer;
    }
    text[strlen(text) - 1] = '}';
    return text;
}

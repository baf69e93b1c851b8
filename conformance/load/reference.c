/* As openssl speed does it: PKCS #1 padding, no digest set, 36 bytes of input, one context for all
 * calls. */
#include "conformance/load/reference.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

struct load_reference {
    EVP_PKEY *key;
    EVP_PKEY_CTX *ctx;      /* verifies */
    EVP_PKEY_CTX *sign_ctx; /* signs; NULL in a clone */
    unsigned char input[36];
    unsigned char signature[256];
    size_t signature_len;
};

void load_reference_free(struct load_reference *r)
{
    if (!r) {
        return;
    }
    EVP_PKEY_CTX_free(r->ctx);
    EVP_PKEY_CTX_free(r->sign_ctx);
    EVP_PKEY_free(r->key);
    free(r);
}

static int prepare_verify(struct load_reference *r)
{
    r->ctx = EVP_PKEY_CTX_new(r->key, NULL);
    return r->ctx && EVP_PKEY_verify_init(r->ctx) == 1 ? 0 : -1;
}

static int prepare_sign(struct load_reference *r)
{
    r->sign_ctx = EVP_PKEY_CTX_new(r->key, NULL);
    return r->sign_ctx && EVP_PKEY_sign_init(r->sign_ctx) == 1 && load_reference_sign(r) ? 0 : -1;
}

struct load_reference *load_reference_new(void)
{
    struct load_reference *r = calloc(1, sizeof *r);
    if (!r) {
        return NULL;
    }
    memset(r->input, 0x5a, sizeof r->input);
    r->key = EVP_RSA_gen(2048);
    if (!r->key || prepare_sign(r) != 0 || prepare_verify(r) != 0) {
        load_reference_free(r);
        return NULL;
    }
    return r;
}

struct load_reference *load_reference_clone(const struct load_reference *r)
{
    struct load_reference *clone = calloc(1, sizeof *clone);
    if (!clone) {
        return NULL;
    }
    *clone = *r;
    clone->ctx = NULL;
    clone->sign_ctx = NULL;
    EVP_PKEY_up_ref(clone->key);
    if (prepare_verify(clone) != 0) {
        load_reference_free(clone);
        return NULL;
    }
    return clone;
}

int load_reference_verify(struct load_reference *r)
{
    return EVP_PKEY_verify(r->ctx, r->signature, r->signature_len, r->input, sizeof r->input) == 1;
}

int load_reference_sign(struct load_reference *r)
{
    r->signature_len = sizeof r->signature;
    return EVP_PKEY_sign(r->sign_ctx, r->signature, &r->signature_len, r->input, sizeof r->input) ==
           1;
}

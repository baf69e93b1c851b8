/* As openssl speed does it: PKCS #1 padding, no digest set, 36 bytes of input, one context for all
 * calls. */
#include "conformance/load/reference.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

struct load_reference {
    EVP_PKEY *key;
    EVP_PKEY_CTX *ctx;
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
    EVP_PKEY_free(r->key);
    free(r);
}

static int prepare_verify(struct load_reference *r)
{
    r->ctx = EVP_PKEY_CTX_new(r->key, NULL);
    return r->ctx && EVP_PKEY_verify_init(r->ctx) == 1 ? 0 : -1;
}

static int sign_input(struct load_reference *r)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(r->key, NULL);
    r->signature_len = sizeof r->signature;
    int ok = ctx && EVP_PKEY_sign_init(ctx) == 1 &&
             EVP_PKEY_sign(ctx, r->signature, &r->signature_len, r->input, sizeof r->input) == 1;
    EVP_PKEY_CTX_free(ctx);
    return ok ? 0 : -1;
}

struct load_reference *load_reference_new(void)
{
    struct load_reference *r = calloc(1, sizeof *r);
    if (!r) {
        return NULL;
    }
    memset(r->input, 0x5a, sizeof r->input);
    r->key = EVP_RSA_gen(2048);
    if (!r->key || sign_input(r) != 0 || prepare_verify(r) != 0) {
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

/*
 * RSA signatures over hand-made encoded messages: what a verifier accepts that parses PKCS #1 v1.5
 * instead of rebuilding it (RFC 8017 §8.2.2; Bleichenbacher 2006; CVE-2006-4339). Made with the
 * private key, so that only the padding is wrong. Two more need no private key: what is published
 * as the public one is then degenerate.
 */
#include "mockidp/mint/encode.h"
#include "mockidp/mint/oven.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As much padding as there is room for. */
#define FILL SIZE_MAX

/* DigestInfo before the digest (RFC 8017 §9.2, notes). */
static const unsigned char sha256_info[] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60,
                                            0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                                            0x01, 0x05, 0x00, 0x04, 0x20};
static const unsigned char sha256_info_no_null[] = {0x30, 0x2f, 0x30, 0x0b, 0x06, 0x09,
                                                    0x60, 0x86, 0x48, 0x01, 0x65, 0x03,
                                                    0x04, 0x02, 0x01, 0x04, 0x20};
static const unsigned char sha512_info[] = {0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60,
                                            0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                                            0x03, 0x05, 0x00, 0x04, 0x40};

/* clang-format off */
static const struct forgery {
    const char *name;
    const char *digest;
    const unsigned char *info;
    size_t info_len;
    int type;             /* of the block: the octet behind 00; -1: neither block nor padding */
    unsigned char octet;  /* of the padding */
    size_t padding;       /* octets of it, or FILL */
    size_t garbage;       /* octets behind the digest; what padding leaves over is there too, */
    bool right;           /* … unless the message stands at the right, zeros before it */
} forgeries[] = {
    {"digest_info",      "SHA256", NULL, 0,                                           1,  0xff, FILL, 0,  false},
    {"no-null",          "SHA256", sha256_info_no_null, sizeof sha256_info_no_null,   1,  0xff, FILL, 0,  false},
    {"trailing",         "SHA256", sha256_info, sizeof sha256_info,                   1,  0xff, FILL, 16, false},
    {"bleichenbacher06", "SHA256", sha256_info, sizeof sha256_info,                   1,  0xff, 8,    0,  false},
    {"wrong-hash",       "SHA512", sha512_info, sizeof sha512_info,                   1,  0xff, FILL, 0,  false},
    {"short-padding",    "SHA256", sha256_info, sizeof sha256_info,                   1,  0xff, 7,    0,  true},
    {"empty-padding",    "SHA256", sha256_info, sizeof sha256_info,                   1,  0xff, 0,    0,  true},
    {"zero-padding",     "SHA256", sha256_info, sizeof sha256_info,                   1,  0x00, FILL, 0,  false},
    {"no-padding",       "SHA256", sha256_info, sizeof sha256_info,                   -1, 0x00, 0,    0,  true},
    {"type-2",           "SHA256", sha256_info, sizeof sha256_info,                   2,  0xa5, FILL, 0,  false},
    {"type-2-ones",      "SHA256", sha256_info, sizeof sha256_info,                   2,  0xff, FILL, 0,  false},
    /* rightly padded: it is the key that is wrong */
    {"exponent-one",     "SHA256", sha256_info, sizeof sha256_info,                   1,  0xff, FILL, 0,  false},
    {"prime-modulus",    "SHA256", sha256_info, sizeof sha256_info,                   1,  0xff, FILL, 0,  false},
};
/* clang-format on */

static const struct forgery *find(const char *name)
{
    for (size_t i = 0; i < sizeof forgeries / sizeof forgeries[0]; i++) {
        if (strcmp(forgeries[i].name, name) == 0) {
            return &forgeries[i];
        }
    }
    return NULL;
}

const char *mint_forgery_named(const char *name)
{
    const struct forgery *f = find(name);
    return f && f != &forgeries[0] ? f->name : NULL;
}

/* What stands between the padding and the end, as the recipe writes it: hex, with {digest} for the
 * SHA-256 of what is signed and {input} for that itself. Newly allocated; NULL when it is no hex.
 */
static unsigned char *read_message(const char *hex, const struct mint_bytes *input, size_t *len)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    size_t digest_len = 0;
    char *text = NULL;
    size_t text_len = 0;
    FILE *out = open_memstream(&text, &text_len);
    if (!out ||
        EVP_Q_digest(NULL, "SHA256", NULL, input->data, input->len, digest, &digest_len) != 1) {
        return NULL;
    }
    while (*hex) {
        bool is_digest = strncmp(hex, "{digest}", 8) == 0;
        bool is_input = strncmp(hex, "{input}", 7) == 0;
        const unsigned char *data = is_digest ? digest : (const unsigned char *)input->data;
        for (size_t i = 0; (is_digest || is_input) && i < (is_digest ? digest_len : input->len);
             i++) {
            (void)fprintf(out, "%02x", data[i]);
        }
        if (!is_digest && !is_input) {
            (void)fputc(*hex, out);
        }
        hex += is_digest ? 8 : is_input ? 7 : 1;
    }
    unsigned char *message = fclose(out) == 0 ? mint_unhex(text, len) : NULL;
    free(text);
    return message;
}

/* 00 01 FF…FF 00 and that, for messages that are otherwise as they should be. */
static bool pad_message(const char *hex, const struct mint_bytes *input, unsigned char *message,
                        size_t size)
{
    size_t len = 0;
    unsigned char *inner = read_message(hex, input, &len);
    bool fits = inner && len + 11 <= size;
    if (fits) {
        memset(message, 0xff, size);
        message[0] = 0;
        message[1] = 1;
        message[size - len - 1] = 0;
        memcpy(message + size - len, inner, len);
    }
    free(inner);
    return fits;
}

/* 00 01 FF…FF 00 DigestInfo digest, or what the forgery makes of it. */
static bool encode_message(const struct forgery *f, const struct mint_bytes *input,
                           unsigned char *message, size_t size)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    size_t digest_len = 0;
    if (EVP_Q_digest(NULL, f->digest, NULL, input->data, input->len, digest, &digest_len) != 1) {
        return false;
    }
    size_t rest = (f->type < 0 ? 0 : 3) + f->info_len + digest_len + f->garbage;
    if (size < rest + 8) {
        return false;
    }
    size_t padding = f->padding == FILL ? size - rest : f->padding;
    unsigned char *at = message + (f->right ? size - rest - padding : 0);
    memset(message, f->right ? 0 : 0xa5, size);
    if (f->type >= 0) {
        at[0] = 0;
        at[1] = (unsigned char)f->type;
        memset(at + 2, f->octet, padding);
        at[2 + padding] = 0;
        at += 3 + padding;
    }
    if (f->info_len > 0) {
        memcpy(at, f->info, f->info_len);
    }
    memcpy(at + f->info_len, digest, digest_len);
    return true;
}

/* message^d mod n, as any signature. */
static bool sign_raw(EVP_PKEY *pkey, const unsigned char *message, size_t size, unsigned char *out)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pkey, NULL);
    size_t len = size;
    bool ok = ctx && EVP_PKEY_sign_init(ctx) == 1 &&
              EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) == 1 &&
              EVP_PKEY_sign(ctx, out, &len, message, size) == 1 && len == size;
    EVP_PKEY_CTX_free(ctx);
    return ok;
}

/* For a modulus that is the key's first prime alone: who knows n knows d = 1/e mod (n - 1). */
static bool sign_modulo_prime(const BIGNUM *p, EVP_PKEY *pkey, const unsigned char *message,
                              size_t size, unsigned char *out)
{
    BN_CTX *ctx = BN_CTX_new();
    BIGNUM *e = NULL;
    BIGNUM *d = NULL;
    BIGNUM *phi = BN_dup(p);
    BIGNUM *value = BN_bin2bn(message, (int)size, NULL);
    bool ok = ctx && phi && value && EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &e) == 1 &&
              BN_sub_word(phi, 1) == 1 && (d = BN_mod_inverse(NULL, e, phi, ctx)) &&
              BN_mod_exp(value, value, d, p, ctx) == 1 &&
              BN_bn2binpad(value, out, (int)size) == (int)size;
    BN_free(e);
    BN_free(d);
    BN_free(phi);
    BN_free(value);
    BN_CTX_free(ctx);
    return ok;
}

int mint_sign_forged(struct mint_oven *oven, const struct mint_signing *signing,
                     const struct mint_bytes *input, struct mint_bytes *out)
{
    EVP_PKEY *pkey = signing->key->pkey;
    bool is_rsa = EVP_PKEY_get_base_id(pkey) == EVP_PKEY_RSA;
    bool prime = strcmp(signing->forgery, "prime-modulus") == 0;
    BIGNUM *p = NULL;
    size_t size = is_rsa ? (size_t)EVP_PKEY_get_size(pkey) : 0;
    if (is_rsa && prime && EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_FACTOR1, &p) == 1) {
        size = (size_t)BN_num_bytes(p);
    }
    unsigned char *message = malloc(size + 1);
    out->data = malloc(size + 1);
    unsigned char *signature = (unsigned char *)out->data;
    bool ok = size > 0 && message && signature &&
              (signing->message ? pad_message(signing->message, input, message, size)
                                : encode_message(find(signing->forgery), input, message, size));
    if (ok && strcmp(signing->forgery, "exponent-one") == 0) {
        memcpy(signature, message, size); /* m^1 mod n */
    } else if (ok) {
        ok = prime ? p && sign_modulo_prime(p, pkey, message, size, signature)
                   : sign_raw(pkey, message, size, signature);
    }
    out->len = ok ? size : 0;
    BN_clear_free(p);
    free(message);
    return ok ? 0
              : mint_fault(oven, "/sign/as", "%s needs an RSA key of 1024 bits or more%s",
                           signing->forgery,
                           signing->message ? ", and hex of 11 bytes less than that" : "");
}

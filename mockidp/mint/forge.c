/*
 * RSA signatures over hand-made encoded messages: what a verifier accepts that parses PKCS #1 v1.5
 * instead of rebuilding it (RFC 8017 §8.2.2; Bleichenbacher 2006; CVE-2006-4339). Made with the
 * private key, so that only the padding is wrong.
 */
#include "mockidp/mint/oven.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

#define SHORT_PADDING 8
#define GARBAGE 16

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

static const struct forgery {
    const char *name;
    const char *digest;
    const unsigned char *info;
    size_t info_len;
    bool short_padding; /* eight octets of FF only */
    bool garbage;       /* behind the digest */
} forgeries[] = {
    {"digest_info", "SHA256", NULL, 0, false, false},
    {"no-null", "SHA256", sha256_info_no_null, sizeof sha256_info_no_null, false, false},
    {"trailing", "SHA256", sha256_info, sizeof sha256_info, false, true},
    {"bleichenbacher06", "SHA256", sha256_info, sizeof sha256_info, true, true},
    {"wrong-hash", "SHA512", sha512_info, sizeof sha512_info, false, false},
};

static const struct forgery *find(const char *name)
{
    size_t i = 0;
    while (strcmp(forgeries[i].name, name) != 0) {
        i++;
    }
    return &forgeries[i];
}

/* 00 01 FF…FF 00 DigestInfo digest, and what the forgery puts behind. */
static bool encode_message(const struct forgery *f, const struct mint_bytes *input,
                           unsigned char *message, size_t size)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    size_t digest_len = 0;
    if (EVP_Q_digest(NULL, f->digest, NULL, input->data, input->len, digest, &digest_len) != 1) {
        return false;
    }
    size_t rest = f->info_len + digest_len + (f->garbage ? GARBAGE : 0);
    if (size < 3 + SHORT_PADDING + rest) {
        return false;
    }
    size_t padding = f->short_padding ? SHORT_PADDING : size - 3 - rest;
    memset(message, 0xa5, size);
    message[0] = 0;
    message[1] = 1;
    memset(message + 2, 0xff, padding);
    message[2 + padding] = 0;
    if (f->info_len > 0) {
        memcpy(message + 3 + padding, f->info, f->info_len);
    }
    memcpy(message + 3 + padding + f->info_len, digest, digest_len);
    return true;
}

int mint_sign_forged(struct mint_oven *oven, const struct mint_signing *signing,
                     const struct mint_bytes *input, struct mint_bytes *out)
{
    EVP_PKEY *pkey = signing->key->pkey;
    size_t size = EVP_PKEY_get_base_id(pkey) == EVP_PKEY_RSA ? (size_t)EVP_PKEY_get_size(pkey) : 0;
    unsigned char *message = malloc(size + 1);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pkey, NULL);
    size_t len = size;
    out->data = malloc(size + 1);
    bool ok = size > 0 && message && out->data && ctx &&
              encode_message(find(signing->forgery), input, message, size) &&
              EVP_PKEY_sign_init(ctx) == 1 &&
              EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) == 1 &&
              EVP_PKEY_sign(ctx, (unsigned char *)out->data, &len, message, size) == 1;
    out->len = ok ? len : 0;
    EVP_PKEY_CTX_free(ctx);
    free(message);
    return ok ? 0
              : mint_fault(oven, "/sign/as", "%s needs an RSA key of 1024 bits or more",
                           signing->forgery);
}

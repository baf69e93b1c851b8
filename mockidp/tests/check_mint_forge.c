/* Hand-made PKCS #1 v1.5 messages: opened with the public key, they are what their names say. */
#include "mockidp/tests/support/kitchen.h"

#include <check.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct kitchen kitchen;

static void open_kitchen(void)
{
    kitchen_open(&kitchen);
}

static void close_kitchen(void)
{
    kitchen_close(&kitchen);
}

/* ---- forged messages, opened ---- */

static const unsigned char sha256_info[] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60,
                                            0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                                            0x01, 0x05, 0x00, 0x04, 0x20};
static const unsigned char no_null_info[] = {0x30, 0x2f, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48,
                                             0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x04, 0x20};
static const unsigned char sha512_info[] = {0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60,
                                            0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                                            0x03, 0x05, 0x00, 0x04, 0x40};

static const struct {
    const char *reason;
    const char *recipe;
    const char *key;
    const char *digest;
    const unsigned char *info;
    size_t info_len;
    size_t padding; /* octets of FF */
    size_t garbage; /* octets behind the digest */
} forgeries[] = {
    {"the digest alone", "{'sign':{'as':'digest_info'}}", "current", "SHA256", NULL, 0,
     256 - 3 - 32, 0},
    {"a message of one's own", "{'sign':{'as':{'message':'{digest}'}}}", "current", "SHA256", NULL,
     0, 256 - 3 - 32, 0},
    {"AlgorithmIdentifier without NULL", "{'sign':{'as':{'pkcs1':'no-null'}}}", "current", "SHA256",
     no_null_info, sizeof no_null_info, 256 - 3 - 17 - 32, 0},
    {"garbage behind the digest", "{'sign':{'as':{'pkcs1':'trailing'}}}", "current", "SHA256",
     sha256_info, sizeof sha256_info, 256 - 3 - 19 - 32 - 16, 16},
    {"short padding and garbage (CVE-2006-4339)",
     "{'sign':{'key':'e3','as':{'pkcs1':'bleichenbacher06'}}}", "e3", "SHA256", sha256_info,
     sizeof sha256_info, 8, 256 - 3 - 8 - 19 - 32},
    {"SHA-512 under RS256", "{'sign':{'as':{'pkcs1':'wrong-hash'}}}", "current", "SHA512",
     sha512_info, sizeof sha512_info, 256 - 3 - 19 - 64, 0},
};

/* The encoded message of a signature: s^e mod n, with all its octets. */
static size_t open_message(const char *token, EVP_PKEY *pkey, unsigned char message[1024])
{
    size_t len = 0;
    size_t out = 1024;
    unsigned char *signature = token_bytes(token, 2, &len);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pkey, NULL);
    ck_assert_int_eq(EVP_PKEY_encrypt_init(ctx), 1);
    ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING), 1);
    ck_assert_int_eq(EVP_PKEY_encrypt(ctx, message, &out, signature, len), 1);
    EVP_PKEY_CTX_free(ctx);
    free(signature);
    return out;
}

START_TEST(forged_messages_are_what_they_are_called)
{
    struct mint_token token;
    unsigned char message[1024];
    unsigned char digest[EVP_MAX_MD_SIZE];
    size_t digest_len = 0;
    kitchen_bake(&kitchen, forgeries[_i].reason, forgeries[_i].recipe, &token);
    EVP_PKEY *pkey = kitchen_key(&kitchen, forgeries[_i].key)->pkey;
    ck_assert_str_eq(json_string_value(json_object_get(token.header, "alg")), "RS256");
    ck_assert_uint_eq(open_message(token.token, pkey, message), 256);
    ck_assert_int_eq(EVP_Q_digest(NULL, forgeries[_i].digest, NULL, token.token,
                                  (size_t)(strrchr(token.token, '.') - token.token), digest,
                                  &digest_len),
                     1);
    size_t at = 2 + forgeries[_i].padding;
    ck_assert_mem_eq(message, "\0\1", 2);
    for (size_t i = 2; i < at; i++) {
        ck_assert_uint_eq(message[i], 0xff);
    }
    ck_assert_uint_eq(message[at++], 0);
    ck_assert(forgeries[_i].info_len == 0 ||
              memcmp(message + at, forgeries[_i].info, forgeries[_i].info_len) == 0);
    at += forgeries[_i].info_len;
    ck_assert_mem_eq(message + at, digest, digest_len);
    ck_assert_uint_eq(at + digest_len + forgeries[_i].garbage, 256);
    ck_assert_msg(!token_verifies(token.token, pkey, "RS256"), "%s: it is genuine",
                  forgeries[_i].reason);
    mint_token_cleanup(&token);
}
END_TEST

/* What may stand before the DigestInfo, which is always at the end here (RFC 8017 §9.2). */
static const struct {
    const char *name;
    size_t zeros; /* before the block */
    int type;     /* -1: no block */
    unsigned char octet;
    size_t padding;
} paddings[] = {
    {"short-padding", 195, 1, 0xff, 7}, {"empty-padding", 202, 1, 0xff, 0},
    {"zero-padding", 0, 1, 0x00, 202},  {"no-padding", 205, -1, 0, 0},
    {"type-2", 0, 2, 0xa5, 202},        {"type-2-ones", 0, 2, 0xff, 202},
};

START_TEST(padding_is_what_it_is_called)
{
    char recipe[128];
    struct mint_token token;
    unsigned char want[205] = {0};
    unsigned char message[1024];
    (void)snprintf(recipe, sizeof recipe, "{'sign':{'as':{'pkcs1':'%s'}}}", paddings[_i].name);
    kitchen_bake(&kitchen, paddings[_i].name, recipe, &token);
    EVP_PKEY *pkey = kitchen_key(&kitchen, "current")->pkey;
    if (paddings[_i].type >= 0) {
        want[paddings[_i].zeros + 1] = (unsigned char)paddings[_i].type;
        memset(want + paddings[_i].zeros + 2, paddings[_i].octet, paddings[_i].padding);
    }
    ck_assert_uint_eq(open_message(token.token, pkey, message), 256);
    ck_assert_mem_eq(message, want, sizeof want);
    ck_assert_mem_eq(message + sizeof want, sha256_info, sizeof sha256_info);
    ck_assert_msg(!token_verifies(token.token, pkey, "RS256"), "%s: it is genuine",
                  paddings[_i].name);
    mint_token_cleanup(&token);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("mint_forge");
    TCase *tcase = tcase_create("mint_forge");
    tcase_add_checked_fixture(tcase, open_kitchen, close_kitchen);
    tcase_add_loop_test(tcase, forged_messages_are_what_they_are_called, 0, ROWS(forgeries));
    tcase_add_loop_test(tcase, padding_is_what_it_is_called, 0, ROWS(paddings));
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

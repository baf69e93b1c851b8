/* Tokens in envelopes, opened with OpenSSL alone; and signatures that need no private key, or that
 * are sought. */
#include "mockidp/tests/support/kitchen.h"

#include <check.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
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

/* ---- nested ---- */

START_TEST(each_layer_holds_the_one_below)
{
    struct mint_token plain;
    struct mint_token nested;
    size_t len = 0;
    kitchen_bake(&kitchen, "plain", "{'base':'empty'}", &plain);
    kitchen_bake(&kitchen, "nested", "{'base':'empty','mutate':[{'nest':{'times':3}}]}", &nested);
    char *token = strdup(nested.token);
    for (int i = 0; i < 3; i++) {
        json_t *header = token_json(token, 0);
        ck_assert_str_eq(json_string_value(json_object_get(header, "cty")), "JWT");
        ck_assert_str_eq(json_string_value(json_object_get(header, "kid")),
                         kitchen_key(&kitchen, "current")->kid);
        char *inner = (char *)token_bytes(token, 1, &len);
        json_decref(header);
        free(token);
        token = inner;
    }
    ck_assert_str_eq(token, plain.token);
    free(token);
    mint_token_cleanup(&plain);
    mint_token_cleanup(&nested);
}
END_TEST

/* ---- encrypted ---- */

static void unwrap_aes(const unsigned char *kek, const unsigned char *wrapped, size_t len,
                       unsigned char key[16])
{
    unsigned char out[64];
    int n = 0;
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, "AES-128-WRAP", NULL);
    ck_assert_int_eq(EVP_DecryptInit_ex2(ctx, cipher, kek, NULL, NULL), 1);
    ck_assert_int_eq(EVP_DecryptUpdate(ctx, out, &n, wrapped, (int)len), 1);
    ck_assert_int_eq(n, 16);
    memcpy(key, out, 16);
    EVP_CIPHER_free(cipher);
    EVP_CIPHER_CTX_free(ctx);
}

static void unwrap_rsa(const unsigned char *wrapped, size_t len, int padding, unsigned char key[16])
{
    unsigned char out[512];
    size_t n = sizeof out;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(kitchen_key(&kitchen, "current")->pkey, NULL);
    ck_assert_int_eq(EVP_PKEY_decrypt_init(ctx), 1);
    ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(ctx, padding), 1);
    ck_assert_int_eq(EVP_PKEY_decrypt(ctx, out, &n, wrapped, len), 1);
    ck_assert_uint_eq(n, 16);
    memcpy(key, out, 16);
    EVP_PKEY_CTX_free(ctx);
}

/* RFC 7518 §4.8: PBKDF2 over name, zero octet and p2s. */
static void unwrap_password(const json_t *header, const unsigned char *wrapped, size_t len,
                            unsigned char key[16])
{
    static const char name[] = "PBES2-HS256+A128KW";
    unsigned char salt[64];
    unsigned char kek[16];
    size_t salt_len = 0;
    unsigned char *p2s =
        bytes_of_base64url(json_string_value(json_object_get(header, "p2s")), &salt_len);
    memcpy(salt, name, sizeof name);
    memcpy(salt + sizeof name, p2s, salt_len);
    ck_assert_int_eq(PKCS5_PBKDF2_HMAC("guess", 5, salt, (int)(sizeof name + salt_len), 1000,
                                       EVP_sha256(), 16, kek),
                     1);
    unwrap_aes(kek, wrapped, len, key);
    free(p2s);
}

static char *open_content(const char *token, const unsigned char key[16])
{
    size_t iv_len = 0;
    size_t len = 0;
    size_t tag_len = 0;
    int n = 0;
    char *aad = token_part(token, 0);
    unsigned char *iv = token_bytes(token, 2, &iv_len);
    unsigned char *sealed = token_bytes(token, 3, &len);
    unsigned char *tag = token_bytes(token, 4, &tag_len);
    char *text = calloc(1, len + 1);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    ck_assert_uint_eq(iv_len, 12);
    ck_assert_uint_eq(tag_len, 16);
    ck_assert_int_eq(EVP_DecryptInit_ex2(ctx, EVP_aes_128_gcm(), key, iv, NULL), 1);
    ck_assert_int_eq(EVP_DecryptUpdate(ctx, NULL, &n, (const unsigned char *)aad, (int)strlen(aad)),
                     1);
    ck_assert_int_eq(EVP_DecryptUpdate(ctx, (unsigned char *)text, &n, sealed, (int)len), 1);
    ck_assert_int_eq(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, 16, tag), 1);
    ck_assert_int_eq(EVP_DecryptFinal_ex(ctx, (unsigned char *)text + n, &n), 1);
    EVP_CIPHER_CTX_free(ctx);
    free(aad);
    free(iv);
    free(sealed);
    free(tag);
    return text;
}

#define ENCRYPT(args) "{'base':'empty','mutate':[{'encrypt':{" args "}}]}"

static const struct {
    const char *recipe;
    const char *alg;
} envelopes[] = {
    {ENCRYPT("'alg':'dir','key':'guess'"), "dir"},
    {ENCRYPT("'alg':'dir','key':{'repeat':['guess',9]}"), "dir"},
    {ENCRYPT("'alg':'A128KW','key':'guess'"), "A128KW"},
    {ENCRYPT("'alg':'PBES2-HS256+A128KW','key':'guess'"), "PBES2-HS256+A128KW"},
    {ENCRYPT("'alg':'RSA-OAEP'"), "RSA-OAEP"},
    {ENCRYPT("'alg':'RSA1_5','key':'current'"), "RSA1_5"},
};

START_TEST(an_envelope_opens)
{
    struct mint_token plain;
    struct mint_token sealed;
    size_t len = 0;
    unsigned char key[16] = "guess";
    kitchen_bake(&kitchen, "plain", "{'base':'empty'}", &plain);
    kitchen_bake(&kitchen, envelopes[_i].alg, envelopes[_i].recipe, &sealed);
    json_t *header = token_json(sealed.token, 0);
    ck_assert_str_eq(json_string_value(json_object_get(header, "alg")), envelopes[_i].alg);
    ck_assert_str_eq(json_string_value(json_object_get(header, "enc")), "A128GCM");
    unsigned char *wrapped = token_bytes(sealed.token, 1, &len);
    if (_i == 0 || _i == 1) {
        ck_assert_uint_eq(len, 0);
        for (size_t i = 5; i < 15 && _i == 1; i++) {
            key[i] = key[i - 5]; /* cut at 16 octets, where the other is filled up */
        }
        key[15] = _i == 1 ? 'g' : 0;
    } else if (_i == 2) {
        unwrap_aes(key, wrapped, len, key);
    } else if (_i == 3) {
        unwrap_password(header, wrapped, len, key);
    } else {
        unwrap_rsa(wrapped, len, _i == 4 ? RSA_PKCS1_OAEP_PADDING : RSA_PKCS1_PADDING, key);
    }
    char *text = open_content(sealed.token, key);
    ck_assert_str_eq(text, plain.token);
    free(text);
    free(wrapped);
    json_decref(header);
    mint_token_cleanup(&plain);
    mint_token_cleanup(&sealed);
}
END_TEST

START_TEST(an_envelope_says_and_holds_what_it_is_told)
{
    struct mint_token sealed;
    const unsigned char key[16] = {0};
    size_t len = 0;
    kitchen_bake(&kitchen, "told",
                 ENCRYPT("'alg':'dir','key':'','plaintext':{'hex':'6869'},"
                         "'encrypted_key':'xyz','header':{'zip':'DEF','cty':'x'}"),
                 &sealed);
    json_t *header = token_json(sealed.token, 0);
    unsigned char *wrapped = token_bytes(sealed.token, 1, &len);
    char *text = open_content(sealed.token, key);
    ck_assert_str_eq(json_string_value(json_object_get(header, "zip")), "DEF");
    ck_assert_str_eq(json_string_value(json_object_get(header, "cty")), "x");
    ck_assert_uint_eq(len, 3);
    ck_assert_mem_eq(wrapped, "xyz", 3);
    ck_assert_str_eq(text, "hi");
    free(text);
    free(wrapped);
    json_decref(header);
    mint_token_cleanup(&sealed);
}
END_TEST

/* ---- keys that anybody signs for ---- */

static EVP_PKEY *public_key(const BIGNUM *n, BN_ULONG exponent)
{
    BIGNUM *e = BN_new();
    ck_assert_int_eq(BN_set_word(e, exponent), 1);
    unsigned char n_bytes[512];
    unsigned char e_bytes[8];
    ck_assert_int_gt(BN_bn2nativepad(n, n_bytes, BN_num_bytes(n)), 0);
    ck_assert_int_gt(BN_bn2nativepad(e, e_bytes, BN_num_bytes(e)), 0);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, n_bytes, (size_t)BN_num_bytes(n)),
        OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_E, e_bytes, (size_t)BN_num_bytes(e)),
        OSSL_PARAM_construct_end()};
    EVP_PKEY *pkey = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    ck_assert_int_eq(EVP_PKEY_fromdata_init(ctx), 1);
    ck_assert_int_eq(EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params), 1);
    EVP_PKEY_CTX_free(ctx);
    BN_free(e);
    return pkey;
}

/* Whether RS256 verifies; a textbook verifier, which takes any exponent. */
static bool textbook_verifies(const char *token, EVP_PKEY *pkey)
{
    size_t len = 0;
    unsigned char message[512];
    unsigned char digest[32];
    size_t size = sizeof message;
    size_t digest_len = 0;
    size_t input_len = (size_t)(strrchr(token, '.') - token);
    unsigned char *signature = token_bytes(token, 2, &len);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pkey, NULL);
    ck_assert_int_eq(EVP_PKEY_encrypt_init(ctx), 1);
    ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING), 1);
    ck_assert_int_eq(EVP_PKEY_encrypt(ctx, message, &size, signature, len), 1);
    ck_assert_int_eq(EVP_Q_digest(NULL, "SHA256", NULL, token, input_len, digest, &digest_len), 1);
    EVP_PKEY_CTX_free(ctx);
    free(signature);
    return size == len && message[0] == 0 && message[1] == 1 && message[2] == 0xff &&
           memcmp(message + size - 32, digest, 32) == 0;
}

START_TEST(nobodys_key_signs)
{
    static const struct {
        const char *recipe;
        const char *key;
        const char *modulus;
        BN_ULONG exponent;
    } keys[] = {
        {"{'sign':{'key':'rogue','as':{'pkcs1':'exponent-one'}}}", "rogue", OSSL_PKEY_PARAM_RSA_N,
         1},
        {"{'sign':{'key':'big-4096','as':{'pkcs1':'prime-modulus'}}}", "big-4096",
         OSSL_PKEY_PARAM_RSA_FACTOR1, 65537},
    };
    struct mint_token token;
    BIGNUM *n = NULL;
    kitchen_bake(&kitchen, keys[_i].recipe, keys[_i].recipe, &token);
    ck_assert_int_eq(
        EVP_PKEY_get_bn_param(kitchen_key(&kitchen, keys[_i].key)->pkey, keys[_i].modulus, &n), 1);
    EVP_PKEY *pkey = public_key(n, keys[_i].exponent);
    ck_assert_msg(textbook_verifies(token.token, pkey), "%s", keys[_i].recipe);
    EVP_PKEY_free(pkey);
    BN_free(n);
    mint_token_cleanup(&token);
}
END_TEST

/* ---- a zero in front ---- */

START_TEST(a_signature_with_a_zero_in_front_is_found)
{
    struct mint_token whole;
    struct mint_token cut;
    size_t len = 0;
    kitchen_bake(&kitchen, "whole", "{'base':'empty','sign':{'first_octet':0}}", &whole);
    kitchen_bake(&kitchen, "cut",
                 "{'base':'empty','sign':{'first_octet':0},'mutate':[{'drop_zero':{}}]}", &cut);
    unsigned char *signature = token_bytes(whole.token, 2, &len);
    ck_assert_uint_eq(len, 256);
    ck_assert_uint_eq(signature[0], 0);
    unsigned char *rest = token_bytes(cut.token, 2, &len);
    ck_assert_uint_eq(len, 255);
    ck_assert_mem_eq(rest, signature + 1, 255);
    free(signature);
    free(rest);
    mint_token_cleanup(&whole);
    mint_token_cleanup(&cut);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("mint_nest");
    TCase *tcase = tcase_create("envelopes");
    tcase_add_checked_fixture(tcase, open_kitchen, close_kitchen);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, each_layer_holds_the_one_below);
    tcase_add_loop_test(tcase, an_envelope_opens, 0, ROWS(envelopes));
    tcase_add_test(tcase, an_envelope_says_and_holds_what_it_is_told);
    tcase_add_loop_test(tcase, nobodys_key_signs, 0, 2);
    tcase_add_test(tcase, a_signature_with_a_zero_in_front_is_found);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

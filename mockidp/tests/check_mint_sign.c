/* Signatures, checked by OpenSSL itself; forged PKCS #1 messages opened with the public key (RFC
 * 7515 §5.1, RFC 7518 §3, RFC 8017 §9.2). */
#include "mockidp/tests/support/kitchen.h"

#include <check.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
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

static const char *header_text(const struct mint_token *token, const char *name)
{
    const char *text = json_string_value(json_object_get(token->header, name));
    return text ? text : "(none)";
}

static const struct {
    const char *reason;
    const char *recipe;
    const char *alg;      /* that the signature is of */
    const char *key;      /* that signed */
    const char *says_alg; /* in the header */
    size_t len;           /* of the signature */
} rows[] = {
    {"nothing said: RS256 by the current key", "{}", "RS256", "current", "RS256", 256},
    {"RS384", "{'sign':{'alg':'RS384'}}", "RS384", "current", "RS384", 256},
    {"RS512", "{'sign':{'alg':'RS512'}}", "RS512", "current", "RS512", 256},
    {"PS256", "{'sign':{'alg':'PS256'}}", "PS256", "current", "PS256", 256},
    {"PS384", "{'sign':{'alg':'PS384'}}", "PS384", "current", "PS384", 256},
    {"PS512", "{'sign':{'alg':'PS512'}}", "PS512", "current", "PS512", 256},
    {"ES256", "{'sign':{'alg':'ES256','key':'ec-256'}}", "ES256", "ec-256", "ES256", 64},
    {"ES384", "{'sign':{'alg':'ES384','key':'ec-384'}}", "ES384", "ec-384", "ES384", 96},
    {"EdDSA", "{'sign':{'alg':'EdDSA','key':'ed25519'}}", "EdDSA", "ed25519", "EdDSA", 64},
    {"the next key", "{'sign':{'key':'next'}}", "RS256", "next", "RS256", 256},
    {"a retired key", "{'sign':{'key':'retired'}}", "RS256", "retired", "RS256", 256},
    {"a removed key", "{'sign':{'key':'removed'}}", "RS256", "removed", "RS256", 256},
    {"another tenant's key", "{'sign':{'key':'other-tenant'}}", "RS256", "other-tenant", "RS256",
     256},
    {"nobody's key", "{'sign':{'key':'rogue'}}", "RS256", "rogue", "RS256", 256},
    {"a weak key", "{'sign':{'key':'weak-1024'}}", "RS256", "weak-1024", "RS256", 128},
    {"exponent 3", "{'sign':{'key':'e3'}}", "RS256", "e3", "RS256", 256},
    {"a key of 3072 bits", "{'sign':{'key':'big-3072'}}", "RS256", "big-3072", "RS256", 384},
    {"a key of 4096 bits", "{'sign':{'key':'big-4096'}}", "RS256", "big-4096", "RS256", 512},
    {"an algorithm nobody knows: signed as RS256", "{'sign':{'alg':'RS257'}}", "RS256", "current",
     "RS257", 256},
    {"in another case", "{'sign':{'alg':'rs256'}}", "RS256", "current", "rs256", 256},
    {"the header says RS256, PS256 was done",
     "{'sign':{'as':{'header':'RS256','signature':'PS256'}}}", "PS256", "current", "RS256", 256},
    {"the header says none, RS256 was done", "{'sign':{'as':{'header':'none'}}}", "RS256",
     "current", "none", 256},
    {"only what was done is said", "{'sign':{'as':{'signature':'RS512'}}}", "RS512", "current",
     "RS256", 256},
};

START_TEST(signatures_are_what_the_recipe_says)
{
    struct mint_token token;
    size_t len = 0;
    kitchen_bake(&kitchen, rows[_i].reason, rows[_i].recipe, &token);
    const struct mint_key *key = kitchen_key(&kitchen, rows[_i].key);
    unsigned char *signature = token_bytes(token.token, 2, &len);
    free(signature);
    ck_assert_msg(len == rows[_i].len, "%s: %zu bytes", rows[_i].reason, len);
    ck_assert_msg(strcmp(header_text(&token, "alg"), rows[_i].says_alg) == 0, "%s: %s",
                  rows[_i].reason, header_text(&token, "alg"));
    ck_assert_msg(strcmp(header_text(&token, "kid"), key->kid) == 0, "%s: kid", rows[_i].reason);
    ck_assert_msg(token_verifies(token.token, key->pkey, rows[_i].alg), "%s: signature",
                  rows[_i].reason);
    token.token[20] ^= 1;
    ck_assert_msg(!token_verifies(token.token, key->pkey, rows[_i].alg), "%s: of anything",
                  rows[_i].reason);
    mint_token_cleanup(&token);
}
END_TEST

/* HMAC of what stands before the last dot (RFC 7518 §3.2). */
static void check_hmac(const struct mint_token *token, const char *digest, const void *secret,
                       size_t secret_len)
{
    unsigned char want[EVP_MAX_MD_SIZE];
    unsigned want_len = 0;
    size_t len = 0;
    unsigned char *got = token_bytes(token->token, 2, &len);
    size_t input_len = (size_t)(strrchr(token->token, '.') - token->token);
    ck_assert_ptr_nonnull(HMAC(EVP_get_digestbyname(digest), secret, (int)secret_len,
                               (const unsigned char *)token->token, input_len, want, &want_len));
    ck_assert_uint_eq(len, want_len);
    ck_assert_mem_eq(got, want, len);
    free(got);
}

static const struct {
    const char *recipe;
    const char *alg;
    const char *digest;
    const char *secret;
    size_t len;
} hmacs[] = {
    {"{'sign':{'key':{'hmac':'secret'}}}", "HS256", "SHA256", "secret", 6},
    {"{'sign':{'alg':'HS384','key':{'hmac':'secret'}}}", "HS384", "SHA384", "secret", 6},
    {"{'sign':{'alg':'HS512','key':{'hmac':{'hex':'00ff'}}}}", "HS512", "SHA512", "\0\xff", 2},
    {"{'sign':{'key':{'hmac':''}}}", "HS256", "SHA256", "", 0},
    {"{'sign':{'alg':'RS256','key':{'hmac':'k'},'as':{'header':'RS256','signature':'HS256'}}}",
     "RS256", "SHA256", "k", 1},
};

START_TEST(an_hmac_is_over_the_first_two_parts)
{
    struct mint_token token;
    kitchen_bake(&kitchen, hmacs[_i].recipe, hmacs[_i].recipe, &token);
    ck_assert_str_eq(header_text(&token, "alg"), hmacs[_i].alg);
    ck_assert_str_eq(header_text(&token, "kid"), kitchen_key(&kitchen, "current")->kid);
    check_hmac(&token, hmacs[_i].digest, hmacs[_i].secret, hmacs[_i].len);
    mint_token_cleanup(&token);
}
END_TEST

/* The classic confusion: the public key's text is the secret (CVE-2015-9235). */
START_TEST(a_public_key_serves_as_a_secret)
{
    struct mint_token token;
    char *pem = NULL;
    BIO *bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PUBKEY(bio, kitchen_key(&kitchen, "current")->pkey);
    long len = BIO_get_mem_data(bio, &pem);
    kitchen_bake(&kitchen, "confusion",
                 "{'sign':{'alg':'HS256','key':{'hmac':{'key':'current','as':'pem-spki'}}}}",
                 &token);
    check_hmac(&token, "SHA256", pem, (size_t)len);
    mint_token_cleanup(&token);
    BIO_free(bio);
}
END_TEST

START_TEST(none_has_an_empty_signature)
{
    struct mint_token token;
    kitchen_bake(&kitchen, "none", "{'sign':{'alg':'none'}}", &token);
    ck_assert_str_eq(header_text(&token, "alg"), "none");
    ck_assert_str_eq(strrchr(token.token, '.'), ".");
    mint_token_cleanup(&token);
}
END_TEST

START_TEST(a_header_may_say_another_kid)
{
    static const char *const rest[][2] = {
        {"{'header':{'set':{'kid':{'kid':'retired'}}}}", "retired"},
        {"{'sign':{'key':'rogue'},'header':{'set':{'kid':{'kid':'current'}}}}", "current"},
    };
    struct mint_token token;
    kitchen_bake(&kitchen, rest[_i][0], rest[_i][0], &token);
    ck_assert_str_eq(header_text(&token, "kid"), kitchen_key(&kitchen, rest[_i][1])->kid);
    const char *signer = _i == 0 ? "current" : "rogue";
    ck_assert(token_verifies(token.token, kitchen_key(&kitchen, signer)->pkey, "RS256"));
    mint_token_cleanup(&token);
}
END_TEST

START_TEST(a_removed_kid_is_gone)
{
    struct mint_token token;
    kitchen_bake(&kitchen, "no kid", "{'header':{'remove':['kid','typ']}}", &token);
    json_t *header = token_json(token.token, 0);
    ck_assert_uint_eq(json_object_size(header), 1);
    ck_assert(token_verifies(token.token, kitchen_key(&kitchen, "current")->pkey, "RS256"));
    json_decref(header);
    mint_token_cleanup(&token);
}
END_TEST

START_TEST(a_key_is_embedded)
{
    struct mint_token token;
    kitchen_bake(&kitchen, "jwk", "{'sign':{'key':'rogue','embed':'jwk'}}", &token);
    const json_t *jwk = json_object_get(token.header, "jwk");
    ck_assert_str_eq(json_string_value(json_object_get(jwk, "kid")),
                     kitchen_key(&kitchen, "rogue")->kid);
    mint_token_cleanup(&token);
    kitchen_bake(&kitchen, "x5c", "{'sign':{'key':'rogue','embed':'x5c'}}", &token);
    size_t len = 0;
    unsigned char *der = bytes_of_base64(
        json_string_value(json_array_get(json_object_get(token.header, "x5c"), 0)), &len);
    const unsigned char *at = der;
    X509 *certificate = d2i_X509(NULL, &at, (long)len);
    ck_assert_int_eq(
        EVP_PKEY_eq(X509_get0_pubkey(certificate), kitchen_key(&kitchen, "rogue")->pkey), 1);
    X509_free(certificate);
    free(der);
    mint_token_cleanup(&token);
}
END_TEST

START_TEST(any_kind_of_key_is_embedded)
{
    static const char *const recipes[] = {
        "{'sign':{'alg':'ES256','key':'ec-256','embed':'jwk'}}",
        "{'sign':{'alg':'EdDSA','key':'ed25519','embed':'jwk'}}",
        "{'sign':{'alg':'EdDSA','key':'ed25519','embed':'x5c'}}",
    };
    struct mint_token token;
    kitchen_bake(&kitchen, recipes[_i], recipes[_i], &token);
    ck_assert(json_object_get(token.header, "jwk") || json_object_get(token.header, "x5c"));
    mint_token_cleanup(&token);
}
END_TEST

/* As it is sent the signature is bad; with the nonce's hash it is good. */
START_TEST(a_nonce_is_hashed_before_it_is_signed)
{
    struct mint_token token;
    EVP_PKEY *pkey = kitchen_key(&kitchen, "current")->pkey;
    kitchen_bake(&kitchen, "hash_nonce",
                 "{'header':{'set':{'nonce':'n','more':1}},'sign':{'hash_nonce':true}}", &token);
    ck_assert_str_eq(header_text(&token, "nonce"), "n");
    ck_assert(!token_verifies(token.token, pkey, "RS256"));
    char *signed_text = token_with_hashed_nonce(token.token);
    ck_assert(token_verifies(signed_text, pkey, "RS256"));
    free(signed_text);
    mint_token_cleanup(&token);
    kitchen_bake(&kitchen, "unless it is not to be",
                 "{'header':{'set':{'nonce':'n'}},'sign':{'hash_nonce':false}}", &token);
    ck_assert(token_verifies(token.token, pkey, "RS256"));
    mint_token_cleanup(&token);
}
END_TEST

static const struct {
    const char *recipe;
    const char *why;
} hash_faults[] = {
    {"{'sign':{'hash_nonce':1}}", "/sign/hash_nonce: true or false is needed"},
    {"{'sign':{'hash_nonce':true}}", "/sign/hash_nonce: the header has no nonce that is a text"},
    {"{'header':{'set':{'nonce':1}},'sign':{'hash_nonce':true}}",
     "/sign/hash_nonce: the header has no nonce that is a text"},
    {"{'header':{'raw':'{}'},'sign':{'hash_nonce':true}}",
     "/sign/hash_nonce: the header has no nonce that is a text"},
    {"{'header':{'set':{'nonce':'n'}},'sign':{'hash_nonce':true},"
     "'mutate':[{'pad':{'part':'header'},'signed':true}]}",
     "/sign/hash_nonce: no mutation that is signed goes with it"},
};

START_TEST(not_everything_can_be_hashed)
{
    const char *recipe = hash_faults[_i].recipe;
    ck_assert_str_eq(kitchen_refusal(&kitchen, recipe, recipe), hash_faults[_i].why);
}
END_TEST

START_TEST(a_signature_begins_as_it_is_asked_to)
{
    struct mint_token token;
    kitchen_bake(&kitchen, "a zero octet", "{'sign':{'first_octet':0}}", &token);
    const char *signature = strrchr(token.token, '.') + 1;
    ck_assert_msg(signature[0] == 'A' && signature[1] >= 'A' && signature[1] <= 'P', "%.4s",
                  signature);
    ck_assert(token_verifies(token.token, kitchen_key(&kitchen, "current")->pkey, "RS256"));
    mint_token_cleanup(&token);
}
END_TEST
#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("mint_sign");
    TCase *tcase = tcase_create("signatures");
    tcase_add_checked_fixture(tcase, open_kitchen, close_kitchen);
    tcase_add_loop_test(tcase, signatures_are_what_the_recipe_says, 0, ROWS(rows));
    tcase_add_loop_test(tcase, an_hmac_is_over_the_first_two_parts, 0, ROWS(hmacs));
    tcase_add_test(tcase, a_public_key_serves_as_a_secret);
    tcase_add_test(tcase, none_has_an_empty_signature);
    tcase_add_loop_test(tcase, a_header_may_say_another_kid, 0, 2);
    tcase_add_test(tcase, a_removed_kid_is_gone);
    tcase_add_test(tcase, a_key_is_embedded);
    tcase_add_loop_test(tcase, any_kind_of_key_is_embedded, 0, 3);
    tcase_add_test(tcase, a_nonce_is_hashed_before_it_is_signed);
    tcase_add_loop_test(tcase, not_everything_can_be_hashed, 0, ROWS(hash_faults));
    tcase_add_test(tcase, a_signature_begins_as_it_is_asked_to);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

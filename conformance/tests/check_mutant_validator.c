/*
 * The toy validator on tokens that OpenSSL signs here: without a flaw it decides right, and a flaw
 * opens its own door and no other. What the flaws do to the cases is check_mutants.c.
 */
#include "conformance/adapters/mutant_validator.h"

#include <check.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW 1900000000
#define TENANT "11111111-0000-4000-8000-000000000001"
#define CLIENT "22222222-0000-4000-8000-000000000002"
#define ISSUER "https://idp.test/" TENANT "/v2.0"
#define HEADER "{\"alg\":\"RS256\",\"kid\":\"k1\"}"
#define CLAIMS(iss, aud, exp, scp)                                                                 \
    "{\"iss\":\"" iss "\",\"aud\":\"" aud "\",\"tid\":\"" TENANT "\",\"exp\":" exp                 \
    ",\"scp\":\"" scp "\"}"
#define GOOD CLAIMS(ISSUER, CLIENT, "1900003600", "access_as_user")

static EVP_PKEY *key; /* made once, in main, before the tests fork */

struct made_token {
    char text[4096];
};

static size_t append_base64url(char *out, const void *octets, size_t len)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const unsigned char *in = octets;
    size_t used = 0;
    unsigned bits = 0, held = 0;
    for (size_t i = 0; i < len; i++) {
        bits = bits << 8 | in[i];
        for (held += 8; held >= 6; held -= 6) {
            out[used++] = alphabet[bits >> (held - 6) & 63];
        }
    }
    if (held > 0) {
        out[used++] = alphabet[bits << (6 - held) & 63];
    }
    out[used] = '\0';
    return used;
}

static void make_token(struct made_token *token, const char *header, const char *claims)
{
    unsigned char signature[512];
    size_t signature_len = sizeof signature;
    size_t len = append_base64url(token->text, header, strlen(header));
    token->text[len++] = '.';
    len += append_base64url(token->text + len, claims, strlen(claims));
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    ck_assert_int_eq(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key), 1);
    ck_assert_int_eq(
        EVP_DigestSign(ctx, signature, &signature_len, (const unsigned char *)token->text, len), 1);
    EVP_MD_CTX_free(ctx);
    token->text[len++] = '.';
    append_base64url(token->text + len, signature, signature_len);
}

/* ---- an identity provider of two documents; counts what is asked of it ---- */

struct stub {
    int asked;
    const char *kid;
};

static json_t *stub_fetch(void *ctx, const char *url)
{
    struct stub *stub = ctx;
    BIGNUM *n = NULL;
    unsigned char octets[512];
    char text[1024];
    stub->asked++;
    if (strcmp(url, "discovery") == 0) {
        return json_pack("{s:s,s:s}", "issuer", ISSUER, "jwks_uri", "keys");
    }
    if (strcmp(url, "keys") != 0 || EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) != 1) {
        return NULL;
    }
    append_base64url(text, octets, (size_t)BN_bn2bin(n, octets));
    BN_free(n);
    return json_pack("{s:[{s:s,s:s,s:s,s:s}]}", "keys", "kty", "RSA", "kid", stub->kid, "n", text,
                     "e", "AQAB");
}

static int decide(enum mutant_flaw flaw, struct stub *stub, const char *line)
{
    struct mutant_validator v = {.flaw = flaw,
                                 .policy = {.home = TENANT,
                                            .issuer_v2 = ISSUER,
                                            .audience_v2 = CLIENT,
                                            .audience_v1 = "api://" CLIENT,
                                            .scopes = "access_as_user",
                                            .skew_s = 300},
                                 .keys = {.flaw = flaw,
                                          .fetch = stub_fetch,
                                          .ctx = stub,
                                          .discovery = "discovery",
                                          .issuer = ISSUER,
                                          .cooldown_s = 300}};
    struct mutant_line lines[] = {{line, strlen(line)}};
    struct mutant_request request = {.lines = lines, .count = 1};
    int status = mutant_validator_decide(&v, &request, NOW).status;
    mutant_validator_clear(&v);
    return status;
}

static const struct {
    const char *what;
    const char *header, *claims;
    const char *wrap; /* %s is the token */
    enum mutant_flaw flaw;
    int status;
} rows[] = {
    {"expired at the second: on or after", HEADER,
     CLAIMS(ISSUER, CLIENT, "1899999700", "access_as_user"), "Bearer %s", MUTANT_NONE, 401},
    {"the flaw accepts that second", HEADER, CLAIMS(ISSUER, CLIENT, "1899999700", "access_as_user"),
     "Bearer %s", MUTANT_EXP_INCLUSIVE, 200},
    {"a second before", HEADER, CLAIMS(ISSUER, CLIENT, "1899999701", "access_as_user"), "Bearer %s",
     MUTANT_NONE, 200},
    {"another issuer", HEADER, CLAIMS(ISSUER "/evil", CLIENT, "1900003600", "access_as_user"),
     "Bearer %s", MUTANT_NONE, 401},
    {"another issuer, by prefix", HEADER,
     CLAIMS(ISSUER "/evil", CLIENT, "1900003600", "access_as_user"), "Bearer %s",
     MUTANT_PREFIX_ISSUER_MATCH, 200},
    {"another audience", HEADER, CLAIMS(ISSUER, "other", "1900003600", "access_as_user"),
     "Bearer %s", MUTANT_NONE, 401},
    {"another audience, unchecked", HEADER, CLAIMS(ISSUER, "other", "1900003600", "access_as_user"),
     "Bearer %s", MUTANT_IGNORES_AUD, 200},
    {"another flaw does not open it", HEADER,
     CLAIMS(ISSUER, "other", "1900003600", "access_as_user"), "Bearer %s", MUTANT_IGNORES_ISS, 401},
    {"no such scope", HEADER, CLAIMS(ISSUER, CLIENT, "1900003600", "access_as_user2"), "Bearer %s",
     MUTANT_NONE, 403},
    {"no such scope, by substring", HEADER, CLAIMS(ISSUER, CLIENT, "1900003600", "access_as_user2"),
     "Bearer %s", MUTANT_SUBSTRING_SCOPE, 200},
    {"alg none", "{\"alg\":\"none\"}", GOOD, "Bearer %s", MUTANT_NONE, 401},
    {"alg none, accepted", "{\"alg\":\"none\"}", GOOD, "Bearer %s", MUTANT_ACCEPTS_ALG_NONE, 200},
    {"critical extension", "{\"alg\":\"RS256\",\"kid\":\"k1\",\"crit\":[\"x\"],\"x\":1}", GOOD,
     "Bearer %s", MUTANT_NONE, 401},
    {"critical extension, ignored", "{\"alg\":\"RS256\",\"kid\":\"k1\",\"crit\":[\"x\"],\"x\":1}",
     GOOD, "Bearer %s", MUTANT_IGNORES_CRIT, 200},
    {"deep nesting",
     "{\"alg\":\"RS256\",\"kid\":\"k1\",\"x\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
     "[[[[[[[[[[["
     "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}",
     GOOD, "Bearer %s", MUTANT_NONE, 401},
    {"brackets in a string are no nesting",
     "{\"alg\":\"RS256\",\"kid\":\"k1\",\"x\":\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
     "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"}",
     GOOD, "Bearer %s", MUTANT_NONE, 200},
    {"padding", HEADER, GOOD, "Bearer %s==", MUTANT_NONE, 401},
    {"padding, dropped", HEADER, GOOD, "Bearer %s==", MUTANT_PADDED_BASE64, 200},
    {"a fourth part", HEADER, GOOD, "Bearer %s.x", MUTANT_NONE, 401},
    {"a fourth part, ignored", HEADER, GOOD, "Bearer %s.x", MUTANT_IGNORES_EXTRA_PARTS, 200},
    {"another scheme", HEADER, GOOD, "DPoP %s", MUTANT_NONE, 401},
    {"another scheme, unread", HEADER, GOOD, "DPoP %s", MUTANT_ANY_SCHEME, 200},
    {"quotes", HEADER, GOOD, "Bearer \"%s\"", MUTANT_NONE, 401},
    {"the good token", HEADER, GOOD, "Bearer %s", MUTANT_NONE, 200},
    {"the scheme has no case", HEADER, GOOD, "bEARER %s", MUTANT_NONE, 200},
};

START_TEST(decides_by_the_rules_and_by_its_flaw)
{
    struct made_token token;
    char line[8192];
    struct stub stub = {.kid = "k1"};
    make_token(&token, rows[_i].header, rows[_i].claims);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(line, sizeof line, rows[_i].wrap, token.text);
#pragma GCC diagnostic pop
    int status = decide(rows[_i].flaw, &stub, line);
    ck_assert_msg(status == rows[_i].status, "%s: %d, expected %d", rows[_i].what, status,
                  rows[_i].status);
}
END_TEST

START_TEST(asks_once_for_an_unknown_kid)
{
    struct made_token token;
    char line[8192];
    struct stub stub = {.kid = "k2"};
    make_token(&token, HEADER, GOOD);
    snprintf(line, sizeof line, "Bearer %s", token.text);
    ck_assert_int_eq(decide(MUTANT_NONE, &stub, line), 401);
    ck_assert_int_eq(stub.asked, 4); /* two documents at start, two for the kid */
    stub.asked = 0;
    ck_assert_int_eq(decide(MUTANT_NEVER_REFETCHES_KEYS, &stub, line), 401);
    ck_assert_int_eq(stub.asked, 2);
}
END_TEST

START_TEST(every_flaw_has_a_name_of_its_own)
{
    for (int i = 0; i < MUTANT_COUNT; i++) {
        enum mutant_flaw found = MUTANT_COUNT;
        ck_assert(mutant_flaw_by_name(mutant_flaw_name((enum mutant_flaw)i), &found));
        ck_assert_int_eq(found, i);
        ck_assert_str_ne(mutant_flaw_sentence((enum mutant_flaw)i), "");
    }
    enum mutant_flaw untouched = MUTANT_COUNT;
    ck_assert(!mutant_flaw_by_name("no-such-flaw", &untouched));
    ck_assert_int_eq(untouched, MUTANT_COUNT);
}
END_TEST

int main(void)
{
    key = EVP_RSA_gen(2048);
    Suite *suite = suite_create("mutant_validator");
    TCase *rules = tcase_create("rules");
    tcase_add_loop_test(rules, decides_by_the_rules_and_by_its_flaw, 0,
                        sizeof rows / sizeof rows[0]);
    tcase_add_test(rules, asks_once_for_an_unknown_kid);
    tcase_add_test(rules, every_flaw_has_a_name_of_its_own);
    suite_add_tcase(suite, rules);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    EVP_PKEY_free(key);
    return failed == 0 ? 0 : 1;
}

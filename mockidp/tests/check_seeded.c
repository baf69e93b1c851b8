/* The same seed and the same clock: keys, certificates, tokens, codes and ids that are the same to
 * the last octet, in two mocks ("Two runs …"). Another seed gives others. */
#include "mockidp/tests/support/browser.h"
#include "mockidp/tests/support/demo.h"
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"
#include "mockidp/tests/support/scratch.h"

#include "mockidp/mint/seeded_rsa.h"

#include <check.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AUTHORIZE                                                                                  \
    "/contoso.test/oauth2/v2.0/authorize?client_id=c0ffee00-0000-4000-8000-0000000000b1"           \
    "&redirect_uri=http%3A%2F%2Flocalhost%3A5000%2Fcallback&response_type=code%20id_token"         \
    "&nonce=n&scope=openid%20profile%20offline_access%20api%3A%2F%2Fauth-test%2Faccess_as_user"
#define REDEEM                                                                                     \
    "grant_type=authorization_code&client_id=c0ffee00-0000-4000-8000-0000000000b1"                 \
    "&client_secret=web-secret&redirect_uri=http%3A%2F%2Flocalhost%3A5000%2Fcallback&code="
#define DEVICE "client_id=c0ffee00-0000-4000-8000-0000000000e1&scope=openid"
#define DAEMON                                                                                     \
    "grant_type=client_credentials&client_id=c0ffee00-0000-4000-8000-0000000000d1"                 \
    "&client_secret=daemon-secret&scope=api%3A%2F%2Fauth-test%2F.default"

/* start starts the demo directory without its key files, so that all keys are made. */
static struct idp *start(const char *dir, const char *seed)
{
    const struct idp_options options = {.listen = "127.0.0.1:0",
                                        .clock = KITCHEN_TIME,
                                        .seed = seed,
                                        .sign_in = "auto",
                                        .public_url = "https://login.test"};
    json_t *demo = demo_json();
    json_t *tenant = NULL;
    size_t i = 0;
    json_array_foreach(json_object_get(demo, "tenants"), i, tenant)
    {
        json_object_del(tenant, "keys");
    }
    return demo_start(demo, dir, &options);
}

/* note adds one answer's body, or where it leads, to the record of a run. */
static void note(FILE *out, const struct wire_answer *answer)
{
    char *location = browser_header(answer, "Location");
    char *trace = browser_header(answer, "x-ms-request-id");
    (void)fprintf(out, "%d\n%s\n%s\n%.*s\n", answer->status, location ? location : "-",
                  trace ? trace : "-", (int)answer->body_len, answer->body);
    free(location);
    free(trace);
}

/* record asks for everything that is random, and returns all that came, newly allocated. */
static char *record(struct idp *idp)
{
    char form[1000];
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    ck_assert_ptr_nonnull(out);
    note(out, mock_ask(idp, "GET", "/common/discovery/v2.0/keys", "", NULL));
    note(out, mock_ask(idp, "POST", "/contoso.test/oauth2/v2.0/token", BROWSER_FORM, DAEMON));
    note(out, mock_ask(idp, "POST", "/contoso.test/oauth2/v2.0/devicecode", BROWSER_FORM, DEVICE));
    const struct wire_answer *answer = mock_ask(idp, "GET", AUTHORIZE, "", NULL);
    note(out, answer);
    char *location = browser_header(answer, "Location");
    char *code = browser_parameter(location, "code");
    (void)snprintf(form, sizeof form, "%s%s", REDEEM, code);
    note(out, mock_ask(idp, "POST", "/contoso.test/oauth2/v2.0/token", BROWSER_FORM, form));
    note(out, mock_ask(idp, "POST", "/contoso.test/oauth2/v2.0/token", BROWSER_FORM, form));
    ck_assert_int_eq(fclose(out), 0);
    free(location);
    free(code);
    return text;
}

START_TEST(two_mocks_of_one_seed_agree)
{
    char *dirs[3] = {scratch_make(), scratch_make(), scratch_make()};
    static const char *const seeds[3] = {"one", "one", "two"};
    char *records[3];
    for (size_t i = 0; i < 3; i++) { /* one by one: each is busy making its keys */
        struct idp *idp = start(dirs[i], seeds[i]);
        records[i] = record(idp);
        idp_stop(idp);
        ck_assert_ptr_nonnull(strstr(records[i], "\"x5c\":[\"MII"));
        ck_assert_ptr_nonnull(strstr(records[i], "\"refresh_token\""));
        ck_assert_ptr_nonnull(strstr(records[i], "AADSTS54005"));
    }
    size_t same = 0; /* the whole is too long for a message */
    while (records[0][same] && records[0][same] == records[1][same]) {
        same++;
    }
    ck_assert_msg(records[0][same] == records[1][same], "they differ at '%.80s'",
                  records[0] + same);
    /* and with another seed not one line of them is the same, but for the status */
    char *theirs = records[2];
    char *rest = NULL;
    for (char *line = strtok_r(records[0], "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        ck_assert_msg(strlen(line) < 4 || !strstr(theirs, line), "%s", line);
    }
    for (size_t i = 0; i < 3; i++) {
        free(records[i]);
        scratch_remove(dirs[i]);
    }
}
END_TEST

static BIGNUM *number(EVP_PKEY *pkey, const char *name)
{
    BIGNUM *n = NULL;
    ck_assert_int_eq(EVP_PKEY_get_bn_param(pkey, name, &n), 1);
    return n;
}

/* OpenSSL's own opinion of the key, and of its parts. */
START_TEST(a_seeded_key_is_a_good_one)
{
    static const unsigned bits[] = {1024, 2048, 3072};
    EVP_PKEY *pkey = mint_rsa_of_seed(bits[_i], "a key");
    ck_assert_ptr_nonnull(pkey);
    ck_assert_int_eq(EVP_PKEY_get_bits(pkey), (int)bits[_i]);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    ck_assert_int_eq(EVP_PKEY_check(ctx), 1);
    ck_assert_int_eq(EVP_PKEY_pairwise_check(ctx), 1);
    EVP_PKEY_CTX_free(ctx);
    BIGNUM *e = number(pkey, OSSL_PKEY_PARAM_RSA_E);
    BIGNUM *p = number(pkey, OSSL_PKEY_PARAM_RSA_FACTOR1);
    BIGNUM *q = number(pkey, OSSL_PKEY_PARAM_RSA_FACTOR2);
    ck_assert_int_eq(BN_is_word(e, 65537), 1);
    ck_assert_int_gt(BN_cmp(p, q), 0);
    ck_assert_int_eq(BN_sub(p, p, q), 1);
    /* FIPS 186-4 B.3.3: far enough from each other that no square root finds them */
    ck_assert_int_gt(BN_num_bits(p), (int)bits[_i] / 2 - 100);
    BN_free(e);
    BN_free(p);
    BN_free(q);
    EVP_PKEY_free(pkey);
}
END_TEST

START_TEST(a_key_follows_from_its_seed)
{
    struct mint_key *one = mint_key_generate(1024, "a", NULL);
    struct mint_key *same = mint_key_generate(1024, "a", NULL);
    struct mint_key *other = mint_key_generate(1024, "b", NULL);
    struct mint_key *named = mint_key_generate(1024, "a", "Somebody");
    ck_assert(one && same && other && named);
    ck_assert_uint_eq(one->certificate_len, same->certificate_len);
    ck_assert_mem_eq(one->certificate, same->certificate, one->certificate_len);
    ck_assert_str_eq(one->kid, same->kid);
    ck_assert_str_ne(one->kid, other->kid);
    ck_assert_str_ne(one->kid, named->kid);
    ck_assert_int_eq(EVP_PKEY_eq(one->pkey, named->pkey), 1);
    mint_key_free(one);
    mint_key_free(same);
    mint_key_free(other);
    mint_key_free(named);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("seeded");
    TCase *tcase = tcase_create("seeded");
    tcase_set_timeout(tcase, 120); /* keys are made */
    tcase_add_loop_test(tcase, a_seeded_key_is_a_good_one, 0, 3);
    tcase_add_test(tcase, a_key_follows_from_its_seed);
    tcase_add_test(tcase, two_mocks_of_one_seed_agree);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

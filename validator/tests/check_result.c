/* A result gives nothing out of a token that was not accepted, and everything out of one that was.
 */
#include "validator/core/result.h"
#include "validator/tests/support/authority.h"
#include "validator/tests/support/issuer.h"
#include "validator/tests/support/suite.h"

static struct authority authority;
static struct btv_validator *validator;
static struct btv_result *result;

static void set_up(void)
{
    authority_init(&authority, 1);
    validator = authority_validator(&authority, NULL);
    result = btv_result_new();
    ck_assert_ptr_nonnull(result);
}

static void tear_down(void)
{
    btv_result_free(result);
    btv_validator_free(validator);
    authority_cleanup(&authority);
}

static enum btv_error validate(const char *changes)
{
    char *value = authority_token(0, changes, NULL);
    enum btv_error e = btv_validate(validator, value, strlen(value), result);
    free(value);
    return e;
}

static void assert_gives_nothing(const char *when)
{
    ck_assert_msg(btv_result_error(result) != BTV_OK, "%s", when);
    ck_assert_msg(!btv_result_claims_json(result), "%s", when);
    ck_assert_msg(!btv_result_claim(result, "iss"), "%s", when);
    ck_assert_msg(btv_result_http_status(result) != 200, "%s", when);
}

START_TEST(a_new_result_is_undecided)
{
    const struct btv_requirement nothing = {NULL, NULL, NULL, false, NULL};
    set_up();
    assert_gives_nothing("new");
    ck_assert(btv_result_error(result) == BTV_UNDECIDED);
    ck_assert_int_eq(btv_result_http_status(result), 500);
    ck_assert_ptr_null(btv_result_challenge(result));
    ck_assert_str_eq(btv_result_detail(result), "");
    ck_assert_int_eq(btv_result_retry_after_s(result), 0);
    ck_assert_msg(btv_authorize(&nothing, result) == BTV_UNDECIDED, "nothing was validated");
    assert_gives_nothing("authorized without a token");
    tear_down();
    btv_result_free(NULL);
}
END_TEST

START_TEST(a_refusal_forgets_the_token_before)
{
    set_up();
    ck_assert(validate("") == BTV_OK);
    ck_assert_str_eq(btv_result_claim(result, "tid"), TEST_TENANT);
    ck_assert(btv_validate(validator, NULL, 0, result) == BTV_NO_CREDENTIALS);
    assert_gives_nothing("no header");
    ck_assert(validate("") == BTV_OK);
    ck_assert(validate("\"exp\":1,\"nbf\":1,") == BTV_TOKEN_EXPIRED);
    assert_gives_nothing("expired, though its claims were read");
    ck_assert(validate("\"aud\":\"other\",") == BTV_AUDIENCE_MISMATCH);
    ck_assert_ptr_nonnull(strstr(btv_result_detail(result), "found other"));
    ck_assert_ptr_null(strstr(btv_result_challenge(result), "other"));
    ck_assert(validate("") == BTV_OK);
    ck_assert_str_eq(btv_result_detail(result), "");
    ck_assert_ptr_null(btv_result_challenge(result));
    tear_down();
}
END_TEST

START_TEST(a_route_that_refuses_gives_nothing_either)
{
    const struct btv_requirement write = {"write", NULL, NULL, false, NULL};
    const struct btv_requirement hostile = {"a\"b c\r\nX:y", NULL, NULL, false, NULL};
    const struct btv_requirement own = {"access_as_user", NULL, NULL, false, NULL};
    set_up();
    ck_assert(validate("") == BTV_OK);
    ck_assert(btv_authorize(&write, result) == BTV_SCOPE_MISSING);
    assert_gives_nothing("the scope is missing");
    ck_assert_ptr_nonnull(strstr(btv_result_challenge(result), "scope=\"write\""));
    ck_assert(btv_authorize(&hostile, result) == BTV_SCOPE_MISSING);
    ck_assert_msg(!strpbrk(btv_result_challenge(result), "\r\n"), "a header stays one line");
    ck_assert_msg(btv_authorize(&own, result) == BTV_OK, "another route may still take it");
    ck_assert_str_eq(btv_result_claim(result, "name"), "Alice");
    tear_down();
}
END_TEST

static const struct {
    const char *json;
    const char *text;
} claim_rows[] = {
    {"\"A\\u00e9\\ud83d\\ude00\"", "A\xc3\xa9\xf0\x9f\x98\x80"},
    {"\"\"", ""},
    {"\"a\\\"b\\\\c\\/\"", "a\"b\\c/"},
    {"17", "17"},
    {"1.50e3", "1.50e3"},
    {"true", "true"},
    {"null", "null"},
    {"[ 1, \"x\" ]", "[ 1, \"x\" ]"},
    {"{\"a\":{}}", "{\"a\":{}}"},
};

START_TEST(claims_are_decoded)
{
    set_up();
    for (size_t i = 0; i < ROWS(claim_rows); i++) {
        char *changes = test_text("\"x\":%s,", claim_rows[i].json);
        ck_assert_msg(validate(changes) == BTV_OK, "%s", claim_rows[i].json);
        const char *first = btv_result_claim(result, "x");
        ck_assert_str_eq(first, claim_rows[i].text);
        ck_assert_str_eq(btv_result_claim(result, "tid"), TEST_TENANT);
        ck_assert_msg(btv_result_claim(result, "x") == first, "it lives until the next use");
        ck_assert_str_eq(first, claim_rows[i].text);
        free(changes);
    }
    tear_down();
}
END_TEST

/* 200 groups are what Entra puts into a token before it says "overage". */
START_TEST(every_claim_can_be_had_however_large)
{
    set_up();
    char *groups = strdup("\"" TEST_TENANT "\"");
    for (int i = 1; i < 400; i++) {
        char *longer = test_text("%s,\"%08d-2222-3333-4444-555555555555\"", groups, i);
        free(groups);
        groups = longer;
    }
    char *changes = test_text("\"groups\":[%s],\"more\":[%s],", groups, groups);
    ck_assert(validate(changes) == BTV_OK);
    for (int round = 0; round < 500; round++) {
        ck_assert_ptr_nonnull(btv_result_claim(result, "name"));
        ck_assert_ptr_nonnull(btv_result_claim(result, "groups"));
        ck_assert_ptr_nonnull(btv_result_claim(result, "more"));
    }
    ck_assert_uint_eq(strlen(btv_result_claim(result, "groups")), strlen(groups) + 2);
    free(changes);
    free(groups);
    tear_down();
}
END_TEST

START_TEST(a_verdict_without_a_challenge_has_none)
{
    struct btv_words none = {NULL, NULL, 0};
    set_up();
    ck_assert(btv_result_conclude(result, BTV_TOKEN_EXPIRED, &none, NULL) == BTV_TOKEN_EXPIRED);
    ck_assert_ptr_nonnull(btv_result_challenge(result));
    ck_assert(btv_result_conclude(result, BTV_KEYS_UNAVAILABLE, &none, NULL) ==
              BTV_KEYS_UNAVAILABLE);
    ck_assert_ptr_null(btv_result_challenge(result));
    ck_assert_int_eq(btv_result_http_status(result), 503);
    ck_assert(btv_result_conclude(result, BTV_OUT_OF_MEMORY, &none, NULL) == BTV_OUT_OF_MEMORY);
    ck_assert_ptr_null(btv_result_challenge(result));
    assert_gives_nothing("out of memory");
    tear_down();
}
END_TEST

TEST_MAIN("result", a_new_result_is_undecided, a_refusal_forgets_the_token_before,
          a_route_that_refuses_gives_nothing_either, claims_are_decoded,
          every_claim_can_be_had_however_large, a_verdict_without_a_challenge_has_none)

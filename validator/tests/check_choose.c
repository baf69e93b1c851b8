/* Which key may have signed: rollovers, unknown kids, and an authority that fails. */
#include "btv/validator.h"
#include "validator/tests/support/authority.h"
#include "validator/tests/support/issuer.h"
#include "validator/tests/support/suite.h"

#include <string.h>

static struct authority authority;
static struct btv_validator *validator;
static struct btv_result *result;
static char *tokens[4]; /* of keys k0 to k3 */

static void set_up(const char *const *settings)
{
    authority_init(&authority, 1);
    validator = authority_validator(&authority, settings);
    result = btv_result_new();
    for (int i = 0; i < 4; i++) {
        tokens[i] = authority_token(i, "\"exp\":1900000000,", NULL);
    }
}

static void tear_down(void)
{
    for (int i = 0; i < 4; i++) {
        free(tokens[i]);
    }
    btv_result_free(result);
    btv_validator_free(validator);
    authority_cleanup(&authority);
}

static enum btv_error validate(const char *token)
{
    return btv_validate(validator, token, strlen(token), result);
}

START_TEST(a_new_key_is_known_with_its_first_token)
{
    set_up(NULL);
    ck_assert(validate(tokens[0]) == BTV_OK);
    authority_publish(&authority, 3);
    ck_assert_msg(validate(tokens[1]) == BTV_OK, "the first request after a rollover");
    ck_assert_msg(validate(tokens[0]) == BTV_OK, "both are published");
    ck_assert_uint_eq(authority.jwks_count, 2);
    tear_down();
}
END_TEST

START_TEST(a_removed_key_is_gone_with_the_next_set)
{
    set_up(NULL);
    authority_publish(&authority, 2);
    ck_assert_msg(validate(tokens[0]) == BTV_OK, "as far as anyone knows");
    ck_assert(validate(tokens[1]) == BTV_OK);
    ck_assert(validate(tokens[0]) == BTV_KID_UNKNOWN);
    tear_down();
}
END_TEST

START_TEST(a_flood_of_unknown_kids_is_one_fetch)
{
    set_up(NULL);
    for (int i = 0; i < 200; i++) {
        ck_assert(validate(tokens[1 + i % 3]) == BTV_KID_UNKNOWN);
        ck_assert_msg(validate(tokens[0]) == BTV_OK, "good tokens are not disturbed");
    }
    ck_assert_uint_eq(authority.jwks_count, 2);
    authority_publish(&authority, 3);
    ck_assert_msg(validate(tokens[1]) == BTV_KID_UNKNOWN, "within the cooldown");
    authority_advance(&authority, 300);
    ck_assert(validate(tokens[1]) == BTV_OK);
    ck_assert_uint_eq(authority.jwks_count, 3);
    tear_down();
}
END_TEST

START_TEST(a_wrong_signature_fetches_nothing)
{
    set_up(NULL);
    char *claims = test_claims("", NULL);
    char *forged = test_jws(test_key(1), "{\"alg\":\"RS256\",\"kid\":\"k0\"}", claims);
    for (int i = 0; i < 20; i++) {
        ck_assert(btv_validate_token(validator, forged, strlen(forged), result) ==
                  BTV_SIGNATURE_INVALID);
    }
    ck_assert_uint_eq(authority.jwks_count, 1);
    free(claims);
    free(forged);
    tear_down();
}
END_TEST

START_TEST(known_keys_serve_while_the_authority_fails)
{
    set_up(NULL);
    authority_fail(&authority, true, 200);
    authority_advance(&authority, 86399);
    ck_assert(validate(tokens[0]) == BTV_OK);
    ck_assert(btv_validator_ready(validator));
    authority_advance(&authority, 1);
    ck_assert_msg(validate(tokens[0]) == BTV_KEYS_UNAVAILABLE, "older than last_known_good_s");
    ck_assert_int_eq(btv_result_http_status(result), 503);
    ck_assert_int_gt(btv_result_retry_after_s(result), 0);
    ck_assert_ptr_null(btv_result_challenge(result));
    ck_assert(!btv_validator_ready(validator));
    authority_fail(&authority, false, 200);
    authority_advance(&authority, 300);
    ck_assert_msg(validate(tokens[0]) == BTV_OK, "it is back");
    tear_down();
}
END_TEST

/* The scheduled refresh may end at any moment of a validation, between two of its looks as well. */
START_TEST(keys_that_come_during_a_look_are_seen)
{
    set_up(NULL);
    for (int night = 0; night < 1000; night++) {
        authority_advance(&authority, 90000);
        ck_assert_msg(validate(tokens[0]) == BTV_OK, "the first request after night %d: %s", night,
                      btv_error_code(btv_result_error(result)));
    }
    tear_down();
}
END_TEST

START_TEST(an_outage_makes_no_kid_known)
{
    set_up(NULL);
    authority_fail(&authority, false, 500);
    ck_assert_msg(validate(tokens[1]) == BTV_KID_UNKNOWN, "the keys in hand are the answer");
    ck_assert(validate(tokens[0]) == BTV_OK);
    authority_fail(&authority, false, 200);
    authority_publish_text(&authority, "{\"keys\":[]}");
    authority_advance(&authority, 300);
    ck_assert(validate(tokens[1]) == BTV_KID_UNKNOWN);
    ck_assert_msg(validate(tokens[0]) == BTV_OK, "an empty set is an outage, not a revocation");
    tear_down();
}
END_TEST

START_TEST(who_may_not_wait_gets_503)
{
    static const char *const impatient[] = {"key_wait_ms", "0", NULL};
    set_up(impatient);
    authority_hold(&authority, true);
    authority_publish(&authority, 3);
    ck_assert(validate(tokens[1]) == BTV_KEYS_UNAVAILABLE);
    ck_assert_int_gt(btv_result_retry_after_s(result), 0);
    ck_assert(authority_await(&authority, &authority.waiting, 1));
    ck_assert_msg(validate(tokens[0]) == BTV_OK, "known keys need no wait");
    ck_assert_int_eq(btv_result_retry_after_s(result), 0);
    authority_hold(&authority, false);
    tear_down();
}
END_TEST

START_TEST(the_key_of_another_issuer_signs_nothing_here)
{
    set_up(NULL);
    char *jwk = test_jwk(test_key(1), "k1", ",\"issuer\":\"https://login.test/other/v2.0\"");
    char *jwks = test_text("{\"keys\":[%s]}", jwk);
    authority_publish_text(&authority, jwks);
    ck_assert(validate(tokens[1]) == BTV_ISSUER_MISMATCH);
    ck_assert_ptr_nonnull(strstr(btv_result_detail(result), "issuer of the key"));
    free(jwk);
    free(jwks);
    tear_down();
}
END_TEST

START_TEST(a_kid_is_needed)
{
    set_up(NULL);
    char *claims = test_claims("", NULL);
    char *jws = test_jws(test_key(0), "{\"alg\":\"RS256\",\"x5t\":\"k0\"}", claims);
    ck_assert(btv_validate_token(validator, jws, strlen(jws), result) == BTV_KID_MISSING);
    ck_assert_uint_eq(authority.jwks_count, 1);
    free(claims);
    free(jws);
    tear_down();
}
END_TEST

TEST_MAIN("choose", a_new_key_is_known_with_its_first_token,
          a_removed_key_is_gone_with_the_next_set, a_flood_of_unknown_kids_is_one_fetch,
          a_wrong_signature_fetches_nothing, known_keys_serve_while_the_authority_fails,
          keys_that_come_during_a_look_are_seen, an_outage_makes_no_kid_known,
          who_may_not_wait_gets_503, the_key_of_another_issuer_signs_nothing_here, a_kid_is_needed)

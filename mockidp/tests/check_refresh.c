/* Refresh tokens: what they are redeemed for, by whom, and for how long ("Refresh tokens in the
 * Microsoft identity platform"). */
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"
#include "mockidp/tests/support/redeem.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct idp *idp;

static void start(void)
{
    idp = browser_start("auto");
}

static void stop(void)
{
    idp_stop(idp);
}

/* first_refresh_token signs in and returns the refresh token, newly allocated. */
static char *first_refresh_token(const char *asks, const char *headers, const char *rest)
{
    int status = 0;
    char *code = browser_code(idp, asks);
    json_t *answer = redeem(idp, V2 "token", headers, "authorization_code", code, rest, &status);
    char *token = strdup(text_at(answer, "refresh_token"));
    ck_assert_int_eq(status, 200);
    json_decref(answer);
    free(code);
    return token;
}

static const struct {
    const char *reason;
    const char *path;
    const char *headers;
    const char *rest;
    int code;
    const char *scope;
} refreshes[] = {
    {"without the secret", V2 "token", "", WEB, 7000218, NULL},
    {"another client", V2 "token", "", NATIVE, 70000, NULL},
    {"another tenant", "/fabrikam.test/oauth2/v2.0/token", "", WEB SECRET, 700005, NULL},
    {"from a page", V2 "token", ORIGIN, WEB SECRET, 9002326, NULL},
    {"for an unknown resource", V2 "token", "", WEB SECRET "&scope=api://nobody/x", 500011, NULL},
    {"for what was asked at first", V2 "token", "", WEB SECRET, 0,
     "api://auth-test/access_as_user openid profile"},
    {"for another resource", V2 "token", "", WEB SECRET "&scope=api://legacy/user_impersonation", 0,
     "api://legacy/user_impersonation"},
    {"at common", "/common/oauth2/v2.0/token", "", WEB SECRET, 0,
     "api://auth-test/access_as_user openid profile"},
    {"at the v1 endpoint", V1 "token", "", WEB SECRET "&resource=api://legacy", 0,
     "user_impersonation"},
    {"at the v1 endpoint for the same", V1 "token", "", WEB SECRET, 0, "access_as_user"},
};

START_TEST(a_refresh_token_is_redeemed)
{
    int status = 0;
    char *token = first_refresh_token(WEB_ASKS, "", WEB SECRET HERE);
    json_t *answer = redeem(idp, refreshes[_i].path, refreshes[_i].headers, "refresh_token", token,
                            refreshes[_i].rest, &status);
    ck_assert_msg(mock_code(answer) == refreshes[_i].code, "%s: %s", refreshes[_i].reason,
                  text_at(answer, "error_description"));
    if (refreshes[_i].code == 0) {
        ck_assert_msg(strcmp(text_at(answer, "scope"), refreshes[_i].scope) == 0, "%s: %s",
                      refreshes[_i].reason, text_at(answer, "scope"));
        ck_assert_str_ne(text_at(answer, "refresh_token"), token);
        ck_assert_ptr_nonnull(json_object_get(answer, "id_token"));
        json_decref(answer);
        /* the old one is not revoked */
        answer = redeem(idp, refreshes[_i].path, "", "refresh_token", token, refreshes[_i].rest,
                        &status);
        ck_assert_int_eq(status, 200);
    }
    json_decref(answer);
    free(token);
}
END_TEST

/* Each endpoint names what the other gave as it names its own: clients look up their caches by it.
 */
START_TEST(what_the_v1_endpoint_gave_the_other_names_in_full)
{
    int status = 0;
    char *code = browser_code(idp, V1 "authorize?" WEB HERE CODE "&resource=api://legacy");
    json_t *first =
        redeem(idp, V1 "token", "", "authorization_code", code, WEB SECRET HERE, &status);
    ck_assert_str_eq(text_at(first, "scope"), "user_impersonation");
    json_t *answer = redeem(idp, V2 "token", "", "refresh_token", text_at(first, "refresh_token"),
                            WEB SECRET, &status);
    ck_assert_int_eq(status, 200);
    ck_assert_str_eq(text_at(answer, "scope"), "api://legacy/user_impersonation");
    json_decref(answer);
    json_decref(first);
    free(code);
}
END_TEST

/* organizations has no personal accounts, whatever stands for one. */
START_TEST(a_personal_account_is_not_organizations)
{
    static const char *const segments[] = {"/common/", "/organizations/"};
    char path[60];
    int status = 0;
    (void)snprintf(path, sizeof path, "%soauth2/v2.0/token", segments[_i]);
    char *code = browser_code(idp, "/common/oauth2/v2.0/authorize?" WEB HERE CODE
                                   "&scope=openid+offline_access&login_hint=pat@outlook.test");
    json_t *answer = redeem(idp, path, "", "authorization_code", code, WEB SECRET HERE, &status);
    ck_assert_int_eq(mock_code(answer), _i == 0 ? 0 : 700005);
    json_decref(answer);
    free(code);
    code = browser_code(idp, "/common/oauth2/v2.0/authorize?" WEB HERE CODE
                             "&scope=openid+offline_access&login_hint=pat@outlook.test");
    json_t *first = redeem(idp, "/common/oauth2/v2.0/token", "", "authorization_code", code,
                           WEB SECRET HERE, &status);
    answer = redeem(idp, path, "", "refresh_token", text_at(first, "refresh_token"), WEB SECRET,
                    &status);
    ck_assert_int_eq(mock_code(answer), _i == 0 ? 0 : 700005);
    json_decref(answer);
    json_decref(first);
    free(code);
}
END_TEST

/* What the user agreed to, whatever resource the access token is for now. */
START_TEST(the_id_token_goes_on_as_it_was)
{
    static const char *const asks[][2] = {
        {V2 "authorize?" WEB HERE CODE API "+email", "alice@contoso.test"}, {WEB_ASKS, "(none)"}};
    int status = 0;
    char *token = first_refresh_token(asks[_i][0], "", WEB SECRET HERE);
    json_t *answer = redeem(idp, V2 "token", "", "refresh_token", token,
                            WEB SECRET "&scope=api://legacy/user_impersonation", &status);
    json_t *claims = token_json(text_at(answer, "id_token"), 1);
    ck_assert_str_eq(text_at(claims, "name"), "Alice");
    ck_assert_str_eq(text_at(claims, "email"), asks[_i][1]);
    json_decref(claims);
    json_decref(answer);
    free(token);
}
END_TEST

START_TEST(a_refresh_token_lives_ninety_days_from_each_use)
{
    int status = 0;
    char *token = first_refresh_token(WEB_ASKS, "", WEB SECRET HERE);
    advance(idp, 90 * 86400 - 1);
    json_t *answer = redeem(idp, V2 "token", "", "refresh_token", token, WEB SECRET, &status);
    ck_assert_int_eq(status, 200);
    advance(idp, 1);
    json_t *late = redeem(idp, V2 "token", "", "refresh_token", token, WEB SECRET, &status);
    ck_assert_int_eq(mock_code(late), 700082);
    ck_assert_str_eq(text_at(late, "suberror"), "bad_token"); /* MSAL asks the person again */
    json_decref(late);
    json_decref(redeem(idp, V2 "token", "", "refresh_token", text_at(answer, "refresh_token"),
                       WEB SECRET, &status));
    ck_assert_int_eq(status, 200);
    json_decref(answer);
    advance(idp, 365 * 86400); /* long forgotten */
    late = redeem(idp, V2 "token", "", "refresh_token", token, WEB SECRET, &status);
    ck_assert_int_eq(mock_code(late), 700082);
    json_decref(late);
    token[40] ^= 1; /* another one, whose seal is not ours */
    late = redeem(idp, V2 "token", "", "refresh_token", token, WEB SECRET, &status);
    ck_assert_int_eq(mock_code(late), 9002313);
    json_decref(late);
    free(token);
}
END_TEST

START_TEST(a_pages_lives_a_day_from_the_first)
{
    int status = 0;
    char *token = first_refresh_token(SPA_ASKS, ORIGIN, SPA PAGE PROOF);
    json_t *answer = redeem(idp, V2 "token", "", "refresh_token", token, SPA, &status);
    ck_assert_int_eq(mock_code(answer), 9002327);
    json_decref(answer);
    advance(idp, 86399);
    answer = redeem(idp, V2 "token", ORIGIN, "refresh_token", token, SPA, &status);
    ck_assert_int_eq(status, 200);
    advance(idp, 1);
    json_t *late = redeem(idp, V2 "token", ORIGIN, "refresh_token",
                          text_at(answer, "refresh_token"), SPA, &status);
    ck_assert_int_eq(mock_code(late), 700084);
    ck_assert_str_eq(text_at(late, "suberror"), "bad_token"); /* MSAL asks the person again */
    json_decref(late);
    json_decref(answer);
    advance(idp, 365 * 86400); /* long forgotten */
    late = redeem(idp, V2 "token", ORIGIN, "refresh_token", token, SPA, &status);
    ck_assert_int_eq(mock_code(late), 700084);
    json_decref(late);
    free(token);
}
END_TEST

START_TEST(after_a_reset_nothing_is_known)
{
    int status = 0;
    char *token = first_refresh_token(WEB_ASKS, "", WEB SECRET HERE);
    json_decref(mock_admin(idp, "POST", "/_admin/reset", NULL, NULL));
    json_t *answer = redeem(idp, V2 "token", "", "refresh_token", token, WEB SECRET, &status);
    ck_assert_int_eq(mock_code(answer), 9002313);
    json_decref(answer);
    advance(idp, 365 * 86400);
    answer = redeem(idp, V2 "token", "", "refresh_token", token, WEB SECRET, &status);
    ck_assert_int_eq(mock_code(answer), 9002313);
    json_decref(answer);
    free(token);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("refresh");
    TCase *tcase = tcase_create("redeeming");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_loop_test(tcase, a_refresh_token_is_redeemed, 0, ROWS(refreshes));
    tcase_add_test(tcase, what_the_v1_endpoint_gave_the_other_names_in_full);
    tcase_add_loop_test(tcase, a_personal_account_is_not_organizations, 0, 2);
    tcase_add_loop_test(tcase, the_id_token_goes_on_as_it_was, 0, 2);
    tcase_add_test(tcase, a_refresh_token_lives_ninety_days_from_each_use);
    tcase_add_test(tcase, a_pages_lives_a_day_from_the_first);
    tcase_add_test(tcase, after_a_reset_nothing_is_known);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

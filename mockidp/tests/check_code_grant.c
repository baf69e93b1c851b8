/* Codes: what they are redeemed for, once, by whom, and for how long ("OAuth 2.0 authorization code
 * flow"). */
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

static const struct {
    const char *reason;
    const char *asks;
    const char *path;
    const char *headers;
    const char *rest;
    int code; /* AADSTS, or 0: granted */
    const char *scope;
} codes[] = {
    {"without redirect URI", WEB_ASKS, V2 "token", "", WEB SECRET, 900144, NULL},
    {"another redirect URI", WEB_ASKS, V2 "token", "",
     WEB SECRET "&redirect_uri=http://localhost:5000/signin-oidc", 500112, NULL},
    {"another port", NATIVE_ASKS, V2 "token", "",
     NATIVE "&redirect_uri=http://localhost:40002" PROOF, 500112, NULL},
    {"without the secret", WEB_ASKS, V2 "token", "", WEB HERE, 7000218, NULL},
    {"with a wrong one", WEB_ASKS, V2 "token", "", WEB HERE "&client_secret=x", 7000215, NULL},
    {"another client", WEB_ASKS, V2 "token", "", NATIVE HERE, 70000, NULL},
    {"another tenant", WEB_ASKS, "/fabrikam.test/oauth2/v2.0/token", "", WEB SECRET HERE, 700005,
     NULL},
    {"without a verifier", NATIVE_ASKS, V2 "token", "", NATIVE LOOP, 501481, NULL},
    {"another verifier", NATIVE_ASKS, V2 "token", "", NATIVE LOOP PROOF "x", 501481, NULL},
    {"the challenge for S256's verifier", NATIVE_ASKS, V2 "token", "",
     NATIVE LOOP "&code_verifier=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", 501481, NULL},
    {"a plain verifier that differs", WEB_ASKS PLAIN, V2 "token", "", WEB SECRET HERE PROOF "x",
     501481, NULL},
    {"a page's without Origin", SPA_ASKS, V2 "token", "", SPA PAGE PROOF, 9002327, NULL},
    {"a page's without verifier", SPA_ASKS, V2 "token", ORIGIN, SPA PAGE, 501481, NULL},
    {"a page's with a secret", SPA_ASKS, V2 "token", ORIGIN, SPA PAGE PROOF "&client_secret=x",
     700025, NULL},
    {"a page's with a secret in the header", SPA_ASKS, V2 "token",
     ORIGIN "Authorization: Basic YTpi\r\n", SPA PAGE PROOF, 700025, NULL},
    {"a page's with an assertion", SPA_ASKS, V2 "token", ORIGIN,
     SPA PAGE PROOF "&client_assertion=x", 700025, NULL},
    {"a web app's from a page", WEB_ASKS, V2 "token", ORIGIN, WEB SECRET HERE, 9002326, NULL},
    {"a native app's from a page", NATIVE_ASKS, V2 "token", ORIGIN, NATIVE LOOP PROOF, 9002326,
     NULL},
    {"for another scope of nothing", WEB_ASKS, V2 "token", "",
     WEB SECRET HERE "&scope=api://auth-test/x", 70011, NULL},
    {"with the secret", WEB_ASKS, V2 "token", "", WEB SECRET HERE, 0,
     "api://auth-test/access_as_user openid profile"},
    {"with S256", NATIVE_ASKS, V2 "token", "", NATIVE LOOP PROOF, 0,
     "api://auth-test/access_as_user openid profile"},
    {"with a plain verifier", WEB_ASKS PLAIN, V2 "token", "", WEB SECRET HERE PROOF, 0,
     "api://auth-test/access_as_user openid profile"},
    {"by a page", SPA_ASKS, V2 "token", ORIGIN, SPA PAGE PROOF, 0,
     "api://auth-test/access_as_user openid profile"},
    {"for another resource", WEB_ASKS, V2 "token", "",
     WEB SECRET HERE "&scope=api://legacy/.default", 0,
     "api://legacy/user_impersonation api://legacy/.default"},
    {"at common", WEB_ASKS, "/common/oauth2/v2.0/token", "", WEB SECRET HERE, 0,
     "api://auth-test/access_as_user openid profile"},
    {"at the v1 endpoint", V1 "authorize?" WEB HERE CODE "&resource=api://legacy", V1 "token", "",
     WEB SECRET HERE, 0, "user_impersonation"},
    {"at the v1 endpoint with the resource now", V1 "authorize?" WEB HERE CODE, V1 "token", "",
     WEB SECRET HERE "&resource=api://legacy", 0, "user_impersonation"},
    {"with two resources agreed to, for the first",
     V2
     "authorize?" WEB HERE CODE
     "&scope=openid+offline_access+api://auth-test/access_as_user+api://legacy/user_impersonation",
     V2 "token", "", WEB SECRET HERE, 0, "api://auth-test/access_as_user openid"},
};

START_TEST(a_code_is_redeemed)
{
    int status = 0;
    char *code = browser_code(idp, codes[_i].asks);
    json_t *answer = redeem(idp, codes[_i].path, codes[_i].headers, "authorization_code", code,
                            codes[_i].rest, &status);
    ck_assert_msg(mock_code(answer) == codes[_i].code, "%s: %s", codes[_i].reason,
                  text_at(answer, "error_description"));
    if (codes[_i].code == 0) {
        ck_assert_int_eq(status, 200);
        ck_assert_msg(strcmp(text_at(answer, "scope"), codes[_i].scope) == 0, "%s: %s",
                      codes[_i].reason, text_at(answer, "scope"));
        ck_assert_msg(json_object_get(answer, "refresh_token") &&
                          json_object_get(answer, "id_token"),
                      "%s", codes[_i].reason);
        json_decref(answer);
        answer = redeem(idp, codes[_i].path, codes[_i].headers, "authorization_code", code,
                        codes[_i].rest, &status);
        ck_assert_msg(mock_code(answer) == 54005, "%s again: %s", codes[_i].reason,
                      text_at(answer, "error_description"));
    }
    json_decref(answer);
    free(code);
}
END_TEST

START_TEST(a_refused_code_is_still_good)
{
    int status = 0;
    char *code = browser_code(idp, WEB_ASKS);
    json_decref(redeem(idp, V2 "token", "", "authorization_code", code, WEB HERE, &status));
    ck_assert_int_eq(status, 401);
    json_decref(redeem(idp, V2 "token", "", "authorization_code", code, WEB SECRET HERE, &status));
    ck_assert_int_eq(status, 200);
    free(code);
}
END_TEST

START_TEST(a_code_lives_ten_minutes)
{
    int status = 0;
    char *code = browser_code(idp, WEB_ASKS);
    static const int after[] = {599, 600, 86400 * 365}; /* the last when it is long forgotten */
    advance(idp, after[_i]);
    json_t *answer =
        redeem(idp, V2 "token", "", "authorization_code", code, WEB SECRET HERE, &status);
    ck_assert_int_eq(mock_code(answer), _i == 0 ? 0 : 70008);
    json_decref(answer);
    answer = redeem(idp, "/common/oauth2/v2.0/token", "", "authorization_code", code,
                    WEB SECRET HERE, &status);
    ck_assert_int_eq(mock_code(answer), _i == 0 ? 54005 : 70008);
    json_decref(answer);
    free(code);
}
END_TEST

START_TEST(what_is_no_code_is_malformed)
{
    static const char *const rows[][3] = {
        {"authorization_code", "", WEB SECRET HERE},
        {"refresh_token", "", WEB SECRET},
        {"authorization_code", ORIGIN, SPA PAGE PROOF},
        {"refresh_token", ORIGIN, SPA},
    };
    int status = 0;
    json_t *answer =
        redeem(idp, V2 "token", rows[_i][1], rows[_i][0], "1.Anothing", rows[_i][2], &status);
    ck_assert_int_eq(mock_code(answer), 9002313);
    ck_assert_str_eq(text_at(answer, "error"), "invalid_grant");
    json_decref(answer);
}
END_TEST

START_TEST(the_id_token_has_the_nonce_of_the_request_alone)
{
    static const struct {
        const char *asks;
        const char *nonce;
    } rows[] = {{WEB_ASKS "&nonce=a%20b", "a b"}, {WEB_ASKS, NULL}};
    int status = 0;
    char *code = browser_code(idp, rows[_i].asks);
    json_t *answer = redeem(idp, V2 "token", "", "authorization_code", code,
                            WEB SECRET HERE "&nonce=other&client_info=1", &status);
    json_t *claims = token_json(text_at(answer, "id_token"), 1);
    ck_assert_str_eq(text_at(claims, "nonce"), rows[_i].nonce ? rows[_i].nonce : "(none)");
    ck_assert_str_eq(text_at(claims, "oid"), "c0ffee00-0000-4000-8000-00000000a11c");
    ck_assert_ptr_null(json_object_get(claims, "c_hash"));
    ck_assert_ptr_null(json_object_get(claims, "at_hash"));
    ck_assert_ptr_nonnull(json_object_get(answer, "client_info"));
    json_decref(claims);
    json_decref(answer);
    free(code);
}
END_TEST

START_TEST(without_profile_an_id_token_is_small)
{
    int status = 0;
    char *code = browser_code(idp, V2 "authorize?" WEB HERE CODE "&scope=openid");
    json_t *answer =
        redeem(idp, V2 "token", "", "authorization_code", code, WEB SECRET HERE, &status);
    json_t *claims = token_json(text_at(answer, "id_token"), 1);
    static const char *const gone[] = {"name", "oid", "preferred_username"};
    for (size_t i = 0; i < 3; i++) {
        ck_assert_msg(!json_object_get(claims, gone[i]), "%s", gone[i]);
    }
    ck_assert_uint_eq(strlen(text_at(claims, "sub")), 43);
    ck_assert_ptr_null(json_object_get(answer, "refresh_token"));
    json_decref(claims);
    json_decref(answer);
    free(code);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("code_grant");
    TCase *tcase = tcase_create("redeeming");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_loop_test(tcase, a_code_is_redeemed, 0, ROWS(codes));
    tcase_add_test(tcase, a_refused_code_is_still_good);
    tcase_add_loop_test(tcase, a_code_lives_ten_minutes, 0, 3);
    tcase_add_loop_test(tcase, what_is_no_code_is_malformed, 0, 4);
    tcase_add_loop_test(tcase, the_id_token_has_the_nonce_of_the_request_alone, 0, 2);
    tcase_add_test(tcase, without_profile_an_id_token_is_small);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

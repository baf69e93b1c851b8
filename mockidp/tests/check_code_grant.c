/* Codes and refresh tokens: what they are redeemed for, once, by whom, and for how long ("OAuth 2.0
 * authorization code flow", "Refresh tokens in the Microsoft identity platform"). */
#include "mockidp/tests/support/browser.h"
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define V2 "/contoso.test/oauth2/v2.0/"
#define V1 "/contoso.test/oauth2/"
#define WEB "client_id=c0ffee00-0000-4000-8000-0000000000b1"
#define SPA "client_id=c0ffee00-0000-4000-8000-0000000000c1"
#define NATIVE "client_id=c0ffee00-0000-4000-8000-0000000000e1"
#define SECRET "&client_secret=web-secret"
#define HERE "&redirect_uri=http://localhost:5000/callback"
#define PAGE "&redirect_uri=http://localhost:5173/"
#define LOOP "&redirect_uri=http://localhost:40001"
#define API "&scope=openid+profile+offline_access+api://auth-test/access_as_user"
#define CODE "&response_type=code"
/* RFC 7636 appendix B */
#define VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define S256                                                                                       \
    "&code_challenge_method=S256&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
#define PLAIN "&code_challenge=" VERIFIER
#define PROOF "&code_verifier=" VERIFIER
#define WEB_ASKS V2 "authorize?" WEB HERE API CODE
#define SPA_ASKS V2 "authorize?" SPA PAGE API CODE S256
#define NATIVE_ASKS V2 "authorize?" NATIVE LOOP API CODE S256
#define ORIGIN "Origin: http://localhost:5173\r\n"

static struct idp *idp;

static void start(void)
{
    idp = browser_start("auto");
}

static void stop(void)
{
    idp_stop(idp);
}

/* redeem posts grant_type, a code or token, and the rest; a new reference. */
static json_t *redeem(const char *path, const char *headers, const char *grant, const char *handle,
                      const char *rest, int *status)
{
    char form[4096];
    char lines[300];
    (void)snprintf(form, sizeof form, "grant_type=%s&%s=%s&%s", grant,
                   strcmp(grant, "refresh_token") == 0 ? "refresh_token" : "code", handle, rest);
    (void)snprintf(lines, sizeof lines, BROWSER_FORM "%s", headers);
    const struct wire_answer *answer = mock_ask(idp, "POST", path, lines, form);
    json_t *json = json_loads(answer->body, 0, NULL);
    ck_assert_msg(json != NULL, "%d %s", answer->status, answer->body);
    *status = answer->status;
    return json;
}

static void advance(int seconds)
{
    char body[50];
    (void)snprintf(body, sizeof body, "{'seconds':%d}", seconds);
    json_decref(mock_admin(idp, "POST", "/_admin/clock/advance", body, NULL));
}

/* ---- codes ---- */

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
    json_t *answer = redeem(codes[_i].path, codes[_i].headers, "authorization_code", code,
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
        answer = redeem(codes[_i].path, codes[_i].headers, "authorization_code", code,
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
    json_decref(redeem(V2 "token", "", "authorization_code", code, WEB HERE, &status));
    ck_assert_int_eq(status, 401);
    json_decref(redeem(V2 "token", "", "authorization_code", code, WEB SECRET HERE, &status));
    ck_assert_int_eq(status, 200);
    free(code);
}
END_TEST

START_TEST(a_code_lives_ten_minutes)
{
    int status = 0;
    char *code = browser_code(idp, WEB_ASKS);
    static const int after[] = {599, 600, 86400 * 365}; /* the last when it is long forgotten */
    advance(after[_i]);
    json_t *answer = redeem(V2 "token", "", "authorization_code", code, WEB SECRET HERE, &status);
    ck_assert_int_eq(mock_code(answer), _i == 0 ? 0 : 70008);
    json_decref(answer);
    answer = redeem("/common/oauth2/v2.0/token", "", "authorization_code", code, WEB SECRET HERE,
                    &status);
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
        redeem(V2 "token", rows[_i][1], rows[_i][0], "1.Anothing", rows[_i][2], &status);
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
    json_t *answer = redeem(V2 "token", "", "authorization_code", code,
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
    json_t *answer = redeem(V2 "token", "", "authorization_code", code, WEB SECRET HERE, &status);
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

/* ---- refresh tokens ---- */

/* first_refresh_token signs in and returns the refresh token, newly allocated. */
static char *first_refresh_token(const char *asks, const char *headers, const char *rest)
{
    int status = 0;
    char *code = browser_code(idp, asks);
    json_t *answer = redeem(V2 "token", headers, "authorization_code", code, rest, &status);
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
    json_t *answer = redeem(refreshes[_i].path, refreshes[_i].headers, "refresh_token", token,
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
        answer =
            redeem(refreshes[_i].path, "", "refresh_token", token, refreshes[_i].rest, &status);
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
    json_t *first = redeem(V1 "token", "", "authorization_code", code, WEB SECRET HERE, &status);
    ck_assert_str_eq(text_at(first, "scope"), "user_impersonation");
    json_t *answer = redeem(V2 "token", "", "refresh_token", text_at(first, "refresh_token"),
                            WEB SECRET, &status);
    ck_assert_int_eq(status, 200);
    ck_assert_str_eq(text_at(answer, "scope"), "api://legacy/user_impersonation");
    json_decref(answer);
    json_decref(first);
    free(code);
}
END_TEST

START_TEST(a_refresh_token_lives_ninety_days_from_each_use)
{
    int status = 0;
    char *token = first_refresh_token(WEB_ASKS, "", WEB SECRET HERE);
    advance(90 * 86400 - 1);
    json_t *answer = redeem(V2 "token", "", "refresh_token", token, WEB SECRET, &status);
    ck_assert_int_eq(status, 200);
    advance(1);
    json_t *late = redeem(V2 "token", "", "refresh_token", token, WEB SECRET, &status);
    ck_assert_int_eq(mock_code(late), 700082);
    ck_assert_str_eq(text_at(late, "suberror"), "bad_token"); /* MSAL asks the person again */
    json_decref(late);
    json_decref(redeem(V2 "token", "", "refresh_token", text_at(answer, "refresh_token"),
                       WEB SECRET, &status));
    ck_assert_int_eq(status, 200);
    json_decref(answer);
    advance(365 * 86400); /* long forgotten */
    late = redeem(V2 "token", "", "refresh_token", token, WEB SECRET, &status);
    ck_assert_int_eq(mock_code(late), 700082);
    json_decref(late);
    token[20] ^= 1; /* another one, which never was */
    late = redeem(V2 "token", "", "refresh_token", token, WEB SECRET, &status);
    ck_assert_int_eq(mock_code(late), 9002313);
    json_decref(late);
    free(token);
}
END_TEST

START_TEST(a_pages_lives_a_day_from_the_first)
{
    int status = 0;
    char *token = first_refresh_token(SPA_ASKS, ORIGIN, SPA PAGE PROOF);
    json_t *answer = redeem(V2 "token", "", "refresh_token", token, SPA, &status);
    ck_assert_int_eq(mock_code(answer), 9002327);
    json_decref(answer);
    advance(86399);
    answer = redeem(V2 "token", ORIGIN, "refresh_token", token, SPA, &status);
    ck_assert_int_eq(status, 200);
    advance(1);
    json_t *late =
        redeem(V2 "token", ORIGIN, "refresh_token", text_at(answer, "refresh_token"), SPA, &status);
    ck_assert_int_eq(mock_code(late), 700084);
    ck_assert_str_eq(text_at(late, "suberror"), "bad_token"); /* MSAL asks the person again */
    json_decref(late);
    json_decref(answer);
    advance(365 * 86400); /* long forgotten */
    late = redeem(V2 "token", ORIGIN, "refresh_token", token, SPA, &status);
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
    json_t *answer = redeem(V2 "token", "", "refresh_token", token, WEB SECRET, &status);
    ck_assert_int_eq(mock_code(answer), 9002313);
    json_decref(answer);
    advance(365 * 86400);
    answer = redeem(V2 "token", "", "refresh_token", token, WEB SECRET, &status);
    ck_assert_int_eq(mock_code(answer), 9002313);
    json_decref(answer);
    free(token);
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
    tcase_add_loop_test(tcase, a_refresh_token_is_redeemed, 0, ROWS(refreshes));
    tcase_add_test(tcase, what_the_v1_endpoint_gave_the_other_names_in_full);
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

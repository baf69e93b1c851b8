/* Who a token is of, and signing out. */
#include "mockidp/tests/support/browser.h"
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOKEN "/contoso.test/oauth2/v2.0/token"
#define NATIVE "client_id=c0ffee00-0000-4000-8000-0000000000e1"
#define AS(user) "&grant_type=password&username=" user "&password=Passw0rd!"
#define USER NATIVE AS("alice@contoso.test")
#define AUTHORIZE                                                                                  \
    "/contoso.test/oauth2/v2.0/authorize?client_id=c0ffee00-0000-4000-8000-0000000000b1"           \
    "&redirect_uri=http://localhost:5000/callback&response_type=code&scope=openid"
#define LOGOUT "/contoso.test/oauth2/v2.0/logout"

static struct idp *idp;

static void start(void)
{
    idp = browser_start("auto");
}

static void stop(void)
{
    idp_stop(idp);
}

/* ask asks with an Authorization value (or NULL); a new reference. */
static json_t *ask(const char *method, const char *path, const char *authorization, int *status)
{
    char headers[4096] = "";
    if (authorization) {
        (void)snprintf(headers, sizeof headers, "Authorization: %s\r\n", authorization);
    }
    const struct wire_answer *answer =
        mock_ask(idp, method, path, headers, strcmp(method, "POST") == 0 ? "" : NULL);
    json_t *json = json_loads(answer->body, 0, NULL);
    ck_assert_msg(json != NULL, "%d %s", answer->status, answer->body);
    *status = answer->status;
    return json;
}

static char *credentials(const char *scheme, const json_t *answer, const char *name)
{
    char *text = NULL;
    ck_assert_int_gt(asprintf(&text, "%s %s", scheme, text_at(answer, name)), 0);
    return text;
}

static char *bearer_of(const json_t *answer, const char *name)
{
    return credentials("Bearer", answer, name);
}

START_TEST(it_says_whom_the_id_token_means)
{
    /* RFC 9110 §11.1: the name of a scheme is in any case */
    static const char *const rows[][3] = {{"GET", "/oidc/userinfo", "Bearer"},
                                          {"GET", "/oidc/userinfo", "bearer"},
                                          {"POST", "/oidc/userinfo", "Bearer"},
                                          {"GET", "/contoso.test/openid/userinfo", "Bearer"},
                                          {"POST", "/contoso.test/openid/userinfo", "Bearer"}};
    int status = 0;
    json_t *tokens = mock_form(idp, TOKEN, USER "&scope=openid+profile+email", NULL);
    json_t *claims = token_json(text_at(tokens, "id_token"), 1);
    char *bearer = credentials(rows[_i][2], tokens, "access_token");
    json_t *info = ask(rows[_i][0], rows[_i][1], bearer, &status);
    ck_assert_int_eq(status, 200);
    ck_assert_str_eq(text_at(info, "sub"), text_at(claims, "sub"));
    ck_assert_str_eq(text_at(info, "name"), "Alice");
    ck_assert_str_eq(text_at(info, "family_name"), "Anders");
    ck_assert_str_eq(text_at(info, "given_name"), "Alice");
    ck_assert_str_eq(text_at(info, "email"), "alice@contoso.test");
    ck_assert_str_eq(text_at(info, "picture"), "https://graph.microsoft.com/v1.0/me/photo/$value");
    json_decref(info);
    json_decref(claims);
    json_decref(tokens);
    free(bearer);
}
END_TEST

/* Bob has no address. */
START_TEST(an_account_without_an_address_has_its_name)
{
    int status = 0;
    json_t *tokens =
        mock_form(idp, TOKEN, NATIVE AS("bob@contoso.test") "&scope=openid+email", NULL);
    char *bearer = bearer_of(tokens, "access_token");
    json_t *info = ask("GET", "/oidc/userinfo", bearer, &status);
    ck_assert_str_eq(text_at(info, "email"), "bob@contoso.test");
    json_decref(info);
    json_decref(tokens);
    free(bearer);
}
END_TEST

START_TEST(with_openid_alone_it_says_sub_alone)
{
    int status = 0;
    json_t *tokens = mock_form(idp, TOKEN, USER "&scope=openid", NULL);
    char *bearer = bearer_of(tokens, "access_token");
    json_t *info = ask("GET", "/oidc/userinfo", bearer, &status);
    ck_assert_uint_eq(json_object_size(info), 1);
    json_decref(info);
    json_decref(tokens);
    free(bearer);
}
END_TEST

static const struct {
    const char *reason;
    const char *scope;
    const char *token; /* member of the answer, or a value of the header; NULL: none */
    bool member;
    int later; /* seconds */
    const char *message;
} refusals[] = {
    {"no token", "openid", NULL, false, 0, "Access token is empty."},
    {"another scheme", "openid", "Basic eA==", false, 0, "Access token is empty."},
    {"no JWT", "openid", "Bearer x", false, 0, "CompactToken parsing failed."},
    {"a token for an API", "openid+api://auth-test/access_as_user", "access_token", true, 0,
     "Access token validation failure. Invalid audience."},
    {"an ID token", "openid", "id_token", true, 0,
     "Access token validation failure. Invalid audience."},
    {"without openid", "User.Read", "access_token", true, 0,
     "The token lacks the scope openid, or is no user's."},
    {"expired", "openid", "access_token", true, 7200,
     "Lifetime validation failed, the token is expired."},
};

START_TEST(other_tokens_are_refused)
{
    int status = 0;
    char form[400];
    char advance[40];
    (void)snprintf(form, sizeof form, "%s&scope=%s", USER, refusals[_i].scope);
    (void)snprintf(advance, sizeof advance, "{'seconds':%d}", refusals[_i].later);
    json_t *tokens = mock_form(idp, TOKEN, form, NULL);
    json_decref(mock_admin(idp, "POST", "/_admin/clock/advance", advance, NULL));
    char *bearer = refusals[_i].member  ? bearer_of(tokens, refusals[_i].token)
                   : refusals[_i].token ? strdup(refusals[_i].token)
                                        : NULL;
    json_t *answer = ask("GET", "/oidc/userinfo", bearer, &status);
    const json_t *error = json_object_get(answer, "error");
    ck_assert_int_eq(status, 401);
    ck_assert_str_eq(text_at(error, "code"), "InvalidAuthenticationToken");
    ck_assert_msg(strcmp(text_at(error, "message"), refusals[_i].message) == 0, "%s: %s",
                  refusals[_i].reason, text_at(error, "message"));
    json_decref(answer);
    json_decref(tokens);
    free(bearer);
}
END_TEST

START_TEST(a_tenants_endpoint_is_for_its_tokens)
{
    static const struct {
        const char *path;
        int status;
        const char *text;
    } rows[] = {{"/fabrikam.test/openid/userinfo", 401, "The token is of another tenant."},
                {"/nobody.test/openid/userinfo", 400, "AADSTS90002"},
                {"/common/openid/userinfo", 200, "\"sub\""}};
    char headers[4096];
    json_t *tokens = mock_form(idp, TOKEN, USER "&scope=openid", NULL);
    (void)snprintf(headers, sizeof headers, "Authorization: Bearer %s\r\n",
                   text_at(tokens, "access_token"));
    const struct wire_answer *answer = mock_ask(idp, "GET", rows[_i].path, headers, NULL);
    ck_assert_msg(answer->status == rows[_i].status && strstr(answer->body, rows[_i].text), "%d %s",
                  answer->status, answer->body);
    json_decref(tokens);
}
END_TEST

START_TEST(a_page_may_ask)
{
    static const char *const paths[] = {"/oidc/userinfo", "/contoso.test/openid/userinfo"};
    const struct wire_answer *answer =
        mock_ask(idp, "OPTIONS", paths[_i],
                 "Origin: http://localhost:5173\r\nAccess-Control-Request-Method: GET\r\n"
                 "Access-Control-Request-Headers: authorization\r\n",
                 NULL);
    ck_assert_int_eq(answer->status, 200);
    ck_assert(wire_header(answer, "Access-Control-Allow-Headers: authorization"));
    ck_assert(wire_header(answer, "Access-Control-Allow-Methods: GET"));
}
END_TEST

/* ---- signing out ---- */

static const struct {
    const char *reason;
    const char *path;
    const char *location; /* NULL: a page */
} logouts[] = {
    {"without an address", LOGOUT, NULL},
    {"to an address of nobody's", LOGOUT "?post_logout_redirect_uri=https://evil.test/", NULL},
    {"to another app's",
     LOGOUT "?post_logout_redirect_uri=http://localhost:5000/callback"
            "&client_id=c0ffee00-0000-4000-8000-0000000000e1",
     NULL},
    {"of the other tenant",
     "/fabrikam.test/oauth2/v2.0/logout"
     "?post_logout_redirect_uri=http://localhost:5000/callback",
     NULL},
    {"to a registered one", LOGOUT "?post_logout_redirect_uri=http://localhost:5000/callback",
     "http://localhost:5000/callback"},
    {"with the state",
     LOGOUT "?post_logout_redirect_uri=http://localhost:5000/callback&state=a%26b",
     "http://localhost:5000/callback?state=a%26b"},
    {"at the v1 endpoint",
     "/contoso.test/oauth2/logout?post_logout_redirect_uri=http://localhost:5173/",
     "http://localhost:5173/"},
    {"at common",
     "/common/oauth2/v2.0/logout?post_logout_redirect_uri=http://localhost:5000/callback",
     "http://localhost:5000/callback"},
};

START_TEST(who_signs_out_goes_back_where_the_app_says)
{
    char cookie[300];
    const struct wire_answer *answer = mock_ask(idp, "GET", AUTHORIZE, "", NULL);
    char *set = browser_header(answer, "Set-Cookie");
    (void)snprintf(cookie, sizeof cookie, "Cookie: %.*s\r\n", (int)strcspn(set, ";"), set);
    free(set);
    answer = mock_ask(idp, "GET", logouts[_i].path, cookie, NULL);
    char *location = browser_header(answer, "Location");
    ck_assert_msg(!location == !logouts[_i].location &&
                      (!location || strcmp(location, logouts[_i].location) == 0),
                  "%s: %s", logouts[_i].reason, location ? location : "a page");
    ck_assert_msg(location || strstr(answer->body, "You signed out"), "%s", logouts[_i].reason);
    set = browser_header(answer, "Set-Cookie");
    ck_assert(set && strstr(set, "Max-Age=0"));
    free(set);
    free(location);
}
END_TEST

START_TEST(a_session_that_ended_is_nobodys)
{
    char cookie[300];
    const struct wire_answer *answer = mock_ask(idp, "GET", AUTHORIZE, "", NULL);
    char *set = browser_header(answer, "Set-Cookie");
    char *location = browser_header(answer, "Location");
    char *first = browser_parameter(location, "session_state");
    (void)snprintf(cookie, sizeof cookie, "Cookie: %.*s\r\n", (int)strcspn(set, ";"), set);
    free(location);
    (void)mock_ask(idp, "GET", LOGOUT, cookie, NULL);
    answer = mock_ask(idp, "GET", AUTHORIZE, cookie, NULL);
    location = browser_header(answer, "Location");
    char *second = browser_parameter(location, "session_state");
    ck_assert_str_ne(first, second);
    free(second);
    free(location);
    free(first);
    free(set);
}
END_TEST

START_TEST(native_apps_have_a_place_to_end)
{
    const struct wire_answer *answer =
        mock_ask(idp, "GET", "/common/oauth2/nativeclient?code=x", "", NULL);
    ck_assert_int_eq(answer->status, 200);
    ck_assert_ptr_nonnull(strstr(answer->body, "<h1>Signed in</h1>"));
    ck_assert_ptr_nonnull(strstr(answer->body, "You may close this window."));
    answer = mock_ask(idp, "GET", "/common/oauth2/nativeclient?error=access_denied", "", NULL);
    ck_assert_ptr_nonnull(strstr(answer->body, "<h1>Not signed in</h1>"));
}
END_TEST

START_TEST(signing_out_of_no_tenant_is_refused_on_a_page)
{
    const struct wire_answer *answer =
        mock_ask(idp, "GET", "/nobody.test/oauth2/v2.0/logout", "", NULL);
    ck_assert_int_eq(answer->status, 400);
    ck_assert(wire_header(answer, "Content-Type: text/html"));
    ck_assert_ptr_nonnull(strstr(answer->body, "AADSTS90002"));
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("userinfo");
    TCase *tcase = tcase_create("userinfo and logout");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_loop_test(tcase, other_tokens_are_refused, 0, ROWS(refusals));
    tcase_add_loop_test(tcase, a_tenants_endpoint_is_for_its_tokens, 0, 3);
    tcase_add_loop_test(tcase, it_says_whom_the_id_token_means, 0, 5);
    tcase_add_test(tcase, an_account_without_an_address_has_its_name);
    tcase_add_test(tcase, with_openid_alone_it_says_sub_alone);
    tcase_add_loop_test(tcase, a_page_may_ask, 0, 2);
    tcase_add_loop_test(tcase, who_signs_out_goes_back_where_the_app_says, 0, ROWS(logouts));
    tcase_add_test(tcase, a_session_that_ended_is_nobodys);
    tcase_add_test(tcase, native_apps_have_a_place_to_end);
    tcase_add_test(tcase, signing_out_of_no_tenant_is_refused_on_a_page);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

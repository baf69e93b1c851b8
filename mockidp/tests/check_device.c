/* The device code flow: two codes, a page for the person, polling ("OAuth 2.0 device authorization
 * grant flow", RFC 8628). */
#include "mockidp/tests/support/browser.h"
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define V2 "/contoso.test/oauth2/v2.0/"
#define V1 "/contoso.test/oauth2/"
#define NATIVE "client_id=c0ffee00-0000-4000-8000-0000000000e1"
#define SPA "client_id=c0ffee00-0000-4000-8000-0000000000c1"
#define SCOPE "&scope=openid+profile+offline_access+api://auth-test/access_as_user"
#define URN "urn:ietf:params:oauth:grant-type:device_code"

static struct idp *idp;
static char device_code[100];
static char user_code[20];

static void start(void)
{
    idp = browser_start("page");
}

static void stop(void)
{
    idp_stop(idp);
}

static void ask_codes(const char *path)
{
    json_t *answer = mock_form(idp, path, NATIVE SCOPE, NULL);
    (void)snprintf(device_code, sizeof device_code, "%s", text_at(answer, "device_code"));
    (void)snprintf(user_code, sizeof user_code, "%s", text_at(answer, "user_code"));
    json_decref(answer);
}

static json_t *poll(const char *path, const char *grant, const char *rest)
{
    char form[600];
    (void)snprintf(form, sizeof form, "grant_type=%s&device_code=%s&%s", grant, device_code, rest);
    return mock_form(idp, path, form, NULL);
}

static void must_poll_at(const char *path, int code)
{
    json_t *answer = poll(path, URN, NATIVE);
    ck_assert_msg(mock_code(answer) == code, "not %d: %s", code,
                  text_at(answer, "error_description"));
    json_decref(answer);
}

static void must_poll(int code)
{
    must_poll_at(V2 "token", code);
}

/* visit opens the page and posts these fields. */
static const struct wire_answer *visit(const char *fields)
{
    char headers[300];
    char form[600];
    const struct wire_answer *page = mock_ask(idp, "GET", "/devicelogin", "", NULL);
    char *csrf = browser_field(page->body, "csrf");
    (void)snprintf(headers, sizeof headers, BROWSER_FORM "Cookie: mockidp_csrf=%s\r\n", csrf);
    (void)snprintf(form, sizeof form, "csrf=%s&code=%s%s", csrf, user_code, fields);
    free(csrf);
    return mock_ask(idp, "POST", "/devicelogin", headers, form);
}

#define ALLOW "&allow=1&username=alice@contoso.test&password=Passw0rd!"

START_TEST(a_device_gets_two_codes)
{
    static const struct {
        const char *path;
        const char *form;
        const char *names;
        const char *times; /* expires_in, interval */
    } rows[] = {{V2 "devicecode", NATIVE SCOPE,
                 "user_code device_code verification_uri expires_in interval message", "[900, 5]"},
                {V1 "devicecode", NATIVE "&resource=api://legacy",
                 "user_code device_code verification_url expires_in interval message",
                 "['900', '5']"}};
    int status = 0;
    char names[200] = "";
    const char *name = NULL;
    json_t *value = NULL;
    json_t *answer = mock_form(idp, rows[_i].path, rows[_i].form, &status);
    ck_assert_int_eq(status, 200);
    json_object_foreach(answer, name, value)
    {
        size_t used = strlen(names);
        (void)snprintf(names + used, sizeof names - used, "%s%s", used ? " " : "", name);
    }
    ck_assert_str_eq(names, rows[_i].names);
    ck_assert_uint_eq(strlen(text_at(answer, "user_code")), 9);
    ck_assert_ptr_nonnull(strstr(text_at(answer, "message"), text_at(answer, "user_code")));
    json_t *times = json_pack("[O, O]", json_object_get(answer, "expires_in"),
                              json_object_get(answer, "interval"));
    json_t *want = kitchen_json(rows[_i].times);
    ck_assert(json_equal(times, want));
    json_decref(want);
    json_decref(times);
    json_decref(answer);
}
END_TEST

static const struct {
    const char *reason;
    const char *path;
    const char *form;
    int code;
} refusals[] = {
    {"an unknown tenant", "/nobody.test/oauth2/v2.0/devicecode", NATIVE SCOPE, 90002},
    {"no client", V2 "devicecode", SCOPE, 900144},
    {"an unknown client", V2 "devicecode", "client_id=x" SCOPE, 700016},
    {"a client that may not", V2 "devicecode", SPA SCOPE, 7000218},
    {"no scope", V2 "devicecode", NATIVE, 900144},
    {"no scope at common", "/common/oauth2/v2.0/devicecode", NATIVE, 900144},
    {"a scope of nothing", V2 "devicecode", NATIVE "&scope=api://auth-test/x", 70011},
    {"no resource at the v1 endpoint", V1 "devicecode", NATIVE, 900144},
};

START_TEST(requests_are_refused_with_their_number)
{
    json_t *answer = mock_form(idp, refusals[_i].path, refusals[_i].form, NULL);
    ck_assert_msg(mock_code(answer) == refusals[_i].code, "%s: %s", refusals[_i].reason,
                  text_at(answer, "error_description"));
    json_decref(answer);
}
END_TEST

START_TEST(it_waits_until_a_person_allows_it_and_then_once)
{
    static const char *const paths[][2] = {
        {V2 "devicecode", V2 "token"},
        {"/common/oauth2/v2.0/devicecode", "/common/oauth2/v2.0/token"}};
    static const char *const grants[] = {URN, "device_code"};
    ask_codes(paths[_i][0]);
    json_t *answer = poll(paths[_i][1], URN, NATIVE);
    ck_assert_int_eq(mock_code(answer), 70016);
    ck_assert_str_eq(text_at(answer, "error"), "authorization_pending");
    json_decref(answer);
    ck_assert_ptr_nonnull(strstr(visit("")->body, "Native app"));
    ck_assert_ptr_nonnull(strstr(visit(ALLOW)->body, "You have signed in"));
    answer = poll(paths[_i][1], grants[_i], NATIVE "&client_info=1");
    ck_assert_str_eq(text_at(answer, "scope"), "api://auth-test/access_as_user openid profile");
    ck_assert_ptr_nonnull(json_object_get(answer, "refresh_token"));
    json_t *claims = token_json(text_at(answer, "id_token"), 1);
    ck_assert_str_eq(text_at(claims, "preferred_username"), "alice@contoso.test");
    json_decref(claims);
    json_decref(answer);
    must_poll(70018);
    ck_assert_ptr_nonnull(strstr(visit(ALLOW)->body, "That code did not work"));
    json_decref(mock_admin(idp, "POST", "/_admin/clock/advance", "{'seconds':86400}", NULL));
    must_poll(70020); /* long forgotten */
}
END_TEST

/* Personal accounts are no part of organizations. */
START_TEST(organizations_is_not_for_personal_accounts)
{
    static const struct {
        const char *segment;
        const char *shown;
    } rows[] = {{"common", "You have signed in"}, {"organizations", "password is incorrect"}};
    char path[80];
    (void)snprintf(path, sizeof path, "/%s/oauth2/v2.0/devicecode", rows[_i].segment);
    ask_codes(path);
    const char *body = visit("&allow=1&username=pat@outlook.test&password=Passw0rd!")->body;
    ck_assert_msg(strstr(body, rows[_i].shown) != NULL, "%s: %s", rows[_i].segment, body);
}
END_TEST

START_TEST(many_polls_are_no_reason_to_slow_down)
{
    ask_codes(V2 "devicecode");
    for (int i = 0; i < 20; i++) {
        must_poll(70016);
    }
}
END_TEST

/* The device hears of it even when it asks late. */
START_TEST(a_person_may_cancel)
{
    ask_codes(V2 "devicecode");
    ck_assert_ptr_nonnull(strstr(visit("&cancel=1")->body, "You have cancelled"));
    json_decref(mock_admin(idp, "POST", "/_admin/clock/advance",
                           _i ? "{'seconds':900}" : "{'seconds':0}", NULL));
    json_t *answer = poll(V2 "token", URN, NATIVE);
    ck_assert_str_eq(text_at(answer, "error"), "authorization_declined");
    json_decref(answer);
}
END_TEST

static const struct {
    const char *reason;
    const char *fields;
    const char *shown;
} answers[] = {
    {"a wrong password", "&allow=1&username=alice@contoso.test&password=x",
     "account or password is incorrect"},
    {"an unknown account", "&allow=1&username=x&password=x", "account or password is incorrect"},
    {"the other tenant's", "&allow=1&username=carol@fabrikam.test&password=Passw0rd!",
     "account or password is incorrect"},
    {"a disabled account", "&allow=1&username=disabled@contoso.test&password=Passw0rd!",
     "AADSTS50057"},
};

START_TEST(other_answers_ask_again)
{
    ask_codes(V2 "devicecode");
    const struct wire_answer *answer = visit(answers[_i].fields);
    ck_assert_msg(strstr(answer->body, answers[_i].shown) != NULL, "%s: %s", answers[_i].reason,
                  answer->body);
    must_poll(70016);
}
END_TEST

START_TEST(codes_expire)
{
    static const char *const paths[][2] = {
        {V2 "devicecode", V2 "token"},
        {"/common/oauth2/v2.0/devicecode", "/common/oauth2/v2.0/token"}};
    ask_codes(paths[_i][0]);
    json_decref(mock_admin(idp, "POST", "/_admin/clock/advance", "{'seconds':899}", NULL));
    must_poll_at(paths[_i][1], 70016);
    json_decref(mock_admin(idp, "POST", "/_admin/clock/advance", "{'seconds':1}", NULL));
    must_poll_at(paths[_i][1], 70020);
    ck_assert_ptr_nonnull(strstr(visit(ALLOW)->body, "That code did not work"));
}
END_TEST

START_TEST(strangers_poll_in_vain)
{
    static const struct {
        const char *path;
        const char *rest;
        int code;
    } rows[] = {{V2 "token", SPA, 70000},
                {"/fabrikam.test/oauth2/v2.0/token", NATIVE, 700005},
                {V2 "token", NATIVE "&client_secret=x", 700025}};
    ask_codes(V2 "devicecode");
    json_t *answer = poll(rows[_i].path, URN, rows[_i].rest);
    ck_assert_int_eq(mock_code(answer), rows[_i].code);
    json_decref(answer);
    (void)snprintf(device_code, sizeof device_code, "1.Dnothing");
    must_poll(70018);
}
END_TEST

/* ADAL sends the code of the v1 endpoint as `code`, and under no other name. */
START_TEST(the_v1_endpoint_knows_it_as_code)
{
    static const struct {
        const char *codes;
        const char *token;
        int code;
    } rows[] = {{V1 "devicecode", V1 "token", 0},
                {"/common/oauth2/devicecode", "/common/oauth2/token", 0},
                {V2 "devicecode", V2 "token", 900144},
                {"/common/oauth2/v2.0/devicecode", "/common/oauth2/v2.0/token", 900144}};
    char form[600];
    bool v1 = rows[_i].code == 0;
    json_t *codes =
        mock_form(idp, rows[_i].codes, v1 ? NATIVE "&resource=api://legacy" : NATIVE SCOPE, NULL);
    (void)snprintf(user_code, sizeof user_code, "%s", text_at(codes, "user_code"));
    ck_assert_ptr_nonnull(strstr(visit(ALLOW)->body, "You have signed in"));
    (void)snprintf(form, sizeof form, "grant_type=device_code&" NATIVE "&code=%s",
                   text_at(codes, "device_code"));
    json_t *answer = mock_form(idp, rows[_i].token, form, NULL);
    ck_assert_msg(mock_code(answer) == rows[_i].code, "%s: %s", rows[_i].token,
                  text_at(answer, "error_description"));
    ck_assert_str_eq(text_at(answer, "resource"), v1 ? "api://legacy" : "(none)");
    json_decref(answer);
    json_decref(codes);
}
END_TEST

START_TEST(another_sites_form_is_refused)
{
    ask_codes(V2 "devicecode");
    const struct wire_answer *answer =
        mock_ask(idp, "POST", "/devicelogin", BROWSER_FORM, "csrf=x&code=x" ALLOW);
    ck_assert_int_eq(answer->status, 403);
    must_poll(70016);
}
END_TEST

START_TEST(with_auto_it_is_allowed_at_once)
{
    struct idp *page = idp;
    idp = browser_start("auto:bob");
    ask_codes(V2 "devicecode");
    json_t *answer = poll(V2 "token", URN, NATIVE);
    json_t *claims = token_json(text_at(answer, "access_token"), 1);
    ck_assert_str_eq(text_at(claims, "preferred_username"), "bob@contoso.test");
    json_decref(claims);
    json_decref(answer);
    idp_stop(idp);
    idp = page;
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("device");
    TCase *tcase = tcase_create("codes");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_loop_test(tcase, requests_are_refused_with_their_number, 0, ROWS(refusals));
    tcase_add_loop_test(tcase, strangers_poll_in_vain, 0, 3);
    tcase_add_loop_test(tcase, the_v1_endpoint_knows_it_as_code, 0, 4);
    tcase_add_test(tcase, another_sites_form_is_refused);
    tcase_add_loop_test(tcase, other_answers_ask_again, 0, ROWS(answers));
    tcase_add_loop_test(tcase, codes_expire, 0, 2);
    tcase_add_loop_test(tcase, organizations_is_not_for_personal_accounts, 0, 2);
    tcase_add_loop_test(tcase, a_person_may_cancel, 0, 2);
    tcase_add_test(tcase, many_polls_are_no_reason_to_slow_down);
    tcase_add_loop_test(tcase, a_device_gets_two_codes, 0, 2);
    tcase_add_loop_test(tcase, it_waits_until_a_person_allows_it_and_then_once, 0, 2);
    tcase_add_test(tcase, with_auto_it_is_allowed_at_once);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

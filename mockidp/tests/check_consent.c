/* Consent: who has agreed to what, where it is asked for, and how an administrator agrees for all
 * ("Permissions and consent in the Microsoft identity platform"). */
#include "mockidp/tests/support/demo.h"
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"
#include "mockidp/tests/support/scratch.h"
#include "mockidp/tests/support/visitor.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define V2 "/contoso.test/oauth2/v2.0/"
#define V1 "/contoso.test/oauth2/"
#define NATIVE "client_id=c0ffee00-0000-4000-8000-0000000000e1"
#define WEB "client_id=c0ffee00-0000-4000-8000-0000000000b1"
#define CALLBACK "&redirect_uri=http://localhost:5000/callback"
#define AS(user) "&grant_type=password&username=" user "@contoso.test&password=Passw0rd!"
#define READ "&scope=api://auth-test/read"
#define SIGN_IN "&username=alice%40contoso.test&password=Passw0rd!"

static struct idp *idp;
static char *dir;

/* The demo directory, where the API has two scopes, the native app may have one of them, and the
 * web app nothing yet. */
static struct idp *open_directory(const char *sign_in, const char *consent_error)
{
    const struct idp_options options = {
        .listen = "127.0.0.1:0", .clock = KITCHEN_TIME, .seed = "mock", .sign_in = sign_in};
    json_t *demo = demo_json();
    dir = scratch_make();
    demo_set(demo_app(demo, "auth-test"), "scopes", "['read','write']");
    demo_set(demo_app(demo, "native"), "consented", "{'auth-test':['read'],'graph':['User.Read']}");
    demo_set(demo_app(demo, "web"), "consented", "{}");
    if (consent_error) {
        json_object_set_new(demo, "consent_error", json_string(consent_error));
    }
    return demo_start(demo, dir, &options);
}

static void start(void)
{
    idp = open_directory("page", NULL);
}

static void stop(void)
{
    idp_stop(idp);
    scratch_remove(dir);
}

static int code_of(const json_t *answer)
{
    return (int)json_integer_value(json_array_get(json_object_get(answer, "error_codes"), 0));
}

/* ---- the token endpoint ---- */

static const struct {
    const char *reason;
    const char *path;
    const char *form;
    int code;         /* 0: granted */
    const char *word; /* scp, or error */
} rows[] = {
    {"what the directory says", V2 "token", NATIVE AS("bob") READ, 0, "read"},
    {"Microsoft Graph, too", V2 "token", NATIVE AS("bob") "&scope=User.Read+openid", 0,
     "User.Read openid"},
    {"OpenID Connect's need none", V2 "token",
     WEB AS("bob") "&client_secret=web-secret"
                   "&scope=openid+profile+email+offline_access",
     0, "openid profile email"},
    {"another scope", V2 "token", NATIVE AS("bob") "&scope=api://auth-test/write", 65001,
     "invalid_grant"},
    {"one of two", V2 "token", NATIVE AS("bob") READ "+api://auth-test/write", 65001,
     "invalid_grant"},
    {"of .default what there is", V2 "token", NATIVE AS("bob") "&scope=api://auth-test/.default", 0,
     "read"},
    {"of .default nothing", V2 "token", NATIVE AS("bob") "&scope=api://legacy/.default", 65001,
     "invalid_grant"},
    {"another scope of Graph", V2 "token", NATIVE AS("bob") "&scope=Mail.Read", 65001,
     "invalid_grant"},
    {"v1: what there is", V1 "token", NATIVE AS("bob") "&resource=api://auth-test", 0, "read"},
    {"v1: nothing", V1 "token", NATIVE AS("bob") "&resource=api://legacy", 65001,
     "interaction_required"},
};

START_TEST(tokens_need_consent)
{
    json_t *answer = mock_form(idp, rows[_i].path, rows[_i].form, NULL);
    const char *text = text_at(answer, "error_description");
    ck_assert_msg(code_of(answer) == rows[_i].code, "%s: %s", rows[_i].reason, text);
    if (rows[_i].code) {
        ck_assert_msg(strcmp(text_at(answer, "error"), rows[_i].word) == 0, "%s: %s",
                      rows[_i].reason, text_at(answer, "error"));
        ck_assert_str_eq(text_at(answer, "suberror"), "consent_required");
        ck_assert_ptr_nonnull(
            strstr(text, "with ID 'c0ffee00-0000-4000-8000-0000000000e1' named 'Native app'"));
    } else {
        json_t *claims = token_json(text_at(answer, "access_token"), 1);
        ck_assert_msg(strcmp(text_at(claims, "scp"), rows[_i].word) == 0, "%s: %s", rows[_i].reason,
                      text_at(claims, "scp"));
        json_decref(claims);
    }
    json_decref(answer);
}
END_TEST

/* ---- /authorize ---- */

#define AUTHORIZE V2 "authorize?" WEB CALLBACK READ "+openid&response_type=code&state=s"

/* redeem returns the answer to the code in that URL. */
static json_t *redeem(const char *location)
{
    char form[1200];
    char *code = browser_parameter(location, "code");
    ck_assert_msg(code != NULL, "%s", location);
    (void)snprintf(form, sizeof form,
                   WEB CALLBACK "&client_secret=web-secret&grant_type=authorization_code&code=%s",
                   code);
    free(code);
    return mock_form(idp, V2 "token", form, NULL);
}

START_TEST(a_user_is_asked_once)
{
    struct visitor v = {.idp = idp};
    const struct wire_answer *page = visitor_answer(&v, visitor_open(&v, AUTHORIZE), SIGN_IN);
    visitor_must_show(page, "Permissions requested");
    visitor_must_show(page, "api://auth-test/read");
    char *location = visitor_arrives(visitor_answer(&v, page, "&accept=1"));
    json_t *answer = redeem(location);
    json_t *claims = token_json(text_at(answer, "access_token"), 1);
    ck_assert_str_eq(text_at(claims, "scp"), "read");
    json_decref(claims);
    json_decref(answer);
    free(location);
    free(visitor_arrives(visitor_open(&v, AUTHORIZE "&prompt=none")));
    location = visitor_arrives(visitor_open(&v, AUTHORIZE));
    json_decref(redeem(location));
    free(location);
    /* for something else again */
    visitor_must_show(visitor_open(&v, V2 "authorize?" WEB CALLBACK "&response_type=code"
                                          "&scope=api://auth-test/write"),
                      "Permissions requested");
}
END_TEST

START_TEST(who_declines_is_not_asked_for_a_token)
{
    struct visitor v = {.idp = idp};
    const struct wire_answer *page = visitor_answer(&v, visitor_open(&v, AUTHORIZE), SIGN_IN);
    char *location = visitor_arrives(visitor_answer(&v, page, "&cancel=1"));
    char *error = browser_parameter(location, "error");
    char *subcode = browser_parameter(location, "error_subcode");
    char *text = browser_parameter(location, "error_description");
    ck_assert_str_eq(error, "access_denied");
    ck_assert_str_eq(subcode, "cancel");
    ck_assert_ptr_nonnull(strstr(text, "AADSTS65004: "));
    free(text);
    free(subcode);
    free(error);
    free(location);
    visitor_must_show(visitor_open(&v, AUTHORIZE), "Permissions requested");
}
END_TEST

START_TEST(without_a_page_nobody_can_agree)
{
    static const char *const names[][2] = {{NULL, "interaction_required"},
                                           {"consent_required", "consent_required"}};
    stop();
    idp = open_directory("page", names[_i][0]);
    struct visitor v = {.idp = idp};
    visitor_must_show(visitor_answer(&v, visitor_open(&v, AUTHORIZE), SIGN_IN), "Permissions");
    char *location = visitor_arrives(visitor_open(&v, AUTHORIZE "&prompt=none"));
    char *error = browser_parameter(location, "error");
    char *suberror = browser_parameter(location, "suberror");
    char *text = browser_parameter(location, "error_description");
    ck_assert_str_eq(error, names[_i][1]);
    ck_assert_str_eq(suberror, "consent_required");
    ck_assert_ptr_nonnull(strstr(text, "AADSTS65001: "));
    free(text);
    free(suberror);
    free(error);
    free(location);
}
END_TEST

START_TEST(auto_agrees_for_the_user)
{
    stop();
    idp = open_directory("auto", NULL);
    char *code = browser_code(idp, AUTHORIZE);
    free(code);
    json_t *answer =
        mock_form(idp, V2 "token", WEB AS("alice") "&client_secret=web-secret" READ, NULL);
    ck_assert_int_eq(code_of(answer), 0);
    json_decref(answer);
    answer = mock_form(idp, V2 "token", WEB AS("bob") "&client_secret=web-secret" READ, NULL);
    ck_assert_int_eq(code_of(answer), 65001);
    json_decref(answer);
}
END_TEST

START_TEST(who_types_a_devices_code_agrees)
{
    char form[400];
    struct visitor v = {.idp = idp};
    json_t *device = mock_form(idp, V2 "devicecode", NATIVE "&scope=api://auth-test/write", NULL);
    (void)snprintf(form, sizeof form, "&code=%s", text_at(device, "user_code"));
    const struct wire_answer *page = visitor_answer(&v, visitor_open(&v, "/devicelogin"), form);
    visitor_must_show(visitor_answer(&v, page, SIGN_IN "&allow=1"), "You have signed in");
    (void)snprintf(form, sizeof form, NATIVE "&grant_type=device_code&device_code=%s",
                   text_at(device, "device_code"));
    json_t *answer = mock_form(idp, V2 "token", form, NULL);
    ck_assert_msg(code_of(answer) == 0, "%s", text_at(answer, "error_description"));
    json_decref(answer);
    json_decref(device);
}
END_TEST

/* ---- an administrator ---- */

#define ADMIN_V2                                                                                   \
    "/contoso.test/v2.0/adminconsent?" WEB CALLBACK "&state=s%26t"                                 \
    "&scope=api://auth-test/read%20User.Read"
#define ADMIN_V1 "/contoso.test/adminconsent?" WEB CALLBACK "&state=s%26t"

START_TEST(an_administrator_agrees_for_all)
{
    static const char *const forms[][2] = {
        {ADMIN_V2, "http://localhost:5000/callback?admin_consent=True&tenant=" CONTOSO
                   "&scope=api%3A%2F%2Fauth-test%2Fread%20User.Read&state=s%26t"},
        {ADMIN_V1,
         "http://localhost:5000/callback?tenant=" CONTOSO "&state=s%26t&admin_consent=True"},
        {"/organizations/v2.0/adminconsent?" WEB CALLBACK "&scope=api://auth-test/.default",
         "http://localhost:5000/callback?admin_consent=True&tenant=" CONTOSO
         "&scope=api%3A%2F%2Fauth-test%2F.default"},
    };
    struct visitor v = {.idp = idp};
    const struct wire_answer *page = visitor_open(&v, forms[_i][0]);
    visitor_must_show(page, "Review for your organization");
    char *location = visitor_arrives(visitor_answer(&v, page, SIGN_IN "&accept=1"));
    ck_assert_str_eq(location, forms[_i][1]);
    free(location);
    json_t *answer =
        mock_form(idp, V2 "token", WEB AS("bob") "&client_secret=web-secret" READ, NULL);
    ck_assert_int_eq(code_of(answer), 0);
    json_decref(answer);
    /* v1 gives everything that the app may ask for, v2 what was named */
    answer = mock_form(idp, V2 "token",
                       WEB AS("bob") "&client_secret=web-secret&scope=api://auth-test/write", NULL);
    ck_assert_int_eq(code_of(answer), _i == 0 ? 65001 : 0);
    json_decref(answer);
    /* nobody is asked any more */
    page = visitor_open(&v, AUTHORIZE);
    free(visitor_arrives(
        visitor_answer(&v, page, "&username=bob%40contoso.test&password=Passw0rd!")));
}
END_TEST

START_TEST(an_administrator_may_refuse)
{
    struct visitor v = {.idp = idp};
    const struct wire_answer *page = visitor_open(&v, _i == 0 ? ADMIN_V2 : ADMIN_V1);
    char *location = visitor_arrives(visitor_answer(&v, page, "&cancel=1"));
    ck_assert_str_eq(location,
                     "http://localhost:5000/callback?error=permission_denied"
                     "&error_description=The%20admin%20canceled%20the%20request&state=s%26t");
    free(location);
    json_t *answer =
        mock_form(idp, V2 "token", WEB AS("bob") "&client_secret=web-secret" READ, NULL);
    ck_assert_int_eq(code_of(answer), 65001);
    json_decref(answer);
}
END_TEST

START_TEST(only_an_administrator_agrees_for_all)
{
    static const char *const people[][2] = {
        {"&username=bob%40contoso.test&password=Passw0rd!", "AADSTS90094"},
        {"&username=alice%40contoso.test&password=x", "incorrect"},
        {"&username=carol%40fabrikam.test&password=Passw0rd!", "incorrect"},
        {"", "incorrect"}};
    char more[200];
    struct visitor v = {.idp = idp};
    (void)snprintf(more, sizeof more, "%s&accept=1", people[_i][0]);
    visitor_must_show(visitor_answer(&v, visitor_open(&v, ADMIN_V2), more), people[_i][1]);
}
END_TEST

START_TEST(another_sites_form_is_refused)
{
    const struct wire_answer *answer =
        mock_ask(idp, "POST", ADMIN_V2, BROWSER_FORM, "accept=1" SIGN_IN);
    ck_assert_int_eq(answer->status, 403);
}
END_TEST

START_TEST(requests_are_refused_with_a_page)
{
    static const char *const bad[][2] = {
        {"/nobody.test/v2.0/adminconsent?" WEB CALLBACK "&scope=x", "AADSTS90002"},
        {"/contoso.test/v2.0/adminconsent?x=1", "AADSTS900144"},
        {"/contoso.test/v2.0/adminconsent?client_id=x", "AADSTS700016"},
        {"/contoso.test/v2.0/adminconsent?" WEB "&scope=x", "AADSTS900971"},
        {"/contoso.test/v2.0/adminconsent?" WEB "&redirect_uri=https://evil.test/&scope=x",
         "AADSTS50011"},
        {"/contoso.test/v2.0/adminconsent?" WEB CALLBACK, "AADSTS900144"},
    };
    const struct wire_answer *answer = mock_ask(idp, "GET", bad[_i][0], "", NULL);
    ck_assert_msg(answer->status == 400 && strstr(answer->body, bad[_i][1]), "%d %s",
                  answer->status, answer->body);
    ck_assert(!wire_header(answer, "Location"));
}
END_TEST

START_TEST(auto_agrees_as_the_administrator)
{
    stop();
    idp = open_directory("auto", NULL);
    struct visitor v = {.idp = idp};
    free(visitor_arrives(visitor_open(&v, ADMIN_V1)));
    json_t *answer =
        mock_form(idp, V2 "token", WEB AS("bob") "&client_secret=web-secret" READ, NULL);
    ck_assert_int_eq(code_of(answer), 0);
    json_decref(answer);
}
END_TEST

/* Of an app whose registration lists what it may ask for, v1 gives that. */
START_TEST(v1_gives_what_the_registration_lists)
{
    const struct idp_options options = {
        .listen = "127.0.0.1:0", .clock = KITCHEN_TIME, .seed = "mock", .sign_in = "auto"};
    json_t *demo = demo_json();
    stop();
    dir = scratch_make();
    demo_set(demo_app(demo, "auth-test"), "scopes", "['read','write']");
    demo_set(demo_app(demo, "web"), "consented", "{}");
    demo_set(demo_app(demo, "web"), "requests", "{'auth-test':['read']}");
    idp = demo_start(demo, dir, &options);
    struct visitor v = {.idp = idp};
    free(visitor_arrives(visitor_open(&v, ADMIN_V1)));
    json_t *answer =
        mock_form(idp, V2 "token",
                  WEB AS("bob") "&client_secret=web-secret&scope=api://auth-test/.default", NULL);
    json_t *claims = token_json(text_at(answer, "access_token"), 1);
    ck_assert_str_eq(text_at(claims, "scp"), "read");
    json_decref(claims);
    json_decref(answer);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("consent");
    TCase *tcase = tcase_create("consent");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, tokens_need_consent, 0, ROWS(rows));
    tcase_add_test(tcase, a_user_is_asked_once);
    tcase_add_test(tcase, who_declines_is_not_asked_for_a_token);
    tcase_add_loop_test(tcase, without_a_page_nobody_can_agree, 0, 2);
    tcase_add_test(tcase, auto_agrees_for_the_user);
    tcase_add_test(tcase, who_types_a_devices_code_agrees);
    tcase_add_loop_test(tcase, an_administrator_agrees_for_all, 0, 3);
    tcase_add_loop_test(tcase, an_administrator_may_refuse, 0, 2);
    tcase_add_loop_test(tcase, only_an_administrator_agrees_for_all, 0, 4);
    tcase_add_test(tcase, another_sites_form_is_refused);
    tcase_add_loop_test(tcase, requests_are_refused_with_a_page, 0, 6);
    tcase_add_test(tcase, auto_agrees_as_the_administrator);
    tcase_add_test(tcase, v1_gives_what_the_registration_lists);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

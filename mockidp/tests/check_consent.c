/* Consent: who has agreed to what, and where it is asked for ("Permissions and consent in the
 * Microsoft identity platform"). How an administrator agrees: check_admin_consent. */
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
    json_t *demo = demo_json();
    demo_set(demo_app(demo, "auth-test"), "scopes", "['read','write']");
    demo_set(demo_app(demo, "native"), "consented", "{'auth-test':['read'],'graph':['User.Read']}");
    demo_set(demo_app(demo, "web"), "consented", "{}");
    if (consent_error) {
        json_object_set_new(demo, "consent_error", json_string(consent_error));
    }
    return demo_open(demo, sign_in, &dir);
}

static void start(void)
{
    idp = open_directory("page", NULL);
}

static void stop(void)
{
    demo_close(idp, dir);
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
    ck_assert_msg(mock_code(answer) == rows[_i].code, "%s: %s", rows[_i].reason, text);
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

/* Of a service in the middle nobody is there to ask: the app in front has to. */
START_TEST(on_behalf_of_needs_consent_too)
{
    char form[6000];
    json_t *demo = demo_json();
    stop();
    demo_set(demo_app(demo, "auth-test"), "consented", "{'graph':['User.Read']}");
    idp = demo_open(demo, NULL, &dir);
    json_t *first =
        mock_form(idp, V2 "token", NATIVE AS("bob") "&scope=api://auth-test/access_as_user", NULL);
    static const struct {
        const char *scope;
        int code;
    } scopes[] = {{"User.Read", 0}, {"api://legacy/user_impersonation", 65001}};
    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(form, sizeof form,
                       "client_id=c0ffee00-0000-4000-8000-0000000000a1"
                       "&client_secret=auth-test-secret&requested_token_use=on_behalf_of"
                       "&grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&scope=%s"
                       "&assertion=%s",
                       scopes[i].scope, text_at(first, "access_token"));
        json_t *answer = mock_form(idp, V2 "token", form, NULL);
        ck_assert_msg(mock_code(answer) == scopes[i].code, "%s: %s", scopes[i].scope,
                      text_at(answer, "error_description"));
        ck_assert_str_eq(text_at(answer, "suberror"),
                         scopes[i].code ? "consent_required" : "(none)");
        json_decref(answer);
    }
    json_decref(first);
}
END_TEST

/* ---- /authorize ---- */

#define AUTHORIZE V2 "authorize?" WEB CALLBACK READ "+openid&response_type=code&state=s"

START_TEST(a_user_is_asked_once)
{
    struct visitor v = {.idp = idp};
    const struct wire_answer *page = visitor_answer(&v, visitor_open(&v, AUTHORIZE), SIGN_IN);
    visitor_must_show(page, "Permissions requested");
    visitor_must_show(page, "api://auth-test/read");
    char *location = visitor_arrives(visitor_answer(&v, page, "&accept=1"));
    json_t *answer = browser_redeem(idp, location);
    json_t *claims = token_json(text_at(answer, "access_token"), 1);
    ck_assert_str_eq(text_at(claims, "scp"), "read");
    json_decref(claims);
    json_decref(answer);
    free(location);
    free(visitor_arrives(visitor_open(&v, AUTHORIZE "&prompt=none")));
    location = visitor_arrives(visitor_open(&v, AUTHORIZE));
    json_decref(browser_redeem(idp, location));
    free(location);
    /* for something else again */
    visitor_must_show(visitor_open(&v, V2 "authorize?" WEB CALLBACK "&response_type=code"
                                          "&scope=api://auth-test/write"),
                      "Permissions requested");
}
END_TEST

/* Blanks between scopes, however many, are no scope that somebody would have to agree to. */
/* Whatever is shown in between: pages leave nothing behind that could push an agreement out. */
START_TEST(what_was_agreed_stays)
{
    char path[600];
    struct visitor v = {.idp = idp};
    const struct wire_answer *page = visitor_answer(&v, visitor_open(&v, AUTHORIZE), SIGN_IN);
    free(visitor_arrives(visitor_answer(&v, page, "&accept=1")));
    for (int i = 0; i < 4200; i++) {
        (void)snprintf(path, sizeof path, AUTHORIZE "&prompt=consent&nonce=%d", i);
        visitor_must_show(visitor_open(&v, path), "Permissions requested");
    }
    free(visitor_arrives(visitor_open(&v, AUTHORIZE "&prompt=none")));
}
END_TEST

START_TEST(blanks_need_no_consent)
{
    static const char path[] = V2 "authorize?" WEB CALLBACK "&response_type=code+"
                                  "&scope=+openid++api://auth-test/read+";
    struct visitor v = {.idp = idp};
    const struct wire_answer *page = visitor_answer(&v, visitor_open(&v, path), SIGN_IN);
    free(visitor_arrives(visitor_answer(&v, page, "&accept=1")));
    char more[300];
    (void)snprintf(more, sizeof more, "%s&prompt=none", path);
    char *location = visitor_arrives(visitor_open(&v, more));
    ck_assert_msg(strstr(location, "error=") == NULL, "%s", location);
    free(location);
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
    ck_assert_int_eq(mock_code(answer), 0);
    json_decref(answer);
    answer = mock_form(idp, V2 "token", WEB AS("bob") "&client_secret=web-secret" READ, NULL);
    ck_assert_int_eq(mock_code(answer), 65001);
    json_decref(answer);
}
END_TEST

/* The page of the code asks, too; a cancelled one is a device declined. */
START_TEST(a_device_is_agreed_to)
{
    char form[400];
    struct visitor v = {.idp = idp};
    json_t *device = mock_form(idp, V2 "devicecode", NATIVE "&scope=api://auth-test/write", NULL);
    (void)snprintf(form, sizeof form, "&code=%s", text_at(device, "user_code"));
    const struct wire_answer *page = visitor_answer(&v, visitor_open(&v, "/devicelogin"), form);
    page = visitor_answer(&v, page, SIGN_IN "&allow=1");
    visitor_must_show(page, "<li>api://auth-test/write</li>");
    visitor_must_show(visitor_answer(&v, page, _i == 0 ? "&accept=1" : "&cancel=1"),
                      _i == 0 ? "You have signed in" : "You have cancelled");
    (void)snprintf(form, sizeof form, NATIVE "&grant_type=device_code&device_code=%s",
                   text_at(device, "device_code"));
    json_t *answer = mock_form(idp, V2 "token", form, NULL);
    ck_assert_msg(mock_code(answer) == (_i == 0 ? 0 : 65004), "%s",
                  text_at(answer, "error_description"));
    json_decref(answer);
    json_decref(device);
}
END_TEST

/* Who is signed in has still to be asked for the device: a form that accepts is no answer to a page
 * that was never shown, nor to the one that was shown to somebody else. */
START_TEST(only_who_was_asked_accepts_for_a_device)
{
    char form[400];
    struct visitor v = {.idp = idp};
    struct visitor other = {.idp = idp};
    (void)visitor_answer(&v, visitor_open(&v, AUTHORIZE), SIGN_IN);
    json_t *device = mock_form(idp, V2 "devicecode", NATIVE "&scope=api://auth-test/write", NULL);
    (void)snprintf(form, sizeof form, "&code=%s", text_at(device, "user_code"));
    const struct wire_answer *page = NULL;
    if (_i == 1) {
        page = visitor_answer(&other, visitor_open(&other, "/devicelogin"), form);
        visitor_must_show(visitor_answer(&other, page, SIGN_IN "&allow=1"), "Permissions");
    }
    page = visitor_answer(&v, visitor_open(&v, "/devicelogin"), form);
    visitor_must_show(visitor_answer(&v, page, "&accept=1"), "Password");
    (void)snprintf(form, sizeof form, NATIVE "&grant_type=device_code&device_code=%s",
                   text_at(device, "device_code"));
    json_t *answer = mock_form(idp, V2 "token", form, NULL);
    ck_assert_int_eq(mock_code(answer), 70016);
    json_decref(answer);
    json_decref(device);
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
    tcase_add_test(tcase, on_behalf_of_needs_consent_too);
    tcase_add_test(tcase, a_user_is_asked_once);
    tcase_add_test(tcase, what_was_agreed_stays);
    tcase_add_test(tcase, blanks_need_no_consent);
    tcase_add_test(tcase, who_declines_is_not_asked_for_a_token);
    tcase_add_loop_test(tcase, without_a_page_nobody_can_agree, 0, 2);
    tcase_add_test(tcase, auto_agrees_for_the_user);
    tcase_add_loop_test(tcase, a_device_is_agreed_to, 0, 2);
    tcase_add_loop_test(tcase, only_who_was_asked_accepts_for_a_device, 0, 2);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

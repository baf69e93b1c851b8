/* Who answers for a device is held against the directory as at /authorize: account, assignment,
 * conditional access, consent. */
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
#define COMMON "/common/oauth2/v2.0/"
#define NATIVE "client_id=c0ffee00-0000-4000-8000-0000000000e1"
#define API "&scope=openid+api://auth-test/access_as_user"
#define LEGACY "&scope=api://legacy/user_impersonation"
#define AS(user) "&allow=1&username=" user "%40contoso.test&password=Passw0rd!"
#define URN "urn:ietf:params:oauth:grant-type:device_code"

static struct idp *idp;
static char *dir;
static json_t *device;

static struct idp *open_directory(const char *policies, const char *sign_in)
{
    json_t *demo = demo_json();
    demo_set(demo_contoso(demo), "conditional_access", policies);
    demo_set(demo_app(demo, "legacy"), "assignment_required", "true");
    demo_set(demo_app(demo, "legacy"), "assigned", "['alice']");
    return demo_open(demo, sign_in, &dir);
}

static void close_directory(void)
{
    json_decref(device);
    demo_close(idp, dir);
}

static void ask_codes(const char *endpoint, const char *scope)
{
    char path[100];
    char form[300];
    (void)snprintf(path, sizeof path, "%sdevicecode", endpoint);
    (void)snprintf(form, sizeof form, NATIVE "%s", scope);
    device = mock_form(idp, path, form, NULL);
}

static const struct wire_answer *type_code(struct visitor *v, const char *more)
{
    char form[100];
    (void)snprintf(form, sizeof form, "&code=%s", text_at(device, "user_code"));
    return visitor_answer(v, visitor_answer(v, visitor_open(v, "/devicelogin"), form), more);
}

static json_t *poll(const char *endpoint)
{
    char path[100];
    char form[300];
    (void)snprintf(path, sizeof path, "%stoken", endpoint);
    (void)snprintf(form, sizeof form, NATIVE "&grant_type=" URN "&device_code=%s",
                   text_at(device, "device_code"));
    return mock_form(idp, path, form, NULL);
}

#define POLICY(more) "[{'name':'p'," more "}]"

/* Whoever is refused with no number is signed in, at once or once a second factor is approved. */
enum { SIGNED_IN = 0, APPROVED = 1 };

static const struct {
    const char *reason;
    const char *policies;
    const char *scope;
    const char *person;
    int code; /* that the page shows, while the device waits; or one of the two above */
} rows[] = {
    {"nothing in the way", "[]", API, AS("bob"), SIGNED_IN},
    {"a disabled account", "[]", API, AS("disabled"), 50057},
    {"one that needs a second factor always", "[]", API, AS("mfa"), APPROVED},
    {"not assigned to the resource", "[]", LEGACY, AS("bob"), 50105},
    {"assigned", "[]", LEGACY, AS("alice"), SIGNED_IN},
    {"a blocked user", POLICY("'users':['bob'],'error':53003"), API, AS("bob"), 53003},
    {"another user", POLICY("'users':['bob'],'error':53003"), API, AS("alice"), SIGNED_IN},
    {"a blocked resource", POLICY("'resources':['legacy'],'error':53003"), LEGACY, AS("alice"),
     53003},
    {"no device codes", POLICY("'grants':['device_code'],'error':53003"), API, AS("bob"), 53003},
    {"by their long name", POLICY("'grants':['" URN "'],'error':53003"), API, AS("bob"), 53003},
    {"no passwords: that is another grant", POLICY("'grants':['password'],'error':53003"), API,
     AS("bob"), SIGNED_IN},
    {"one that needs it here", POLICY("'require':'mfa'"), API, AS("bob"), APPROVED},
    {"an authentication context, too", POLICY("'require':'mfa'},{'name':'q','require':'c1'"), API,
     AS("bob"), APPROVED},
    {"that alone is met by signing in", POLICY("'require':'c1'"), API, AS("bob"), SIGNED_IN},
};

START_TEST(the_page_asks_the_directory)
{
    char shown[60];
    struct visitor v = {.idp = NULL};
    idp = v.idp = open_directory(rows[_i].policies, "page");
    ask_codes(V2, rows[_i].scope);
    (void)snprintf(shown, sizeof shown, "AADSTS%d.", rows[_i].code);
    const struct wire_answer *page = type_code(&v, rows[_i].person);
    bool refused = rows[_i].code != SIGNED_IN && rows[_i].code != APPROVED;
    if (rows[_i].code == APPROVED) {
        visitor_must_show(page, "Approve sign in request");
        page = visitor_answer(&v, page, "&approve=1");
    }
    ck_assert_msg(strstr(page->body, refused ? shown : "You have signed in") != NULL, "%s: %s",
                  rows[_i].reason, page->body);
    json_t *answer = poll(V2);
    ck_assert_msg(mock_code(answer) == (refused ? 70016 : 0), "%s: %s", rows[_i].reason,
                  text_at(answer, "error_description"));
    json_decref(answer);
    close_directory();
}
END_TEST

/* What was proved is in the device's tokens, and stays. */
START_TEST(what_was_proved_goes_with_the_tokens)
{
    struct visitor v = {.idp = NULL};
    idp = v.idp = open_directory(POLICY("'require':'c1'"), _i == 0 ? "page" : "auto:bob");
    ask_codes(V2, API "+offline_access");
    if (_i == 0) {
        visitor_must_show(type_code(&v, AS("bob")), "You have signed in");
    }
    json_t *answer = poll(V2);
    json_t *claims = token_json(text_at(answer, "access_token"), 1);
    ck_assert_str_eq(json_string_value(json_array_get(json_object_get(claims, "acrs"), 0)), "c1");
    char *form = NULL;
    ck_assert_int_gt(asprintf(&form, NATIVE "&grant_type=refresh_token&refresh_token=%s",
                              text_at(answer, "refresh_token")),
                     0);
    json_t *again = mock_form(idp, V2 "token", form, NULL);
    ck_assert_int_eq(mock_code(again), 0);
    free(form);
    json_decref(again);
    json_decref(claims);
    json_decref(answer);
    close_directory();
}
END_TEST

/* The browser is signed in from then on, and another one cannot agree in its name. */
START_TEST(a_session_is_opened)
{
    struct visitor v = {.idp = NULL};
    struct visitor stranger = {.idp = NULL};
    idp = v.idp = stranger.idp = open_directory("[]", "page");
    ask_codes(COMMON, API);
    visitor_must_show(type_code(&stranger, "&accept=1"), "Sign in on your device");
    json_t *answer = poll(COMMON);
    ck_assert_int_eq(mock_code(answer), 70016);
    json_decref(answer);
    visitor_must_show(type_code(&v, AS("bob")), "You have signed in");
    answer = poll(COMMON);
    json_t *claims = token_json(text_at(answer, "id_token"), 1);
    const struct wire_answer *back = visitor_open(
        &v, V2 "authorize?client_id=c0ffee00-0000-4000-8000-0000000000b1"
               "&redirect_uri=http://localhost:5000/callback&response_type=code&prompt=none" API);
    char *location = visitor_arrives(back);
    char *session = browser_parameter(location, "session_state");
    ck_assert_str_eq(text_at(claims, "sid"), session);
    free(session);
    free(location);
    json_decref(claims);
    json_decref(answer);
    close_directory();
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("device_person");
    TCase *tcase = tcase_create("person");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, the_page_asks_the_directory, 0, ROWS(rows));
    tcase_add_loop_test(tcase, what_was_proved_goes_with_the_tokens, 0, 2);
    tcase_add_test(tcase, a_session_is_opened);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

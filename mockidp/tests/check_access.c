/* What an administrator puts between a user and a token: accounts that are refused, assignment,
 * conditional access; and claims challenges there and back ("Claims challenges, claims requests,
 * and client capabilities"). */
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
#define NATIVE "client_id=c0ffee00-0000-4000-8000-0000000000e1"
#define WEB "client_id=c0ffee00-0000-4000-8000-0000000000b1"
#define WEB_SECRET "&client_secret=web-secret"
#define CALLBACK "&redirect_uri=http://localhost:5000/callback"
#define AS(user) "&grant_type=password&username=" user "@contoso.test&password=Passw0rd!"
#define API "&scope=api://auth-test/access_as_user"
#define LEGACY "&scope=api://legacy/user_impersonation"
#define ALICE "&username=alice%40contoso.test&password=Passw0rd!"
#define POLICY_CLAIMS                                                                              \
    "{\"access_token\":{\"polids\":{\"essential\":true,\"values\":["                               \
    "\"c0ffee00-0000-4000-8000-00000000fa02\"]}}}"
#define C1_CHALLENGE "{\"access_token\":{\"acrs\":{\"essential\":true,\"value\":\"c1\"}}}"
/* as a client sends it on */
#define C1                                                                                         \
    "&claims=%7B%22access_token%22%3A%7B%22acrs%22%3A%7B%22essential%22%3Atrue%2C%22value%22%3A"   \
    "%22c1%22%7D%7D%7D"
#define CP1                                                                                        \
    "&claims=%7B%22access_token%22%3A%7B%22xms_cc%22%3A%7B%22values%22%3A%5B%22cp1%22%5D%7D%7D%7D"

static struct idp *idp;
static char *dir;

static struct idp *open_directory(const char *sign_in)
{
    json_t *demo = demo_json();
    json_t *contoso = demo_contoso(demo);
    demo_set(contoso, "conditional_access",
             "[{'name':'block bob','users':['bob'],'resources':['legacy'],'error':53003},"
             "{'name':'second factor for the legacy API','resources':['legacy'],"
             "'users':['alice'],'require':'mfa'},"
             "{'name':'no password for overage','users':['overage'],'grants':['password'],"
             "'clients':['native'],'error':50079}]");
    demo_set(demo_app(demo, "auth-test"), "optional_claims",
             "{'access_token':[{'name':'xms_cc'}]}");
    return demo_open(demo, sign_in, &dir);
}

static void start(void)
{
    idp = open_directory("auto");
}

static void stop(void)
{
    demo_close(idp, dir);
}

static json_t *ask(const char *form)
{
    return mock_form(idp, V2 "token", form, NULL);
}

/* must_be asks with a form, and returns the answer, which must have that number (0: granted). */
static json_t *must_be(const char *form, int code)
{
    json_t *answer = ask(form);
    ck_assert_msg(mock_code(answer) == code, "%s: %s", form, text_at(answer, "error_description"));
    return answer;
}

static json_t *claims_of(const json_t *answer)
{
    return token_json(text_at(answer, "access_token"), 1);
}

/* ---- conditional access ---- */

static const struct {
    const char *reason;
    const char *form;
    int code;
    const char *suberror;
    const char *claims;
} rows[] = {
    {"blocked", NATIVE AS("bob") LEGACY, 53003, "message_only", POLICY_CLAIMS},
    {"not for another resource", NATIVE AS("bob") API, 0, "(none)", "(none)"},
    {"a second factor is missing", NATIVE AS("alice") LEGACY, 50076, "basic_action", POLICY_CLAIMS},
    {"elsewhere it is not asked for", NATIVE AS("alice") API, 0, "(none)", "(none)"},
    {"a factor that is not there yet", NATIVE AS("overage") API, 50079, "basic_action",
     POLICY_CLAIMS},
    {"from another client", WEB WEB_SECRET AS("overage") API, 0, "(none)", "(none)"},
    {"a claim that nobody proved", NATIVE AS("bob") API C1, 50076, "basic_action", C1_CHALLENGE},
    {"a withdrawn token's challenge gets a new one",
     NATIVE AS("bob") API "&claims=%7B%22access_token%22%3A%7B%22nbf%22%3A%7B%22essential%22%3Atrue"
                          "%2C%22value%22%3A%221769860000%22%7D%7D%7D",
     0, "(none)", "(none)"},
    {"claims that are none are passed over", NATIVE AS("bob") API "&claims=x", 0, "(none)",
     "(none)"},
    {"and other ones", NATIVE AS("bob") API "&claims=%7B%22id_token%22%3A%7B%7D%7D", 0, "(none)",
     "(none)"},
    {"a disabled account asks for nothing", NATIVE AS("disabled") API, 50057, "(none)", "(none)"},
};

START_TEST(policies_are_kept)
{
    json_t *answer = ask(rows[_i].form);
    ck_assert_msg(mock_code(answer) == rows[_i].code, "%s: %s", rows[_i].reason,
                  text_at(answer, "error_description"));
    ck_assert_msg(strcmp(text_at(answer, "suberror"), rows[_i].suberror) == 0, "%s: %s",
                  rows[_i].reason, text_at(answer, "suberror"));
    ck_assert_msg(strcmp(text_at(answer, "claims"), rows[_i].claims) == 0, "%s: %s",
                  rows[_i].reason, text_at(answer, "claims"));
    if (rows[_i].code) {
        ck_assert_str_eq(text_at(answer, "error"), "invalid_grant");
    }
    json_decref(answer);
}
END_TEST

START_TEST(the_v1_endpoint_asks_for_interaction)
{
    json_t *answer = mock_form(idp, "/contoso.test/oauth2/token",
                               NATIVE AS("alice") "&resource=api://legacy", NULL);
    ck_assert_int_eq(mock_code(answer), 50076);
    ck_assert_str_eq(text_at(answer, "error"), "interaction_required");
    json_decref(answer);
}
END_TEST

/* sign_in returns the tokens of a code that /authorize gave with these parameters. */
static json_t *sign_in(const char *more, const char *at_token)
{
    char path[1500];
    char form[1500];
    (void)snprintf(path, sizeof path, V2 "authorize?" WEB CALLBACK "&response_type=code%s", more);
    char *code = browser_code(idp, path);
    (void)snprintf(form, sizeof form,
                   WEB WEB_SECRET CALLBACK "&grant_type=authorization_code&code=%s%s", code,
                   at_token);
    free(code);
    return must_be(form, 0);
}

START_TEST(who_signs_in_on_a_page_proves_it)
{
    char form[800];
    json_t *answer = sign_in(LEGACY "+offline_access&login_hint=alice@contoso.test", "");
    (void)snprintf(form, sizeof form, WEB WEB_SECRET "&grant_type=refresh_token&refresh_token=%s",
                   text_at(answer, "refresh_token"));
    json_decref(must_be(form, 0));
    json_decref(answer);
}
END_TEST

/* A session that proved nothing must not get by with prompt=none, and is asked for a second factor,
 * not for the password again. */
START_TEST(a_session_is_stepped_up)
{
    stop();
    idp = open_directory("page");
    struct visitor v = {.idp = idp};
    const char *first = V2 "authorize?" WEB CALLBACK API "&response_type=code";
    const char *second = V2 "authorize?" WEB CALLBACK LEGACY "&response_type=code";
    free(visitor_arrives(visitor_answer(&v, visitor_open(&v, first), ALICE)));
    char *location = visitor_arrives(
        visitor_open(&v, V2 "authorize?" WEB CALLBACK LEGACY "&response_type=code&prompt=none"));
    char *error = browser_parameter(location, "error");
    char *claims = browser_parameter(location, "claims");
    ck_assert_str_eq(error, "interaction_required");
    ck_assert_str_eq(claims, POLICY_CLAIMS);
    free(claims);
    free(error);
    free(location);
    const struct wire_answer *page = visitor_open(&v, second);
    visitor_must_show(page, "Approve sign in request");
    free(visitor_arrives(visitor_answer(&v, page, "&approve=1")));
    free(visitor_arrives(
        visitor_open(&v, V2 "authorize?" WEB CALLBACK LEGACY "&response_type=code&prompt=none")));
}
END_TEST

START_TEST(a_blocked_user_is_sent_back)
{
    struct visitor v = {.idp = idp};
    char *location = visitor_arrives(visitor_open(
        &v, V2 "authorize?" WEB CALLBACK LEGACY "&response_type=code&login_hint=bob@contoso.test"));
    char *error = browser_parameter(location, "error");
    char *text = browser_parameter(location, "error_description");
    ck_assert_str_eq(error, "access_denied");
    ck_assert_ptr_nonnull(strstr(text, "AADSTS53003: "));
    free(text);
    free(error);
    free(location);
}
END_TEST

/* ---- claims challenges, there and back ---- */

static void must_have(const json_t *answer, const char *name, const char *want)
{
    json_t *claims = claims_of(answer);
    char *text = json_dumps(json_object_get(claims, name), JSON_COMPACT | JSON_ENCODE_ANY);
    ck_assert_msg(want ? text && strcmp(text, want) == 0 : text == NULL, "%s: %s", name, text);
    free(text);
    json_decref(claims);
}

START_TEST(an_authentication_context_goes_with_the_session)
{
    char form[800];
    json_t *plain = sign_in(API, "");
    must_have(plain, "acrs", NULL);
    json_decref(plain);
    json_t *answer = sign_in(API "+offline_access" C1, C1);
    must_have(answer, "acrs", "[\"c1\"]");
    (void)snprintf(form, sizeof form, WEB WEB_SECRET "&grant_type=refresh_token&refresh_token=%s%s",
                   text_at(answer, "refresh_token"), C1);
    json_t *renewed = must_be(form, 0);
    must_have(renewed, "acrs", "[\"c1\"]");
    json_decref(renewed);
    json_decref(answer);
}
END_TEST

/* A service in the middle cannot prove it: the app in front has to, and its next token does. */
START_TEST(on_behalf_of_hands_the_challenge_on)
{
    static const char obo[] =
        "client_id=c0ffee00-0000-4000-8000-0000000000a1&client_secret=auth-test-secret" LEGACY
        "&grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer"
        "&requested_token_use=on_behalf_of%s&assertion=%s";
    char form[6000];
    json_t *answer = sign_in(API "&login_hint=overage@contoso.test", "");
    (void)snprintf(form, sizeof form, obo, C1, text_at(answer, "access_token"));
    json_t *refused = must_be(form, 50076);
    ck_assert_str_eq(text_at(refused, "error"), "interaction_required");
    ck_assert_str_eq(text_at(refused, "suberror"), "basic_action");
    ck_assert_str_eq(text_at(refused, "claims"), C1_CHALLENGE);
    json_decref(refused);
    json_decref(answer);
    answer = sign_in(API C1 "&login_hint=overage@contoso.test", "");
    (void)snprintf(form, sizeof form, obo, C1, text_at(answer, "access_token"));
    json_t *granted = must_be(form, 0);
    must_have(granted, "acrs", "[\"c1\"]");
    json_decref(granted);
    json_decref(answer);
}
END_TEST

static const struct {
    const char *reason;
    const char *form;
    const char *xms_cc;
    int lifetime; /* 0: that of other tokens */
} capabilities[] = {
    {"client and resource", NATIVE AS("bob") API CP1, "[\"cp1\"]", 86400},
    {"an app, too",
     "client_id=c0ffee00-0000-4000-8000-0000000000d1&client_secret=daemon-secret"
     "&grant_type=client_credentials&scope=api://auth-test/.default" CP1,
     "[\"cp1\"]", 86400},
    {"the client does not", NATIVE AS("bob") API, NULL, 0},
    {"the resource does not ask", NATIVE AS("bob") "&scope=User.Read" CP1, NULL, 0},
};

START_TEST(a_token_that_can_be_withdrawn_lives_a_day)
{
    json_t *answer = ask(capabilities[_i].form);
    json_int_t lives = json_integer_value(json_object_get(answer, "expires_in"));
    json_int_t renews = json_integer_value(json_object_get(answer, "refresh_in"));
    ck_assert_int_eq(renews, capabilities[_i].lifetime ? 43199 : 0);
    must_have(answer, "xms_cc", capabilities[_i].xms_cc);
    ck_assert_msg(capabilities[_i].lifetime ? lives == capabilities[_i].lifetime - 1 : lives < 5400,
                  "%s: %lld", capabilities[_i].reason, (long long)lives);
    json_decref(answer);
}
END_TEST

/* ---- assignment ---- */

START_TEST(an_app_may_be_for_the_assigned_alone)
{
    json_t *demo = demo_json();
    stop();
    demo_set(demo_app(demo, "auth-test"), "assignment_required", "true");
    demo_set(demo_app(demo, "auth-test"), "assigned", "['overage']");
    idp = demo_open(demo, NULL, &dir);
    json_decref(must_be(NATIVE AS("alice") API, 0)); /* by her role */
    json_decref(must_be(NATIVE AS("overage") API, 0));
    json_t *answer = must_be(NATIVE AS("bob") API, 50105);
    ck_assert_ptr_nonnull(strstr(text_at(answer, "error_description"),
                                 "user 'bob@contoso.test' is blocked because they are not"));
    json_decref(answer);
#define DAEMON(n) "client_id=c0ffee00-0000-4000-8000-0000000000d" n "&client_secret=daemon"
    json_decref(must_be(DAEMON("1") "-secret&grant_type=client_credentials"
                                    "&scope=api://auth-test/.default",
                        0));
    answer = must_be(DAEMON("2") "2-secret&grant_type=client_credentials"
                                 "&scope=api://auth-test/.default",
                     501051);
    ck_assert_ptr_nonnull(strstr(text_at(answer, "error_description"),
                                 "is not assigned to a role for the application"));
    json_decref(answer);
}
END_TEST

/* ---- faults of the configuration ---- */

START_TEST(a_policy_that_says_nothing_is_a_fault)
{
    static const char *const bad[][2] = {
        {"[{'name':'x'}]", "conditional_access/0: 'require' or 'error' is needed"},
        {"[{'name':'x','require':'mfa','error':53003}]", "conditional_access/0"},
        {"[{'name':'x','error':1}]", "conditional_access/0/error"},
        {"[{'name':'x','require':'magic'}]", "conditional_access/0/require"},
        {"[{'name':'x','require':'c1','users':['nobody']}]", "conditional_access/0/users/0"},
        {"[{'name':'x','require':'c1','clients':['nobody']}]", "conditional_access/0/clients/0"},
        {"[{'name':'x','require':'c1','resources':['nobody']}]",
         "conditional_access/0/resources/0"},
        {"[{'name':'x','require':'c1','grants':['magic']}]", "conditional_access/0/grants/0"},
    };
    json_t *demo = demo_json();
    demo_set(demo_contoso(demo), "conditional_access", bad[_i][0]);
    demo_refused(demo, bad[_i][1]);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("access");
    TCase *tcase = tcase_create("access");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, policies_are_kept, 0, ROWS(rows));
    tcase_add_test(tcase, the_v1_endpoint_asks_for_interaction);
    tcase_add_test(tcase, who_signs_in_on_a_page_proves_it);
    tcase_add_test(tcase, a_session_is_stepped_up);
    tcase_add_test(tcase, a_blocked_user_is_sent_back);
    tcase_add_test(tcase, an_authentication_context_goes_with_the_session);
    tcase_add_test(tcase, on_behalf_of_hands_the_challenge_on);
    tcase_add_loop_test(tcase, a_token_that_can_be_withdrawn_lives_a_day, 0, ROWS(capabilities));
    tcase_add_test(tcase, an_app_may_be_for_the_assigned_alone);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("configuration");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, a_policy_that_says_nothing_is_a_fault, 0, 8);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

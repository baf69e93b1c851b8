/* The second factor: who is asked for one, how they approve or deny it, and what tokens say of it
 * then. */
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
#define SECRET "&client_secret=web-secret"
#define CALLBACK "&redirect_uri=http://localhost:5000/callback"
#define LEGACY "&scope=openid+offline_access+api://legacy/user_impersonation"
#define AUTHORIZE V2 "authorize?" WEB CALLBACK LEGACY "&response_type=code"
#define AS(user) "&username=" user "%40contoso.test&password=Passw0rd!"
/* what a client sends on of the challenge that 50076 brought */
#define POLICY                                                                                     \
    "&claims=%7B%22access_token%22%3A%7B%22polids%22%3A%7B%22essential%22%3Atrue%7D%7D%7D"
#define CONTEXT "&claims=%7B%22access_token%22%3A%7B%22acrs%22%3A%7B%22value%22%3A%22c1%22%7D%7D%7D"
#define PAGE "Approve sign in request"
#define PASSWORD "[\"pwd\"]"
#define BOTH "[\"pwd\",\"mfa\"]"

static struct idp *idp;
static char *dir;

static void open_mock(const char *sign_in)
{
    idp = demo_open(demo_json(), sign_in, &dir);
}

static void start(void)
{
    open_mock("page");
}

static void stop(void)
{
    demo_close(idp, dir);
}

/* redeem returns the answer to the code in that URL, and releases the URL. */
static json_t *redeem(char *location)
{
    json_t *answer = browser_redeem(idp, location);
    free(location);
    return answer;
}

/* must_say checks amr of the access token, and releases the answer. */
static void must_say(json_t *answer, const char *amr)
{
    ck_assert_msg(mock_code(answer) == 0, "%s", text_at(answer, "error_description"));
    json_t *claims = token_json(text_at(answer, "access_token"), 1);
    char *text = json_dumps(json_object_get(claims, "amr"), JSON_COMPACT);
    ck_assert_str_eq(text, amr);
    free(text);
    json_decref(claims);
    json_decref(answer);
}

/* must_be_refused checks what the app hears, and releases the URL. */
static void must_be_refused(char *location, const char *error, const char *number)
{
    char *name = browser_parameter(location, "error");
    char *text = browser_parameter(location, "error_description");
    ck_assert_msg(name && strcmp(name, error) == 0 && strstr(text, number), "%s", location);
    free(text);
    free(name);
    free(location);
}

/* ---- who is asked ---- */

static const struct {
    const char *reason;
    const char *more;
    const char *person;
    const char *amr; /* that the token says in the end */
} rows[] = {
    {"who needs one always", "", AS("mfa"), BOTH},
    {"nobody else", "", AS("alice"), PASSWORD},
    {"unless a policy was hurt before", POLICY, AS("alice"), BOTH},
    {"other claims ask for nothing", "&claims=%7B%7D", AS("alice"), PASSWORD},
};

START_TEST(a_page_asks_after_the_password)
{
    char path[600];
    struct visitor v = {.idp = idp};
    bool asks = strcmp(rows[_i].amr, BOTH) == 0;
    (void)snprintf(path, sizeof path, AUTHORIZE "%s", rows[_i].more);
    const struct wire_answer *page = visitor_answer(&v, visitor_open(&v, path), rows[_i].person);
    ck_assert_msg((page->status == 200) == asks, "%s: %d", rows[_i].reason, page->status);
    if (asks) {
        visitor_must_show(page, PAGE);
        visitor_must_show(page, "This mock asks you here");
        ck_assert(wire_header(page, "X-Frame-Options: DENY"));
        page = visitor_answer(&v, page, "&approve=1");
    }
    must_say(redeem(visitor_arrives(page)), rows[_i].amr);
}
END_TEST

START_TEST(a_session_gives_it_once)
{
    char form[1200];
    struct visitor v = {.idp = idp};
    const struct wire_answer *page = visitor_answer(&v, visitor_open(&v, AUTHORIZE), AS("mfa"));
    json_t *answer = redeem(visitor_arrives(visitor_answer(&v, page, "&approve=1")));
    must_say(redeem(visitor_arrives(visitor_open(&v, AUTHORIZE "&prompt=none"))), BOTH);
    must_say(redeem(visitor_arrives(visitor_open(&v, AUTHORIZE POLICY))), BOTH);
    (void)snprintf(form, sizeof form, WEB SECRET "&grant_type=refresh_token&refresh_token=%s",
                   text_at(answer, "refresh_token"));
    must_say(mock_form(idp, V2 "token", form, NULL), BOTH);
    must_say(answer, BOTH);
}
END_TEST

START_TEST(the_v1_id_token_says_it_too)
{
    struct visitor v = {.idp = idp};
    const struct wire_answer *page = visitor_open(
        &v, V1 "authorize?" WEB CALLBACK "&response_type=id_token&nonce=n&response_mode=fragment");
    page = visitor_answer(&v, page, AS("mfa"));
    char *location = visitor_arrives(visitor_answer(&v, page, "&approve=1"));
    char *token = browser_parameter(location, "id_token");
    json_t *claims = token_json(token, 1);
    char *text = json_dumps(json_object_get(claims, "amr"), JSON_COMPACT);
    ck_assert_str_eq(text, BOTH);
    free(text);
    free(token);
    free(location);
    json_decref(claims);
}
END_TEST

/* ---- who says no, or nothing ---- */

START_TEST(who_denies_is_refused)
{
    struct visitor v = {.idp = idp};
    const struct wire_answer *page = visitor_answer(&v, visitor_open(&v, AUTHORIZE), AS("mfa"));
    must_be_refused(visitor_arrives(visitor_answer(&v, page, "&deny=1")), "access_denied",
                    "AADSTS500121: ");
    must_be_refused(visitor_arrives(visitor_open(&v, AUTHORIZE "&prompt=none")),
                    "interaction_required", "AADSTS50076: ");
    visitor_must_show(visitor_open(&v, AUTHORIZE), PAGE); /* and may try again */
}
END_TEST

/* A form that approves answers a page that this session was shown, or nothing. */
START_TEST(approving_by_hand_is_no_answer)
{
    struct visitor v = {.idp = idp};
    struct visitor other = {.idp = idp};
    const struct wire_answer *page = visitor_open(&v, AUTHORIZE);
    visitor_must_show(visitor_answer(&v, page, "&approve=1"), "Another account");
    free(visitor_arrives(visitor_answer(&v, page, AS("alice"))));
    visitor_must_show(visitor_answer(&v, visitor_open(&v, AUTHORIZE "&prompt=login"), "&approve=1"),
                      "Another account");
    visitor_must_show(visitor_answer(&other, visitor_open(&other, AUTHORIZE), AS("mfa")), PAGE);
    visitor_must_show(visitor_answer(&v, visitor_open(&v, AUTHORIZE "&prompt=login"), "&approve=1"),
                      "Another account");
    must_say(redeem(visitor_arrives(visitor_open(&v, AUTHORIZE))), PASSWORD);
}
END_TEST

START_TEST(another_site_cannot_approve)
{
    struct visitor v = {.idp = idp};
    char headers[800];
    visitor_must_show(visitor_answer(&v, visitor_open(&v, AUTHORIZE), AS("mfa")), PAGE);
    (void)snprintf(headers, sizeof headers, BROWSER_FORM "%s", v.cookies);
    const struct wire_answer *answer =
        mock_ask(idp, "POST", V2 "login", headers, "approve=1&csrf=x&flow=" WEB);
    ck_assert_int_eq(answer->status, 403);
    must_be_refused(visitor_arrives(visitor_open(&v, AUTHORIZE "&prompt=none")),
                    "interaction_required", "AADSTS50076: ");
}
END_TEST

/* Whoever takes too long has to sign in again, and to approve again. */
START_TEST(an_old_sign_in_is_not_approved)
{
    static struct wire_answer shown;
    struct visitor v = {.idp = idp};
    const struct wire_answer *page =
        visitor_answer(&v, visitor_open(&v, AUTHORIZE "&max_age=100"), AS("mfa"));
    visitor_must_show(page, PAGE);
    shown.body = strdup(page->body);
    json_decref(mock_admin(idp, "POST", "/_admin/clock/advance", "{'seconds':101}", NULL));
    page = visitor_answer(&v, &shown, "&approve=1");
    free(shown.body);
    visitor_must_show(page, "Another account");
    visitor_must_show(visitor_answer(&v, page, AS("mfa")), PAGE);
}
END_TEST

/* ---- with the other pages ---- */

START_TEST(consent_comes_after_it)
{
    json_t *demo = demo_json();
    stop();
    demo_set(demo_app(demo, "web"), "consented", "{}");
    idp = demo_open(demo, "page", &dir);
    struct visitor v = {.idp = idp};
    const struct wire_answer *page = visitor_answer(&v, visitor_open(&v, AUTHORIZE), AS("mfa"));
    visitor_must_show(page, PAGE);
    /* accepting is not approving */
    visitor_must_show(visitor_answer(&v, page, "&accept=1"), "Another account");
    page = visitor_answer(&v, visitor_open(&v, AUTHORIZE), "&approve=1");
    visitor_must_show(page, "Permissions requested");
    must_say(redeem(visitor_arrives(visitor_answer(&v, page, "&accept=1"))), BOTH);
}
END_TEST

START_TEST(prompt_consent_asks_both)
{
    struct visitor v = {.idp = idp};
    visitor_must_show(visitor_answer(&v, visitor_open(&v, AUTHORIZE), AS("mfa")), PAGE);
    const struct wire_answer *page = visitor_open(&v, AUTHORIZE "&prompt=consent");
    visitor_must_show(page, PAGE);
    page = visitor_answer(&v, page, "&approve=1");
    visitor_must_show(page, "Permissions requested");
    must_say(redeem(visitor_arrives(visitor_answer(&v, page, "&accept=1"))), BOTH);
}
END_TEST

/* ---- without a page ---- */

START_TEST(auto_approves_what_a_policy_wants)
{
    char form[400];
    json_t *demo = demo_json();
    demo_set(demo_contoso(demo), "conditional_access",
             "[{'name':'p','users':['alice'],'require':'mfa'}]");
    stop();
    idp = demo_open(demo, "auto:alice", &dir);
    struct visitor v = {.idp = idp};
    must_be_refused(visitor_arrives(visitor_open(&v, AUTHORIZE "&prompt=none")),
                    "interaction_required", "AADSTS50076: ");
    must_say(redeem(visitor_arrives(visitor_open(&v, AUTHORIZE))), BOTH);
    must_say(redeem(visitor_arrives(visitor_open(&v, AUTHORIZE "&prompt=none"))), BOTH);
    must_say(redeem(visitor_arrives(visitor_open(&v, AUTHORIZE "&login_hint=bob@contoso.test"))),
             PASSWORD);
    json_t *device = mock_form(idp, V2 "devicecode", NATIVE LEGACY, NULL);
    (void)snprintf(form, sizeof form, NATIVE "&grant_type=device_code&device_code=%s",
                   text_at(device, "device_code"));
    must_say(mock_form(idp, V2 "token", form, NULL), BOTH);
    json_decref(device);
}
END_TEST

/* Who needs one always is whom scripts try their refusals with. */
START_TEST(but_not_who_needs_one_always)
{
    char form[400];
    stop();
    open_mock("auto:mfa");
    struct visitor v = {.idp = idp};
    must_be_refused(visitor_arrives(visitor_open(&v, AUTHORIZE)), "interaction_required",
                    "AADSTS50076: ");
    json_t *device = mock_form(idp, V2 "devicecode", NATIVE LEGACY, NULL);
    (void)snprintf(form, sizeof form, NATIVE "&grant_type=device_code&device_code=%s",
                   text_at(device, "device_code"));
    json_t *answer = mock_form(idp, V2 "token", form, NULL);
    ck_assert_int_eq(mock_code(answer), 50076);
    json_decref(answer);
    json_decref(device);
}
END_TEST

/* A session that has to be stepped up ends in the sign-in of somebody else. */
START_TEST(what_a_session_proved_stays_with_it)
{
    stop();
    open_mock("auto:bob");
    struct visitor v = {.idp = idp};
    must_say(redeem(visitor_arrives(
                 visitor_open(&v, AUTHORIZE POLICY "&login_hint=alice@contoso.test"))),
             BOTH);
    must_say(redeem(visitor_arrives(visitor_open(&v, AUTHORIZE CONTEXT))), PASSWORD);
}
END_TEST

/* ---- for a device ---- */

static json_t *device;

static const struct wire_answer *open_device(struct visitor *v, const char *person)
{
    char form[100];
    (void)snprintf(form, sizeof form, "&code=%s", text_at(device, "user_code"));
    const struct wire_answer *page = visitor_answer(v, visitor_open(v, "/devicelogin"), form);
    return visitor_answer(v, page, person);
}

static json_t *poll(void)
{
    char form[400];
    (void)snprintf(form, sizeof form, NATIVE "&grant_type=device_code&device_code=%s",
                   text_at(device, "device_code"));
    return mock_form(idp, V2 "token", form, NULL);
}

static void must_wait(void)
{
    json_t *answer = poll();
    ck_assert_int_eq(mock_code(answer), 70016);
    json_decref(answer);
}

START_TEST(a_device_needs_it_too)
{
    struct visitor v = {.idp = idp};
    struct visitor other = {.idp = idp};
    device = mock_form(idp, V2 "devicecode", NATIVE LEGACY, NULL);
    const struct wire_answer *page = open_device(&v, AS("mfa") "&allow=1");
    visitor_must_show(page, PAGE);
    page = visitor_answer(&v, page, "&deny=1");
    visitor_must_show(page, "AADSTS500121");
    page = visitor_answer(&v, page, AS("mfa") "&allow=1");
    visitor_must_show(page, PAGE);
    visitor_must_show(visitor_answer(&v, page, "&accept=1"), PAGE); /* which is not approving */
    must_wait();
    visitor_must_show(open_device(&other, "&approve=1"), "Sign in on your device");
    must_wait();
    visitor_must_show(open_device(&v, "&approve=1"), "You have signed in");
    must_say(poll(), BOTH);
    json_decref(device);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("second_factor");
    TCase *tcase = tcase_create("second_factor");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, a_page_asks_after_the_password, 0, ROWS(rows));
    tcase_add_test(tcase, a_session_gives_it_once);
    tcase_add_test(tcase, the_v1_id_token_says_it_too);
    tcase_add_test(tcase, who_denies_is_refused);
    tcase_add_test(tcase, approving_by_hand_is_no_answer);
    tcase_add_test(tcase, another_site_cannot_approve);
    tcase_add_test(tcase, an_old_sign_in_is_not_approved);
    tcase_add_test(tcase, consent_comes_after_it);
    tcase_add_test(tcase, prompt_consent_asks_both);
    tcase_add_test(tcase, auto_approves_what_a_policy_wants);
    tcase_add_test(tcase, but_not_who_needs_one_always);
    tcase_add_test(tcase, what_a_session_proved_stays_with_it);
    tcase_add_test(tcase, a_device_needs_it_too);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

/* --sign-in page: what a person sees and answers, without scripts, and what another site cannot
 * make a browser answer. */
#include "mockidp/tests/support/browser.h"
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define V2 "/contoso.test/oauth2/v2.0/"
#define V1 "/contoso.test/oauth2/"
#define GOOD                                                                                       \
    "client_id=c0ffee00-0000-4000-8000-0000000000b1&redirect_uri=http://localhost:5000/callback"   \
    "&scope=openid+api://auth-test/access_as_user&response_type=code&state=s%26t"
#define ALICE "&username=alice%40contoso.test"

static struct idp *idp;
static char cookies[600]; /* as a Cookie header line, or "" */

static void start(void)
{
    idp = browser_start("page");
    cookies[0] = '\0';
}

static void stop(void)
{
    idp_stop(idp);
}

/* keep_cookies remembers what the answer set. */
static void keep_cookies(const struct wire_answer *answer)
{
    const char *at = answer->text;
    while ((at = strstr(at, "Set-Cookie: ")) && at < answer->body) {
        at += strlen("Set-Cookie: ");
        size_t used = strlen(cookies) > 2 ? strlen(cookies) - 2 : 0;
        (void)snprintf(cookies + used, sizeof cookies - used, "%s%.*s\r\n",
                       used ? "; " : "Cookie: ", (int)strcspn(at, ";"), at);
    }
}

static const struct wire_answer *open_page(const char *path)
{
    const struct wire_answer *answer = mock_ask(idp, "GET", path, cookies, NULL);
    keep_cookies(answer);
    return answer;
}

static void append_encoded(char *out, size_t cap, const char *name, const char *value)
{
    size_t used = strlen(out);
    used += (size_t)snprintf(out + used, cap - used, "%s%s=", used ? "&" : "", name);
    for (; *value; value++) {
        used += (size_t)snprintf(out + used, cap - used, "%%%02X", (unsigned char)*value);
    }
}

/* answer_page posts the first form of a page with these fields more. */
static const struct wire_answer *answer_page(const struct wire_answer *page, const char *more)
{
    char form[8192] = "";
    char headers[800];
    char action[200] = "";
    char *flow = browser_field(page->body, "flow");
    char *csrf = browser_field(page->body, "csrf");
    const char *at = strstr(page->body, "action=\"");
    ck_assert_ptr_nonnull(at);
    (void)snprintf(action, sizeof action, "%.*s", (int)strcspn(at + 8, "\""), at + 8);
    append_encoded(form, sizeof form, "flow", flow);
    append_encoded(form, sizeof form, "csrf", csrf);
    if (strstr(page->body, "name=\"asked\"")) {
        char *asked = browser_field(page->body, "asked");
        append_encoded(form, sizeof form, "asked", asked);
        free(asked);
    }
    (void)snprintf(form + strlen(form), sizeof form - strlen(form), "%s", more);
    (void)snprintf(headers, sizeof headers, BROWSER_FORM "%s", cookies);
    free(csrf);
    free(flow);
    const struct wire_answer *answer = mock_ask(idp, "POST", action, headers, form);
    keep_cookies(answer);
    return answer;
}

static void must_show(const struct wire_answer *answer, const char *text)
{
    ck_assert_msg(answer->status == 200 && strstr(answer->body, text), "no '%s': %d %s", text,
                  answer->status, answer->body);
}

/* must_arrive checks that the browser is sent back to the app with that parameter. */
static void must_arrive(const struct wire_answer *answer, const char *name, const char *value)
{
    char *location = browser_header(answer, "Location");
    ck_assert_msg(location != NULL, "%d %s", answer->status, answer->body);
    char *found = browser_parameter(location, name);
    char *state = browser_parameter(location, "state");
    ck_assert_msg(found && (!value || strcmp(found, value) == 0), "%s", location);
    ck_assert_str_eq(state, "s&t");
    free(state);
    free(found);
    free(location);
}

START_TEST(an_account_and_its_password_sign_in)
{
    must_show(open_page(V2 "authorize?" GOOD), "alice@contoso.test");
    const struct wire_answer *page = open_page(V2 "authorize?" GOOD);
    ck_assert(wire_header(page, "X-Frame-Options: DENY"));
    must_show(answer_page(page, ALICE), "Enter password");
    page = open_page(V2 "authorize?" GOOD);
    must_arrive(answer_page(page, ALICE "&password=Passw0rd!"), "code", NULL);
    /* and the browser knows her from now on */
    must_arrive(open_page(V2 "authorize?" GOOD "&prompt=none"), "code", NULL);
}
END_TEST

static const struct {
    const char *reason;
    const char *more;
    const char *shown;
} answers[] = {
    {"a wrong password", ALICE "&password=passw0rd!", "account or password is incorrect"},
    {"an empty one", ALICE "&password=", "account or password is incorrect"},
    {"an unknown user", "&username=nobody%40contoso.test", "username may be incorrect"},
    {"an unknown user with a password", "&username=nobody%40contoso.test&password=x",
     "account or password is incorrect"},
    {"an alias", "&username=alice", "username may be incorrect"},
    {"the other tenant's user", "&username=carol%40fabrikam.test", "username may be incorrect"},
    {"nothing", "", "Another account"},
    {"back", ALICE "&back=1", "Another account"},
    {"a name of markup", "&username=%3Cb%3E%22", "value=\"&lt;b&gt;&quot;\""},
    {"agreeing without a session", "&accept=1", "Another account"},
};

/* The first button of a form is what the Enter key presses. */
START_TEST(enter_goes_on)
{
    const struct wire_answer *page = open_page(V2 "authorize?" GOOD);
    const char *field = strstr(page->body, "id=\"username\"");
    ck_assert_ptr_nonnull(field);
    const char *cancel = strstr(field, "Cancel</button>");
    const char *next = strstr(field, "Next</button>");
    ck_assert(cancel && next && next < cancel);
}
END_TEST

START_TEST(other_answers_ask_again)
{
    const struct wire_answer *page = open_page(V2 "authorize?" GOOD);
    const struct wire_answer *answer = answer_page(page, answers[_i].more);
    ck_assert_msg(answer->status == 200 && strstr(answer->body, answers[_i].shown), "%s: %s",
                  answers[_i].reason, answer->body);
    /* a field that is wrong names the sentence that says why, and only then */
    bool wrong = strstr(answer->body, "role=\"alert\"") != NULL;
    ck_assert_int_eq(strstr(answer->body, "aria-describedby=\"problem\"") != NULL, wrong);
    ck_assert_int_eq(strstr(answer->body, "id=\"problem\"") != NULL, wrong);
    ck_assert(wrong || !strstr(answers[_i].shown, "incorrect"));
}
END_TEST

static const struct {
    const char *reason;
    const char *more;
    const char *error;
} refusals[] = {
    {"cancelled", "&cancel=1", "access_denied"},
    {"disabled", "&username=disabled%40contoso.test&password=Passw0rd!", "access_denied"},
    {"blocked", "&username=blocked%40contoso.test&password=Passw0rd!", "access_denied"},
};

START_TEST(refusals_go_to_the_app)
{
    const struct wire_answer *page = open_page(V2 "authorize?" GOOD);
    must_arrive(answer_page(page, refusals[_i].more), "error", refusals[_i].error);
}
END_TEST

START_TEST(silent_without_a_session_is_login_required)
{
    static const char *const paths[] = {V2 "authorize?" GOOD "&prompt=none",
                                        V2 "authorize?" GOOD "&prompt=attempt_none"};
    must_arrive(open_page(paths[_i]), "error", "login_required");
    must_show(open_page(V2 "authorize?" GOOD "&prompt=create"), "alice@contoso.test");
}
END_TEST

START_TEST(a_hint_asks_for_the_password_at_once)
{
    must_show(open_page(V2 "authorize?" GOOD "&login_hint=bob@contoso.test"), "bob@contoso.test");
    must_show(open_page(V2 "authorize?" GOOD "&login_hint=bob@contoso.test"), "Enter password");
}
END_TEST

START_TEST(prompts_ask_although_someone_is_signed_in)
{
    static const char *const prompts[][2] = {
        {V2 "authorize?" GOOD "&prompt=login", "Another account"},
        {V2 "authorize?" GOOD "&prompt=refresh_session", "Another account"},
        {V2 "authorize?" GOOD "&prompt=no_session", "Another account"},
        {V2 "authorize?" GOOD "&prompt=select_account", "Pick an account"},
        {V2 "authorize?" GOOD "&prompt=consent", "Permissions requested"},
        {V1 "authorize?" GOOD "&resource=api://legacy&prompt=admin_consent",
         "Permissions requested"},
        {V2 "authorize?" GOOD "&login_hint=bob@contoso.test", "Enter password"},
    };
    const struct wire_answer *page = open_page(V2 "authorize?" GOOD);
    must_arrive(answer_page(page, ALICE "&password=Passw0rd!"), "code", NULL);
    must_show(open_page(prompts[_i][0]), prompts[_i][1]);
}
END_TEST

START_TEST(who_is_signed_in_is_picked_without_a_password)
{
    must_arrive(answer_page(open_page(V2 "authorize?" GOOD), ALICE "&password=Passw0rd!"), "code",
                NULL);
    const struct wire_answer *page = open_page(V2 "authorize?" GOOD "&prompt=select_account");
    must_arrive(answer_page(page, ALICE), "code", NULL);
    page = open_page(V2 "authorize?" GOOD "&prompt=select_account");
    must_show(answer_page(page, "&username=bob%40contoso.test"), "Enter password");
    page = open_page(V2 "authorize?" GOOD "&prompt=login");
    must_show(answer_page(page, ALICE), "Enter password");
    page = open_page(V2 "authorize?" GOOD "&prompt=select_account&max_age=0");
    must_show(answer_page(page, ALICE), "Enter password");
}
END_TEST

START_TEST(consent_is_given_or_declined)
{
    const struct wire_answer *page = open_page(V2 "authorize?" GOOD "&prompt=consent");
    page = answer_page(page, ALICE "&password=Passw0rd!");
    must_show(page, "api://auth-test/access_as_user");
    if (_i == 0) {
        must_arrive(answer_page(page, "&accept=1"), "code", NULL);
    } else {
        must_arrive(answer_page(page, "&cancel=1"), "error_subcode", "cancel");
    }
}
END_TEST

START_TEST(another_sites_form_is_refused)
{
    static const struct {
        const char *cookie;
        const char *csrf;
    } rows[] = {{"", "x"},
                {"Cookie: mockidp_csrf=y\r\n", "x"},
                {"Cookie: mockidp_csrf=x\r\n", NULL},
                {"Cookie: mockidp_csrf=\r\n", ""}};
    char headers[300];
    char form[600];
    (void)snprintf(headers, sizeof headers, BROWSER_FORM "%s", rows[_i].cookie);
    (void)snprintf(form, sizeof form, "%s%s%s", "flow=x" ALICE "&password=Passw0rd!",
                   rows[_i].csrf ? "&csrf=" : "", rows[_i].csrf ? rows[_i].csrf : "");
    const struct wire_answer *answer = mock_ask(idp, "POST", V2 "login", headers, form);
    ck_assert_int_eq(answer->status, 403);
    ck_assert(!wire_header(answer, "Set-Cookie"));
}
END_TEST

START_TEST(a_form_that_carries_a_zero_octet_is_malformed)
{
    const struct wire_answer *page = open_page(V2 "authorize?" GOOD);
    char *csrf = browser_field(page->body, "csrf");
    char form[300];
    char headers[800];
    (void)snprintf(form, sizeof form, "csrf=%s&flow=client_id%%3Dx%%2500", csrf);
    (void)snprintf(headers, sizeof headers, BROWSER_FORM "%s", cookies);
    const struct wire_answer *answer = mock_ask(idp, "POST", V2 "login", headers, form);
    ck_assert_int_eq(answer->status, 400);
    ck_assert_ptr_nonnull(strstr(answer->body, "AADSTS9002313"));
    free(csrf);
}
END_TEST

START_TEST(what_the_form_carries_is_checked_again)
{
    char form[1000] = "";
    const struct wire_answer *page = open_page(V2 "authorize?" GOOD);
    char *csrf = browser_field(page->body, "csrf");
    append_encoded(form, sizeof form, "csrf", csrf);
    append_encoded(form, sizeof form, "flow",
                   "client_id=c0ffee00-0000-4000-8000-0000000000b1&response_type=code"
                   "&scope=openid&redirect_uri=https://evil.test/");
    char headers[800];
    (void)snprintf(headers, sizeof headers, BROWSER_FORM "%s", cookies);
    const struct wire_answer *answer = mock_ask(idp, "POST", V2 "login", headers, form);
    ck_assert_int_eq(answer->status, 400);
    ck_assert_ptr_nonnull(strstr(answer->body, "AADSTS50011"));
    free(csrf);
}
END_TEST

START_TEST(a_domain_hint_shows_one_directory)
{
    const struct wire_answer *page =
        open_page("/common/oauth2/v2.0/authorize?" GOOD "&domain_hint=fabrikam.test");
    must_show(page, "carol@fabrikam.test");
    ck_assert_ptr_null(strstr(page->body, "alice@contoso.test"));
}
END_TEST

START_TEST(common_shows_every_directory_and_knows_whose_it_is)
{
    const struct wire_answer *page = open_page("/common/oauth2/v2.0/authorize?" GOOD);
    must_show(page, "carol@fabrikam.test");
    must_arrive(answer_page(page, "&username=carol%40fabrikam.test&password=Passw0rd!"), "code",
                NULL);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("signin");
    TCase *tcase = tcase_create("page");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_loop_test(tcase, another_sites_form_is_refused, 0, 4);
    tcase_add_test(tcase, a_form_that_carries_a_zero_octet_is_malformed);
    tcase_add_test(tcase, what_the_form_carries_is_checked_again);
    tcase_add_loop_test(tcase, other_answers_ask_again, 0, ROWS(answers));
    tcase_add_loop_test(tcase, refusals_go_to_the_app, 0, ROWS(refusals));
    tcase_add_test(tcase, enter_goes_on);
    tcase_add_loop_test(tcase, silent_without_a_session_is_login_required, 0, 2);
    tcase_add_test(tcase, a_hint_asks_for_the_password_at_once);
    tcase_add_test(tcase, an_account_and_its_password_sign_in);
    tcase_add_loop_test(tcase, prompts_ask_although_someone_is_signed_in, 0, 7);
    tcase_add_test(tcase, who_is_signed_in_is_picked_without_a_password);
    tcase_add_loop_test(tcase, consent_is_given_or_declined, 0, 2);
    tcase_add_test(tcase, a_domain_hint_shows_one_directory);
    tcase_add_test(tcase, common_shows_every_directory_and_knows_whose_it_is);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

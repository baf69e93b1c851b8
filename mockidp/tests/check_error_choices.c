/* Where Entra was seen to answer in more than one way, or a test needs another, the directory
 * chooses: errors, error_lines, error_pages_ok, v1_issuer. */
#include "mockidp/tests/support/demo.h"
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"
#include "mockidp/tests/support/scratch.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define V2 "/contoso.test/oauth2/v2.0/"
#define FORM "client_id=c0ffee00-0000-4000-8000-0000000000d1&grant_type=client_credentials"

static char *dir;

static struct idp *open_directory(const char *member, const char *value)
{
    json_t *demo = demo_json();
    demo_set(demo, member, value);
    return demo_open(demo, NULL, &dir);
}

static void close_directory(struct idp *idp)
{
    demo_close(idp, dir);
}

START_TEST(a_number_is_answered_as_the_directory_says)
{
    static const struct {
        const char *errors;
        int status;
        const char *error;
        const char *suberror;
    } rows[] = {
        {"{}", 401, "invalid_client", "(none)"},
        {"{'7000218':{'status':400}}", 400, "invalid_client", "(none)"},
        {"{'7000218':{'error':'unauthorized_client','suberror':'basic_action'}}", 401,
         "unauthorized_client", "basic_action"},
        {"{'7000215':{'status':400}}", 401, "invalid_client", "(none)"},
    };
    int status = 0;
    struct idp *idp = open_directory("errors", rows[_i].errors);
    json_t *answer = mock_form(idp, V2 "token", FORM, &status);
    ck_assert_int_eq(status, rows[_i].status);
    ck_assert_str_eq(text_at(answer, "error"), rows[_i].error);
    ck_assert_str_eq(text_at(answer, "suberror"), rows[_i].suberror);
    json_decref(answer);
    close_directory(idp);
}
END_TEST

/* The directory's word goes before the one that an endpoint has for a number. */
START_TEST(so_it_is_where_an_endpoint_has_its_own_word)
{
    static const struct {
        const char *errors;
        const char *error;
    } rows[] = {{"{}", "invalid_tenant"}, {"{'90002':{'error':'not_found'}}", "not_found"}};
    struct idp *idp = open_directory("errors", rows[_i].errors);
    json_t *answer = mock_get(idp, "/nobody.test/discovery/v2.0/keys", NULL);
    ck_assert_str_eq(text_at(answer, "error"), rows[_i].error);
    json_decref(answer);
    close_directory(idp);
}
END_TEST

START_TEST(a_description_may_have_lines)
{
    struct idp *idp = open_directory("error_lines", "true");
    json_t *answer = mock_form(idp, V2 "token", FORM, NULL);
    const char *text = text_at(answer, "error_description");
    ck_assert_msg(strstr(text, "'client_secret'.\r\nTrace ID: ") &&
                      strstr(text, "\r\nCorrelation ID: ") &&
                      strstr(text, "\r\nTimestamp: 2026-01-31 12:00:00Z"),
                  "%s", text);
    json_decref(answer);
    const struct wire_answer *page = mock_ask(idp, "GET", V2 "authorize", "", NULL);
    ck_assert_int_eq(page->status, 400);
    ck_assert_ptr_nonnull(strstr(page->body, "parameter: &#39;client_id&#39;."));
    ck_assert_ptr_null(strstr(page->body, "Trace ID: "));
    close_directory(idp);
}
END_TEST

START_TEST(an_error_page_may_be_ok)
{
    struct idp *idp = open_directory("error_pages_ok", "true");
    ck_assert_int_eq(mock_ask(idp, "GET", V2 "authorize", "", NULL)->status, 200);
    close_directory(idp);
}
END_TEST

/* Document and token agree in both. */
START_TEST(v1_issuers_may_follow_the_origin)
{
    static const char *const words[] = {"'origin'", "'entra'"};
    char want[200];
    struct idp *idp = open_directory("v1_issuer", words[_i]);
    (void)snprintf(want, sizeof want, "%s/" CONTOSO "/",
                   _i == 0 ? idp_http_url(idp) : "https://sts.windows.net");
    json_t *document = mock_get(idp, "/contoso.test/.well-known/openid-configuration", NULL);
    ck_assert_str_eq(text_at(document, "issuer"), want);
    json_t *answer = mock_form(idp, "/contoso.test/oauth2/token",
                               FORM "&client_secret=daemon-secret&resource=api://legacy", NULL);
    json_t *claims = token_json(text_at(answer, "access_token"), 1);
    ck_assert_str_eq(text_at(claims, "iss"), want);
    json_decref(claims);
    json_decref(answer);
    json_decref(document);
    close_directory(idp);
}
END_TEST

START_TEST(what_is_no_choice_is_a_fault)
{
    static const char *const bad[][2] = {
        {"[]", "/errors: an object is needed"},
        {"{'1':{}}", "/errors/1: a number"},
        {"{'x':{}}", "/errors/x: a number"},
        {"{'50011':1}", "/errors/50011: an object is needed"},
        {"{'50011':{'status':200}}", "/errors/50011/status: a status"},
        {"{'50011':{'error':''}}", "/errors/50011/error: a text"},
        {"{'50011':{'text':'x'}}", "/errors/50011/text: there is no such member"},
    };
    json_t *demo = demo_json();
    demo_set(demo, "errors", bad[_i][0]);
    demo_refused(demo, bad[_i][1]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("error_choices");
    TCase *tcase = tcase_create("error_choices");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, a_number_is_answered_as_the_directory_says, 0, 4);
    tcase_add_loop_test(tcase, so_it_is_where_an_endpoint_has_its_own_word, 0, 2);
    tcase_add_test(tcase, a_description_may_have_lines);
    tcase_add_test(tcase, an_error_page_may_be_ok);
    tcase_add_loop_test(tcase, v1_issuers_may_follow_the_origin, 0, 2);
    tcase_add_loop_test(tcase, what_is_no_choice_is_a_fault, 0, 7);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

/* The headers of answers ("Response headers" of Entra's token endpoint): what is not stored, what
 * is echoed, what pages of other origins may read. */
#include "mockidp/ask.h"
#include "mockidp/tests/support/demo.h"
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#define V2 "/contoso.test/oauth2/v2.0/token"
#define DAEMON "client_id=c0ffee00-0000-4000-8000-0000000000d1"
#define SECRET "&client_secret=daemon-secret"
#define APP "&grant_type=client_credentials"
#define FORM "Content-Type: application/x-www-form-urlencoded\r\n"

static struct idp *idp;

static void start(void)
{
    idp = mock_start();
}

static void stop(void)
{
    idp_stop(idp);
}

START_TEST(answers_are_not_stored)
{
    static const char *const lines[] = {"Content-Type: application/json; charset=utf-8",
                                        "Cache-Control: no-store, no-cache",
                                        "Pragma: no-cache",
                                        "Expires: -1",
                                        "X-Content-Type-Options: nosniff",
                                        "P3P: CP=\"DSP CUR OTPi IND OTRi ONL FIN\"",
                                        "x-ms-request-id: ",
                                        "x-ms-ests-server: 2.1.",
                                        "X-XSS-Protection: 0",
                                        "Access-Control-Allow-Origin: *",
                                        "Access-Control-Expose-Headers: Content-Length,"};
    static const char *const forms[] = {DAEMON SECRET APP "&scope=api://auth-test/.default",
                                        "grant_type=x"};
    const struct wire_answer *answer = mock_ask(idp, "POST", V2, FORM, forms[_i]);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        ck_assert_msg(wire_header(answer, lines[i]), "no %s", lines[i]);
    }
    ck_assert(!wire_header(answer, "Strict-Transport-Security"));
    ck_assert(!wire_header(answer, "client-request-id"));
}
END_TEST

#define GUID "01234567-89ab-cdef-0123-456789abcdef"

static const struct {
    const char *reason;
    const char *path;
    const char *headers;
    const char *form;
    bool echoed;
} requests[] = {
    {"not asked for", V2, "client-request-id: " GUID "\r\n", "", false},
    {"asked for, and not there", V2, "return-client-request-id: true\r\n", "", false},
    {"no GUID", V2, "client-request-id: x\r\nreturn-client-request-id: true\r\n", "", false},
    {"digits alone", V2,
     "client-request-id: 0123456789abcdef0123456789abcdef0123\r\nreturn-client-request-id: "
     "true\r\n",
     "", false},
    {"in headers", V2, "client-request-id: " GUID "\r\nreturn-client-request-id: true\r\n", "",
     true},
    {"in the body", V2, "", "client-request-id=" GUID "&return-client-request-id=true", true},
    {"in the query", V2 "?client-request-id=" GUID, "return-client-request-id: true\r\n", "", true},
    {"both in the query", V2 "?client-request-id=" GUID "&return-client-request-id=true", "", "",
     true},
    {"in the query, and not wanted", V2 "?return-client-request-id=false",
     "client-request-id: " GUID "\r\n", "", false},
};

START_TEST(a_request_id_is_echoed_when_it_is_asked_for)
{
    char headers[300];
    (void)snprintf(headers, sizeof headers, FORM "%s", requests[_i].headers);
    const struct wire_answer *answer =
        mock_ask(idp, "POST", requests[_i].path, headers, requests[_i].form);
    ck_assert_msg(wire_header(answer, requests[_i].echoed
                                          ? "client-request-id: " GUID
                                          : "client-request-id:") == requests[_i].echoed,
                  "%s", requests[_i].reason);
}
END_TEST

/* Every endpoint echoes it, documents and pages too. */
START_TEST(every_answer_echoes_a_request_id)
{
    static const char *const paths[] = {
        "/common/v2.0/.well-known/openid-configuration",
        "/contoso.test/discovery/v2.0/keys",
        "/common/discovery/instance?authorization_endpoint=https%3A%2F%2Fsts.windows.net%2Fx%2F",
        "/common/userrealm/alice@contoso.test?api-version=1.0",
        "/contoso.test/oauth2/v2.0/authorize",
        "/contoso.test/oauth2/v2.0/logout",
        "/contoso.test/v2.0/adminconsent",
        "/oidc/userinfo",
        "/devicelogin",
        "/metadata/identity/oauth2/token",
        "/msi/token",
        "/msi/auth",
        "/oauth2/token",
        "/nobody.test/discovery/v2.0/keys",
    };
    const struct wire_answer *answer =
        mock_ask(idp, "GET", paths[_i],
                 "client-request-id: " GUID "\r\nreturn-client-request-id: true\r\n", NULL);
    ck_assert_msg(wire_header(answer, "client-request-id: " GUID), "%s", paths[_i]);
    answer = mock_ask(idp, "GET", paths[_i], "client-request-id: " GUID "\r\n", NULL);
    ck_assert_msg(!wire_header(answer, "client-request-id"), "%s", paths[_i]);
}
END_TEST

/* What comes with an answer when the client sent telemetry, or is a page of another origin. */
static const struct {
    const char *reason;
    const char *headers;
    const char *form;
    const char *line;
    bool there;
} besides[] = {
    {"the gateway's cookie", "", "", "Set-Cookie: x-ms-gateway-slice=estsfd;", true},
    {"the service's cookie", "", "", "Set-Cookie: stsservicecookie=estsfd;", true},
    {"an id of the browser, for thirty days", "", "", "Set-Cookie: fpc=A", true},
    {"one of the exchange", "", "", "Set-Cookie: esctx=PAQABAAEAAAA", true},
    {"no telemetry", "", "", "x-ms-clitelem", false},
    {"telemetry in the form", "", "&x-client-current-telemetry=5|1", "x-ms-clitelem: 1,0,0,,",
     true},
    {"telemetry in a header", "x-client-last-telemetry: 5|0\r\n", "", "x-ms-clitelem: 1,0,0,,",
     true},
    {"telemetry of a refusal", "", "&x-client-current-telemetry=5|1&resource=x",
     "x-ms-clitelem: 1,9010010,0,,", true},
    {"the same origin", "", "", "x-ms-srs", false},
    {"another origin", "Origin: http://localhost:5173\r\n", "", "x-ms-srs: 1.P", true},
    {"and what it may do", "Origin: http://localhost:5173\r\n", "",
     "Access-Control-Allow-Methods: POST, OPTIONS", true},
    {"and where it came from", "Origin: http://localhost:5173\r\n", "",
     "Referrer-Policy: strict-origin-when-cross-origin", true},
};

START_TEST(entra_sends_more_beside)
{
    char headers[300];
    char form[400];
    (void)snprintf(headers, sizeof headers, FORM "%s", besides[_i].headers);
    (void)snprintf(form, sizeof form, DAEMON SECRET APP "&scope=api://auth-test/.default%s",
                   besides[_i].form);
    const struct wire_answer *answer = mock_ask(idp, "POST", V2, headers, form);
    ck_assert_msg(wire_header(answer, besides[_i].line) == besides[_i].there, "%s: %s",
                  besides[_i].reason, answer->text);
}
END_TEST

/* A tenant that is none is refused as everything else is. */
START_TEST(an_unknown_tenant_is_no_exception)
{
    static const char *const paths[] = {"/nobody.test/oauth2/v2.0/token",
                                        "/nobody.test/oauth2/v2.0/devicecode"};
    static const char *const lines[] = {"Set-Cookie: fpc=A", "Set-Cookie: esctx=PAQABAAEAAAA",
                                        "x-ms-clitelem: 1,90002,0,,", "x-ms-srs: 1.P",
                                        "Access-Control-Allow-Methods: POST, OPTIONS"};
    const struct wire_answer *answer =
        mock_ask(idp, "POST", paths[_i],
                 FORM "Origin: http://localhost:5173\r\nx-client-current-telemetry: 5|1\r\n",
                 DAEMON SECRET APP);
    ck_assert_int_eq(answer->status, 400);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        ck_assert_msg(wire_header(answer, lines[i]), "%s: %s", lines[i], answer->text);
    }
}
END_TEST

/* The attributes of captured traffic, by the mock's clock; nothing but the ids changes. */
START_TEST(its_ids_are_cookies)
{
    static const char *const ends[] = {
        "; expires=Mon, 02-Mar-2026 12:00:00 GMT; path=/; secure; HttpOnly; SameSite=None\r\n",
        "gAA; path=/; secure; HttpOnly; SameSite=None\r\n"};
    static const char *const starts[] = {"Set-Cookie: fpc=A", "Set-Cookie: esctx=PAQABAAEAAAA"};
    char first[23] = "";
    for (int i = 0; i < 2; i++) {
        const struct wire_answer *answer = mock_ask(idp, "POST", V2, FORM, "grant_type=x");
        const char *at = strstr(answer->text, starts[_i]);
        ck_assert_ptr_nonnull(at);
        at += strlen(starts[_i]);
        ck_assert_msg(strncmp(at + 22, ends[_i], strlen(ends[_i])) == 0, "%s", at);
        ck_assert(strncmp(at, first, 22) != 0);
        (void)snprintf(first, sizeof first, "%.22s", at);
    }
}
END_TEST

/* Over TLS alone, where the directory wants it: no browser heeds it in plain HTTP (RFC 6797
 * §7.2). */
START_TEST(a_directory_may_keep_browsers_to_tls)
{
    static const struct {
        const char *wanted;
        bool secure;
        const char *value;
    } rows[] = {{"true", true, "max-age=31536000; includeSubDomains"},
                {"true", false, NULL},
                {"false", true, NULL}};
    char *dir = NULL;
    json_t *demo = demo_json();
    demo_set(demo, "strict_transport_security", rows[_i].wanted);
    struct idp *strict = demo_open(demo, NULL, &dir);
    const struct ask question = {.method = "GET", .target = V2, .secure = rows[_i].secure};
    struct http_response answer = {0};
    idp_ask(strict, &question, &answer);
    const char *value = response_get_header(&answer, "Strict-Transport-Security");
    ck_assert_pstr_eq(value, rows[_i].value);
    response_free(&answer);
    demo_close(strict, dir);
}
END_TEST

START_TEST(a_page_may_ask)
{
    static const char *const paths[] = {V2, "/contoso.test/oauth2/token"};
    const struct wire_answer *answer =
        mock_ask(idp, "OPTIONS", paths[_i],
                 "Origin: http://localhost:5173\r\nAccess-Control-Request-Method: POST\r\n"
                 "Access-Control-Request-Headers: x-a, x-b\r\n",
                 NULL);
    ck_assert_int_eq(answer->status, 200);
    ck_assert(wire_header(answer, "Access-Control-Allow-Origin: *"));
    ck_assert(wire_header(answer, "Access-Control-Allow-Methods: POST, OPTIONS"));
    ck_assert(wire_header(answer, "Access-Control-Allow-Headers: x-a, x-b"));
    ck_assert(wire_header(answer, "Access-Control-Max-Age: 86400"));
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("token_headers");
    TCase *tcase = tcase_create("headers");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_loop_test(tcase, answers_are_not_stored, 0, 2);
    tcase_add_loop_test(tcase, a_request_id_is_echoed_when_it_is_asked_for, 0, ROWS(requests));
    tcase_add_loop_test(tcase, every_answer_echoes_a_request_id, 0, 14);
    tcase_add_loop_test(tcase, entra_sends_more_beside, 0, ROWS(besides));
    tcase_add_loop_test(tcase, an_unknown_tenant_is_no_exception, 0, 2);
    tcase_add_loop_test(tcase, its_ids_are_cookies, 0, 2);
    tcase_add_loop_test(tcase, a_directory_may_keep_browsers_to_tls, 0, 3);
    tcase_add_loop_test(tcase, a_page_may_ask, 0, 2);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

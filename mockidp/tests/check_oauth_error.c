/* Refusals: which request gets which, and the shape that all of them have. Each document as a
 * whole: check_golden_errors. */
#include "mockidp/errors/oauth_error.h"

#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"

#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define V2 "/contoso.test/oauth2/v2.0/token"
#define V1 "/contoso.test/oauth2/token"
#define WEB "client_id=c0ffee00-0000-4000-8000-0000000000b1"
#define DAEMON "client_id=c0ffee00-0000-4000-8000-0000000000d1"
#define NATIVE "client_id=c0ffee00-0000-4000-8000-0000000000e1"
#define SPA "client_id=c0ffee00-0000-4000-8000-0000000000c1"
#define SECRET "&client_secret=daemon-secret"
#define APP "&grant_type=client_credentials"
#define AS(user) "&grant_type=password&username=" user "&password=Passw0rd!"
#define ALICE AS("alice@contoso.test")
#define API "&scope=api://auth-test/access_as_user"

#define ITSELF "client_id=c0ffee00-0000-4000-8000-0000000000a1&client_secret=auth-test-secret" APP

static const struct {
    const char *reason;
    const char *method;
    const char *path;
    const char *form;
    int code;
    int status;
    const char *error;
    const char *word; /* of the description */
} rows[] = {
    {"an unknown tenant", "POST", "/nobody.test/oauth2/v2.0/token", DAEMON, 90002, 400,
     "invalid_request", "Tenant 'nobody.test' not found."},
    {"an alias is no tenant", "POST", "/contoso/oauth2/v2.0/token", DAEMON, 900023, 400,
     "invalid_request", "'contoso'"},
    {"common grants an app nothing", "POST", "/common/oauth2/v2.0/token", DAEMON APP, 9001023, 400,
     "invalid_grant", "/organizations or tenant-specific"},
    {"nor does organizations", "POST", "/organizations/oauth2/v2.0/token", DAEMON APP, 9001023, 400,
     "invalid_grant", "tenant-specific"},
    {"common, without grant_type", "POST", "/common/oauth2/v2.0/token", DAEMON, 900144, 400,
     "invalid_request", "'grant_type'"},
    {"common, of an unknown grant", "POST", "/common/oauth2/v2.0/token", DAEMON "&grant_type=x",
     70003, 400, "unsupported_grant_type", "'x'"},
    {"common, without a code", "POST", "/common/oauth2/v2.0/token",
     DAEMON "&grant_type=authorization_code", 900144, 400, "invalid_request", "'code'"},
    {"common, with what is no code", "POST", "/common/oauth2/v2.0/token",
     DAEMON "&grant_type=authorization_code&code=x", 9002313, 400, "invalid_grant", "malformed"},
    {"common, with what is no refresh token", "POST", "/common/oauth2/v2.0/token",
     DAEMON "&grant_type=refresh_token&refresh_token=x", 9002313, 400, "invalid_grant",
     "malformed"},
    {"common, with what is no device code", "POST", "/common/oauth2/v2.0/token",
     DAEMON "&grant_type=device_code&device_code=x", 70018, 400, "bad_verification_code", ""},
    {"organizations does for passwords, of users at home somewhere", "POST",
     "/organizations/oauth2/v2.0/token",
     "grant_type=password&client_id=c0ffee00-0000-4000-8000-0000000000e1&username=alice@nobody.test"
     "&password=Passw0rd!&scope=openid",
     50034, 400, "invalid_grant", "organizations directory"},
    {"a home is a domain, no id", "POST", "/organizations/oauth2/v2.0/token",
     "grant_type=password&client_id=c0ffee00-0000-4000-8000-0000000000e1"
     "&username=alice@c0ffee00-0000-4000-8000-000000000001&password=Passw0rd!&scope=openid",
     50034, 400, "invalid_grant", "organizations directory"},
    {"nor an alias", "POST", "/organizations/oauth2/v2.0/token",
     "grant_type=password&client_id=c0ffee00-0000-4000-8000-0000000000e1&username=alice@contoso"
     "&password=Passw0rd!&scope=openid",
     50034, 400, "invalid_grant", "organizations directory"},
    {"and of personal accounts none", "POST", "/organizations/oauth2/v2.0/token",
     "grant_type=password&client_id=c0ffee00-0000-4000-8000-0000000000e1&username=pat@outlook.test"
     "&password=Passw0rd!&scope=openid",
     50034, 400, "invalid_grant", "organizations directory"},
    {"nor do personal accounts by password", "POST", "/consumers/oauth2/v2.0/token",
     "grant_type=password&client_id=c0ffee00-0000-4000-8000-0000000000e1&username=pat@outlook.test"
     "&password=Passw0rd!&scope=openid",
     9001023, 400, "invalid_grant", "tenant-specific"},
    {"a nonce that no token can hold", "POST", V2, NATIVE ALICE "&scope=openid&nonce=%FF", 9002313,
     400, "invalid_request", "malformed"},
    {"a client that no directory has", "POST", "/common/oauth2/v2.0/devicecode",
     "client_id=nobody&scope=openid", 700016, 400, "unauthorized_client", "'Microsoft Services'"},
    {"GET", "GET", V2, NULL, 900561, 400, "invalid_request", "Received a GET request."},
    {"GET at the v1 endpoint", "GET", V1, NULL, 900561, 400, "invalid_request",
     "Received a GET request."},
    {"no grant_type", "POST", V2, DAEMON, 900144, 400, "invalid_request", "'grant_type'"},
    {"an empty grant_type", "POST", V2, DAEMON "&grant_type=", 900144, 400, "invalid_request",
     "'grant_type'"},
    {"no client", "POST", V2, "grant_type=password", 900144, 400, "invalid_request", "'client_id'"},
    {"an unknown client", "POST", V2, "client_id=nobody" APP, 700016, 400, "unauthorized_client",
     "'nobody' was not found in the directory 'Contoso'"},
    {"a client of the other tenant", "POST", "/fabrikam.test/oauth2/v2.0/token", SPA APP, 700016,
     400, "unauthorized_client", "'Fabrikam'"},
    {"an alias is no client", "POST", V2, "client_id=daemon" APP, 700016, 400,
     "unauthorized_client", "'daemon'"},
    {"an alias is no resource", "POST", V2, DAEMON SECRET APP "&scope=auth-test/.default", 500011,
     400, "invalid_resource", "named auth-test "},
    {"an object id is no user name", "POST", V2,
     NATIVE AS("c0ffee00-0000-4000-8000-00000000a11c") API, 50034, 400, "invalid_grant", "a11c"},
    {"an unknown grant", "POST", V2, DAEMON "&grant_type=magic", 70003, 400,
     "unsupported_grant_type", "'magic'"},
    {"an app without its secret", "POST", V2, DAEMON APP "&scope=api://auth-test/.default", 7000218,
     401, "invalid_client", "'client_secret'"},
    {"an app with an empty one", "POST", V2, DAEMON APP "&client_secret=", 7000218, 401,
     "invalid_client", "'client_secret'"},
    {"with a wrong one", "POST", V2, DAEMON APP "&client_secret=daemon-Secret", 7000215, 401,
     "invalid_client", "app 'c0ffee00-0000-4000-8000-0000000000d1'"},
    {"with another app's", "POST", V2, WEB APP SECRET, 7000215, 401, "invalid_client",
     "Invalid client secret"},
    {"a public client for itself", "POST", V2, NATIVE APP "&scope=api://auth-test/.default",
     7000218, 401, "invalid_client", "'client_secret'"},
    {"a public client with a secret", "POST", V2, NATIVE ALICE API SECRET, 700025, 401,
     "invalid_client", "Client is public"},
    {"an assertion beside a secret", "POST", V2,
     DAEMON SECRET APP
     "&client_assertion=x"
     "&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
     50027, 401, "invalid_client", "assertion is malformed"},
    {"a public client with an assertion", "POST", V2, NATIVE ALICE API "&client_assertion=x",
     700025, 401, "invalid_client", "Client is public"},
    {"no scope", "POST", V2, DAEMON SECRET APP, 900144, 400, "invalid_request", "'scope'"},
    {"resource at the v2 endpoint", "POST", V2, DAEMON SECRET APP "&resource=api://legacy", 901002,
     400, "invalid_request", "'resource'"},
    {"resource at the v2 endpoint, for a user", "POST", V2, NATIVE ALICE "&resource=api://legacy",
     901002, 400, "invalid_request", "'resource'"},
    {"no resource at the v1 endpoint, in a tenant without Azure AD Graph", "POST",
     "/fabrikam.test/oauth2/token", DAEMON SECRET APP "&scope=api://legacy/.default", 900144, 400,
     "invalid_request", "'resource'"},
    {"an unknown resource", "POST", V2, DAEMON SECRET APP "&scope=api://nobody/.default", 500011,
     400, "invalid_resource", "named api://nobody was not found in the tenant named Contoso"},
    {"an unknown resource at the v1 endpoint", "POST", V1, DAEMON SECRET APP "&resource=x", 500011,
     400, "invalid_resource", "named x "},
    {"an app that is its own resource, by URI", "POST", V2,
     ITSELF "&scope=api://auth-test/.default", 90009, 400, "invalid_request",
     "is requesting a token for itself"},
    {"at the v1 endpoint, too", "POST", V1, ITSELF "&resource=api://auth-test", 90009, 400,
     "invalid_request", "GUID based App Identifier"},
    {"an app with a named scope", "POST", V2,
     DAEMON SECRET APP "&scope=api://auth-test/access_as_user", 1002012, 400, "invalid_scope",
     "/.default suffixed"},
    {"an app with .default of nothing", "POST", V2, DAEMON SECRET APP "&scope=/.default", 1002012,
     400, "invalid_scope", "/.default"},
    {"an app with two scopes", "POST", V2,
     DAEMON SECRET APP "&scope=api://auth-test/.default+api://legacy/.default", 70011, 400,
     "invalid_scope", "is not valid"},
    {"an app with none but OpenID Connect's", "POST", V2, DAEMON SECRET APP "&scope=openid+profile",
     1002012, 400, "invalid_scope", "scope profile is"},
    {"a scope that the resource does not offer", "POST", V2,
     NATIVE ALICE "&scope=api://auth-test/admin", 70011, 400, "invalid_scope",
     "api://auth-test/admin"},
    {"two resources", "POST", V2, NATIVE ALICE API "+api://legacy/user_impersonation", 70011, 400,
     "invalid_scope", "api://legacy/user_impersonation"},
    {"a scope of no scope's characters (RFC 6749 §3.3)", "POST", V2,
     NATIVE ALICE "&scope=openid+%C1%C1", 70011, 400, "invalid_scope", "??"},
    {"one of Microsoft Graph's, too", "POST", V2,
     NATIVE ALICE "&scope=https://graph.microsoft.com/%FF", 70011, 400, "invalid_scope",
     "https://graph.microsoft.com/?"},
    {"a scope with a quote", "POST", V2, NATIVE ALICE "&scope=a%22b", 70011, 400, "invalid_scope",
     "a\"b"},
    {"a resource and Microsoft Graph", "POST", V2, NATIVE ALICE API "+User.Read", 70011, 400,
     "invalid_scope", "User.Read"},
    {"Microsoft Graph and a resource", "POST", V2,
     NATIVE ALICE "&scope=User.Read+api://auth-test/access_as_user", 70011, 400, "invalid_scope",
     "access_as_user"},
    {".default beside a named scope", "POST", V2,
     NATIVE ALICE "&scope=api://auth-test/.default+api://auth-test/access_as_user", 70011, 400,
     "invalid_scope", "access_as_user"},
    {"by whichever name of the resource", "POST", V2,
     NATIVE ALICE "&scope=api://auth-test/.default"
                  "+api://c0ffee00-0000-4000-8000-0000000000a1/access_as_user",
     70011, 400, "invalid_scope", "access_as_user"},
    {"a named scope beside .default", "POST", V2, NATIVE ALICE API "+api://auth-test/.default",
     70011, 400, "invalid_scope", ".default"},
    {"no user name", "POST", V2, NATIVE "&grant_type=password&password=x" API, 900144, 400,
     "invalid_request", "'username'"},
    {"no password", "POST", V2, NATIVE "&grant_type=password&username=x" API, 900144, 400,
     "invalid_request", "'password'"},
    {"an unknown user", "POST", V2, NATIVE AS("nobody@contoso.test") API, 50034, 400,
     "invalid_grant", "nobody@contoso.test does not exist in the Contoso directory"},
    {"a user of the other tenant", "POST", V2, NATIVE AS("carol@fabrikam.test") API, 50034, 400,
     "invalid_grant", "carol@fabrikam.test"},
    {"an alias is no user name", "POST", V2, NATIVE AS("alice") API, 50034, 400, "invalid_grant",
     "alice"},
    {"nor is it in another case", "POST", V2, NATIVE AS("Alice") API, 50034, 400, "invalid_grant",
     "Alice"},
    {"a wrong password", "POST", V2,
     NATIVE "&grant_type=password&username=alice@contoso.test&password=passw0rd!" API, 50126, 400,
     "invalid_grant", "invalid username or password"},
    {"a client that may not take passwords", "POST", V2, SPA ALICE API, 7000218, 401,
     "invalid_client", "'client_secret'"},
    {"a disabled user", "POST", V2, NATIVE AS("disabled@contoso.test") API, 50057, 400,
     "invalid_grant", "disabled"},
    {"whose wrong password comes first", "POST", V2,
     NATIVE "&grant_type=password&username=disabled@contoso.test&password=x" API, 50126, 400,
     "invalid_grant", "invalid username"},
    {"a user who needs a second factor", "POST", V2, NATIVE AS("mfa@contoso.test") API, 50076, 400,
     "invalid_grant", "to access 'c0ffee00-0000-4000-8000-0000000000a1'"},
    {"instance discovery of an unknown host", "GET",
     "/common/discovery/instance?authorization_endpoint=https%3A%2F%2Flogin.test%2Fcommon%2F", NULL,
     50049, 400, "invalid_instance", "Unknown or invalid instance."},
    {"instance discovery of nothing", "GET", "/common/discovery/instance", NULL, 50050, 400,
     "invalid_instance", "authorization_endpoint"},
    {"text that is not UTF-8 is shown as it can be", "POST", V2, "client_id=%FFx" APP, 700016, 400,
     "unauthorized_client", "'?x'"},
    {"braces of the caller are his own", "POST", V2, "client_id=%7B1%7D" APP, 700016, 400,
     "unauthorized_client", "'{1}'"},
    {"a client that loops, as a fault rule says", "POST", V2, "client_id=loops" APP, 50196, 400,
     "invalid_request", "client request loop"},
    {"a grant in another case is the same to a rule", "POST", V2,
     "client_id=shouts&grant_type=PassWord", 50196, 400, "invalid_request", "client request loop"},
    {"v1 without a resource, where Azure AD Graph is not", "POST", "/fabrikam.test/oauth2/token",
     DAEMON APP "&client_secret=daemon-secret", 900144, 400, "invalid_request", "'resource'"},
    {"a scope of many words", "POST", V2, NATIVE ALICE "&scope=%C3%A9%C3%A9%C3%A9/a%2Fb", 500011,
     400, "invalid_resource", "ééé/a"},
};

static struct idp *idp;

static void start(void)
{
    idp = mock_start();
    json_decref(mock_admin(idp, "PUT", "/_admin/faults",
                           "[{'match':{'client':'loops'},'act':{'aadsts':50196}},"
                           "{'match':{'client':'shouts','grant':'password'},"
                           "'act':{'aadsts':50196}}]",
                           NULL));
}

static void stop(void)
{
    idp_stop(idp);
}

static bool is_guid(const char *text)
{
    return strlen(text) == 36 && text[8] == '-' && strspn(text, "0123456789abcdef-") == 36;
}

/* error, error_description, error_codes, timestamp, trace_id, correlation_id, error_uri: as Entra
 * sends them, the description ending with three of them. */
static void check_shape(const char *reason, const json_t *answer, int code)
{
    char end[200];
    char uri[200];
    char begin[40];
    const char *text = text_at(answer, "error_description");
    const char *trace = text_at(answer, "trace_id");
    const char *correlation = text_at(answer, "correlation_id");
    ck_assert_msg(is_guid(trace) && is_guid(correlation), "%s: %s %s", reason, trace, correlation);
    ck_assert_msg(strcmp(text_at(answer, "timestamp"), "2026-01-31 12:00:00Z") == 0, "%s", reason);
    (void)snprintf(begin, sizeof begin, "AADSTS%d: ", code);
    (void)snprintf(end, sizeof end,
                   " Trace ID: %s Correlation ID: %s Timestamp: 2026-01-31 12:00:00Z", trace,
                   correlation);
    ck_assert_msg(strncmp(text, begin, strlen(begin)) == 0, "%s: %s", reason, text);
    ck_assert_msg(strlen(text) > strlen(end) && strcmp(text + strlen(text) - strlen(end), end) == 0,
                  "%s: %s", reason, text);
    (void)snprintf(uri, sizeof uri, "%s/error?code=%d", idp_http_url(idp), code);
    ck_assert_msg(strcmp(text_at(answer, "error_uri"), uri) == 0, "%s", reason);
}

START_TEST(requests_are_refused_with_their_number)
{
    const struct wire_answer *wire = mock_ask(
        idp, rows[_i].method, rows[_i].path,
        rows[_i].form ? "Content-Type: application/x-www-form-urlencoded\r\n" : "", rows[_i].form);
    json_t *answer = json_loads(wire->body, 0, NULL);
    ck_assert_msg(answer != NULL, "%s: %d %s", rows[_i].reason, wire->status, wire->body);
    const json_t *codes = json_object_get(answer, "error_codes");
    json_int_t code = json_integer_value(json_array_get(codes, 0));
    ck_assert_msg(json_array_size(codes) == 1 && code == rows[_i].code, "%s: %s", rows[_i].reason,
                  wire->body);
    ck_assert_msg(wire->status == rows[_i].status, "%s: %d", rows[_i].reason, wire->status);
    ck_assert_msg(strcmp(text_at(answer, "error"), rows[_i].error) == 0, "%s: %s", rows[_i].reason,
                  text_at(answer, "error"));
    ck_assert_msg(strstr(text_at(answer, "error_description"), rows[_i].word) != NULL, "%s: %s",
                  rows[_i].reason, text_at(answer, "error_description"));
    ck_assert_msg(wire_header(wire, "x-ms-request-id: "), "%s", rows[_i].reason);
    check_shape(rows[_i].reason, answer, rows[_i].code);
    json_decref(answer);
}
END_TEST

START_TEST(a_second_factor_is_a_claims_challenge)
{
    json_t *answer = mock_form(idp, V2, NATIVE AS("mfa@contoso.test") API, NULL);
    ck_assert_str_eq(text_at(answer, "suberror"), "basic_action");
    json_t *claims = json_loads(text_at(answer, "claims"), 0, NULL);
    ck_assert(json_is_true(json_object_get(
        json_object_get(json_object_get(claims, "access_token"), "polids"), "essential")));
    json_decref(claims);
    json_decref(answer);
    answer = mock_form(idp, V2, NATIVE AS("disabled@contoso.test") API, NULL);
    ck_assert_ptr_null(json_object_get(answer, "suberror"));
    ck_assert_ptr_null(json_object_get(answer, "claims"));
    json_decref(answer);
}
END_TEST

START_TEST(the_trace_is_the_request_and_the_correlation_the_clients)
{
    char line[100];
    const struct wire_answer *wire = mock_ask(
        idp, "POST", V2, "client-request-id: 01234567-89ab-cdef-0123-456789abcdef\r\n", "");
    json_t *answer = json_loads(wire->body, 0, NULL);
    ck_assert_str_eq(text_at(answer, "correlation_id"), "01234567-89ab-cdef-0123-456789abcdef");
    (void)snprintf(line, sizeof line, "x-ms-request-id: %s", text_at(answer, "trace_id"));
    ck_assert(wire_header(wire, line));
    json_decref(answer);
}
END_TEST

/* A fault rule's refusal is the endpoint's: with its claims, and for people on a page. */
START_TEST(a_rule_refuses_as_its_endpoint_does)
{
    json_decref(
        mock_admin(idp, "PUT", "/_admin/faults", "[{'match':{},'act':{'aadsts':50076}}]", NULL));
    json_t *answer = mock_form(idp, V2, DAEMON APP, NULL);
    ck_assert_ptr_nonnull(strstr(text_at(answer, "claims"), "polids"));
    json_decref(answer);
    const struct wire_answer *page =
        mock_ask(idp, "GET", "/contoso.test/oauth2/v2.0/authorize?" DAEMON, "", NULL);
    ck_assert_int_eq(page->status, 400);
    ck_assert_ptr_nonnull(strstr(page->body, "<h1"));
    ck_assert_ptr_nonnull(strstr(page->body, "AADSTS50076"));
    json_decref(
        mock_admin(idp, "PUT", "/_admin/faults", "[{'match':{},'act':{'aadsts':90055}}]", NULL));
    page = mock_ask(idp, "GET", "/contoso.test/oauth2/v2.0/authorize?" DAEMON, "", NULL);
    ck_assert_int_eq(page->status, 429);
    ck_assert(wire_header(page, "Retry-After: 30"));
}
END_TEST

START_TEST(error_uri_leads_to_the_text)
{
    static const struct {
        const char *path;
        int status;
        const char *word;
    } pages[] = {{"/error?code=50058", 200, "AADSTS50058"},
                 {"/error?code=50058", 200, "no user is signed in"},
                 {"/error?code=700016", 200, "Application with identifier &#39;\u2026&#39;"},
                 {"/error?code=650057", 200,
                  "Client app ID: \u2026. Resource value from request: "
                  "\u2026. Resource app ID: \u2026."},
                 {"/error?code=1", 404, "Unknown error code"},
                 {"/error?code=50058x", 404, "Unknown error code"},
                 {"/error?code=999999999999999", 404, "Unknown error code"},
                 {"/error", 404, "Unknown error code"}};
    const struct wire_answer *wire = mock_ask(idp, "GET", pages[_i].path, "", NULL);
    ck_assert_int_eq(wire->status, pages[_i].status);
    ck_assert_msg(strstr(wire->body, pages[_i].word) != NULL, "%s", wire->body);
}
END_TEST

START_TEST(no_other_number_is_known)
{
    static const int others[] = {0, -1, 1, 50028, 90014, 99999999};
    ck_assert(!oauth_error_known(others[_i]));
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("oauth_error");
    TCase *tcase = tcase_create("refusals");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_loop_test(tcase, requests_are_refused_with_their_number, 0, ROWS(rows));
    tcase_add_test(tcase, a_second_factor_is_a_claims_challenge);
    tcase_add_test(tcase, the_trace_is_the_request_and_the_correlation_the_clients);
    tcase_add_test(tcase, a_rule_refuses_as_its_endpoint_does);
    tcase_add_loop_test(tcase, error_uri_leads_to_the_text, 0, 8);
    tcase_add_loop_test(tcase, no_other_number_is_known, 0, 6);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

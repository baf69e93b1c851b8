/* From a path to a row: precedence, captures, methods, and what no row serves. */
#include "mockidp/http/router.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const struct route table[] = {
    {"GET", "/common/discovery/instance", "instance", "", NULL},
    {"GET", "/{tenant}/v2.0/.well-known/openid-configuration", "discovery", "v2", NULL},
    {"GET", "/{tenant}/discovery/keys", "jwks", "v1", NULL},
    {"POST", "/{tenant}/oauth2/v2.0/token", "token", "v2", NULL},
    {"OPTIONS", "/{tenant}/oauth2/v2.0/token", "token", "v2", NULL},
    {"GET", "/files/{rest*}", "files", "", NULL},
};

static const struct {
    const char *reason;
    const char *method;
    const char *target;
    enum route_outcome outcome;
    const char *endpoint; /* or the Allow value */
    const char *tenant;
} rows[] = {
    {"no such path", "GET", "/nothing/here", ROUTE_NO_PATH, "", NULL},
    {"a tenant is not empty", "GET", "//discovery/keys", ROUTE_NO_PATH, "", NULL},
    {"a final slash is another path", "GET", "/t/discovery/keys/", ROUTE_NO_PATH, "", NULL},
    {"a prefix is not the path", "GET", "/t/discovery", ROUTE_NO_PATH, "", NULL},
    {"an escaped slash does not make segments", "GET", "/t%2Fdiscovery/keys", ROUTE_NO_PATH, "",
     NULL},
    {"a rest is not empty", "GET", "/files/", ROUTE_NO_PATH, "", NULL},
    {"another method", "GET", "/t/oauth2/v2.0/token", ROUTE_NO_METHOD, "POST, OPTIONS", NULL},
    {"GET brings HEAD", "POST", "/t/discovery/keys", ROUTE_NO_METHOD, "GET, HEAD", NULL},
    {"methods are case-sensitive (RFC 9110 §9.1)", "get", "/t/discovery/keys", ROUTE_NO_METHOD,
     "GET, HEAD", NULL},
    {"a tenant in any case", "GET", "/T/discovery/keys?appid=x", ROUTE_FOUND, "jwks", "T"},
    {"escapes in a tenant are decoded", "GET", "/a%20b/discovery/keys", ROUTE_FOUND, "jwks", "a b"},
    {"HEAD is served by GET", "HEAD", "/t/v2.0/.well-known/openid-configuration", ROUTE_FOUND,
     "discovery", "t"},
    {"a literal where a tenant stands, in any case", "GET", "/Common/discovery/instance",
     ROUTE_FOUND, "instance", NULL},
    {"and the rest of the path, too", "GET", "/t/Discovery/Keys", ROUTE_FOUND, "jwks", "t"},
    {"but no longer one", "GET", "/t/discovery/keys2", ROUTE_NO_PATH, "", NULL},
    {"POST", "POST", "/t/oauth2/v2.0/token", ROUTE_FOUND, "token", "t"},
};

START_TEST(requests_find_their_row)
{
    const char *why = NULL;
    int status = 0;
    char allow[64];
    const struct route *row = NULL;
    struct http_request *request =
        http_request_new(rows[_i].method, rows[_i].target, &why, &status);

    ck_assert_ptr_nonnull(request);
    enum route_outcome outcome =
        router_find(table, sizeof table / sizeof *table, request, &row, allow, sizeof allow);
    ck_assert_msg(outcome == rows[_i].outcome, "%s: %d", rows[_i].reason, (int)outcome);
    const char *got = outcome == ROUTE_FOUND ? row->endpoint : allow;
    ck_assert_msg(strcmp(got, rows[_i].endpoint) == 0, "%s: %s", rows[_i].reason, got);
    const char *tenant = http_request_capture(request, "tenant");
    ck_assert_msg(tenant == rows[_i].tenant || strcmp(tenant, rows[_i].tenant) == 0, "%s",
                  rows[_i].reason);
    http_request_free(request);
}
END_TEST

START_TEST(a_rest_is_captured_whole)
{
    const char *why = NULL;
    int status = 0;
    char allow[64];
    const struct route *row = NULL;
    struct http_request *request = http_request_new("GET", "/files/a/b%2Fc/", &why, &status);

    ck_assert_int_eq(
        router_find(table, sizeof table / sizeof *table, request, &row, allow, sizeof allow),
        ROUTE_FOUND);
    ck_assert_str_eq(http_request_capture(request, "rest"), "a/b/c/");
    http_request_free(request);
}
END_TEST

START_TEST(a_refusal_speaks_the_clients_language)
{
    const char *why = NULL;
    int status = 0;
    struct http_request *request = http_request_new("GET", "/x", &why, &status);
    struct http_response response = {.status = 0};

    router_refuse(ROUTE_NO_METHOD, request, "POST", &response);
    ck_assert_int_eq(response.status, 405);
    ck_assert_str_eq(response_get_header(&response, "allow"), "POST");
    ck_assert_ptr_nonnull(strstr(response.body, "\"error\":\"method_not_allowed\""));
    response_free(&response);
    ck_assert(http_request_add_header(request, "Accept", "text/html,*/*"));
    router_refuse(ROUTE_NO_PATH, request, "", &response);
    ck_assert_int_eq(response.status, 404);
    ck_assert_str_eq(response_get_header(&response, "Content-Type"), "text/html; charset=utf-8");
    ck_assert_ptr_null(response_get_header(&response, "Allow"));
    response_free(&response);
    http_request_free(request);
}
END_TEST

START_TEST(headers_are_replaced_or_repeated)
{
    struct http_response response = {.status = 0};

    response_header(&response, "Set-Cookie", "a=1");
    response_header(&response, "Set-Cookie", "b=2");
    ck_assert_uint_eq(response.headers.count, 2);
    response_set_header(&response, "set-cookie", "c=3");
    ck_assert_uint_eq(response.headers.count, 1);
    ck_assert_str_eq(response_get_header(&response, "Set-Cookie"), "c=3");
    response_json(&response, 200, json_pack("{s:s}", "a", "b"));
    ck_assert_str_eq(response.body, "{\"a\":\"b\"}");
    response_redirect(&response, "http://localhost/");
    ck_assert_int_eq(response.status, 302);
    ck_assert_uint_eq(response.body_len, 0);
    ck_assert_ptr_null(response_get_header(&response, "Content-Type"));
    response_json(&response, 200, NULL);
    ck_assert(response.failed);
    response_free(&response);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("router");
    TCase *tests = tcase_create("router");

    tcase_add_loop_test(tests, requests_find_their_row, 0, (int)(sizeof rows / sizeof *rows));
    tcase_add_test(tests, a_rest_is_captured_whole);
    tcase_add_test(tests, a_refusal_speaks_the_clients_language);
    tcase_add_test(tests, headers_are_replaced_or_repeated);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

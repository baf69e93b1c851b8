/* The admin calls through idp_admin: what each does, and how each refuses. */
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct idp *idp;

static void start(void)
{
    idp = mock_start();
}

static void stop(void)
{
    idp_stop(idp);
}

/* A call that must succeed; a new reference. */
static json_t *done(const char *method, const char *path, const char *body)
{
    int status = 0;
    json_t *answer = mock_admin(idp, method, path, body, &status);
    ck_assert_msg(status == 200, "%s %s: %d %s", method, path, status,
                  text_at(answer, "error_description"));
    return answer;
}

static void call(const char *method, const char *path, const char *body)
{
    json_decref(done(method, path, body));
}

/* ---- refusals ---- */

#define KEYS "/_admin/keys"

static const struct {
    const char *reason;
    const char *method;
    const char *path;
    const char *body;
    int status;
    const char *error;
    const char *word;
} refused[] = {
    {"no such call", "GET", "/_admin/nothing", NULL, 404, "not_found", "no such admin call"},
    {"not an admin call", "GET", "/common/discovery/keys", NULL, 404, "not_found", "no such"},
    {"another method", "DELETE", "/_admin/clock", NULL, 405, "method_not_allowed", "GET"},
    {"not a path", "GET", "nothing", NULL, 400, "bad_request", ""},
    {"a recipe at fault", "POST", "/_admin/tokens", "{'base':'x'}", 400, "bad_request", "/base: "},
    {"a recipe that is none", "POST", "/_admin/tokens", "[]", 400, "bad_request", "/: "},
    {"a recipe of null", "POST", "/_admin/tokens", "null", 400, "bad_request", "/: "},
    {"an unknown user", "POST", "/_admin/tokens", "{'for':{'user':'nobody'}}", 400, "bad_request",
     "/for: "},
    {"a long name that is cut inside a character", "POST", "/_admin/keys/rotate",
     "{'aéééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé':1}", 400, "bad_request",
     "no such member"},
    {"a clock without a mode", "PUT", "/_admin/clock", "{}", 400, "bad_request", "/mode: "},
    {"a clock without a body", "PUT", "/_admin/clock", NULL, 400, "bad_request", "/mode: "},
    {"an unknown mode", "PUT", "/_admin/clock", "{'mode':'slow'}", 400, "bad_request", "/mode: "},
    {"a time that is none", "PUT", "/_admin/clock", "{'mode':'frozen','now':'noon'}", 400,
     "bad_request", "/now: "},
    {"a time in another spelling", "PUT", "/_admin/clock", "{'mode':'frozen','now':1.5}", 400,
     "bad_request", "/now: "},
    {"a time far away", "PUT", "/_admin/clock", "{'mode':'frozen','now':1099511627776}", 400,
     "bad_request", "/now: "},
    {"an offset that is none", "PUT", "/_admin/clock", "{'mode':'real','offset_s':'1'}", 400,
     "bad_request", "/offset_s: "},
    {"an offset far away", "PUT", "/_admin/clock", "{'mode':'real','offset_s':1099511627776}", 400,
     "bad_request", "/offset_s: "},
    {"a step that is none", "POST", "/_admin/clock/advance", "{'seconds':'1'}", 400, "bad_request",
     "/seconds: "},
    {"no step", "POST", "/_admin/clock/advance", NULL, 400, "bad_request", "/seconds: "},
    {"a step far away", "POST", "/_admin/clock/advance", "{'seconds':-1099511627776}", 400,
     "bad_request", "/seconds: "},
    {"keys of nobody", "GET", KEYS "?tenant=nobody", NULL, 404, "not_found", "/tenant: "},
    {"rotating nobody's keys", "POST", KEYS "/rotate", "{'tenant':'nobody'}", 404, "not_found",
     "/tenant: "},
    {"a tenant that is no text", "POST", KEYS "/rotate", "{'tenant':1}", 404, "not_found",
     "/tenant: "},
    {"an unknown member", "POST", KEYS "/rotate", "{'tenent':'contoso'}", 400, "bad_request",
     "/tenent: "},
    {"a body that is no object", "POST", KEYS "/rotate", "[]", 400, "bad_request", "object"},
    {"ahead of what", "POST", KEYS "/rotate", "{'publish_ahead':1}", 400, "bad_request",
     "/publish_ahead: "},
    {"a key that is no text", "POST", KEYS "/publish", "{'key':1}", 400, "bad_request", "/key: "},
    {"publishing nobody's key", "POST", KEYS "/publish", "{'key':'nobody'}", 409, "conflict",
     "'nobody'"},
    {"retire takes no key", "POST", KEYS "/retire", "{'key':'current'}", 400, "bad_request",
     "/key: "},
    {"the key that signs stays", "POST", KEYS "/remove", "{'key':'current'}", 409, "conflict",
     "retire it first"},
    {"no rules", "PUT", "/_admin/faults", NULL, 400, "bad_request", "list"},
    {"a rule at fault", "PUT", "/_admin/faults", "[{'act':{'status':500}},{'act':{}}]", 400,
     "bad_request", "/1"},
    {"a journal since when", "GET", "/_admin/journal?since=yesterday", NULL, 400, "bad_request",
     "since"},
};

START_TEST(calls_are_refused)
{
    int status = 0;
    json_t *answer =
        mock_admin(idp, refused[_i].method, refused[_i].path, refused[_i].body, &status);
    ck_assert_msg(status == refused[_i].status, "%s: %d %s", refused[_i].reason, status,
                  text_at(answer, "error_description"));
    ck_assert_msg(strcmp(text_at(answer, "error"), refused[_i].error) == 0, "%s: %s",
                  refused[_i].reason, text_at(answer, "error"));
    ck_assert_msg(strstr(text_at(answer, "error_description"), refused[_i].word) != NULL, "%s: %s",
                  refused[_i].reason, text_at(answer, "error_description"));
    json_decref(answer);
}
END_TEST

/* ---- tokens ---- */

START_TEST(a_token_is_baked)
{
    json_t *answer = done("POST", "/_admin/tokens", "{'base':'app-v2'}");
    json_t *claims = token_json(text_at(answer, "token"), 1);
    char want[8192];
    (void)snprintf(want, sizeof want, "Bearer %s", text_at(answer, "token"));
    ck_assert_str_eq(text_at(answer, "authorization"), want);
    ck_assert_str_eq(text_at(answer, "place"), "header");
    ck_assert(json_equal(claims, json_object_get(answer, "claims")));
    ck_assert_str_eq(text_at(json_object_get(answer, "header"), "alg"), "RS256");
    ck_assert_ptr_null(json_object_get(answer, "lines"));
    (void)snprintf(want, sizeof want, "%s/" CONTOSO "/v2.0", idp_http_url(idp));
    ck_assert_str_eq(text_at(claims, "iss"), want);
    json_decref(claims);
    json_decref(answer);
}
END_TEST

START_TEST(a_recipe_may_be_absent)
{
    json_t *answer = done("POST", "/_admin/tokens", NULL);
    ck_assert_str_eq(text_at(json_object_get(answer, "claims"), "name"), "Alice");
    json_decref(answer);
}
END_TEST

START_TEST(what_is_no_text_is_hex)
{
    json_t *answer = done("POST", "/_admin/tokens",
                          "{'mutate':[{'segments':['a']},{'insert':{'part':'token',"
                          "'text':{'hex':'ff'}}}],'wrap':null,'wrap_headers':['x']}");
    ck_assert_str_eq(text_at(json_object_get(answer, "token"), "hex"), "61ff");
    ck_assert(json_is_null(json_object_get(answer, "authorization")));
    ck_assert_uint_eq(json_array_size(json_object_get(answer, "lines")), 1);
    json_decref(answer);
}
END_TEST

/* ---- clock ---- */

static void expect_clock(json_t *answer, const char *mode, json_int_t now)
{
    ck_assert_str_eq(text_at(answer, "mode"), mode);
    ck_assert_int_eq(json_integer_value(json_object_get(answer, "now")), now);
    ck_assert_int_eq(idp_now(idp), now);
    json_decref(answer);
}

START_TEST(the_clock_is_steered)
{
    expect_clock(done("GET", "/_admin/clock", NULL), "frozen", KITCHEN_NOW);
    expect_clock(done("POST", "/_admin/clock/advance", "{'seconds':301}"), "frozen",
                 KITCHEN_NOW + 301);
    expect_clock(done("POST", "/_admin/clock/advance", "{'seconds':-1}"), "frozen",
                 KITCHEN_NOW + 300);
    expect_clock(done("PUT", "/_admin/clock", "{'mode':'frozen','now':5}"), "frozen", 5);
    expect_clock(done("PUT", "/_admin/clock", "{'mode':'frozen','now':'2026-01-31T12:00:00Z'}"),
                 "frozen", KITCHEN_NOW);
    expect_clock(done("PUT", "/_admin/clock", "{'mode':'frozen'}"), "frozen", KITCHEN_NOW);
    json_t *answer = done("PUT", "/_admin/clock", "{'mode':'real','offset_s':-100}");
    ck_assert_str_eq(text_at(answer, "mode"), "real");
    ck_assert_int_eq(json_integer_value(json_object_get(answer, "offset_s")), -100);
    json_decref(answer);
}
END_TEST

START_TEST(tokens_follow_the_clock)
{
    call("POST", "/_admin/clock/advance", "{'seconds':1000}");
    json_t *answer = done("POST", "/_admin/tokens", NULL);
    ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(answer, "claims"), "iat")),
                     KITCHEN_NOW + 1000 - 300);
    json_decref(answer);
}
END_TEST

/* ---- keys ---- */

/* How many keys are published over HTTP, and the kid of a fresh token. */
static size_t published(const char *tenant)
{
    char path[200];
    (void)snprintf(path, sizeof path, "/%s/discovery/v2.0/keys", tenant);
    json_t *set = mock_get(idp, path, NULL);
    size_t n = json_array_size(json_object_get(set, "keys"));
    json_decref(set);
    return n;
}

static void kid_of(const char *recipe, char kid[64])
{
    json_t *answer = done("POST", "/_admin/tokens", recipe);
    (void)snprintf(kid, 64, "%s", text_at(json_object_get(answer, "header"), "kid"));
    json_decref(answer);
}

START_TEST(keys_are_steered)
{
    char before[64];
    char next[64];
    char after[64];
    kid_of("{}", before);
    kid_of("{'sign':{'key':'next'}}", next);
    json_t *answer = done("POST", "/_admin/keys/rotate", NULL);
    ck_assert_str_eq(text_at(answer, "tenant"), CONTOSO);
    ck_assert_uint_eq(json_array_size(json_object_get(answer, "keys")), 5);
    json_decref(answer);
    kid_of("{}", after);
    ck_assert_str_ne(before, after);
    ck_assert_str_eq(next, after);
    ck_assert_uint_eq(published(CONTOSO), 5);
    call("POST", "/_admin/keys/publish", "{'key':'rogue'}");
    ck_assert_uint_eq(published(CONTOSO), 6);
    call("POST", "/_admin/keys/remove", "{'key':'rogue'}");
    call("POST", "/_admin/keys/remove", "{}");
    ck_assert_uint_eq(published(CONTOSO), 4);
    call("POST", "/_admin/keys/retire", "{'tenant':'contoso'}");
    kid_of("{}", after);
    ck_assert_str_ne(next, after);
    call("POST", "/_admin/keys/rotate", "{'publish_ahead':false}");
    ck_assert_uint_eq(published(FABRIKAM), 4);
    call("POST", "/_admin/keys/rotate", "{'tenant':'fabrikam.test'}");
    ck_assert_uint_eq(published(FABRIKAM), 5);
    answer = done("GET", "/_admin/keys?tenant=fabrikam", NULL);
    ck_assert_str_eq(text_at(answer, "tenant"), FABRIKAM);
    json_decref(answer);
}
END_TEST

/* ---- faults, journal, reset ---- */

START_TEST(faults_strike_until_they_are_cleared)
{
    const char *path = "/common/discovery/keys";
    call("PUT", "/_admin/faults", "{'match':{'endpoint':'jwks'},'act':{'status':503}}");
    ck_assert_int_eq(mock_ask(idp, "GET", path, "", NULL)->status, 503);
    json_t *answer = done("GET", "/_admin/faults", NULL);
    char *text = json_dumps(answer, JSON_COMPACT);
    ck_assert_msg(strstr(text, "\"hits\":1") != NULL, "%s", text);
    free(text);
    json_decref(answer);
    call("PUT", "/_admin/faults", "{'match':{'endpoint':'jwks'},'act':{'empty_keys':true}}");
    answer = mock_get(idp, path, NULL);
    ck_assert_uint_eq(json_array_size(json_object_get(answer, "keys")), 0);
    json_decref(answer);
    call("PUT", "/_admin/faults", "{'match':{'endpoint':'jwks'},'act':{'stale_keys':true}}");
    call("POST", "/_admin/keys/rotate", NULL);
    ck_assert_uint_eq(published(CONTOSO), 4);
    call("DELETE", "/_admin/faults", NULL);
    ck_assert_uint_eq(published(CONTOSO), 5);
}
END_TEST

START_TEST(the_journal_tells_who_asked_what)
{
    json_decref(mock_form(idp, "/contoso.test/oauth2/v2.0/token",
                          "client_id=c0ffee00-0000-4000-8000-0000000000d1&grant_type=client_"
                          "credentials&client_secret=daemon-secret&scope=api://auth-test/.default",
                          NULL));
    json_decref(
        mock_form(idp, "/contoso.test/oauth2/v2.0/token", "client_id=nobody&grant_type=x", NULL));
    (void)mock_ask(idp, "GET", "/common/discovery/v2.0/keys", "", NULL);
    (void)mock_ask(idp, "GET", "/_canary/jku", "", NULL);
    json_t *answer = done("GET", "/_admin/journal?endpoint=token", NULL);
    const json_t *entries = json_object_get(answer, "entries");
    ck_assert_uint_eq(json_array_size(entries), 2);
    const json_t *first = json_array_get(entries, 0);
    ck_assert_str_eq(text_at(first, "client"), "c0ffee00-0000-4000-8000-0000000000d1");
    ck_assert_str_eq(text_at(first, "tenant"), CONTOSO);
    ck_assert_str_eq(text_at(first, "grant"), "client_credentials");
    ck_assert_str_eq(text_at(first, "outcome"), "ok");
    ck_assert_str_eq(text_at(first, "version"), "v2");
    ck_assert_str_eq(text_at(json_array_get(entries, 1), "outcome"), "AADSTS700016");
    char *text = json_dumps(answer, 0);
    ck_assert_ptr_null(strstr(text, "daemon-secret"));
    free(text);
    json_decref(answer);
    answer = done("GET", "/_admin/journal?endpoint=canary", NULL);
    ck_assert_str_eq(text_at(json_array_get(json_object_get(answer, "entries"), 0), "detail"),
                     "jku");
    json_decref(answer);
    call("DELETE", "/_admin/journal", NULL);
    answer = done("GET", "/_admin/journal", NULL);
    ck_assert_uint_eq(json_array_size(json_object_get(answer, "entries")), 0);
    json_decref(answer);
}
END_TEST

START_TEST(a_reset_is_the_start_save_for_the_clock)
{
    char before[64];
    char after[64];
    kid_of("{}", before);
    call("POST", "/_admin/clock/advance", "{'seconds':7}");
    call("POST", "/_admin/keys/rotate", NULL);
    call("POST", "/_admin/keys/publish", "{'key':'rogue'}");
    call("PUT", "/_admin/faults", "{'match':{'endpoint':'jwks'},'act':{'status':503}}");
    (void)mock_ask(idp, "GET", "/common/discovery/keys", "", NULL);
    call("POST", "/_admin/reset", NULL);
    kid_of("{}", after);
    ck_assert_str_eq(before, after);
    json_t *answer = done("GET", "/_admin/journal", NULL);
    ck_assert_uint_eq(json_array_size(json_object_get(answer, "entries")), 0);
    json_decref(answer);
    ck_assert_uint_eq(published(CONTOSO), 4);
    ck_assert_int_eq(idp_now(idp), KITCHEN_NOW + 7);
}
END_TEST

/* Over HTTP the same table answers, behind its guard. */
START_TEST(the_same_calls_are_served)
{
    const struct wire_answer *answer =
        mock_ask(idp, "POST", "/_admin/clock/advance", "", "{\"seconds\":5}");
    ck_assert_int_eq(answer->status, 200);
    ck_assert(wire_header(answer, "Cache-Control: no-store"));
    ck_assert_int_eq(idp_now(idp), KITCHEN_NOW + 5);
    answer = mock_ask(idp, "POST", "/_admin/clock/advance", "", "{\"seconds\":");
    ck_assert_int_eq(answer->status, 400);
    ck_assert_ptr_nonnull(strstr(answer->body, "line 1"));
    answer = mock_ask(idp, "POST", "/_admin/clock/advance", "Origin: http://evil.test\r\n",
                      "{\"seconds\":5}");
    ck_assert_int_eq(answer->status, 403);
    ck_assert_int_eq(idp_now(idp), KITCHEN_NOW + 5);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("admin");
    TCase *tcase = tcase_create("admin");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_loop_test(tcase, calls_are_refused, 0, ROWS(refused));
    tcase_add_test(tcase, a_token_is_baked);
    tcase_add_test(tcase, a_recipe_may_be_absent);
    tcase_add_test(tcase, what_is_no_text_is_hex);
    tcase_add_test(tcase, the_clock_is_steered);
    tcase_add_test(tcase, tokens_follow_the_clock);
    tcase_add_test(tcase, keys_are_steered);
    tcase_add_test(tcase, faults_strike_until_they_are_cleared);
    tcase_add_test(tcase, the_journal_tells_who_asked_what);
    tcase_add_test(tcase, a_reset_is_the_start_save_for_the_clock);
    tcase_add_test(tcase, the_same_calls_are_served);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

/* What fault rules do to an answer. */
#include "mockidp/faults/apply.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static char why[256];

static const struct {
    const char *act;
    bool replaces;
    int status;
    const char *header;
    const char *value;
    const char *body;
} acts[] = {
    {"{\"delay_ms\":1}", false, 0, NULL, NULL, NULL},
    {"{\"truncate\":0.5}", false, 0, NULL, NULL, NULL},
    {"{\"stale_keys\":true}", false, 0, NULL, NULL, NULL},
    {"{\"status\":202}", false, 202, NULL, NULL, NULL},
    {"{\"status\":429,\"retry_after\":7}", true, 429, "Retry-After", "7", "invalid_request"},
    {"{\"status\":503}", true, 503, "Content-Type", "application/json; charset=utf-8",
     "temporarily_unavailable"},
    {"{\"body\":\"<p>\",\"content_type\":\"text/html\"}", true, 200, "Content-Type", "text/html",
     "<p>"},
    {"{\"body\":\"\",\"status\":500}", true, 500, NULL, NULL, ""},
    {"{\"redirect\":\"/x\"}", true, 302, "Location", "/x", NULL},
    {"{\"redirect\":\"/x\",\"status\":307}", true, 307, "Location", "/x", NULL},
    {"{\"reset\":true}", true, 200, NULL, NULL, NULL},
    {"{\"half_close\":true}", true, 200, NULL, NULL, NULL},
    {"{\"aadsts\":50196}", true, 200, NULL, NULL, NULL}, /* who it is for writes it: serve.c */
    {"{\"redirect\":\"{origin}/a\"}", true, 302, "Location", "https://localhost:8443/a", NULL},
    {"{\"redirect\":\"{other_origin}/a\"}", true, 302, "Location", "https://127.0.0.1:8443/a",
     NULL},
    {"{\"redirect\":\"{http_origin}/a\"}", true, 302, "Location", "http://127.0.0.1:8080/a", NULL},
    {"{\"body\":\"a {origin}/{tenantid} {origin}\"}", true, 200, NULL, NULL,
     "a https://localhost:8443/{tenantid} https://localhost:8443"},
};

/* What acts make of an endpoint's answer {"keys":[{"n":"N","e":"E"}],"a":1}. */
static const struct {
    const char *act;
    const char *header;
    const char *value;
    const char *body; /* the beginning, or NULL */
    size_t len;       /* 0: not looked at */
} changes[] = {
    {"{\"content_type\":\"text/html\"}", "Content-Type", "text/html", "{\"keys\"", 34},
    {"{\"content_type\":\"\"}", "Content-Type", NULL, NULL, 0},
    {"{\"headers\":{\"cache-control\":\"no-store\"}}", "Cache-Control", "no-store", NULL, 34},
    {"{\"headers\":{\"Cache-Control\":\"\"}}", "Cache-Control", NULL, NULL, 0},
    {"{\"members\":{\"keys\":null,\"a\":\"{origin}/\"}}", NULL, NULL,
     "{\"a\":\"https://localhost:8443/\"}", 0},
    {"{\"decoy_keys\":2}", NULL, NULL,
     "{\"keys\":[{\"kty\":\"RSA\",\"use\":\"sig\",\"kid\":\"decoy-0\",\"n\":\"N\",\"e\":\"E\"},"
     "{\"kty\":\"RSA\",\"use\":\"sig\",\"kid\":\"decoy-1\",\"n\":\"N\",\"e\":\"E\"},"
     "{\"n\":\"N\",\"e\":\"E\"}],\"a\":1}",
     0},
    {"{\"pad_bytes\":3}", NULL, NULL, "{\"keys\":[{\"n\":\"N\",\"e\":\"E\"}],\"a\":1   }", 37},
    {"{\"encoding\":\"gzip\"}", "Content-Encoding", "gzip", "\x1f\x8b", 10 + 5 + 34 + 8},
    {"{\"encoding\":\"gzip-bomb\"}", "Content-Encoding", "gzip", "\x1f\x8b", 0},
};

static const struct fault_place place = {"https://localhost:8443", "http://127.0.0.1:8080", true};

START_TEST(answers_are_changed)
{
    json_t *json = json_pack("{s:o}", "act", json_loads(changes[_i].act, 0, NULL));
    struct fault_rule rule;
    struct http_response response = {.status = 0};

    ck_assert_msg(fault_rule_parse(&rule, json, "", why, sizeof why), "%s", why);
    ck_assert(!fault_replaces(&rule.act));
    response_text(&response, 200, "application/json",
                  "{\"keys\":[{\"n\":\"N\",\"e\":\"E\"}],\"a\":1}");
    response_set_header(&response, "Cache-Control", "max-age=86400");
    fault_adjust(&rule.act, &place, &response);
    if (changes[_i].header != NULL) {
        const char *got = response_get_header(&response, changes[_i].header);
        ck_assert_msg(changes[_i].value == NULL ? got == NULL
                                                : got && strcmp(got, changes[_i].value) == 0,
                      "%s: %s", changes[_i].act, got ? got : "none");
    }
    if (changes[_i].body != NULL) {
        ck_assert_msg(memcmp(response.body, changes[_i].body, strlen(changes[_i].body)) == 0,
                      "%s: %s", changes[_i].act, response.body);
    }
    if (changes[_i].len != 0) {
        ck_assert_uint_eq(response.body_len, changes[_i].len);
    }
    response_free(&response);
    fault_rule_cleanup(&rule);
    json_decref(json);
}
END_TEST

START_TEST(gzip_is_for_who_accepts_it)
{
    const struct fault_place plain = {"http://localhost:1", NULL, false};
    struct fault_act act = {.encoding = FAULT_GZIP, .retry_after = -1};
    struct http_response response = {.status = 0};

    response_text(&response, 200, "application/json", "{}");
    fault_adjust(&act, &plain, &response);
    ck_assert_str_eq(response.body, "{}");
    ck_assert_ptr_null(response_get_header(&response, "Content-Encoding"));
    ck_assert_str_eq(response_get_header(&response, "Vary"), "Accept-Encoding");
    response_free(&response);
}
END_TEST

START_TEST(acts_do_what_they_say)
{
    json_t *json = json_pack("{s:o}", "act", json_loads(acts[_i].act, 0, NULL));
    struct fault_rule rule;
    struct http_response response = {.status = 0};

    ck_assert_msg(fault_rule_parse(&rule, json, "", why, sizeof why), "%s", why);
    ck_assert_msg(fault_replaces(&rule.act) == acts[_i].replaces, "%s", acts[_i].act);
    if (acts[_i].replaces) {
        fault_answer(&rule.act, &place, &response);
    } else {
        fault_adjust(&rule.act, &place, &response);
    }
    ck_assert_int_eq(response.status, acts[_i].status);
    if (acts[_i].header != NULL) {
        ck_assert_str_eq(response_get_header(&response, acts[_i].header), acts[_i].value);
    }
    if (acts[_i].body != NULL) {
        ck_assert_ptr_nonnull(strstr(response.body, acts[_i].body));
    }
    response_free(&response);
    fault_rule_cleanup(&rule);
    json_decref(json);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fault acts");
    TCase *tests = tcase_create("fault acts");

    tcase_add_loop_test(tests, acts_do_what_they_say, 0, (int)(sizeof acts / sizeof *acts));
    tcase_add_loop_test(tests, answers_are_changed, 0, (int)(sizeof changes / sizeof *changes));
    tcase_add_test(tests, gzip_is_for_who_accepts_it);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

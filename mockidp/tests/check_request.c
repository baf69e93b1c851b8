/* Parsing one request: what is refused, what is decoded, what is kept as it came. */
#include "mockidp/http/request.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const char *why;
static int status;

static const struct {
    const char *reason;
    const char *target;
    int status;
} bad_targets[] = {
    {"RFC 9112 §3.2.1: the path begins with a slash", "x", 400},
    {"an empty target is no path", "", 400},
    {"the asterisk form is for OPTIONS of a proxy", "*", 400},
    {"a NUL octet would cut a C string", "/a%00", 400},
    {"a stray percent sign in a path", "/a%", 400},
    {"half an escape in a path", "/a%2", 400},
    {"no hex digits in a path", "/a%g0", 400},
    {"a NUL octet in the query's value", "/a?x=%00", 400},
    {"a NUL octet in the query's name", "/a?%00=x", 400},
    {"more than 32 segments", "/1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7/8/9/0/1/2/3",
     400},
    {"the absolute form of a host without a path", "http://host", 400},
};

START_TEST(bad_targets_are_refused)
{
    struct http_request *request = http_request_new("GET", bad_targets[_i].target, &why, &status);

    ck_assert_msg(request == NULL, "accepted: %s", bad_targets[_i].reason);
    ck_assert_int_eq(status, bad_targets[_i].status);
    ck_assert_ptr_nonnull(why);
}
END_TEST

START_TEST(sizes_have_limits)
{
    static char target[HTTP_TARGET_MAX + 2];
    static char fields[4 * (HTTP_PARAMS_MAX + 1)];

    memset(target, 'a', sizeof target - 1);
    target[0] = '/';
    ck_assert_ptr_null(http_request_new("GET", target, &why, &status));
    ck_assert_int_eq(status, 414);
    target[HTTP_TARGET_MAX] = '\0';
    struct http_request *request = http_request_new("GET", target, &why, &status);
    ck_assert_ptr_nonnull(request);

    struct http_params params = {NULL, 0};
    for (size_t i = 0; i <= HTTP_PARAMS_MAX; i++) {
        memcpy(fields + 4 * i, (const char[]){'a', '=', 'b', '&'}, 4);
    }
    ck_assert(http_params_parse(fields, sizeof fields - 4, &params));
    ck_assert_uint_eq(params.count, HTTP_PARAMS_MAX);
    http_params_clear(&params);
    ck_assert(!http_params_parse(fields, sizeof fields, &params));
    http_params_clear(&params);
    for (size_t i = 0; i < HTTP_PARAMS_MAX; i++) {
        ck_assert(http_request_add_header(request, "X", "y"));
    }
    ck_assert(!http_request_add_header(request, "X", "y"));
    http_request_free(request);
}
END_TEST

static const struct {
    const char *reason;
    const char *target;
    const char *path;
    size_t segments;
    const char *last;
} good_targets[] = {
    {"the root is one empty segment", "/", "/", 1, ""},
    {"a final slash is an empty segment", "/a/", "/a/", 2, ""},
    {"escapes are decoded after the split: %2F is no separator", "/a%2Fb/c", "/a/b/c", 2, "c"},
    {"plus is itself in a path", "/a+b", "/a+b", 1, "a+b"},
    {"dots are names like any other", "/a/../b", "/a/../b", 3, "b"},
    {"UTF-8 passes", "/%C3%A9", "/\xc3\xa9", 1, "\xc3\xa9"},
    {"the absolute form of RFC 9112 §3.2.2", "HTTP://h:1/a/b?c", "/a/b", 2, "b"},
};

START_TEST(targets_are_split_and_decoded)
{
    struct http_request *request = http_request_new("GET", good_targets[_i].target, &why, &status);

    ck_assert_msg(request != NULL, "%s: %s", good_targets[_i].reason, why);
    ck_assert_msg(strcmp(request->path, good_targets[_i].path) == 0, "%s: %s",
                  good_targets[_i].reason, request->path);
    ck_assert_uint_eq(request->segment_count, good_targets[_i].segments);
    ck_assert_str_eq(request->segments[request->segment_count - 1], good_targets[_i].last);
    http_request_free(request);
}
END_TEST

START_TEST(parameters_keep_order_and_duplicates)
{
    const char *text = "b=2&a=1+1&&a=%C3%A9&c&=x&d=%zz&e=a=b";
    struct http_params params = {NULL, 0};

    ck_assert(http_params_parse(text, strlen(text), &params));
    ck_assert_uint_eq(params.count, 7);
    ck_assert_str_eq(params.items[0].name, "b");
    ck_assert_str_eq(http_params_get(&params, "a"), "1 1");
    ck_assert_uint_eq(http_params_count(&params, "a"), 2);
    ck_assert_str_eq(params.items[2].value, "\xc3\xa9");
    ck_assert_str_eq(http_params_get(&params, "c"), "");
    ck_assert_str_eq(http_params_get(&params, ""), "x");
    ck_assert_str_eq(http_params_get(&params, "d"),
                     "%zz"); /* WHATWG URL §1.3: a stray percent sign stays */
    ck_assert_str_eq(http_params_get(&params, "e"), "a=b");
    ck_assert_ptr_null(http_params_get(&params, "A"));
    http_params_clear(&params);
}
END_TEST

static const struct {
    const char *reason;
    const char *host;
    bool secure;
    const char *origin; /* NULL: refused */
} hosts[] = {
    {"empty", "", false, NULL},
    {"a path in it", "a/b", false, NULL},
    {"a user in it", "u@a", false, NULL},
    {"a space", "a b", false, NULL},
    {"markup", "a\"><script>", false, NULL},
    {"plain", "127.0.0.1:8080", false, "http://127.0.0.1:8080"},
    {"lower case is one spelling", "LocalHost:8443", true, "https://localhost:8443"},
    {"IPv6", "[::1]:80", false, "http://[::1]:80"},
};

START_TEST(the_origin_follows_the_host)
{
    struct http_request *request = http_request_new("GET", "/", &why, &status);

    ck_assert(http_request_add_header(request, "hOST", hosts[_i].host));
    bool ok = http_request_finish(request, hosts[_i].secure, "127.0.0.1", NULL, 0, &why, &status);
    ck_assert_msg(ok == (hosts[_i].origin != NULL), "%s", hosts[_i].reason);
    if (ok) {
        ck_assert_str_eq(request->origin, hosts[_i].origin);
    } else {
        ck_assert_int_eq(status, 400);
    }
    http_request_free(request);
}
END_TEST

static const struct {
    const char *type;
    bool form;
} types[] = {
    {"text/plain", false},
    {"application/x-www-form-urlencoded-not", false},
    {"application/x-www-form-urlencoded", true},
    {"Application/X-WWW-Form-Urlencoded ; charset=UTF-8", true},
    {"application/x-www-form-urlencoded;charset=utf-8", true},
};

START_TEST(a_form_is_split_by_its_type)
{
    struct http_request *request = http_request_new("POST", "/?q=1", &why, &status);

    ck_assert(http_request_add_header(request, "content-type", types[_i].type));
    ck_assert(http_request_finish(request, false, "::1", "a=b", 3, &why, &status));
    ck_assert_msg((http_params_get(&request->form, "a") != NULL) == types[_i].form, "%s",
                  types[_i].type);
    ck_assert_str_eq(http_params_get(&request->query, "q"), "1");
    ck_assert_str_eq(request->query_text, "q=1");
    ck_assert_str_eq(request->body, "a=b");
    ck_assert_ptr_null(request->origin);
    http_request_free(request);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("request");
    TCase *tests = tcase_create("request");

    tcase_add_loop_test(tests, bad_targets_are_refused, 0,
                        (int)(sizeof bad_targets / sizeof *bad_targets));
    tcase_add_test(tests, sizes_have_limits);
    tcase_add_loop_test(tests, targets_are_split_and_decoded, 0,
                        (int)(sizeof good_targets / sizeof *good_targets));
    tcase_add_test(tests, parameters_keep_order_and_duplicates);
    tcase_add_loop_test(tests, the_origin_follows_the_host, 0, (int)(sizeof hosts / sizeof *hosts));
    tcase_add_loop_test(tests, a_form_is_split_by_its_type, 0, (int)(sizeof types / sizeof *types));
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

/* Cookies of the mock's pages: what may read and send them, and which of a header's is meant (RFC
 * 6265 §4.1.2, §5.4). */
#include "mockidp/endpoints/cookie.h"

#include <check.h>
#include <string.h>

static const struct {
    const char *reason;
    const char *value;
    bool secure;
    bool everywhere;
    const char *line;
} settings[] = {
    {"in plain HTTP from our own pages alone", "v", false, true,
     "mockidp_session=v; Path=/; HttpOnly; SameSite=Lax"},
    {"over TLS from everywhere, as hidden frames need it", "v", true, true,
     "mockidp_session=v; Path=/; HttpOnly; Secure; SameSite=None"},
    {"over TLS from our own pages", "v", true, false,
     "mockidp_session=v; Path=/; HttpOnly; Secure; SameSite=Lax"},
    {"none: it is removed", "", true, true,
     "mockidp_session=; Path=/; HttpOnly; Secure; SameSite=None; Max-Age=0"},
};

START_TEST(a_cookie_is_for_whom_it_may)
{
    const struct http_request request = {.secure = settings[_i].secure};
    struct http_response response = {0};
    cookie_set(&request, &response, COOKIE_SESSION, settings[_i].value, settings[_i].everywhere);
    ck_assert_pstr_eq(response_get_header(&response, "Set-Cookie"), settings[_i].line);
    response_free(&response);
}
END_TEST

static const struct {
    const char *reason;
    const char *lines[2]; /* Cookie headers; HTTP/2 may send several */
    const char *value;    /* NULL: none */
} readings[] = {
    {"no header", {NULL, NULL}, NULL},
    {"others alone", {"a=1; b=2", NULL}, NULL},
    {"a name that ends so", {"not_mockidp_csrf=1", NULL}, NULL},
    {"a name that begins so", {"mockidp_csrf_more=1", NULL}, NULL},
    {"an empty one", {"mockidp_csrf=", NULL}, NULL},
    {"one that is too long", {"mockidp_csrf=12345678", NULL}, NULL},
    {"one that just fits", {"mockidp_csrf=1234567", NULL}, "1234567"},
    {"between others", {"a=1; mockidp_csrf=x;b=2", NULL}, "x"},
    {"in the second line", {"a=1", "mockidp_csrf=x"}, "x"},
    {"the first of two", {"mockidp_csrf=x; mockidp_csrf=y", NULL}, "x"},
};

START_TEST(a_cookie_is_found_among_others)
{
    char value[8] = "before";
    struct http_request request = {.secure = false};
    for (size_t i = 0; i < 2 && readings[_i].lines[i]; i++) {
        ck_assert(http_params_add(&request.headers, "cookie", readings[_i].lines[i]));
    }
    bool found = cookie_read(&request, COOKIE_CSRF, value, sizeof value);
    ck_assert_msg(found == (readings[_i].value != NULL), "%s: %s", readings[_i].reason, value);
    ck_assert_msg(!found || strcmp(value, readings[_i].value) == 0, "%s: %s", readings[_i].reason,
                  value);
    http_params_clear(&request.headers);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("cookie");
    TCase *tcase = tcase_create("cookies");
    tcase_add_loop_test(tcase, a_cookie_is_found_among_others, 0, ROWS(readings));
    tcase_add_loop_test(tcase, a_cookie_is_for_whom_it_may, 0, ROWS(settings));
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

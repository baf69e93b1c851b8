/* Who may steer the mock over HTTP. */
#include "mockidp/admin/guard.h"

#include <check.h>
#include <string.h>

static const struct {
    const char *reason;
    enum admin_mode mode;
    const char *remote;
    const char *host;
    const char *name; /* one more header */
    const char *value;
    int status;
} rows[] = {
    {"switched off", ADMIN_OFF, "127.0.0.1", "localhost", "X", "", 404},
    {"a page of another site (CSRF)", ADMIN_ON, "127.0.0.1", "localhost", "Origin",
     "https://evil.example", 403},
    {"a page of our own has no token yet", ADMIN_ON, "127.0.0.1", "localhost", "Sec-Fetch-Site",
     "same-origin", 403},
    {"a peer from elsewhere", ADMIN_ON, "192.0.2.1", "localhost", "X", "", 403},
    {"a peer whose address only begins like one", ADMIN_ON, "::ffff:192.0.2.1", "localhost", "X",
     "", 403},
    {"no Host", ADMIN_ON, "127.0.0.1", NULL, "X", "", 403},
    {"a foreign Host (DNS rebinding)", ADMIN_ON, "127.0.0.1", "evil.example:8080", "X", "", 403},
    {"a Host that begins like ours", ADMIN_ON, "127.0.0.1", "localhost.evil.example", "X", "", 403},
    {"a Host that ends like the public URL's", ADMIN_ON, "127.0.0.1", "my-idp.example", "X", "",
     403},
    {"no token", ADMIN_TOKEN, "127.0.0.1", "localhost", "X", "", 401},
    {"a wrong token", ADMIN_TOKEN, "127.0.0.1", "localhost", "Authorization", "Bearer s3cres", 401},
    {"a longer token", ADMIN_TOKEN, "127.0.0.1", "localhost", "Authorization", "Bearer s3cret0",
     401},
    {"no scheme", ADMIN_TOKEN, "127.0.0.1", "localhost", "Authorization", "s3cret", 401},
    {"localhost with a port", ADMIN_ON, "127.0.0.1", "LOCALHOST:8443", "X", "", 0},
    {"IPv4", ADMIN_ON, "127.0.0.1", "127.0.0.1:8080", "X", "", 0},
    {"IPv6", ADMIN_ON, "::1", "[::1]:8080", "X", "", 0},
    {"the public URL's host", ADMIN_ON, "127.0.0.1", "idp.example:9", "X", "", 0},
    {"the token, from anywhere", ADMIN_TOKEN, "192.0.2.1", "evil.example", "Authorization",
     "bearer s3cret", 0},
};

START_TEST(the_guard_lets_in_whom_it_should)
{
    struct admin_policy policy = {rows[_i].mode, "s3cret", "https://idp.example:8443/x"};
    const char *why = NULL;
    char text[256] = "";
    int status = 0;
    struct http_request *request = http_request_new("GET", "/_admin/keys", &why, &status);

    if (rows[_i].host != NULL) {
        ck_assert(http_request_add_header(request, "Host", rows[_i].host));
    }
    ck_assert(http_request_add_header(request, rows[_i].name, rows[_i].value));
    ck_assert(http_request_finish(request, false, rows[_i].remote, NULL, 0, &why, &status));
    status = admin_guard(&policy, request, text, sizeof text);
    ck_assert_msg(status == rows[_i].status, "%s: %d", rows[_i].reason, status);
    ck_assert_msg(status == 0 || text[0] != '\0', "%s: refused without a reason", rows[_i].reason);
    http_request_free(request);
}
END_TEST

START_TEST(modes_are_words)
{
    enum admin_mode mode = ADMIN_OFF;

    ck_assert(!admin_mode_parse("yes", &mode));
    ck_assert(admin_mode_parse("token", &mode));
    ck_assert_int_eq(mode, ADMIN_TOKEN);
    ck_assert(admin_mode_parse(NULL, &mode));
    ck_assert_int_eq(mode, ADMIN_ON);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("guard");
    TCase *tests = tcase_create("guard");

    tcase_add_loop_test(tests, the_guard_lets_in_whom_it_should, 0,
                        (int)(sizeof rows / sizeof *rows));
    tcase_add_test(tests, modes_are_words);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

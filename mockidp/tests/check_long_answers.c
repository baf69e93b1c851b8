/* Redirects whose header is longer than the memory of a connection holds: each request has an
 * answer. */
#include "mockidp/http/server.h"
#include "mockidp/tests/support/wire.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct server *server;
static uint16_t port;
static struct wire_answer answer;

/* ---- an owner that redirects to the query's s, percent-encoded, or else to nowhere ---- */

static int64_t begin(void *closure, struct server_exchange *exchange)
{
    (void)closure;
    (void)exchange;
    return 0;
}

static void redirect(void *closure, struct server_exchange *exchange)
{
    static char location[3 * HTTP_TARGET_MAX + 1];
    const char *text = http_params_get(&exchange->request->query, "s");
    char *end = location;

    (void)closure;
    *end = '\0';
    for (; text != NULL && *text != '\0'; text++) {
        end += snprintf(end, 4, "%%%02X", (unsigned)*text);
    }
    response_redirect(&exchange->response, location);
}

static void end(void *closure, struct server_exchange *exchange)
{
    (void)closure;
    (void)exchange;
}

static void setup(void)
{
    char why[256] = "";
    struct server_options options = {.threads = 1, .owner = {NULL, begin, redirect, end, NULL}};

    options.listener = server_listen("127.0.0.1", 0, false, &port, why, sizeof why);
    ck_assert_msg(options.listener >= 0, "%s", why);
    server = server_start(&options, why, sizeof why);
    ck_assert_msg(server != NULL, "%s", why);
}

static void teardown(void)
{
    server_stop(server);
}

/* A redirect may be three times as long as its request: it comes, or a short refusal does. */
START_TEST(a_redirect_that_grows_is_answered)
{
    static char target[HTTP_TARGET_MAX];
    static char cookie[4096];
    int status = 302;

    size_t used = 0;
    for (int i = 0; i < 64; i++) { /* many small cookies take the most memory each */
        used += (size_t)snprintf(cookie + used, sizeof cookie - used, "%s",
                                 i == 0 ? "Cookie: a=1" : "; a=1");
    }
    (void)snprintf(cookie + used, sizeof cookie - used, "\r\n");
    for (size_t len = 6000; len < HTTP_TARGET_MAX - 16; len += 61) {
        (void)snprintf(target, sizeof target, "/?s=");
        memset(target + strlen("/?s="), '/', len);
        target[strlen("/?s=") + len] = '\0';
        wire_get(port, target, len % 2 == 0 ? cookie : "", &answer);
        ck_assert_msg(answer.status == 302 || answer.status == 400, "%zu: %d", len, answer.status);
        ck_assert_msg(wire_header(&answer, "Location: %2F") == (answer.status == 302), "%zu", len);
        status = answer.status;
    }
    ck_assert_int_eq(status, 400);
    target[strlen("/?s=") + 8000] = '\0';
    wire_get(port, target, "", &answer);
    ck_assert_int_eq(answer.status, 302);
}
END_TEST

/* A header that is nearly too long leaves room for a refusal, if not for the answer. */
START_TEST(a_header_that_leaves_no_room_is_answered)
{
    static char request[48 * 1024];
    static const char begin[] = "GET / HTTP/1.1\r\nHost: x\r\nX: ";
    int status = 302;

    memset(request, 'h', sizeof request);
    memcpy(request, begin, sizeof begin - 1);
    for (size_t len = 36864; len < 40960 - 512; len += 97) {
        int fd = wire_connect(port);
        memcpy(request + len, "\r\n\r\n", 5);
        ck_assert(wire_send(fd, request));
        wire_read(fd, &answer);
        ck_assert_msg(answer.status == status || answer.status == 400, "%zu: %d", len,
                      answer.status);
        status = answer.status;
        memset(request + len, 'h', 5);
        (void)close(fd);
    }
    ck_assert_int_eq(status, 400);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("long_answers");
    TCase *tests = tcase_create("long_answers");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_redirect_that_grows_is_answered);
    tcase_add_test(tests, a_header_that_leaves_no_room_is_answered);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

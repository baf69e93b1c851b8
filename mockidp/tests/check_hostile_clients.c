/* The HTTP server against clients that want too much of it: each is served, refused or cut, and
 * keeps nobody else out. */
#include "mockidp/http/server.h"
#include "mockidp/tests/support/wire.h"

#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static struct server *server;
static uint16_t port;
static struct wire_answer answer;

/* ---- an owner that echoes the body, or the path twice, after the time of /delay/MS ---- */

static int64_t echo_begin(void *closure, struct server_exchange *exchange)
{
    const char *path = exchange->request->path;

    (void)closure;
    return strncmp(path, "/delay/", 7) == 0 ? strtol(path + 7, NULL, 10) : 0;
}

static void echo_answer(void *closure, struct server_exchange *exchange)
{
    const struct http_request *request = exchange->request;

    (void)closure;
    if (request == NULL) {
        response_text(&exchange->response, exchange->refused_status, "text/plain",
                      exchange->refused_why);
    } else if (request->body_len > 0) {
        response_bytes(&exchange->response, 200, "text/plain", request->body, request->body_len);
    } else {
        response_text(&exchange->response, 200, "text/plain", request->path);
        response_header(&exchange->response, "Location", request->path);
    }
}

static void echo_end(void *closure, struct server_exchange *exchange)
{
    (void)closure;
    (void)exchange;
}

static void start_with(const struct server_options *wanted)
{
    char why[256] = "";
    struct server_options options = *wanted;

    options.listener = server_listen("127.0.0.1", 0, false, &port, why, sizeof why);
    /* connections inherit it: else a whole answer waits in the kernel, and nobody for its reader */
    (void)setsockopt(options.listener, SOL_SOCKET, SO_SNDBUF, &(int){65536}, sizeof(int));
    options.owner = (struct server_owner){NULL, echo_begin, echo_answer, echo_end, NULL};
    ck_assert_msg(options.listener >= 0, "%s", why);
    server = server_start(&options, why, sizeof why);
    ck_assert_msg(server != NULL, "%s", why);
}

static void setup(void)
{
    start_with(&(struct server_options){.threads = 2});
}

static void teardown(void)
{
    server_stop(server);
}

static void restart(const struct server_options *options)
{
    server_stop(server);
    start_with(options);
}

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Raw requests that must be refused, each with its reason and the statuses that answer it. */
static const struct {
    const char *why;
    const char *text;
    int status;
} bad_requests[] = {
    {"NUL in the path", "GET /a%00b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
    {"stray percent in the path", "GET /a%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400},
    {"NUL in the query", "GET /a?b=%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
    {"no Host in HTTP/1.1 (RFC 9112 §3.2)", "GET /a HTTP/1.1\r\n\r\n", 400},
    {"two Host lines (RFC 9112 §3.2)", "GET /a HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400},
    {"a Host that would break out of a URL", "GET /a HTTP/1.1\r\nHost: x/y\"z\r\n\r\n", 400},
    {"NUL in the form",
     "POST /a HTTP/1.1\r\nHost: x\r\nContent-Type: "
     "application/x-www-form-urlencoded\r\nContent-Length: 5\r\n\r\na=%00",
     400},
    {"a body that announces far too much",
     "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 9437184\r\n\r\n", 413},
    {"too much, and waits for a word (RFC 9110 §10.1.1)",
     "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\nExpect: 100-continue\r\n\r\n", 413},
    {"a length that no number holds",
     "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n", 413},
};

START_TEST(bad_requests_are_refused)
{
    int fd = wire_connect(port);

    ck_assert_int_ge(fd, 0);
    ck_assert(wire_send(fd, bad_requests[_i].text));
    wire_read(fd, &answer);
    ck_assert_msg(answer.status == bad_requests[_i].status, "%s: got %d", bad_requests[_i].why,
                  answer.status);
    (void)close(fd);
    wire_get(port, "/still-there", "", &answer);
    ck_assert_int_eq(answer.status, 200);
}
END_TEST

START_TEST(oversized_parts_are_refused)
{
    static char big[40 * 1024];
    static char request[48 * 1024];
    int fd = wire_connect(port);

    memset(big, 'a', HTTP_TARGET_MAX + 1);
    (void)snprintf(request, sizeof request, "GET /%s HTTP/1.1\r\nHost: x\r\n\r\n", big);
    ck_assert(wire_send(fd, request));
    wire_read(fd, &answer);
    ck_assert_int_eq(answer.status, 414);
    (void)close(fd);

    static char huge[80 * 1024];
    fd = wire_connect(port);
    memset(huge, 'h', sizeof huge - 1);
    ck_assert(wire_send(fd, "GET / HTTP/1.1\r\nHost: x\r\nX: "));
    (void)wire_send(fd, huge);
    wire_read(fd, &answer);
    ck_assert_msg(answer.status == 431 || answer.status == 413 || answer.reset, "header: %d",
                  answer.status);
    (void)close(fd);
}
END_TEST

/* A redirect carries the state of its request: both stand in the connection's memory. */
START_TEST(the_longest_target_comes_back)
{
    static char target[HTTP_TARGET_MAX + 1];
    static char line[HTTP_TARGET_MAX + 32];
    static char value[1536];
    static char cookie[2048];

    memset(target, 's', sizeof target - 1);
    target[0] = '/';
    (void)snprintf(line, sizeof line, "Location: %s\r\n", target);
    memset(value, 'c', sizeof value - 1);
    (void)snprintf(cookie, sizeof cookie, "Cookie: %s\r\n", value);
    wire_get(port, target, cookie, &answer);
    ck_assert_int_eq(answer.status, 200);
    ck_assert(wire_header(&answer, line));
}
END_TEST

START_TEST(a_chunked_body_past_the_limit_is_refused)
{
    static char chunk[64 * 1024 + 1];
    int fd = wire_connect(port);

    memset(chunk, 'c', sizeof chunk - 1);
    ck_assert(wire_send(fd, "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"));
    for (int i = 0; i < 17; i++) {
        ck_assert(wire_send(fd, "10000\r\n"));
        ck_assert(wire_send(fd, chunk));
        ck_assert(wire_send(fd, "\r\n"));
    }
    ck_assert(wire_send(fd, "0\r\n\r\n"));
    wire_read(fd, &answer);
    ck_assert_int_eq(answer.status, 413);
    (void)close(fd);
}
END_TEST

/* Sends a body of `len` octets with its announcement; what comes back is in `answer`. */
static void post_body(size_t len)
{
    static char body[2 * HTTP_BODY_MAX];
    char head[200];
    int fd = wire_connect(port);

    ck_assert_uint_lt(len, sizeof body);
    memset(body, 'b', len);
    body[len] = '\0';
    (void)snprintf(head, sizeof head, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n",
                   len);
    ck_assert(wire_send(fd, head));
    ck_assert(wire_send(fd, body)); /* all of it, as simple clients do, before they read */
    wire_read(fd, &answer);
    (void)close(fd);
}

START_TEST(large_bodies_are_served_or_refused)
{
    post_body(HTTP_BODY_MAX + 1);
    ck_assert_int_eq(answer.status, 413);
    post_body(2 * HTTP_BODY_MAX - 1);
    ck_assert_int_eq(answer.status, 413);
    post_body(HTTP_BODY_MAX);
    ck_assert_int_eq(answer.status, 200);
}
END_TEST

/* More bodies at once than the listener has room for: those that came first are served. */
START_TEST(too_many_large_bodies_are_refused)
{
    enum { CLIENTS = 80, HALF = HTTP_BODY_MAX / 2 };
    static char half[HALF + 1];
    int fds[CLIENTS];
    int served = 0;
    int refused = 0;

    memset(half, 'b', HALF);
    for (size_t i = 0; i < CLIENTS; i++) {
        fds[i] = wire_connect(port);
        ck_assert(
            wire_send(fds[i], "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n"));
        ck_assert(wire_send(fds[i], half));
        ck_assert(wire_send(fds[i], "more than half"));
    }
    for (size_t i = 0; i < CLIENTS; i++) {
        ck_assert(wire_send(fds[i], half + strlen("more than half")));
        wire_read(fds[i], &answer);
        served += answer.status == 200;
        refused += answer.status == 503;
        (void)close(fds[i]);
    }
    ck_assert_int_eq(served + refused, CLIENTS);
    ck_assert_int_ge(served, 32);
    ck_assert_int_ge(refused, 1);
    post_body(HTTP_BODY_MAX); /* and there is room again */
    ck_assert_int_eq(answer.status, 200);
}
END_TEST

/* Sends an octet fifty times a second, never idle for the timeout of the library, until the other
 * side ends that; false when it did not for a long time. */
static bool drips_until_cut(int fd)
{
    int64_t before = now_ms();
    struct timespec pause = {.tv_nsec = 20000000L};

    while (wire_send(fd, "A")) {
        if (now_ms() - before > 20000) {
            return false;
        }
        nanosleep(&pause, NULL);
    }
    return true;
}

START_TEST(a_client_that_drips_its_request_is_cut)
{
    static const char *const begun_with[] = {
        "GET /slow HTTP/1.1\r\nHost: x\r\n",
        "POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n",
        "POST /slow HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n186a0\r\n"};
    restart(&(struct server_options){.threads = 2, .patience_ms = 200});
    for (size_t i = 0; i < sizeof begun_with / sizeof *begun_with; i++) {
        int fd = wire_connect(port);
        ck_assert(wire_send(fd, begun_with[i]));
        ck_assert_msg(drips_until_cut(fd), "still connected: %s", begun_with[i]);
        (void)close(fd);
    }
    wire_get(port, "/delay/500", "",
             &answer); /* but an answer that is slow by itself is waited for */
    ck_assert_str_eq(answer.body, "/delay/500");
}
END_TEST

/* An answer that its client does not read: the connection is not kept for it. */
START_TEST(a_client_that_does_not_read_is_cut)
{
    static char body[HTTP_BODY_MAX + 1];
    struct pollfd look = {.events = 0};
    int small = 4096;

    restart(&(struct server_options){.threads = 2, .patience_ms = 200});
    look.fd = wire_connect(port);
    (void)setsockopt(look.fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    memset(body, 'b', HTTP_BODY_MAX);
    ck_assert(wire_send(look.fd, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n"));
    ck_assert(wire_send(look.fd, body)); /* it is echoed */
    ck_assert_int_eq(poll(&look, 1, 20000), 1);
    ck_assert(look.revents & (POLLHUP | POLLERR));
    (void)close(look.fd);
}
END_TEST

/* A crowd that does nothing: who comes is served, and those idle longest make room. */
START_TEST(a_crowd_of_idle_clients_keeps_nobody_out)
{
    enum { CROWD = 120 };
    int idle[CROWD];
    int open = 0;

    restart(&(struct server_options){.threads = 2, .connections = 50});
    for (size_t i = 0; i < CROWD; i++) {
        idle[i] = wire_connect(port);
        ck_assert_int_ge(idle[i], 0);
    }
    for (int i = 0; i < 20; i++) {
        wire_get(port, "/served", "", &answer);
        ck_assert_int_eq(answer.status, 200);
    }
    for (size_t i = 0; i < CROWD; i++) {
        struct pollfd look = {.fd = idle[i], .events = POLLIN};
        open += poll(&look, 1, i == 0 ? 20000 : 0) == 0;
    }
    ck_assert_int_gt(open, 0);
    ck_assert_int_le(open, 50);
    ck_assert(wire_send(idle[CROWD - 1], "GET /last HTTP/1.1\r\nHost: x\r\n\r\n"));
    wire_read(idle[CROWD - 1], &answer);
    ck_assert_str_eq(answer.body, "/last");
    for (size_t i = 0; i < CROWD; i++) {
        (void)close(idle[i]);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hostile_clients");
    TCase *tests = tcase_create("hostile_clients");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, bad_requests_are_refused, 0,
                        (int)(sizeof bad_requests / sizeof *bad_requests));
    tcase_add_test(tests, oversized_parts_are_refused);
    tcase_add_test(tests, the_longest_target_comes_back);
    tcase_add_test(tests, a_chunked_body_past_the_limit_is_refused);
    tcase_add_test(tests, large_bodies_are_served_or_refused);
    tcase_add_test(tests, too_many_large_bodies_are_refused);
    tcase_add_test(tests, a_client_that_drips_its_request_is_cut);
    tcase_add_test(tests, a_client_that_does_not_read_is_cut);
    tcase_add_test(tests, a_crowd_of_idle_clients_keeps_nobody_out);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

/* The HTTP server with a toy owner: keep-alive, delays that hold nobody up, cut and dripped
 * answers, stopping. What is refused and cut is in check_hostile_clients.c. */
#include "mockidp/http/server.h"
#include "mockidp/tests/support/wire.h"

#include <check.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static atomic_int begun;
static atomic_int ended;
static struct server *server;
static uint16_t port;
static struct wire_answer answer;

/* The toy obeys its path: /delay/MS, /cut, /drip, /reset, /half, /chunked, /old; anything else is
 * echoed. */
static int64_t toy_begin(void *closure, struct server_exchange *exchange)
{
    const char *path = exchange->request->path;

    ck_assert_ptr_eq(closure, &begun);
    atomic_fetch_add(&begun, 1);
    exchange->sending.cut_after = strcmp(path, "/cut") == 0 ? 0.5 : -1;
    exchange->sending.reset = strcmp(path, "/reset") == 0;
    exchange->sending.half_close = strcmp(path, "/half") == 0;
    exchange->sending.chunked = strcmp(path, "/chunked") == 0;
    exchange->sending.http_1_0 = strcmp(path, "/old") == 0;
    if (strcmp(path, "/drip") == 0) {
        exchange->sending.drip_bytes = 3;
        exchange->sending.drip_every_ms = 5;
    }
    return strncmp(path, "/delay/", 7) == 0 ? strtol(path + 7, NULL, 10) : 0;
}

static void toy_answer(void *closure, struct server_exchange *exchange)
{
    (void)closure;
    if (exchange->request == NULL) {
        response_text(&exchange->response, exchange->refused_status, "text/plain",
                      exchange->refused_why);
    } else if (exchange->request->body_len > 0) {
        response_bytes(&exchange->response, 200, "text/plain", exchange->request->body,
                       exchange->request->body_len);
    } else {
        response_text(&exchange->response, 200, "text/plain", exchange->request->path);
    }
    response_header(&exchange->response, "X-Toy", "yes");
}

static void toy_end(void *closure, struct server_exchange *exchange)
{
    (void)closure;
    (void)exchange;
    atomic_fetch_add(&ended, 1);
}

static void setup(void)
{
    char why[256] = "";
    int listener = server_listen("127.0.0.1", 0, false, &port, why, sizeof why);
    struct server_options options = {.listener = listener,
                                     .threads = 2,
                                     .owner = {&begun, toy_begin, toy_answer, toy_end, NULL}};

    ck_assert_msg(listener >= 0, "%s", why);
    server = server_start(&options, why, sizeof why);
    ck_assert_msg(server != NULL, "%s", why);
}

static void teardown(void)
{
    server_stop(server);
}

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

START_TEST(a_listener_beyond_loopback_is_refused)
{
    char why[256] = "";
    uint16_t bound = 0;

    ck_assert_int_eq(server_listen("0.0.0.0", 0, false, &bound, why, sizeof why), -1);
    ck_assert_ptr_nonnull(strstr(why, "--allow-remote"));
    ck_assert_int_eq(server_listen("no such host", 0, false, &bound, why, sizeof why), -1);
    ck_assert_int_eq(server_listen("127.0.0.1", port, false, &bound, why, sizeof why), -1);
    ck_assert_msg(strstr(why, "in use") != NULL, "%s", why);
}
END_TEST

START_TEST(a_connection_is_kept_for_more_requests)
{
    int fd = wire_connect(port);

    for (int i = 0; i < 3; i++) {
        ck_assert(
            wire_send(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"));
        wire_read(fd, &answer);
        ck_assert_int_eq(answer.status, 200);
        ck_assert_str_eq(answer.body, "hello");
        ck_assert(wire_header(&answer, "X-Toy: yes"));
    }
    (void)close(fd);
}
END_TEST

START_TEST(a_delay_holds_up_nobody_else)
{
    int slow[6];
    int64_t before = now_ms();

    for (size_t i = 0; i < 6; i++) { /* three for each of the two threads */
        slow[i] = wire_connect(port);
        ck_assert(wire_send(slow[i], "GET /delay/700 HTTP/1.1\r\nHost: x\r\n\r\n"));
    }
    for (int i = 0; i < 10; i++) {
        wire_get(port, "/quick", "", &answer);
        ck_assert_int_eq(answer.status, 200);
    }
    ck_assert_msg(now_ms() - before < 600, "quick requests waited %lld ms",
                  (long long)(now_ms() - before));
    for (size_t i = 0; i < 6; i++) {
        wire_read(slow[i], &answer);
        ck_assert_str_eq(answer.body, "/delay/700");
        (void)close(slow[i]);
    }
    ck_assert_msg(now_ms() - before >= 700, "a delayed answer came after %lld ms",
                  (long long)(now_ms() - before));
}
END_TEST

START_TEST(a_stop_answers_delayed_requests_at_once)
{
    int fd = wire_connect(port);
    int64_t before = now_ms();
    int seen = atomic_load(&begun);

    ck_assert(wire_send(fd, "GET /delay/60000 HTTP/1.1\r\nHost: x\r\n\r\n"));
    while (atomic_load(&begun) == seen) { /* until it waits */
        sched_yield();
    }
    server_stop(server);
    server = NULL;
    wire_read(fd, &answer);
    ck_assert_int_eq(answer.status, 200);
    ck_assert_msg(now_ms() - before < 3000, "the stop took %lld ms",
                  (long long)(now_ms() - before));
    ck_assert_int_eq(atomic_load(&begun), atomic_load(&ended));
    (void)close(fd);
}
END_TEST

START_TEST(a_client_that_leaves_during_a_delay_harms_nothing)
{
    int fd = wire_connect(port);
    int seen = atomic_load(&begun);

    ck_assert(wire_send(fd, "GET /delay/100 HTTP/1.1\r\nHost: x\r\n\r\n"));
    while (atomic_load(&begun) == seen) {
        sched_yield();
    }
    (void)close(fd);
    wire_get(port, "/delay/200", "", &answer);
    ck_assert_str_eq(answer.body, "/delay/200");
}
END_TEST

START_TEST(a_cut_answer_ends_before_its_length)
{
    wire_get(port, "/cut", "", &answer);
    ck_assert_int_eq(answer.status, 200);
    ck_assert(!answer.whole);
    ck_assert(wire_header(&answer, "Content-Length: 4"));
    ck_assert_str_eq(answer.body, "/c");
}
END_TEST

START_TEST(a_dripped_answer_is_whole_in_the_end)
{
    wire_get(port, "/drip", "", &answer);
    ck_assert(answer.whole);
    ck_assert_str_eq(answer.body, "/drip");
}
END_TEST

START_TEST(a_reset_answers_with_rst)
{
    wire_get(port, "/reset", "", &answer);
    ck_assert_int_eq(answer.status, 0);
    ck_assert(answer.reset);
}
END_TEST

START_TEST(half_a_close_ends_without_an_answer)
{
    wire_get(port, "/half", "", &answer);
    ck_assert_int_eq(answer.status, 0);
    ck_assert(!answer.reset);
    wire_get(port, "/half", "", &answer); /* and teardown ends it while it is half open */
}
END_TEST

START_TEST(framings)
{
    wire_get(port, "/chunked", "", &answer);
    ck_assert_int_eq(answer.status, 200);
    ck_assert(wire_header(&answer, "Transfer-Encoding: chunked"));
    ck_assert_ptr_nonnull(strstr(answer.body, "/chunked"));
    wire_get(port, "/old", "", &answer);
    ck_assert_msg(strncmp(answer.text, "HTTP/1.0 200", 12) == 0, "%s", answer.text);
    ck_assert_str_eq(answer.body, "/old");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("server");
    TCase *tests = tcase_create("server");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 30);
    tcase_add_test(tests, a_listener_beyond_loopback_is_refused);
    tcase_add_test(tests, a_connection_is_kept_for_more_requests);
    tcase_add_test(tests, a_delay_holds_up_nobody_else);
    tcase_add_test(tests, a_stop_answers_delayed_requests_at_once);
    tcase_add_test(tests, a_client_that_leaves_during_a_delay_harms_nothing);
    tcase_add_test(tests, a_cut_answer_ends_before_its_length);
    tcase_add_test(tests, a_dripped_answer_is_whole_in_the_end);
    tcase_add_test(tests, a_reset_answers_with_rst);
    tcase_add_test(tests, half_a_close_ends_without_an_answer);
    tcase_add_test(tests, framings);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

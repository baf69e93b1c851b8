/* Targets that are no validators, over HTTP: each is reported as what it is, in bounded time. */
#include "conformance/run.h"
#include "conformance/select.h"
#include "conformance/target.h"
#include "validator/tests/support/suite.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TIMEOUT_MS 300
#define HELD_MAX 64

#define REFUSED "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"
#define LET_IN "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
#define LOGIN_PAGE                                                                                 \
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 31\r\n\r\n"                     \
    "<!doctype html>Please sign in. "
#define REDIRECT "HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n"
#define BROKEN "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"

enum manner { ANSWERS, HANGS, RESETS };

/* A server of one manner, which may change once. */
static struct server {
    int listener;
    int port;
    pthread_t thread;
    enum manner manner;
    const char *text;
    int polite; /* so many good answers come first */
    int held[HELD_MAX];
    size_t held_count;
} server;

static void answer(int fd)
{
    static const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    char request[32768];
    size_t len = 0;
    ssize_t n = 0;
    while (len < sizeof request - 1 &&
           (n = read(fd, request + len, sizeof request - 1 - len)) > 0) {
        len += (size_t)n;
        request[len] = '\0';
        if (strstr(request, "\r\n\r\n")) {
            break;
        }
    }
    if (server.polite-- > 0) {
        (void)!write(fd, LET_IN, strlen(LET_IN));
    } else if (server.manner == HANGS && server.held_count < HELD_MAX) {
        server.held[server.held_count++] = fd;
        return;
    } else if (server.manner == RESETS) {
        (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    } else {
        (void)!write(fd, server.text, strlen(server.text));
    }
    (void)close(fd);
}

static void *serve(void *nothing)
{
    int fd = -1;
    while ((fd = accept(server.listener, NULL, NULL)) >= 0) {
        answer(fd);
    }
    return nothing;
}

static void server_start(enum manner manner, const char *text, int polite)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    server = (struct server){.manner = manner, .text = text, .polite = polite};
    server.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(server.listener, (struct sockaddr *)&address, len), 0);
    ck_assert_int_eq(listen(server.listener, 16), 0);
    ck_assert_int_eq(getsockname(server.listener, (struct sockaddr *)&address, &len), 0);
    server.port = ntohs(address.sin_port);
    ck_assert_int_eq(pthread_create(&server.thread, NULL, serve, NULL), 0);
}

static void server_stop(void)
{
    (void)shutdown(server.listener, SHUT_RDWR);
    (void)pthread_join(server.thread, NULL);
    (void)close(server.listener);
    for (size_t i = 0; i < server.held_count; i++) {
        (void)close(server.held[i]);
    }
}

/* play runs two groups of the project's own cases against the server. */
static json_t *play(void)
{
    static const char *const filters[] = {"AUD", "SCP"};
    static const struct cf_selection selection = {filters, 2, CF_SHOULD};
    const struct cf_world_options options = {.seed = "hostile"};
    struct cf_adapter adapter = cf_adapter_http;
    struct cf_suite suite = {0};
    char url[64];
    char why[512] = "";
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d/", server.port);
    const struct cf_target target = {
        .name = "hostile", .adapter = "http", .url = url, .timeout_ms = TIMEOUT_MS};
    adapter.settings = &target;
    struct cf_run run = {.adapter = &adapter, .name = "hostile", .capabilities = "http"};
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
    ck_assert_msg(cf_suite_load(&suite, "fixtures/cases", why, sizeof why) == 0, "%s", why);
    run.world = cf_world_open(&options, why, sizeof why);
    ck_assert_msg(run.world != NULL, "%s", why);
    run.plan = cf_plan(&suite, &selection, false, &run.count);
    json_t *report = cf_run_play(&run);
    free((void *)run.plan);
    cf_world_close(run.world);
    cf_suite_cleanup(&suite);
    return report;
}

static json_int_t count(const json_t *report, const char *verdict)
{
    return json_integer_value(json_object_get(json_object_get(report, "counts"), verdict));
}

static const char *text_of(const json_t *report, const char *id, const char *member)
{
    const json_t *result = NULL;
    size_t i = 0;
    json_array_foreach(json_object_get(report, "cases"), i, result)
    {
        if (strcmp(json_string_value(json_object_get(result, "id")), id) == 0) {
            return json_string_value(json_object_get(result, member));
        }
    }
    ck_abort_msg("there is no case %s", id);
    return NULL;
}

/* Nothing passes, and the reason says what was seen. */
START_TEST(nothing_of_it_passes)
{
    static const struct {
        enum manner manner;
        const char *text;
        int polite;
        bool reached;
        const char *reason;
    } rows[] = {
        {ANSWERS, REFUSED, 0, false, "a good token, was not accepted: status 401"},
        {ANSWERS, REDIRECT, 0, false, "a good token, was not accepted: status 302"},
        {ANSWERS, BROKEN, 0, false, "a good token, was not accepted: status 500"},
        {ANSWERS, "SSH-2.0-OpenSSH_9.2\r\n", 0, false, "did not answer: "},
        {ANSWERS, "", 0, false, "did not answer: Server returned nothing"},
        {HANGS, NULL, 0, false, "did not answer: Timeout was reached"},
        {RESETS, NULL, 0, false, "did not answer: "},
        {ANSWERS, REFUSED, 2, true, "a good token, was not accepted: status 401"},
        {HANGS, NULL, 2, true, "Timeout was reached"},
        {RESETS, NULL, 2, true, "Failure when "},
        {ANSWERS, "garbage", 2, true, "Unsupported protocol"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        server_start(rows[i].manner, rows[i].text, rows[i].polite);
        json_t *report = play();
        const char *reason = text_of(report, "AUD-01", "reason");
        ck_assert_msg(strstr(reason, rows[i].reason) != NULL, "row %zu: %s", i, reason);
        bool silent = rows[i].polite > 0 && strcmp(rows[i].text ? rows[i].text : "", REFUSED) != 0;
        ck_assert_msg(!silent || strstr(reason, "is asked no more"), "row %zu: %s", i, reason);
        ck_assert_msg(count(report, "PASS") + count(report, "NON-STRICT") + count(report, "INFO") ==
                          0,
                      "row %zu", i);
        ck_assert_msg(json_is_true(json_object_get(report, "reached")) == rows[i].reached,
                      "row %zu", i);
        json_decref(report);
        server_stop();
    }
}
END_TEST

/* Every negative case shows it; what is to be let in is. */
START_TEST(whoever_asks_is_let_in)
{
    static const struct {
        const char *text;
        const char *reason;
    } rows[] = {
        {LET_IN, "accepted, with status 200"},
        {LOGIN_PAGE, "accepted, with status 200 and a page: a login page is no refusal"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        server_start(ANSWERS, rows[i].text, 0);
        json_t *report = play();
        const char *reason = text_of(report, "AUD-01", "reason");
        ck_assert_str_eq(text_of(report, "AUD-01", "verdict"), "FAIL");
        ck_assert_msg(strstr(reason, rows[i].reason) != NULL, "%s", reason);
        ck_assert_int_gt(count(report, "FAIL"), 10);
        json_decref(report);
        server_stop();
    }
}
END_TEST

TEST_MAIN("hostile", nothing_of_it_passes, whoever_asks_is_let_in)

/* The program apid against clients that want too much of it, over sockets of their own. */
#include "validator/tests/support/apid.h"
#include "validator/tests/support/issuer.h"
#include "validator/tests/support/suite.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_S 20

/* A connection to apid, or -1. */
static int dial(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const struct timeval patience = {PATIENCE_S, 0};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    at.sin_port = htons((uint16_t)strtoul(strrchr(apid.url, ':') + 1, NULL, 10));
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&at, sizeof at) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static bool say(int fd, const char *text)
{
    return send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text);
}

/* Reads until `wanted` was read, or to the end when it is NULL; the text, until its next call. */
static const char *hear(int fd, const char *wanted)
{
    static char text[8192];
    size_t len = 0;
    ssize_t n = 1;
    text[0] = '\0';
    while (n > 0 && len + 1 < sizeof text && !(wanted && strstr(text, wanted))) {
        n = recv(fd, text + len, sizeof text - 1 - len, 0);
        ck_assert_msg(n >= 0 || errno != EAGAIN, "nothing for 20 s after '%s'", text);
        len += n > 0 ? (size_t)n : 0;
        text[len] = '\0';
    }
    return text;
}

/* Sends an octet ten times a second; says whether the other side ended that in time. */
static bool drip(int fd)
{
    time_t end = time(NULL) + PATIENCE_S;
    struct pollfd look = {.fd = fd, .events = POLLIN};
    char octet = 0;
    while (time(NULL) < end) {
        if (poll(&look, 1, 100) > 0) {
            return recv(fd, &octet, 1, 0) <= 0;
        }
        if (!say(fd, "a")) {
            return true;
        }
    }
    return false;
}

static const struct {
    const char *begin;
    const char *why;
} slow[] = {
    {"", "the request line"},
    {"GET /health HTTP/1.1\r\nHost: a\r\nX-Slow: ", "a header field"},
    {"POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n", "the body"},
};

START_TEST(who_drips_is_cut)
{
    apid_set_up(false, (const char *const[]){"--request-timeout", "1", NULL});
    for (size_t i = 0; i < ROWS(slow); i++) {
        int fd = dial();
        ck_assert(say(fd, slow[i].begin));
        ck_assert_msg(drip(fd), "%s dripped for %d s", slow[i].why, PATIENCE_S);
        close(fd);
    }
    int fd = dial();
    ck_assert(say(fd, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"));
    ck_assert(strstr(hear(fd, NULL), "200 OK")); /* then idle until it is cut */
    close(fd);
    apid_tear_down();
}
END_TEST

START_TEST(header_fields_and_bodies_have_a_limit)
{
    apid_set_up(false, NULL);
    char *field = malloc((size_t)200 << 10);
    ck_assert_ptr_nonnull(field);
    memset(field, 'a', (size_t)200 << 10);
    field[((size_t)200 << 10) - 1] = '\0';
    int fd = dial();
    (void)say(fd, "GET /health HTTP/1.1\r\nHost: a\r\nX-Large: ");
    (void)say(fd, field);
    ck_assert_msg(strncmp(hear(fd, "\r\n"), "HTTP/1.1 431 ", 13) == 0, "%s", hear(fd, "\r\n"));
    close(fd);
    free(field);
    fd = dial(); /* refused by what it says of itself: not a byte of the body is sent */
    ck_assert(say(fd, "POST /api/auth-test HTTP/1.1\r\nHost: a\r\nContent-Length: 10485760\r\n"
                      "Expect: 100-continue\r\n\r\n"));
    ck_assert(strncmp(hear(fd, "\r\n\r\n"), "HTTP/1.1 413 ", 13) == 0);
    close(fd);
    apid_tear_down();
}
END_TEST

START_TEST(connections_have_a_limit)
{
    apid_set_up(false, (const char *const[]){"--threads", "1", "--connections", "2", NULL});
    int fds[2];
    for (int i = 0; i < 2; i++) {
        fds[i] = dial();
        ck_assert(say(fds[i], "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"));
        ck_assert(strstr(hear(fds[i], "btv_last_refresh_timestamp_seconds "), "200 OK"));
    }
    int third = dial();
    (void)say(third, "GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
    struct pollfd look = {.fd = third, .events = POLLIN};
    /* closed, or left in the queue until one of the two ends; never answered beside them */
    if (poll(&look, 1, 300) > 0) {
        ck_assert_str_eq(hear(third, NULL), "");
    }
    close(third);
    close(fds[0]);
    bool answered = false;
    for (int i = 0; i < 10000 && !answered; i++) {
        int fd = dial();
        (void)say(fd, "GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        answered = strstr(hear(fd, NULL), "\r\n\r\n") != NULL;
        close(fd);
    }
    ck_assert_msg(answered, "a place that was left is free again");
    close(fds[1]);
    apid_tear_down();
}
END_TEST

/* A request whose kid no key has, on a connection of its own. */
static int ask_with_unknown_kid(void)
{
    char *token = test_jws(test_key(0), "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"kid\":\"k9\"}", "{}");
    char *request = test_text("GET /api/auth-test HTTP/1.1\r\nHost: a\r\n"
                              "Authorization: Bearer %s\r\n\r\n",
                              token);
    int fd = dial();
    ck_assert(say(fd, request));
    free(request);
    free(token);
    return fd;
}

/* Until apid has its first keys. */
static void await_health(void)
{
    do {
        apid_request("GET", "/health", NULL, NULL);
    } while (apid.status == 503);
}

START_TEST(at_most_half_the_workers_wait_for_keys)
{
    apid_set_up(false, (const char *const[]){"--threads", "2", "--key-wait-ms", "20000", NULL});
    await_health();
    unsigned before = http_authority_asked(&apid.authority);
    http_authority_hold(&apid.authority, true);
    int fds[2];
    fds[0] = ask_with_unknown_kid();
    ck_assert(http_authority_await_asked(&apid.authority, before));
    fds[1] = ask_with_unknown_kid();
    struct pollfd look[2] = {{.fd = fds[0], .events = POLLIN}, {.fd = fds[1], .events = POLLIN}};
    ck_assert_int_eq(poll(look, 2, PATIENCE_S * 1000), 1); /* whichever came second */
    int second = look[1].revents ? 1 : 0;
    const char *answer = hear(fds[second], "keys_unavailable");
    ck_assert_msg(strncmp(answer, "HTTP/1.1 503 ", 13) == 0, "%s", answer);
    ck_assert(strstr(answer, "\r\nRetry-After: 1\r\n") && !strstr(answer, "WWW-Authenticate"));
    apid_request("GET", "/health", NULL, NULL);
    ck_assert_msg(apid.status == 200, "the other worker is free");
    http_authority_hold(&apid.authority, false);
    answer = hear(fds[1 - second], "kid_unknown");
    ck_assert_msg(strncmp(answer, "HTTP/1.1 401 ", 13) == 0, "%s", answer);
    close(fds[0]);
    close(fds[1]);
    apid_tear_down();
}
END_TEST

START_TEST(it_drains)
{
    apid_set_up(false, (const char *const[]){"--threads", "2", "--key-wait-ms", "20000",
                                             "--drain-timeout", "20", NULL});
    await_health();
    int idle = dial();
    ck_assert(say(idle, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"));
    (void)hear(idle, "btv_last_refresh_timestamp_seconds ");
    unsigned before = http_authority_asked(&apid.authority);
    http_authority_hold(&apid.authority, true);
    int busy = ask_with_unknown_kid();
    ck_assert(http_authority_await_asked(&apid.authority, before));
    kill(apid.program.pid, SIGTERM);
    int fd = 0;
    while ((fd = dial()) >= 0 || errno == ECONNRESET) { /* until nobody listens */
        if (fd >= 0) {
            close(fd);
        }
    }
    ck_assert_int_eq(errno, ECONNREFUSED);
    http_authority_hold(&apid.authority, false);
    const char *answer = hear(busy, NULL);
    ck_assert_msg(strncmp(answer, "HTTP/1.1 401 ", 13) == 0 && strstr(answer, "kid_unknown"),
                  "what was under way ends: '%s'", answer);
    ck_assert(strstr(answer, "\r\nConnection: close\r\n"));
    ck_assert_int_eq(program_end(&apid.program), 0);
    close(busy);
    close(idle);
    http_authority_stop(&apid.authority);
}
END_TEST

START_TEST(a_drain_has_an_end)
{
    apid_set_up(false, (const char *const[]){"--drain-timeout", "1", NULL});
    int fd = dial();
    ck_assert(say(fd, "POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n"
                      "Expect: 100-continue\r\n\r\n"));
    ck_assert(strstr(hear(fd, "\r\n\r\n"), "100 Continue"));
    ck_assert_int_eq(program_stop(&apid.program), 0);
    ck_assert_str_eq(hear(fd, NULL), "");
    close(fd);
    http_authority_stop(&apid.authority);
}
END_TEST

TEST_MAIN("apid: server", who_drips_is_cut, header_fields_and_bodies_have_a_limit,
          connections_have_a_limit, at_most_half_the_workers_wait_for_keys, it_drains,
          a_drain_has_an_end)

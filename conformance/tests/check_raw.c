/* Octets over a socket of our own, and servers that answer with anything. */
#include "conformance/adapters/http_raw.h"
#include "validator/tests/support/suite.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A server for one connection: it reads `requests` blank lines, says `says`, and closes. */
static struct peer {
    int fd;
    unsigned requests;
    const char *says; /* NULL: reset */
    bool hangs;       /* until the client is gone */
    char heard[8192];
    size_t len;
} peer;

static bool heard_all(void)
{
    unsigned blanks = 0;
    for (const char *p = peer.heard;
         (p = memmem(p, peer.len - (size_t)(p - peer.heard), "\r\n\r\n", 4)); p += 4) {
        blanks++;
    }
    return blanks >= peer.requests;
}

static void *serve(void *arg)
{
    ssize_t n = 1;
    int fd = accept(peer.fd, NULL, NULL);
    (void)arg;
    while (n > 0 && !heard_all()) {
        n = recv(fd, peer.heard + peer.len, sizeof peer.heard - 1 - peer.len, 0);
        peer.len += n > 0 ? (size_t)n : 0;
    }
    if (peer.says) {
        (void)send(fd, peer.says, strlen(peer.says), MSG_NOSIGNAL);
    } else {
        const struct linger none = {1, 0};
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    }
    char rest = 0;
    while (peer.hangs && recv(fd, &rest, 1, 0) > 0) {
    }
    close(fd);
    return NULL;
}

static int ask(const struct cf_request *request, struct cf_answer *answer, char *why, size_t cap)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof at;
    char url[64];
    pthread_t thread;
    peer.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert(bind(peer.fd, (struct sockaddr *)&at, len) == 0 && listen(peer.fd, 1) == 0 &&
              getsockname(peer.fd, (struct sockaddr *)&at, &len) == 0);
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/api/x", ntohs(at.sin_port));
    ck_assert_int_eq(pthread_create(&thread, NULL, serve, NULL), 0);
    int status = cf_raw_ask(url, peer.hangs ? 200 : 20000, request, answer, why, cap);
    pthread_join(thread, NULL);
    close(peer.fd);
    return status;
}

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
#define NO "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate:  Bearer\r\nContent-Length: 0\r\n\r\n"

static const struct {
    const char *says;
    bool hangs;
    int status;       /* -1: none came back, and `text` is in the reason */
    const char *text; /* else the body */
} rows[] = {
    {OK, false, 200, "hi"},
    {OK, true, 200, "hi"},
    {NO, false, 401, ""},
    {"HTTP/1.1 100 Continue\r\n\r\n" NO, false, 401, ""},
    {"HTTP/1.0 403 No\r\n\r\nuntil the end", false, 403, "until the end"},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", true, 200,
     "2\r\nhi\r\n0\r\n\r\n"},
    {"HTTP/1.1 500 cut\r\nContent-Length: 99\r\n\r\nonly", false, 500, "only"},
    {"", false, 0, ""},
    {NULL, false, 0, ""},
    /* no number is looked for on the next line */
    {"HTTP/1.1 \r\n\r\n200 OK\r\n\r\n", false, -1, "no answer of HTTP/1.1"},
    {"HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\n2\r\n", false, -1, "Content-Length is no number"},
    {"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", false, -1, "Content-Length is no number"},
    {"", true, -1, "no whole answer in time"},
    {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart", true, -1, "only a part"},
    {"HTTP/1.1 200", false, -1, "closed within the head"},
    {"220 mail.test ESMTP\r\n\r\n", false, -1, "no answer of HTTP"},
    {"HTTP/1.1 abc\r\n\r\n", false, -1, "no answer of HTTP"},
};

START_TEST(whatever_comes_is_told_as_what_it_is)
{
    const struct cf_request request = {.lines = {"Bearer x"}, .count = 1};
    for (size_t i = 0; i < ROWS(rows); i++) {
        char why[256] = "";
        struct cf_answer answer = {0};
        peer = (struct peer){.requests = 1, .says = rows[i].says, .hangs = rows[i].hangs};
        int status = ask(&request, &answer, why, sizeof why);
        ck_assert_msg(status == (rows[i].status < 0 ? -1 : 0), "row %zu: %s", i, why);
        if (status == 0) {
            ck_assert_msg(answer.status == rows[i].status, "row %zu: %d", i, answer.status);
            ck_assert_msg(strcmp(answer.body, rows[i].text) == 0, "row %zu: %s", i, answer.body);
        } else {
            ck_assert_msg(strstr(why, rows[i].text), "row %zu: %s", i, why);
        }
    }
    ck_assert(strstr(peer.heard, "\r\nAuthorization: Bearer x\r\n"));
}
END_TEST

START_TEST(what_is_sent_is_sent_as_it_is)
{
    char why[256] = "";
    struct cf_answer answer = {0};
    const struct cf_request request = {.lines = {"Bearer a\x01\xff\r\n folded", "Bearer b"},
                                       .count = 2,
                                       .method = "HEAD",
                                       .path = "/x/..{path%}",
                                       .field = "AUTHORIZATION",
                                       .headers = {"X-Y: z"},
                                       .header_count = 1};
    peer = (struct peer){.requests = 1, .says = NO};
    ck_assert(cf_raw_needed(&request));
    ck_assert_msg(ask(&request, &answer, why, sizeof why) == 0, "%s", why);
    ck_assert_str_eq(answer.challenge, "Bearer");
    ck_assert(strncmp(peer.heard, "HEAD /x/../api/%78 HTTP/1.1\r\nHost: 127.0.0.1:", 45) == 0);
    ck_assert(strstr(peer.heard, "\r\nX-Y: z\r\nAUTHORIZATION: Bearer a\x01\xff\r\n folded\r\n"
                                 "AUTHORIZATION: Bearer b\r\n\r\n"));
}
END_TEST

START_TEST(the_last_of_several_answers_counts)
{
    char why[256] = "";
    struct cf_answer answer = {0};
    const struct cf_request request = {
        .lines = {"Bearer x"},
        .count = 1,
        .raw = {"GET {path} HTTP/1.1\r\nA: {authorization}{nul}\r\n\r\n"
                "GET / HTTP/1.1\r\n\r\n"},
        .raw_count = 1,
        .answers = 2};
    peer = (struct peer){.requests = 2, .says = OK NO};
    ck_assert_msg(ask(&request, &answer, why, sizeof why) == 0, "%s", why);
    ck_assert_int_eq(answer.status, 401);
    static const char sent[] = "GET /api/x HTTP/1.1\r\nA: Bearer x\0\r\n\r\nGET / ";
    ck_assert_mem_eq(peer.heard, sent, sizeof sent - 1);
}
END_TEST

START_TEST(nobody_there)
{
    char why[256] = "";
    struct cf_answer answer = {0};
    const struct cf_request plain = {.lines = {"Bearer x"}, .count = 1};
    ck_assert(!cf_raw_needed(&plain));
    ck_assert_int_eq(cf_raw_ask("http://127.0.0.1:1/", 5000, &plain, &answer, why, sizeof why), -1);
    ck_assert_msg(strstr(why, "cannot connect"), "%s", why);
}
END_TEST

TEST_MAIN("raw", whatever_comes_is_told_as_what_it_is, what_is_sent_is_sent_as_it_is,
          the_last_of_several_answers_counts, nobody_there)

/* The default fetch against a server that answers, byte for byte, what each test tells it to. */
#include "validator/keys/fetch_curl.h"
#include "validator/tests/support/issuer.h"
#include "validator/tests/support/suite.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* One connection: what to send, and what was asked. */
struct server {
    int listener;
    int port;
    const char *answer;
    size_t repeat;  /* more bytes 'x' behind the answer */
    bool drip;      /* send that a byte at a time, without end, until the client goes */
    bool stay_mute; /* keep the connection open, and say nothing more, until the client closes it */
    int *cancel;    /* set when the answer was sent, or NULL */
    char request[2048];
    pthread_t thread;
};

static struct btv_fetch_request request;
static struct btv_fetch_response response;
static char why[512];

static void send_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t n = send(fd, data, len, MSG_NOSIGNAL);
        if (n <= 0) {
            return;
        }
        data += n;
        len -= (size_t)n;
    }
}

static void *serve(void *arg)
{
    struct server *s = arg;
    char filler[4096];
    size_t used = 0;
    int fd = accept(s->listener, NULL, NULL);
    while (fd >= 0 && !strstr(s->request, "\r\n\r\n")) {
        ssize_t n = recv(fd, s->request + used, sizeof s->request - 1 - used, 0);
        if (n <= 0) {
            break;
        }
        used += (size_t)n;
        s->request[used] = '\0';
    }
    send_all(fd, s->answer, strlen(s->answer));
    memset(filler, 'x', sizeof filler);
    for (size_t left = s->repeat; left > 0; left -= left < sizeof filler ? left : sizeof filler) {
        send_all(fd, filler, left < sizeof filler ? left : sizeof filler);
    }
    while (s->drip && poll(&(struct pollfd){.fd = fd}, 1, 10) == 0 &&
           send(fd, "x", 1, MSG_NOSIGNAL) == 1) {
    }
    if (s->cancel) {
        __atomic_store_n(s->cancel, 1, __ATOMIC_RELAXED);
    }
    while (s->stay_mute && recv(fd, filler, sizeof filler, 0) > 0) {
    }
    close(fd);
    return NULL;
}

static void server_start(struct server *s, const char *answer)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t len = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    s->answer = answer;
    s->listener = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert(bind(s->listener, (struct sockaddr *)&address, len) == 0 &&
              listen(s->listener, 1) == 0 &&
              getsockname(s->listener, (struct sockaddr *)&address, &len) == 0);
    s->port = ntohs(address.sin_port);
    ck_assert_int_eq(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void server_stop(struct server *s)
{
    shutdown(s->listener, SHUT_RDWR); /* nobody may have come */
    pthread_join(s->thread, NULL);
    close(s->listener);
}

/* Fetches once from a server that answers so; `request` may be set up before. */
static int fetch_from(struct server *s, const char *answer)
{
    server_start(s, answer);
    char *url = test_text("http://127.0.0.1:%d/keys?p=1", s->port);
    request.url = url;
    request.max_body = request.max_body ? request.max_body : 1000;
    request.timeout_ms = request.timeout_ms ? request.timeout_ms : 10000;
    memset(&response, 0, sizeof response);
    why[0] = '\0';
    int status = btv_fetch_curl(NULL, &request, &response, why, sizeof why);
    server_stop(s);
    free(url);
    return status;
}

START_TEST(an_answer_is_read)
{
    struct server s = {0};
    ck_assert_msg(fetch_from(&s, "HTTP/1.1 200 OK\r\nCache-Control: public, max-age=600\r\n"
                                 "ETag:  \"one\"\r\nContent-Length: 5\r\n\r\nhello") == 0,
                  "%s", why);
    ck_assert_int_eq(response.status, 200);
    ck_assert(response.body_len == 5 && memcmp(response.body, "hello", 6) == 0);
    ck_assert_int_eq(response.max_age_s, 600);
    ck_assert_str_eq(response.etag, "\"one\"");
    free(response.body);
    ck_assert_ptr_nonnull(strstr(s.request, "GET /keys?p=1 HTTP/1.1\r\n"));
    ck_assert_ptr_nonnull(strstr(s.request, "Accept: application/json\r\n"));
    ck_assert_ptr_nonnull(strstr(s.request, "Accept-Encoding: identity\r\n"));
    ck_assert_msg(!strcasestr(s.request, "if-none-match"), "nothing is known yet");
    ck_assert_msg(!strcasestr(s.request, "authorization"), "nobody's credentials are sent");
}
END_TEST

static const struct {
    const char *headers;
    int64_t max_age_s;
} ages[] = {
    {"", -1},
    {"Cache-Control: public\r\n", -1},
    {"Cache-Control: max-age=0\r\n", 0},
    {"cache-control: MAX-AGE=7\r\n", 7},
    {"Cache-Control: s-maxage=9\r\n", -1},
    {"Cache-Control: no-store, max-age=600\r\n", 0},
    {"Cache-Control: no-cache\r\n", 0},
    {"X-Cache-Control: max-age=5\r\n", -1},
    {"Cache-Control: x-max-age=5\r\n", -1},
    {"Cache-Control: max-age=nonsense\r\n", -1},
    {"Cache-Control: max-age=-5\r\n", -1},
    {"Cache-Control: max-age=\"60\"\r\n", 60},
    {"Cache-Control: public,\tmax-age=60 , private\r\n", 60},
    {"Cache-Control: max-age=99999999999999999999\r\n", INT64_MAX},
    {"Age: 100\r\nCache-Control: max-age=600\r\n", 500},
    {"Cache-Control: max-age=600\r\nAge: 700\r\n", 0},
    {"Age: 100\r\n", -1},
    {"Age: nonsense\r\nCache-Control: max-age=600\r\n", 600},
};

START_TEST(cache_control_is_read)
{
    for (size_t i = 0; i < ROWS(ages); i++) {
        struct server s = {0};
        char *answer = test_text("HTTP/1.1 200 OK\r\n%sContent-Length: 0\r\n\r\n", ages[i].headers);
        ck_assert_msg(fetch_from(&s, answer) == 0, "%s", why);
        ck_assert_msg(response.max_age_s == ages[i].max_age_s, "%s: %lld", ages[i].headers,
                      (long long)response.max_age_s);
        free(response.body);
        free(answer);
    }
}
END_TEST

static const struct {
    const char *headers;
    int64_t retry_after_s;
    int64_t date_s;
} said[] = {
    {"", -1, 0},
    {"Retry-After: 120\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n", 120, 784111777},
    {"Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\nDate: yesterday\r\n", -1, 0},
    {"retry-after:7\r\ndate:Sunday, 06-Nov-94 08:49:37 GMT\r\n", 7, 784111777},
};

START_TEST(times_are_read)
{
    for (size_t i = 0; i < ROWS(said); i++) {
        struct server s = {0};
        char *answer =
            test_text("HTTP/1.1 503 Busy\r\n%sContent-Length: 0\r\n\r\n", said[i].headers);
        ck_assert_msg(fetch_from(&s, answer) == 0, "%s", why);
        ck_assert_msg(response.retry_after_s == said[i].retry_after_s, "%s", said[i].headers);
        ck_assert_msg(response.date_s == said[i].date_s, "%s: %lld", said[i].headers,
                      (long long)response.date_s);
        free(response.body);
        free(answer);
    }
}
END_TEST

START_TEST(a_copy_in_hand_is_named)
{
    struct server s = {0};
    request.etag = "W/\"one\"";
    ck_assert(fetch_from(&s, "HTTP/1.1 304 Not Modified\r\n\r\n") == 0);
    ck_assert_int_eq(response.status, 304);
    ck_assert_ptr_nonnull(strstr(s.request, "If-None-Match: W/\"one\"\r\n"));
    free(response.body);
}
END_TEST

/* Answers that end the fetch, or that are answers like another: what the status means is the
 * caller's to say. */
static const struct {
    const char *answer;
    size_t repeat;
    int64_t timeout_ms;
    bool stay_mute;
    int status; /* 0: a failure */
    const char *fault;
    const char *why;
} answers[] = {
    {"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", 0, 10000,
     false, 302, "", "a redirect is not followed"},
    {"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 0, 10000, false, 404, "", "404"},
    {"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", 0, 10000, false, 500, "", "500"},
    {"HTTP/1.1 100 Continue\r\nETag: \"no\"\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 0,
     10000, false, 200, "", "the head before is not the answer's"},
    {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 10\r\n\r\n", 10, 10000, false, 0,
     "encoded", "a coding that was not asked for"},
    {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\n\r\n", 5000000, 10000, false, 0, "encoded",
     "a bomb in a bomb"},
    {"HTTP/1.1 200 OK\r\ncontent-encoding: Identity\r\nContent-Length: 0\r\n\r\n", 0, 10000, false,
     200, "", "the coding that was asked for"},
    {"HTTP/1.0 200 OK\r\n\r\n", 10, 10000, false, 200, "", "an older protocol"},
    {"HTTP/1.1 200 OK\r\n\r\n", 1000, 10000, false, 200, "", "as large as allowed"},
    {"HTTP/1.1 200 OK\r\n\r\n", 1001, 10000, false, 0, "too large", "a byte too large"},
    {"HTTP/1.1 200 OK\r\n\r\n", 5000000, 10000, false, 0, "too large", "far too large"},
    {"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n", 1001, 10000, false, 0, "", "as it says"},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n", 2000, 10000, false, 0,
     "too large", "in chunks"},
    {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", 50, 10000, false, 0, "", "cut off"},
    {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", 50, 200, true, 0, "", "half, then silence"},
    {"", 0, 200, true, 0, "", "silence"},
    {"", 0, 10000, false, 0, "", "nothing at all"},
    {"SSH-2.0-OpenSSH_9.0\r\n", 0, 10000, false, 0, "", "another protocol"},
};

START_TEST(each_answer_has_its_outcome)
{
    for (size_t i = 0; i < ROWS(answers); i++) {
        struct server s = {.repeat = answers[i].repeat, .stay_mute = answers[i].stay_mute};
        memset(&request, 0, sizeof request);
        request.timeout_ms = answers[i].timeout_ms;
        int status = fetch_from(&s, answers[i].answer);
        ck_assert_msg((status == 0) == (answers[i].status != 0), "%s: %s", answers[i].why, why);
        ck_assert_msg(response.status == answers[i].status, "%s: %d", answers[i].why,
                      response.status);
        ck_assert_msg(status == 0 || (strncmp(why, "http://127.0.0.1:", 17) == 0 &&
                                      strstr(why, answers[i].fault)),
                      "%s: %s", answers[i].why, why);
        ck_assert_msg(status == 0 || !response.body, "%s: a body is left behind", answers[i].why);
        ck_assert_msg(response.etag[0] == '\0', "%s", answers[i].why);
        free(response.body);
    }
}
END_TEST

/* Each byte arrives in time; the whole does not. */
START_TEST(a_server_that_drips_is_cut_off)
{
    struct server s = {.drip = true};
    memset(&request, 0, sizeof request);
    request.timeout_ms = 300;
    request.max_body = 1000000;
    ck_assert(fetch_from(&s, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n") == -1);
    ck_assert_ptr_null(response.body);
    struct server head = {.drip = true};
    ck_assert_msg(fetch_from(&head, "HTTP/1.1 200 OK\r\nX-Endless: ") == -1, "in its head");
}
END_TEST

START_TEST(long_header_lines_are_passed_over)
{
    struct server s = {0};
    char tag[200] = "";
    char line[700] = "";
    memset(tag, 't', 150);
    memset(line, 'l', 600);
    char *answer = test_text(
        "HTTP/1.1 200 OK\r\nX: %s\r\nETag: \"%s\"\r\nContent-Length: 0\r\n\r\n", line, tag);
    ck_assert(fetch_from(&s, answer) == 0);
    ck_assert_msg(response.etag[0] == '\0', "half an ETag would never match");
    free(response.body);
    free(answer);
}
END_TEST

START_TEST(cancelling_ends_a_fetch)
{
    int cancel = 0;
    struct server s = {.stay_mute = true, .cancel = &cancel};
    request.cancel = &cancel;
    request.timeout_ms = 60000;
    ck_assert(fetch_from(&s, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n") == -1);
    ck_assert_msg(strstr(s.request, "GET "), "in the middle of an answer");
    ck_assert_msg(fetch_from(&s, "") == -1, "before it began");
}
END_TEST

START_TEST(what_cannot_be_reached)
{
    char missing[] = "/nowhere/ca.pem";
    static const char *const urls[] = {"http://127.0.0.1:1/", "https://127.0.0.1:1/",
                                       "ftp://127.0.0.1:1/", "file:///etc/hostname",
                                       "nonsense://x"};
    for (size_t i = 0; i < ROWS(urls); i++) {
        const struct btv_fetch_request r = {.url = urls[i], .max_body = 1000, .timeout_ms = 5000};
        memset(&response, 0, sizeof response);
        ck_assert_msg(btv_fetch_curl(missing, &r, &response, why, sizeof why) == -1, "%s", urls[i]);
        ck_assert_msg(strncmp(why, urls[i], strlen(urls[i])) == 0 && strlen(why) > strlen(urls[i]),
                      "%s", why);
        ck_assert_ptr_null(response.body);
    }
}
END_TEST

START_TEST(tls_is_not_optional)
{
    struct server s = {0};
    server_start(&s, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
    char *url = test_text("https://127.0.0.1:%d/", s.port);
    const struct btv_fetch_request r = {.url = url, .max_body = 1000, .timeout_ms = 300};
    memset(&response, 0, sizeof response);
    ck_assert(btv_fetch_curl(NULL, &r, &response, why, sizeof why) == -1);
    server_stop(&s);
    free(url);
}
END_TEST

TEST_MAIN("fetch_curl", an_answer_is_read, cache_control_is_read, times_are_read,
          a_server_that_drips_is_cut_off, a_copy_in_hand_is_named, each_answer_has_its_outcome,
          long_header_lines_are_passed_over, cancelling_ends_a_fetch, what_cannot_be_reached,
          tls_is_not_optional)

/* One connection after the other, one request each: all that a refresh thread needs. */
#include "validator/tests/support/http_authority.h"

#include "validator/tests/support/issuer.h"

#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void send_all(int fd, const char *text, size_t len)
{
    while (len > 0) {
        ssize_t n = send(fd, text, len, MSG_NOSIGNAL);
        if (n <= 0) {
            return;
        }
        text += n;
        len -= (size_t)n;
    }
}

static void answer(struct http_authority *a, int fd, const char *request)
{
    bool metadata = strstr(request, "/.well-known/openid-configuration ") != NULL;
    bool keys = strstr(request, "GET /keys ") != NULL;
    pthread_mutex_lock(&a->lock);
    a->asked++;
    pthread_cond_broadcast(&a->changed);
    while (a->held) {
        pthread_cond_wait(&a->changed, &a->lock);
    }
    const char *status = a->down ? "503 Service Unavailable" : "404 Not Found";
    const char *body = "";
    if (!a->down && (metadata || keys)) {
        status = "200 OK";
        body = metadata ? a->metadata : a->jwks;
    }
    char *text = test_text("HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %zu"
                           "\r\nConnection: close\r\n\r\n%s",
                           status, strlen(body), body);
    pthread_mutex_unlock(&a->lock);
    send_all(fd, text, strlen(text));
    free(text);
    pthread_mutex_lock(&a->lock);
    a->jwks_count += keys && body[0] != '\0';
    pthread_cond_broadcast(&a->changed);
    pthread_mutex_unlock(&a->lock);
}

static void *serve(void *arg)
{
    struct http_authority *a = arg;
    char request[4096];
    for (;;) {
        int fd = accept(a->fd, NULL, NULL);
        if (fd < 0) {
            return NULL; /* shut down */
        }
        size_t len = 0;
        ssize_t n = 1;
        request[0] = '\0';
        while (n > 0 && len + 1 < sizeof request && !strstr(request, "\r\n\r\n")) {
            n = recv(fd, request + len, sizeof request - 1 - len, 0);
            len += n > 0 ? (size_t)n : 0;
            request[len] = '\0';
        }
        answer(a, fd, request);
        close(fd);
    }
}

static void open_socket(struct http_authority *a)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof at;
    a->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (a->fd < 0 || bind(a->fd, (struct sockaddr *)&at, len) != 0 || listen(a->fd, 16) != 0 ||
        getsockname(a->fd, (struct sockaddr *)&at, &len) != 0) {
        abort();
    }
    snprintf(a->instance, sizeof a->instance, "http://127.0.0.1:%u/", ntohs(at.sin_port));
}

void http_authority_start(struct http_authority *a, bool down)
{
    memset(a, 0, sizeof *a);
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->changed, NULL);
    open_socket(a);
    a->down = down;
    char *jwk = test_jwk(test_key(0), "k0", "");
    a->jwks = test_text("{\"keys\":[%s]}", jwk);
    free(jwk);
    a->metadata = test_text("{\"issuer\":\"%s%s/v2.0\",\"jwks_uri\":\"%skeys\"}", a->instance,
                            TEST_TENANT, a->instance);
    if (pthread_create(&a->thread, NULL, serve, a) != 0) {
        abort();
    }
}

void http_authority_stop(struct http_authority *a)
{
    shutdown(a->fd, SHUT_RDWR); /* wakes accept */
    pthread_join(a->thread, NULL);
    close(a->fd);
    free(a->metadata);
    free(a->jwks);
    pthread_cond_destroy(&a->changed);
    pthread_mutex_destroy(&a->lock);
}

void http_authority_set_down(struct http_authority *a, bool down)
{
    pthread_mutex_lock(&a->lock);
    a->down = down;
    pthread_mutex_unlock(&a->lock);
}

void http_authority_hold(struct http_authority *a, bool held)
{
    pthread_mutex_lock(&a->lock);
    a->held = held;
    pthread_cond_broadcast(&a->changed);
    pthread_mutex_unlock(&a->lock);
}

unsigned http_authority_asked(struct http_authority *a)
{
    pthread_mutex_lock(&a->lock);
    unsigned asked = a->asked;
    pthread_mutex_unlock(&a->lock);
    return asked;
}

bool http_authority_await_asked(struct http_authority *a, unsigned before)
{
    struct timespec until;
    int status = 0;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 20;
    pthread_mutex_lock(&a->lock);
    while (a->asked <= before && status == 0) {
        status = pthread_cond_timedwait(&a->changed, &a->lock, &until);
    }
    bool reached = a->asked > before;
    pthread_mutex_unlock(&a->lock);
    return reached;
}

bool http_authority_await(struct http_authority *a, unsigned least)
{
    struct timespec until;
    int status = 0;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 20;
    pthread_mutex_lock(&a->lock);
    while (a->jwks_count < least && status == 0) {
        status = pthread_cond_timedwait(&a->changed, &a->lock, &until);
    }
    bool reached = a->jwks_count >= least;
    pthread_mutex_unlock(&a->lock);
    return reached;
}

/* " \"name\":VALUE," unless `changes` has its own or it is the claim to leave out. */
static char *with_default(char *text, const char *name, const char *value, const char *changes,
                          const char *without)
{
    char *mark = test_text("\"%s\":", name);
    bool own = strstr(changes, mark) || (without && strcmp(without, name) == 0);
    char *longer = own ? strdup(text) : test_text("%s%s%s,", text, mark, value);
    free(mark);
    free(text);
    return longer;
}

char *http_authority_token(const struct http_authority *a, const char *changes, const char *without)
{
    long long now = (long long)time(NULL);
    char *issuer = test_text("\"%s%s/v2.0\"", a->instance, TEST_TENANT);
    char *exp = test_text("%lld", now + 3600);
    char *nbf = test_text("%lld", now - 60);
    char *all = with_default(strdup(changes), "iss", issuer, changes, without);
    all = with_default(all, "exp", exp, changes, without);
    all = with_default(all, "nbf", nbf, changes, without);
    char *claims = test_claims(all, without);
    char *jws = test_jws(test_key(0), "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"kid\":\"k0\"}", claims);
    char *value = test_text("Bearer %s", jws);
    free(issuer);
    free(exp);
    free(nbf);
    free(all);
    free(claims);
    free(jws);
    return value;
}

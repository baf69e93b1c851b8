/* HTTP/1.1 in the little that one protected resource needs, strict as RFC 9112 asks. */
#include "conformance/adapters/mutant_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define RESOURCE "/api/auth-test"

/* The protected resources, and the scopes of each; NULL: those of the policy. */
static const struct {
    const char *path;
    const char *scopes;
} routes[] = {{RESOURCE, NULL}, {MUTANT_SECOND_PATH, MUTANT_SECOND_SCOPE}};

enum { HEAD_MAX = 1 << 20, LINES_MAX = 64, IDLE_MS = 2000, BACKLOG = 64 };

struct mutant_server {
    enum mutant_flaw flaw;
    mutant_decide_fn decide;
    void *ctx;
    int listener;
    char url[64];
    pthread_t thread;
};

/* struct session is one connection: what was read and not used yet. */
struct session {
    const struct mutant_server *server;
    int fd;
    size_t len;
    bool known; /* a good token came on it: what the flaw "remembers-connections" goes by */
    char data[HEAD_MAX + 1];
};

/* struct message is one request's head, cut into its lines in place. */
struct message {
    char *method;
    char *path;
    struct mutant_line lines[LINES_MAX]; /* the Authorization values */
    size_t count;
    size_t body; /* octets that follow the head */
    bool close;
    bool proxied; /* a header that a proxy would set */
    int hosts;
    int fault; /* a status, or 0 */
};

/* Reads until a head is there; its length with the blank line, 0 when none comes. */
static size_t read_head(struct session *s)
{
    char *end = NULL;
    while ((end = strstr(s->data, "\r\n\r\n")) == NULL && s->len < HEAD_MAX) {
        struct pollfd look = {.fd = s->fd, .events = POLLIN};
        ssize_t n =
            poll(&look, 1, IDLE_MS) > 0 ? read(s->fd, s->data + s->len, HEAD_MAX - s->len) : 0;
        if (n <= 0 || memchr(s->data + s->len, '\0', (size_t)n) != NULL) {
            return 0;
        }
        s->len += (size_t)n;
        s->data[s->len] = '\0';
    }
    return end == NULL ? 0 : (size_t)(end - s->data) + 4;
}

static bool is_field(enum mutant_flaw flaw, const char *name, const char *wanted)
{
    /* RFC 9110 §5.1: names have no case */
    return flaw == MUTANT_CASE_SENSITIVE_FIELD ? strcmp(name, wanted) == 0
                                               : strcasecmp(name, wanted) == 0;
}

static bool is_proxys(const char *name)
{
    static const char *const names[] = {"X-MS-CLIENT-PRINCIPAL", "X-Forwarded-User",
                                        "X-Remote-User", "Remote-User", "X-Consumer-Username"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcasecmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* RFC 9112 §6: one length in decimal digits, and no other way to say it. */
static void take_length(struct message *m, const char *value)
{
    size_t digits = strspn(value, "0123456789");
    m->fault = digits == 0 || digits > 8 || value[digits] != '\0' || m->body > 0 ? 400 : m->fault;
    m->body = (size_t)strtoul(value, NULL, 10);
}

static void take_field(enum mutant_flaw flaw, struct message *m, char *line)
{
    char *colon = strchr(line, ':');
    /* RFC 9112 §5.1: no white space before the colon, and none before the name */
    if (colon == NULL || colon == line || strcspn(line, " \t") < (size_t)(colon - line)) {
        m->fault = 400;
        return;
    }
    *colon = '\0';
    char *value = colon + 1 + strspn(colon + 1, " \t");
    m->proxied = m->proxied || is_proxys(line);
    m->hosts += strcasecmp(line, "Host") == 0;
    if (is_field(flaw, line, "Authorization") && m->count < LINES_MAX) {
        m->lines[m->count++] = (struct mutant_line){value, strlen(value)};
    } else if (strcasecmp(line, "Content-Length") == 0) {
        take_length(m, value);
    } else if (strcasecmp(line, "Transfer-Encoding") == 0) {
        m->fault = 501;
    } else if (strcasecmp(line, "Connection") == 0) {
        m->close = strcasestr(value, "close") != NULL;
    }
}

/* Cuts the head of `len` octets, its blank line included. */
static void read_message(enum mutant_flaw flaw, char *head, size_t len, struct message *m)
{
    char *rest = head;
    head[len - 2] = '\0';
    char *line = strsep(&rest, "\n");
    m->method = strsep(&line, " ");
    m->path = strsep(&line, " ");
    if (m->path == NULL || line == NULL || strcmp(line, "HTTP/1.1\r") != 0) {
        m->fault = 400;
        return;
    }
    while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
        char *end = line + strlen(line) - 1;
        m->fault = *end != '\r' || memchr(line, '\r', (size_t)(end - line)) ? 400 : m->fault;
        *end = '\0';
        take_field(flaw, m, line);
    }
    m->fault = m->fault == 0 && m->hosts != 1 ? 400 : m->fault;
}

/* What a router that mends paths would take for the resource: the flaw guards the exact one alone.
 */
static bool is_respelled(const char *path)
{
    size_t len = strlen(path);
    return strcmp(path, RESOURCE) != 0 && len >= sizeof RESOURCE - 1 &&
           (strcasestr(path, "auth-test") != NULL || strstr(path, "uth-test") != NULL);
}

static struct mutant_answer answer_to(struct session *s, const struct message *m)
{
    static const struct mutant_answer in = {.status = 200};
    enum mutant_flaw flaw = s->server->flaw;
    size_t route = 0;
    bool head = m->method != NULL && strcmp(m->method, "HEAD") == 0;
    if (m->fault != 0) {
        return (struct mutant_answer){.status = m->fault};
    }
    while (route < sizeof routes / sizeof routes[0] && strcmp(m->path, routes[route].path) != 0) {
        route++;
    }
    if (route == sizeof routes / sizeof routes[0]) {
        bool open = flaw == MUTANT_GUARDS_ONE_SPELLING && is_respelled(m->path);
        return open ? in : (struct mutant_answer){.status = 404};
    }
    if (!head && strcmp(m->method, "GET") != 0) {
        return (struct mutant_answer){.status = 405};
    }
    if ((flaw == MUTANT_HEAD_UNGUARDED && head) ||
        (flaw == MUTANT_TRUSTS_PROXY_HEADERS && m->proxied) ||
        (flaw == MUTANT_REMEMBERS_CONNECTIONS && s->known)) {
        return in;
    }
    const struct mutant_request request = {m->lines, m->count, NULL, routes[route].scopes};
    struct mutant_answer answer = s->server->decide(s->server->ctx, &request);
    s->known = s->known || answer.status == 200;
    return answer; /* cppcheck-suppress returnDanglingLifetime // it is a copy */
}

static void send_answer(const struct session *s, const struct message *m,
                        const struct mutant_answer *a, bool closes)
{
    char challenge[128] = "";
    char body[320];
    char *text = NULL;
    bool head = m->method != NULL && strcmp(m->method, "HEAD") == 0;
    (void)snprintf(body, sizeof body, "%s", a->status == 200 ? a->name : "refused");
    if (a->challenge) {
        (void)snprintf(challenge, sizeof challenge, "WWW-Authenticate: Bearer%s%s%s\r\n",
                       a->error ? " error=\"" : "", a->error ? a->error : "", a->error ? "\"" : "");
    }
    int len = asprintf(&text,
                       "HTTP/1.1 %d Answer\r\nContent-Type: text/plain\r\nCache-Control: no-store"
                       "\r\nContent-Length: %zu\r\n%s%s\r\n%s",
                       a->status, strlen(body), challenge, closes ? "Connection: close\r\n" : "",
                       head ? "" : body);
    if (len > 0) {
        (void)send(s->fd, text, (size_t)len, MSG_NOSIGNAL);
        free(text);
    }
}

static void serve_session(struct session *s)
{
    size_t len = 0;
    bool closes = false;
    while (!closes && (len = read_head(s)) > 0) {
        struct message m = {0};
        read_message(s->server->flaw, s->data, len, &m);
        struct mutant_answer answer = answer_to(s, &m);
        closes = m.close || m.fault != 0 || m.body > 0; /* no body is waited for */
        send_answer(s, &m, &answer, closes);
        memmove(s->data, s->data + len, s->len - len + 1);
        s->len -= len;
    }
}

static void *serve(void *arg)
{
    const struct mutant_server *server = arg;
    struct session *s = calloc(1, sizeof *s);
    int fd = -1;
    while (s != NULL && (fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
        s->server = server;
        s->fd = fd;
        s->len = 0;
        s->known = false;
        s->data[0] = '\0';
        serve_session(s);
        (void)close(fd);
    }
    free(s);
    return NULL;
}

struct mutant_server *mutant_server_start(enum mutant_flaw flaw, mutant_decide_fn decide, void *ctx)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    struct mutant_server *server = calloc(1, sizeof *server);
    if (server == NULL) {
        return NULL;
    }
    *server = (struct mutant_server){.flaw = flaw, .decide = decide, .ctx = ctx};
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (server->listener < 0 || bind(server->listener, (struct sockaddr *)&address, len) != 0 ||
        listen(server->listener, BACKLOG) != 0 ||
        getsockname(server->listener, (struct sockaddr *)&address, &len) != 0 ||
        pthread_create(&server->thread, NULL, serve, server) != 0) {
        if (server->listener >= 0) {
            (void)close(server->listener);
        }
        free(server);
        return NULL;
    }
    (void)snprintf(server->url, sizeof server->url, "http://127.0.0.1:%d" RESOURCE,
                   ntohs(address.sin_port));
    return server;
}

const char *mutant_server_url(const struct mutant_server *server)
{
    return server->url;
}

void mutant_server_stop(struct mutant_server *server)
{
    if (server != NULL) {
        (void)shutdown(server->listener, SHUT_RDWR);
        (void)pthread_join(server->thread, NULL);
        (void)close(server->listener);
        free(server);
    }
}

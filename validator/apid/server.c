/* A request is read whole, its body ignored, then answered once. */
#include "validator/apid/server.h"

#include "validator/apid/deadline.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    /* The request line and all header fields: a token of max_token_bytes' default, and as much
     * again, gets this API's own answer instead of libmicrohttpd's 431. */
    CONNECTION_MEMORY = 128 * 1024,
    BODY_MAX = 64 * 1024,
    DISCARD_MAX = 1024 * 1024 /* beyond it the connection is closed without an answer */
};

struct server {
    struct MHD_Daemon *daemon;
    struct routes *routes;
    enum log_format log;
    struct deadline *deadline;
    unsigned drain_seconds;
    bool draining; /* atomic */
    pthread_mutex_t lock;
    pthread_cond_t idle; /* busy became 0 */
    unsigned busy;       /* requests under way; guarded by lock */
};

struct exchange {
    size_t body_len;
    int64_t began_us;
};

static int64_t monotonic_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Collects the Authorization lines; the value of the first. */
static enum MHD_Result take_header(void *closure, enum MHD_ValueKind kind, const char *name,
                                   size_t name_len, const char *value, size_t value_len)
{
    static const char wanted[] = "Authorization";
    struct route_request *request = closure;
    (void)kind;
    if (name_len == sizeof wanted - 1 && strncasecmp(name, wanted, name_len) == 0 &&
        request->authorization_lines++ == 0) {
        request->authorization = value ? value : "";
        request->authorization_len = value ? value_len : 0;
    }
    return MHD_YES;
}

static void add_header(struct MHD_Response *response, const char *name, const char *value)
{
    if (value) {
        (void)MHD_add_response_header(response, name, value);
    }
}

/* Sends the answer, frees its body and tells of it. */
static enum MHD_Result send_answer(const struct server *server, struct MHD_Connection *connection,
                                   const struct exchange *exchange, const char *method,
                                   struct route_answer *answer)
{
    char seconds[16];
    size_t len = answer->body ? strlen(answer->body) : 0;
    struct MHD_Response *response =
        MHD_create_response_from_buffer(len, answer->body, MHD_RESPMEM_MUST_FREE);
    if (!response) {
        free(answer->body);
        return MHD_NO;
    }
    add_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer->content_type);
    add_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, answer->challenge);
    add_header(response, MHD_HTTP_HEADER_ALLOW, answer->allow);
    add_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, answer->cache_control);
    add_header(response, "X-Content-Type-Options", "nosniff");
    if (__atomic_load_n(&server->draining, __ATOMIC_RELAXED)) {
        add_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    }
    if (answer->retry_after_s > 0) {
        snprintf(seconds, sizeof seconds, "%d", answer->retry_after_s);
        add_header(response, MHD_HTTP_HEADER_RETRY_AFTER, seconds);
    }
    enum MHD_Result queued = MHD_queue_response(connection, (unsigned)answer->status, response);
    MHD_destroy_response(response);
    const struct log_request line = {.method = method,
                                     .path = answer->path,
                                     .status = answer->status,
                                     .code = answer->code,
                                     .detail = answer->detail,
                                     .took_us = monotonic_us() - exchange->began_us};
    log_request(server->log, &line);
    return queued;
}

static enum MHD_Result refuse(struct server *server, struct MHD_Connection *connection,
                              const struct exchange *exchange, const char *method, int status,
                              const char *code)
{
    struct route_answer answer;
    routes_refuse(server->routes, status, code, &answer);
    answer.retry_after_s = status == 503;
    return send_answer(server, connection, exchange, method, &answer);
}

static struct deadline_watch *watch_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

/* A body that announces itself as too large is refused before any of it is read, and so is a
 * request that comes when the server ends. */
static enum MHD_Result begin(struct server *server, struct MHD_Connection *connection,
                             const char *method, void **slot)
{
    const char *length =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
    struct exchange *exchange = calloc(1, sizeof *exchange);
    if (!exchange) {
        return MHD_NO;
    }
    exchange->began_us = monotonic_us();
    *slot = exchange;
    pthread_mutex_lock(&server->lock);
    server->busy++;
    pthread_mutex_unlock(&server->lock);
    if (__atomic_load_n(&server->draining, __ATOMIC_RELAXED)) {
        return refuse(server, connection, exchange, method, 503, "shutting_down");
    }
    if (length && strtoull(length, NULL, 10) > BODY_MAX) {
        return refuse(server, connection, exchange, method, 413, "body_too_large");
    }
    return MHD_YES;
}

static enum MHD_Result on_request(void *closure, struct MHD_Connection *connection,
                                  const char *path, const char *method, const char *version,
                                  const char *upload, size_t *upload_len, void **slot)
{
    struct server *server = closure;
    struct exchange *exchange = *slot;
    struct route_request request = {.method = method, .path = path};
    struct route_answer answer;
    (void)version;
    (void)upload;
    if (!exchange) {
        return begin(server, connection, method, slot);
    }
    if (*upload_len > 0) {
        exchange->body_len += *upload_len;
        *upload_len = 0;
        return exchange->body_len > DISCARD_MAX ? MHD_NO : MHD_YES;
    }
    if (exchange->body_len > BODY_MAX) {
        return refuse(server, connection, exchange, method, 413, "body_too_large");
    }
    (void)MHD_get_connection_values_n(connection, MHD_HEADER_KIND, take_header, &request);
    deadline_pause(server->deadline, watch_of(connection));
    routes_answer(server->routes, &request, &answer);
    deadline_restart(server->deadline, watch_of(connection));
    return send_answer(server, connection, exchange, method, &answer);
}

static void on_completed(void *closure, struct MHD_Connection *connection, void **slot,
                         enum MHD_RequestTerminationCode how)
{
    struct server *server = closure;
    (void)how;
    deadline_restart(server->deadline, watch_of(connection));
    if (!*slot) {
        return;
    }
    free(*slot);
    *slot = NULL;
    pthread_mutex_lock(&server->lock);
    if (--server->busy == 0) {
        pthread_cond_broadcast(&server->idle);
    }
    pthread_mutex_unlock(&server->lock);
}

static void on_connection(void *closure, struct MHD_Connection *connection, void **watch,
                          enum MHD_ConnectionNotificationCode what)
{
    struct server *server = closure;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        *watch = info ? deadline_join(server->deadline, info->connect_fd) : NULL;
    } else {
        deadline_leave(server->deadline, *watch);
        *watch = NULL;
    }
}

static void free_server(struct server *server)
{
    deadline_stop(server->deadline);
    pthread_cond_destroy(&server->idle);
    pthread_mutex_destroy(&server->lock);
    free(server);
}

static struct MHD_Daemon *start_daemon(int fd, const struct server_limits *limits,
                                       struct server *server)
{
    /* a pool of one is not allowed: 0 means no pool, and so one thread */
    unsigned pool = limits->threads > 1 ? limits->threads : 0;
    /* Not epoll: MHD_quiesce_daemon and a thread of the pool would both take the listener out of
     * its epoll set, and who comes second aborts the process (libmicrohttpd 0.9.75, daemon.c).
     * MHD_USE_ITC lets it reach the pool at all. */
    return MHD_start_daemon(
        MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_ITC, 0, NULL, NULL, on_request, server,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE, pool,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, server, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, server, MHD_OPTION_CONNECTION_LIMIT, limits->connections,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
        MHD_OPTION_CONNECTION_TIMEOUT, 2 * limits->request_seconds, MHD_OPTION_END);
}

struct server *server_start(int fd, const struct server_limits *limits, struct routes *routes,
                            enum log_format log, char *why, size_t cap)
{
    struct server *server = calloc(1, sizeof *server);
    if (!server) {
        snprintf(why, cap, "out of memory");
        close(fd);
        return NULL;
    }
    server->routes = routes;
    server->log = log;
    server->drain_seconds = limits->drain_seconds;
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->idle, NULL);
    server->deadline = deadline_start((int64_t)limits->request_seconds * 1000);
    server->daemon = server->deadline ? start_daemon(fd, limits, server) : NULL;
    if (!server->daemon) {
        snprintf(why, cap, "cannot start the HTTP server: %s", strerror(errno));
        close(fd);
        free_server(server);
        return NULL;
    }
    return server;
}

static void drain(struct server *server)
{
    struct timespec until;
    int status = 0;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += server->drain_seconds;
    pthread_mutex_lock(&server->lock);
    while (server->busy > 0 && status == 0) {
        status = pthread_cond_timedwait(&server->idle, &server->lock, &until);
    }
    pthread_mutex_unlock(&server->lock);
}

void server_stop(struct server *server)
{
    if (!server) {
        return;
    }
    __atomic_store_n(&server->draining, true, __ATOMIC_RELAXED);
    MHD_socket fd = MHD_quiesce_daemon(server->daemon);
    if (fd != MHD_INVALID_SOCKET) {
        /* refuses who connects now; a thread may still poll it, so it is closed later */
        (void)shutdown(fd, SHUT_RDWR);
    }
    drain(server);
    MHD_stop_daemon(server->daemon);
    if (fd != MHD_INVALID_SOCKET) {
        close(fd);
    }
    free_server(server);
}

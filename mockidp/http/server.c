/* Starting, draining and stopping one libmicrohttpd daemon. */
#include "mockidp/http/server.h"

#include "mockidp/http/exchange.h"
#include "mockidp/http/greeting.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
    FILES_KEPT = 64, /* descriptors for all but connections */
    LISTENERS = 3,   /* of one mock, which share what is left */
    IDLE_SECONDS = 60,
    PATIENCE_MS = 60 * 1000,
    DRAIN_SECONDS = 2
};

static void write_remote(struct MHD_Connection *connection, char *out, socklen_t cap)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

    out[0] = '\0';
    if (info == NULL || info->client_addr == NULL) {
        return;
    }
    if (info->client_addr->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, info->client_addr, sizeof v4);
        (void)inet_ntop(AF_INET, &v4.sin_addr, out, cap);
    } else if (info->client_addr->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, info->client_addr, sizeof v6);
        (void)inet_ntop(AF_INET6, &v6.sin6_addr, out, cap);
    }
}

/* connection_changed (connection notification) keeps what is known of a connection in its socket
 * context: before a handshake begins. */
static void connection_changed(void *closure, struct MHD_Connection *connection, void **context,
                               enum MHD_ConnectionNotificationCode what)
{
    struct server *server = closure;
    struct visitor *visitor = *context;
    const union MHD_ConnectionInfo *info = NULL;

    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        visitor = calloc(1, sizeof *visitor);
        if (visitor != NULL) {
            visitor->server = server;
            visitor->watch =
                info == NULL ? NULL : patience_join(server->patience, info->connect_fd);
            write_remote(connection, visitor->remote, sizeof visitor->remote);
        }
        *context = visitor;
    } else if (visitor != NULL) {
        patience_leave(server->patience, visitor->watch);
        free(visitor);
        *context = NULL;
    }
}

/* greet (certificate callback): libmicrohttpd keeps its connection as the session's pointer. */
static int greet(gnutls_session_t session, const gnutls_datum_t *accepted, int accepted_count,
                 const gnutls_pk_algorithm_t *algorithms, int algorithm_count,
                 gnutls_pcert_st **chain, unsigned *len, gnutls_privkey_t *key)
{
    struct MHD_Connection *connection = gnutls_session_get_ptr(session);
    const union MHD_ConnectionInfo *info =
        connection == NULL
            ? NULL
            : MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    const struct visitor *visitor = info == NULL ? NULL : info->socket_context;

    (void)accepted, (void)accepted_count, (void)algorithms, (void)algorithm_count;
    return visitor == NULL ? -1
                           : greeting_choose(visitor->server->greeting, &visitor->server->owner,
                                             session, chain, len, key);
}

/* connections_of returns how many connections there may be. */
static size_t connections_of(const struct server_options *options)
{
    struct rlimit files;
    size_t most = options->connections > 0 ? options->connections : SERVER_CONNECTIONS;

    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur != RLIM_INFINITY &&
        files.rlim_cur > FILES_KEPT && (files.rlim_cur - FILES_KEPT) / LISTENERS < most) {
        most = (files.rlim_cur - FILES_KEPT) / LISTENERS;
    }
    return most;
}

static struct MHD_Daemon *start_daemon(struct server *server, const struct server_options *options)
{
    struct MHD_OptionItem more[4];
    size_t count = 0;
    /* Beyond its limit libmicrohttpd stops listening, and each thread has but its share: far above
     * where patience keeps the number. */
    unsigned mhd_limit = (unsigned)(connections_of(options) * 2 + 16) * options->threads;
    /* MHD_USE_ITC is what lets MHD_quiesce_daemon reach a thread pool; MHD_ALLOW_SUSPEND_RESUME
     * brings it. Not epoll: the quiescing thread and one of the pool would both take the listener
     * out of its epoll set, and who comes second aborts the process (libmicrohttpd 0.9.75). */
    unsigned flags =
        MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC;

    if (options->chain_pem != NULL) {
        flags |= MHD_USE_TLS;
        more[count++] =
            (struct MHD_OptionItem){MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (void *)(uintptr_t)greet};
    }
    if (options->threads > 1) {
        more[count++] =
            (struct MHD_OptionItem){MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)options->threads, NULL};
    }
    more[count] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
    return MHD_start_daemon(
        flags, 0, NULL, NULL, exchange_step, server, MHD_OPTION_LISTEN_SOCKET, options->listener,
        MHD_OPTION_URI_LOG_CALLBACK, exchange_open, server, MHD_OPTION_NOTIFY_COMPLETED,
        exchange_close, server, MHD_OPTION_NOTIFY_CONNECTION, connection_changed, server,
        MHD_OPTION_CONNECTION_LIMIT, mhd_limit, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)EXCHANGE_MEMORY, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
        MHD_OPTION_ARRAY, more, MHD_OPTION_END);
}

static void free_server(struct server *server)
{
    if (server->delay != NULL) {
        delay_stop(server->delay);
    }
    patience_free(server->patience);
    greeting_free(server->greeting);
    delay_free(server->delay);
    pthread_cond_destroy(&server->idle);
    pthread_mutex_destroy(&server->lock);
    free(server);
}

struct server *server_start(const struct server_options *options, char *why, size_t cap)
{
    struct server *server = calloc(1, sizeof *server);

    if (server == NULL) {
        (void)snprintf(why, cap, "out of memory");
        (void)close(options->listener);
        return NULL;
    }
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->idle, NULL);
    server->owner = options->owner;
    server->secure = options->chain_pem != NULL;
    if ((server->delay = delay_new()) == NULL ||
        (server->patience = patience_new(
             server->delay, options->patience_ms > 0 ? options->patience_ms : PATIENCE_MS,
             connections_of(options))) == NULL) {
        (void)snprintf(why, cap, "cannot start a timer thread");
        (void)close(options->listener);
        free_server(server);
        return NULL;
    }
    if (server->secure && (server->greeting = greeting_new(options)) == NULL) {
        (void)snprintf(why, cap, "the certificate of the HTTPS listener cannot be used");
        (void)close(options->listener);
        free_server(server);
        return NULL;
    }
    if ((server->daemon = start_daemon(server, options)) == NULL) {
        (void)snprintf(why, cap, "cannot start the %s listener: %s",
                       server->secure ? "HTTPS" : "HTTP",
                       errno == 0 ? "libmicrohttpd refused the settings" : strerror(errno));
        (void)close(options->listener);
        free_server(server);
        return NULL;
    }
    return server;
}

/* drain waits until no request is under way, at most DRAIN_SECONDS. */
static void drain(struct server *server)
{
    struct timespec until;
    int waited = 0;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += DRAIN_SECONDS;
    pthread_mutex_lock(&server->lock);
    while (server->busy > 0 && waited == 0) {
        waited = pthread_cond_timedwait(&server->idle, &server->lock, &until);
    }
    pthread_mutex_unlock(&server->lock);
}

void server_stop(struct server *server)
{
    if (server == NULL) {
        return;
    }
    MHD_socket listener = MHD_quiesce_daemon(server->daemon);
    /* Every suspended connection is resumed first: libmicrohttpd aborts the process when one is
     * left at its stop. */
    delay_stop(server->delay);
    drain(server);
    MHD_stop_daemon(server->daemon);
    if (listener != MHD_INVALID_SOCKET) {
        (void)close(listener);
    }
    free_server(server);
}

/* Reading one request within limits and sending its answer, whole, slowly, in part or not at all.
 */
#include "mockidp/http/exchange.h"

#include "mockidp/http/wire.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    PIECE_MAX = 16384,    /* octets of a cut, dripped or chunked body that are copied at once */
    HALF_CLOSED_MS = 500, /* how long the other half stays open */
    FIELD_MEMORY = 64,  /* what libmicrohttpd has beside the text of a header field or parameter */
    HEAD_RESERVE = 1024 /* and for the status line, its own header lines and what a body needs */
};

enum exchange_state { EXCHANGE_NEW, EXCHANGE_READING, EXCHANGE_WAITING, EXCHANGE_ANSWERED };

struct exchange {
    struct server_exchange shown; /* what the owner sees */
    struct server *server;
    struct MHD_Connection *connection;
    enum exchange_state state;
    char *target;
    struct upload upload;
    bool busy;
    bool dripping; /* the next piece of a drip may go out */
    struct delay_item wake;
};

/* visitor_of is NULL when there was no memory for one. */
static const struct visitor *visitor_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info == NULL ? NULL : info->socket_context;
}

static struct patience_watch *watch_of(struct MHD_Connection *connection)
{
    const struct visitor *visitor = visitor_of(connection);

    return visitor == NULL ? NULL : visitor->watch;
}

void *exchange_open(void *server, const char *target, struct MHD_Connection *connection)
{
    struct exchange *exchange = calloc(1, sizeof *exchange);

    if (exchange == NULL) {
        return NULL;
    }
    exchange->server = server;
    exchange->connection = connection;
    exchange->shown.secure = exchange->server->secure;
    exchange->shown.sending.cut_after = -1;
    exchange->upload.room = &exchange->server->uploads;
    exchange->target = strdup(target == NULL ? "" : target);
    return exchange;
}

static void refuse(struct exchange *exchange, int status, const char *why)
{
    if (exchange->shown.refused_status == 0) {
        exchange->shown.refused_status = status;
        exchange->shown.refused_why = why;
    }
}

struct header_walk {
    struct http_request *request;
    bool ok;
};

static enum MHD_Result take_header(void *closure, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    struct header_walk *walk = closure;

    (void)kind;
    walk->ok = http_request_add_header(walk->request, name, value);
    return walk->ok ? MHD_YES : MHD_NO;
}

/* build_request makes the parsed request out of what was read, or notes why it cannot. */
static void build_request(struct exchange *exchange, const char *method)
{
    const struct visitor *visitor = visitor_of(exchange->connection);
    const char *remote = visitor == NULL ? "" : visitor->remote;
    struct http_request *request = NULL;
    const char *why = "out of memory";
    int status = 500;

    if (exchange->upload.status != 0) {
        refuse(exchange, exchange->upload.status, exchange->upload.why);
    }
    if (exchange->shown.refused_status != 0) {
        return;
    }
    request =
        exchange->target == NULL ? NULL : http_request_new(method, exchange->target, &why, &status);
    struct header_walk walk = {request, true};
    if (request != NULL) {
        MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, take_header, &walk);
    }
    if (request != NULL && !walk.ok) {
        refuse(exchange, 431, "too many header fields");
    }
    if (request == NULL || !walk.ok ||
        !http_request_finish(request, exchange->shown.secure, remote, exchange->upload.body,
                             exchange->upload.len, &why, &status)) {
        refuse(exchange, status, why);
        http_request_free(request);
        return;
    }
    exchange->shown.request = request;
}

static void resume(void *closure)
{
    struct exchange *exchange = closure;

    MHD_resume_connection(exchange->connection);
}

/* sleep_for suspends the connection. The suspension comes first: the timer may fire before this
 * function returns. */
static void sleep_for(struct exchange *exchange, int64_t ms)
{
    exchange->wake = (struct delay_item){.fire = resume, .closure = exchange};
    MHD_suspend_connection(exchange->connection);
    if (!delay_add(exchange->server->delay, &exchange->wake, ms)) {
        MHD_resume_connection(exchange->connection); /* the server is stopping: at once */
    }
}

/* read_body (content reader) feeds a drip or a cut. Returning 0 with a suspended connection means
 * "later". */
static ssize_t read_body(void *closure, uint64_t position, char *out, size_t cap)
{
    struct exchange *exchange = closure;
    const struct server_sending *sending = &exchange->shown.sending;
    size_t end = exchange->shown.response.body_len;

    if (sending->cut_after >= 0) {
        end = (size_t)((double)end * sending->cut_after);
    }
    if (position >= end) {
        return sending->cut_after >= 0 ? MHD_CONTENT_READER_END_WITH_ERROR
                                       : MHD_CONTENT_READER_END_OF_STREAM;
    }
    if (sending->drip_bytes > 0 && position > 0 && !exchange->dripping) {
        exchange->dripping = true;
        sleep_for(exchange, sending->drip_every_ms);
        return 0;
    }
    exchange->dripping = false;
    size_t len = end - (size_t)position < cap ? end - (size_t)position : cap;
    if (sending->drip_bytes > 0 && len > sending->drip_bytes) {
        len = sending->drip_bytes;
    }
    memcpy(out, exchange->shown.response.body + position, len);
    return (ssize_t)len;
}

/* send_reset makes the kernel answer with RST: on Linux, connecting a TCP socket to AF_UNSPEC
 * aborts it (connect(2)). */
static enum MHD_Result send_reset(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct sockaddr nowhere = {.sa_family = AF_UNSPEC};

    if (info != NULL) {
        (void)connect(info->connect_fd, &nowhere, sizeof nowhere);
    }
    return MHD_NO;
}

/* send_half_close ends our side. The suspended connection would notice nothing, so a timer ends the
 * rest: exchange_step is called again then. */
static enum MHD_Result send_half_close(struct exchange *exchange)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CONNECTION_FD);

    if (info != NULL) {
        (void)shutdown(info->connect_fd, SHUT_WR);
    }
    sleep_for(exchange, HALF_CLOSED_MS);
    return MHD_YES;
}

/* queue_pieces sends the body as read_body gives it out. */
static enum MHD_Result queue_pieces(struct exchange *exchange)
{
    const struct http_response *answer = &exchange->shown.response;
    uint64_t size = exchange->shown.sending.chunked ? MHD_SIZE_UNKNOWN : answer->body_len;

    return wire_queue(
        exchange->connection, answer,
        MHD_create_response_from_callback(size, PIECE_MAX, read_body, exchange, NULL));
}

/* queue_whole lends the body: exchange_close frees it, after which libmicrohttpd lets go of the
 * response without reading it. */
static enum MHD_Result queue_whole(struct exchange *exchange)
{
    const struct http_response *answer = &exchange->shown.response;
    struct MHD_Response *response = wire_whole(answer);

    if (response != NULL && exchange->shown.sending.http_1_0) {
        (void)MHD_set_response_options(response, MHD_RF_HTTP_VERSION_1_0_RESPONSE, MHD_RO_END);
    }
    return wire_queue(exchange->connection, answer, response);
}

/* head_room_of: the request and the header of its answer share the memory of the connection. */
static size_t head_room_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    const char *cookie = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Cookie");
    int fields = MHD_get_connection_values(
        connection, MHD_HEADER_KIND | MHD_COOKIE_KIND | MHD_GET_ARGUMENT_KIND, NULL, NULL);
    size_t taken = HEAD_RESERVE + (size_t)fields * FIELD_MEMORY;

    taken += info == NULL ? 0 : info->header_size;
    taken += cookie == NULL ? 0 : strlen(cookie); /* cookies are copied before they are parsed */
    return taken < EXCHANGE_MEMORY ? EXCHANGE_MEMORY - taken : 0;
}

static enum MHD_Result send_answer(struct exchange *exchange)
{
    struct http_response *answer = &exchange->shown.response;
    const struct server_sending *sending = &exchange->shown.sending;

    exchange->state = EXCHANGE_ANSWERED;
    if (sending->reset) {
        return send_reset(exchange->connection);
    }
    if (sending->half_close) {
        return send_half_close(exchange);
    }
    if (answer->failed || answer->status == 0) {
        response_free(answer);
        answer->status = 500;
    }
    (void)response_fit(answer, exchange->shown.head_room);
    if (sending->cut_after >= 0 || sending->drip_bytes > 0 || sending->chunked) {
        return queue_pieces(exchange);
    }
    return answer->stored != NULL /* of which no fault rule made a changed copy */
               ? wire_queue_stored(exchange->connection, answer)
               : queue_whole(exchange);
}

static void count_busy(struct exchange *exchange)
{
    struct server *server = exchange->server;

    patience_hold(server->patience, watch_of(exchange->connection));
    pthread_mutex_lock(&server->lock);
    server->busy++;
    pthread_mutex_unlock(&server->lock);
    exchange->busy = true;
}

static enum MHD_Result answer_now(struct exchange *exchange)
{
    const struct server_sending *sending = &exchange->shown.sending;

    exchange->shown.head_room = head_room_of(exchange->connection);
    exchange->server->owner.answer(exchange->server->owner.closure, &exchange->shown);
    if (sending->drip_bytes == 0 && !sending->half_close) {
        /* the time to read it; how long a drip takes is not up to the client */
        patience_start(exchange->server->patience, watch_of(exchange->connection));
    }
    return send_answer(exchange);
}

/* first_look refuses a body that announces itself as too large: before any of it is read when it is
 * far too large or its sender waits for a word (RFC 9110 §10.1.1), else after. */
static enum MHD_Result first_look(struct exchange *exchange)
{
    const char *length =
        MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, "Content-Length");
    bool waits =
        MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, "Expect") != NULL;
    bool readable =
        upload_announce(&exchange->upload, length == NULL ? 0 : strtoull(length, NULL, 10));

    exchange->state = EXCHANGE_READING;
    if (readable && !(waits && exchange->upload.status != 0)) {
        return MHD_YES;
    }
    refuse(exchange, exchange->upload.status, exchange->upload.why);
    return answer_now(exchange);
}

enum MHD_Result exchange_step(void *server, struct MHD_Connection *connection, const char *target,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_len, void **slot)
{
    struct exchange *exchange = *slot;

    (void)server;
    (void)connection;
    (void)target;
    (void)version;
    if (exchange == NULL || exchange->state == EXCHANGE_ANSWERED) {
        return MHD_NO; /* the latter after half a close */
    }
    if (exchange->state == EXCHANGE_NEW) {
        return first_look(exchange);
    }
    if (*upload_len > 0) {
        bool more = upload_take(&exchange->upload, upload, *upload_len);
        *upload_len = 0;
        return more ? MHD_YES : MHD_NO;
    }
    if (exchange->state == EXCHANGE_READING) {
        exchange->state = EXCHANGE_WAITING;
        if (strcmp(version, MHD_HTTP_VERSION_1_1) == 0 &&
            MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Host") == NULL) {
            refuse(exchange, 400, "HTTP/1.1 needs a Host header"); /* RFC 9112 §3.2 */
        }
        build_request(exchange, method);
        count_busy(exchange);
        int64_t wait_ms =
            exchange->shown.request == NULL
                ? 0
                : exchange->server->owner.begin(exchange->server->owner.closure, &exchange->shown);
        if (wait_ms > 0) {
            sleep_for(exchange, wait_ms);
            return MHD_YES;
        }
    }
    return answer_now(exchange);
}

void exchange_close(void *closure, struct MHD_Connection *connection, void **slot,
                    enum MHD_RequestTerminationCode how)
{
    struct exchange *exchange = *slot;
    struct server *server = closure;

    (void)how;
    if (exchange == NULL) {
        return;
    }
    *slot = NULL;
    patience_start(server->patience, watch_of(connection));
    server->owner.end(server->owner.closure, &exchange->shown);
    if (exchange->busy) {
        pthread_mutex_lock(&server->lock);
        server->busy--;
        pthread_cond_signal(&server->idle);
        pthread_mutex_unlock(&server->lock);
    }
    upload_free(&exchange->upload);
    http_request_free(exchange->shown.request);
    response_free(&exchange->shown.response);
    free(exchange->target);
    free(exchange);
}

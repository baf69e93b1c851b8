/* The steps of http/exchange.c without its connection. */
#include "mockidp/ask.h"

static void refuse(struct server_exchange *exchange, int status, const char *why)
{
    exchange->refused_status = status;
    exchange->refused_why = why;
}

static void build(struct server_exchange *exchange, const struct ask *ask)
{
    const char *why = "";
    int status = 0;
    if (ask->body_len > HTTP_BODY_MAX) {
        refuse(exchange, 413, "the body is too large");
        return;
    }
    struct http_request *request = http_request_new(ask->method, ask->target, &why, &status);
    bool ok = request != NULL;
    for (size_t i = 0; ok && i < ask->header_count; i++) {
        ok = http_request_add_header(request, ask->headers[i].name, ask->headers[i].value);
        status = 431;
        why = "too many header fields";
    }
    ok = ok && http_request_finish(request, ask->secure, "127.0.0.1", ask->body, ask->body_len,
                                   &why, &status);
    if (!ok) {
        refuse(exchange, status, why);
        http_request_free(request);
        return;
    }
    exchange->request = request;
}

void ask_answer(struct serve_parts *parts, const struct ask *ask, struct http_response *response)
{
    struct server_exchange exchange = {
        .sending = {.cut_after = -1}, .head_room = SIZE_MAX, .secure = ask->secure};
    build(&exchange, ask);
    if (exchange.request) {
        (void)serve_begin(parts, &exchange);
    }
    serve_answer(parts, &exchange);
    *response = exchange.response;
    serve_end(parts, &exchange);
    http_request_free(exchange.request);
}

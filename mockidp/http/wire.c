/* Header lines for libmicrohttpd: made for one answer, or once for a stored one. */
#include "mockidp/http/wire.h"

#include "mockidp/http/stored.h"

#include <stdlib.h>
#include <strings.h>

/* add_headers leaves out Content-Length, which libmicrohttpd writes itself. */
static void add_headers(const struct http_response *answer, struct MHD_Response *response)
{
    for (size_t i = 0; i < answer->headers.count; i++) {
        const struct http_param *line = &answer->headers.items[i];
        if (strcasecmp(line->name, "Content-Length") != 0) {
            (void)MHD_add_response_header(response, line->name, line->value);
        }
    }
}

enum MHD_Result wire_queue(struct MHD_Connection *connection, const struct http_response *answer,
                           struct MHD_Response *response)
{
    if (!response) {
        return MHD_NO;
    }
    add_headers(answer, response);
    enum MHD_Result queued = MHD_queue_response(connection, (unsigned)answer->status, response);
    MHD_destroy_response(response);
    return queued;
}

struct MHD_Response *wire_whole(const struct http_response *answer)
{
    return MHD_create_response_from_buffer(answer->body_len, answer->body, MHD_RESPMEM_PERSISTENT);
}

/* struct wire is what a stored response keeps. */
struct wire {
    struct stored_wire base;
    struct MHD_Response *response;
};

static void free_wire(struct stored_wire *base)
{
    struct wire *wire = (struct wire *)base;
    MHD_destroy_response(wire->response);
    free(wire);
}

static struct stored_wire *make_wire(const struct http_response *answer)
{
    struct wire *wire = malloc(sizeof *wire);
    struct MHD_Response *response = wire ? wire_whole(answer) : NULL;
    if (!response) {
        free(wire);
        return NULL;
    }
    add_headers(answer, response);
    *wire = (struct wire){{free_wire}, response};
    return &wire->base;
}

enum MHD_Result wire_queue_stored(struct MHD_Connection *connection,
                                  const struct http_response *answer)
{
    const struct stored_wire *base = stored_response_wire(answer->stored, make_wire);
    const struct wire *wire = (const struct wire *)base;
    return wire ? MHD_queue_response(connection, (unsigned)answer->status, wire->response) : MHD_NO;
}

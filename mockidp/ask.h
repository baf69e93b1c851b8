/* One request to the mock without a connection: through all that a listener's request goes through,
 * save libmicrohttpd. For tests, fuzzers and whoever counts memory. */
#ifndef MOCKIDP_ASK_H
#define MOCKIDP_ASK_H

#include "mockidp/http/request.h"
#include "mockidp/http/response.h"
#include "mockidp/serve.h"

/* struct ask is a request as it would come over the wire; all of it is borrowed. */
struct ask {
    const char *method;
    const char *target;               /* path and query */
    const struct http_param *headers; /* may be NULL; without a Host the origin is the mock's own */
    size_t header_count;
    const char *body; /* may be NULL */
    size_t body_len;
    bool secure; /* as if over TLS */
};

/*
 * ask_answer parses the request and writes the answer, malformed requests included, to `response`,
 * which must be zeroed and is freed by the caller (response_free). Delays and broken connections of
 * fault rules are left out. Any thread.
 */
void ask_answer(struct serve_parts *parts, const struct ask *ask, struct http_response *response);

#endif

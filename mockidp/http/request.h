/* One parsed HTTP request: what every endpoint, fault rule and journal line reads. Knows nothing of
 * the HTTP library. */
#ifndef MOCKIDP_HTTP_REQUEST_H
#define MOCKIDP_HTTP_REQUEST_H

#include "mockidp/http/params.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    HTTP_TARGET_MAX = 16 * 1024, /* bytes of path and query together */
    HTTP_BODY_MAX = 1024 * 1024, /* bytes of a body */
    HTTP_SEGMENTS_MAX = 32,      /* segments of a path */
    HTTP_CAPTURES_MAX = 4        /* {names} in one route pattern */
};

/* struct http_capture is what a {name} of the route pattern matched. */
struct http_capture {
    const char
        *name; /* borrowed from the pattern and not NUL-terminated: see http_request_capture */
    size_t name_len;
    char *value; /* owned by the request */
};

/*
 * struct http_request: everything in it lives until http_request_free. The strings are UTF-8 as
 * sent, percent-decoded where the comment says so; a request with a NUL octet (%00) in path, query
 * or form is refused before an endpoint sees it.
 */
struct http_request {
    char *method;     /* "GET", upper case as sent */
    char *path;       /* percent-decoded, without the query: "/common/oauth2/v2.0/token" */
    char *query_text; /* as sent, without '?'; "" when there is none */
    char *segments[HTTP_SEGMENTS_MAX]; /* of the path, split at '/' and then decoded; a final '/'
                                          gives a last "" */
    size_t segment_count;
    struct http_params query;   /* decoded ('+' is a space) */
    struct http_params form;    /* decoded; only of an application/x-www-form-urlencoded body */
    struct http_params headers; /* as sent */
    char *body;                 /* NUL-terminated for convenience; NULL when empty */
    size_t body_len;
    char *remote; /* "127.0.0.1", the peer's address without its port */
    char *host;   /* the Host header in lower case, or NULL */
    char *origin; /* scheme and Host without a final slash: "https://localhost:8443" */
    bool secure;  /* came in over TLS */
    struct http_capture captures[HTTP_CAPTURES_MAX]; /* set by the router */
    size_t capture_count;
};

/*
 * http_request_new splits and decodes `target` (path and query as sent, at most HTTP_TARGET_MAX
 * bytes). Returns a newly allocated request, or NULL with a sentence in *why (static) and the
 * status that answers it in *status: 400, 414 or 500.
 */
struct http_request *http_request_new(const char *method, const char *target, const char **why,
                                      int *status);

/* http_request_add_header appends one header line; false beyond HTTP_PARAMS_MAX or without memory.
 */
bool http_request_add_header(struct http_request *request, const char *name, const char *value);

/*
 * http_request_finish ends the building: it works out host and origin, and splits a form body. To
 * be called once, after the headers and the body (`body` may be NULL; `len` at most HTTP_BODY_MAX;
 * copied). Returns false with *why and *status as above.
 */
bool http_request_finish(struct http_request *request, bool secure, const char *remote,
                         const char *body, size_t len, const char **why, int *status);

/* http_request_free frees the request and all it holds. NULL is fine. */
void http_request_free(struct http_request *request);

/* http_request_header returns the first value of a header (its name in any case), or NULL. */
const char *http_request_header(const struct http_request *request, const char *name);

/* http_request_capture returns what {name} of the route pattern matched ("tenant" …), or NULL. */
const char *http_request_capture(const struct http_request *request, const char *name);

/* http_request_is reports whether the Content-Type of the body is `media_type`, parameters aside.
 */
bool http_request_is(const struct http_request *request, const char *media_type);

#endif

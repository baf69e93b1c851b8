/* From a request to a row of a route table. The tables are data: mockidp/endpoints/routes.c is the
 * map of the server. */
#ifndef MOCKIDP_HTTP_ROUTER_H
#define MOCKIDP_HTTP_ROUTER_H

#include "mockidp/http/request.h"
#include "mockidp/http/response.h"

#include <stddef.h>

struct idp_context;

/* An endpoint answers one request. It may run on any server thread; `context` and `request` are
 * valid during the call. */
typedef void (*route_handler)(struct idp_context *context, const struct http_request *request,
                              struct http_response *response);

/*
 * struct route is one row. In `pattern`, {name} stands for one non-empty segment and is read with
 * http_request_capture(request, "name"); the other segments match in any case, as Entra's do: ADAL
 * asks for /common/UserRealm/{user}, MSAL for /common/userrealm/{user}. The first row that matches
 * wins, so literal rows come before {tenant} rows. A GET row serves HEAD too. `{name*}` as the last
 * segment matches one or more segments; its value is the rest of the path as sent after decoding.
 */
struct route {
    const char *method;  /* "GET", "POST", "OPTIONS" … */
    const char *pattern; /* "/{tenant}/v2.0/.well-known/openid-configuration" */
    const char
        *endpoint; /* name in journal and fault rules: discovery jwks instance authorize token … */
    const char *version; /* "v1", "v2" or "" */
    route_handler handle;
};

enum route_outcome {
    ROUTE_FOUND,
    ROUTE_NO_METHOD, /* the path exists for other methods: 405 with Allow */
    ROUTE_NO_PATH    /* 404 */
};

/*
 * router_find looks the request up in `count` rows of `table`, and on ROUTE_FOUND stores the row
 * and the captures in the request. On ROUTE_NO_METHOD `allow` (of `allow_cap` bytes) gets the value
 * of the Allow header.
 */
enum route_outcome router_find(const struct route *table, size_t count,
                               struct http_request *request, const struct route **row, char *allow,
                               size_t allow_cap);

/* router_refuse answers 404 or 405 (RFC 9110 §15.5.5, §15.5.6): HTML when the request prefers it,
 * else JSON. */
void router_refuse(enum route_outcome outcome, const struct http_request *request,
                   const char *allow, struct http_response *response);

#endif

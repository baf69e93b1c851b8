/* The table of admin calls and the way to it. */
#include "mockidp/admin/admin.h"

#include "mockidp/admin/guard.h"
#include "mockidp/http/router.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The admin calls: method, path, handler. */
#define ADMIN_CALLS(CALL)                                                                          \
    CALL("POST", "/_admin/tokens", admin_tokens_bake)                                              \
    CALL("GET", "/_admin/clock", admin_clock_show)                                                 \
    CALL("PUT", "/_admin/clock", admin_clock_set)                                                  \
    CALL("POST", "/_admin/clock/advance", admin_clock_advance)                                     \
    CALL("GET", "/_admin/keys", admin_keys_show)                                                   \
    CALL("POST", "/_admin/keys/rotate", admin_keys_rotate)                                         \
    CALL("POST", "/_admin/keys/publish", admin_keys_publish)                                       \
    CALL("POST", "/_admin/keys/retire", admin_keys_retire)                                         \
    CALL("POST", "/_admin/keys/remove", admin_keys_remove)                                         \
    CALL("GET", "/_admin/faults", admin_faults_show)                                               \
    CALL("PUT", "/_admin/faults", admin_faults_replace)                                            \
    CALL("POST", "/_admin/faults", admin_faults_add)                                               \
    CALL("DELETE", "/_admin/faults", admin_faults_clear)                                           \
    CALL("GET", "/_admin/journal", admin_journal_show)                                             \
    CALL("DELETE", "/_admin/journal", admin_journal_clear)                                         \
    CALL("GET", "/_admin/state", admin_state_show)                                                 \
    CALL("POST", "/_admin/reset", admin_reset)

#define AS_ROUTE(method, path, handler) {method, path, "admin", "", NULL},
#define AS_HANDLER(method, path, handler) handler,
static const struct route routes[] = {ADMIN_CALLS(AS_ROUTE)};
static const admin_handler handlers[] = {ADMIN_CALLS(AS_HANDLER)};
#undef AS_ROUTE
#undef AS_HANDLER

/* A sentence may echo what was sent, and be cut inside a character: JSON holds it as it can. */
static json_t *sentence(const char *why)
{
    json_t *text = json_string(why);
    char *copy = text ? NULL : strdup(why);
    for (char *p = copy; p && *p; p++) {
        *p = (char)((unsigned char)*p < 0x80 ? *p : '?');
    }
    text = copy ? json_string(copy) : text;
    free(copy);
    return text;
}

static json_t *refusal(int status, const char *why)
{
    const char *error = status == 403   ? "forbidden"
                        : status == 404 ? "not_found"
                        : status == 405 ? "method_not_allowed"
                        : status == 401 ? "unauthorized"
                        : status == 409 ? "conflict"
                        : status >= 500 ? "server_error"
                                        : "bad_request";

    return json_pack("{s:s, s:o}", "error", error, "error_description", sentence(why));
}

json_t *admin_dispatch(struct idp_context *context, struct http_request *request, json_t *body,
                       int *status)
{
    struct admin_call call = {.context = context, .request = request, .body = body};
    const struct route *row = NULL;
    char allow[64];
    enum route_outcome outcome =
        router_find(routes, sizeof routes / sizeof *routes, request, &row, allow, sizeof allow);

    if (outcome == ROUTE_FOUND) {
        *status = handlers[row - routes](&call);
        if (call.answer == NULL && *status < 400) {
            *status = 500;
            (void)snprintf(call.why, sizeof call.why, "out of memory");
        }
    } else if (outcome == ROUTE_NO_METHOD) {
        *status = 405;
        (void)snprintf(call.why, sizeof call.why, "this call takes %s", allow);
    } else {
        *status = 404;
        (void)snprintf(call.why, sizeof call.why, "there is no such admin call");
    }
    return call.answer != NULL ? call.answer : refusal(*status, call.why);
}

/* read_body parses the JSON of a request; false with `why` on a fault. No body is NULL and fine. */
static bool read_body(const struct http_request *request, json_t **body, char *why, size_t cap)
{
    json_error_t error;

    *body = NULL;
    if (request->body_len == 0) {
        return true;
    }
    *body = json_loadb(request->body, request->body_len,
                       JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_ANY, &error);
    if (*body == NULL) {
        (void)snprintf(why, cap, "the body is not JSON: line %d, column %d: %s", error.line,
                       error.column, error.text);
    }
    return *body != NULL;
}

/* serve_ca answers GET /_admin/ca.pem, the one call that is not JSON; false when it is another
 * call. */
static bool serve_ca(const struct idp_context *context, const struct http_request *request,
                     struct http_response *response)
{
    if (strcmp(request->path, "/_admin/ca.pem") != 0 || strcmp(request->method, "GET") != 0 ||
        context->ca_pem == NULL) {
        return false;
    }
    response_text(response, 200, "application/x-pem-file", context->ca_pem);
    return true;
}

void admin_serve(struct idp_context *context, struct http_request *request,
                 struct http_response *response)
{
    char why[256];
    json_t *body = NULL;
    int status = admin_guard(context->admin, request, why, sizeof why);

    if (status != 0) {
        response_json(response, status, refusal(status, why));
    } else if (!read_body(request, &body, why, sizeof why)) {
        response_json(response, 400, refusal(400, why));
    } else if (!serve_ca(context, request, response)) {
        json_t *answer = admin_dispatch(context, request, body, &status);
        response_json(response, status, answer);
    }
    json_decref(body);
    response_set_header(response, "Cache-Control", "no-store");
}

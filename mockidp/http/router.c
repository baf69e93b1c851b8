/* Matching a request's segments against the patterns of a route table, and refusing what no row
 * serves. */
#include "mockidp/http/router.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void drop_captures(struct http_request *request)
{
    for (size_t i = 0; i < request->capture_count; i++) {
        free(request->captures[i].value);
    }
    request->capture_count = 0;
}

static bool capture(struct http_request *request, const char *name, size_t len, char *value)
{
    if (value == NULL || request->capture_count >= HTTP_CAPTURES_MAX) {
        free(value);
        return false;
    }
    request->captures[request->capture_count++] = (struct http_capture){name, len, value};
    return true;
}

/* join_rest returns the segments from `first` on, joined by '/', newly allocated. */
static char *join_rest(const struct http_request *request, size_t first)
{
    size_t size = 1;

    for (size_t i = first; i < request->segment_count; i++) {
        size += strlen(request->segments[i]) + 1;
    }
    char *out = malloc(size);
    size_t used = 0;
    for (size_t i = first; out != NULL && i < request->segment_count; i++) {
        size_t len = strlen(request->segments[i]);
        if (i > first) {
            out[used++] = '/';
        }
        memcpy(out + used, request->segments[i], len);
        used += len;
    }
    if (out != NULL) {
        out[used] = '\0';
    }
    return out;
}

/* part_len returns the length of the part of a pattern that begins here. */
static size_t part_len(const char *part)
{
    return (size_t)(strchrnul(part, '/') - part);
}

static bool literal_matches(const char *text, size_t len, const char *segment)
{
    return strlen(segment) == len && strncasecmp(text, segment, len) == 0;
}

/* is_capture: "{name}", or "{name*}" for all segments that are left. */
static bool is_capture(const char *part, size_t len)
{
    return len > 2 && part[0] == '{' && part[len - 1] == '}';
}

static bool takes_rest(const char *part, size_t len)
{
    return part[len - 2] == '*';
}

static bool pattern_matches(const char *pattern, const struct http_request *request)
{
    size_t index = 0;

    for (; *pattern == '/' && index < request->segment_count; index++) {
        size_t len = part_len(++pattern);
        const char *segment = request->segments[index];
        if (is_capture(pattern, len)) {
            if (*segment == '\0' || takes_rest(pattern, len)) {
                return *segment != '\0';
            }
        } else if (!literal_matches(pattern, len, segment)) {
            return false;
        }
        pattern += len;
    }
    return *pattern == '\0' && index == request->segment_count;
}

/* take_captures keeps what the names of a pattern that matches stand for; false without memory or
 * beyond HTTP_CAPTURES_MAX. */
static bool take_captures(const char *pattern, struct http_request *request)
{
    bool ok = true;

    drop_captures(request);
    for (size_t index = 0; ok && *pattern == '/'; index++) {
        size_t len = part_len(++pattern);
        if (is_capture(pattern, len)) {
            bool rest = takes_rest(pattern, len);
            ok = capture(request, pattern + 1, len - (rest ? 3 : 2),
                         rest ? join_rest(request, index) : strdup(request->segments[index]));
        }
        pattern += len;
    }
    return ok;
}

/* serves: RFC 9110 §9.3.2, HEAD is GET without the content; the server leaves it out. */
static bool serves(const struct route *row, const char *method)
{
    return strcmp(row->method, method) == 0 ||
           (strcmp(method, "HEAD") == 0 && strcmp(row->method, "GET") == 0);
}

/* allow_method appends `method` to a list unless it is there. No method's name is part of
 * another's. */
static void allow_method(char *allow, size_t cap, const char *method)
{
    size_t used = strlen(allow);

    if (strstr(allow, method) == NULL) {
        (void)snprintf(allow + used, cap - used, "%s%s", used == 0 ? "" : ", ", method);
    }
}

enum route_outcome router_find(const struct route *table, size_t count,
                               struct http_request *request, const struct route **row, char *allow,
                               size_t allow_cap)
{
    enum route_outcome outcome = ROUTE_NO_PATH;

    *row = NULL;
    allow[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        if (!pattern_matches(table[i].pattern, request)) {
            continue;
        }
        if (serves(&table[i], request->method)) {
            if (!take_captures(table[i].pattern, request)) {
                break;
            }
            *row = &table[i];
            return ROUTE_FOUND;
        }
        outcome = ROUTE_NO_METHOD;
        allow_method(allow, allow_cap, table[i].method);
        if (strcmp(table[i].method, "GET") == 0) {
            allow_method(allow, allow_cap, "HEAD");
        }
    }
    drop_captures(request);
    return outcome;
}

void router_refuse(enum route_outcome outcome, const struct http_request *request,
                   const char *allow, struct http_response *response)
{
    int status = outcome == ROUTE_NO_METHOD ? 405 : 404;
    const char *title = outcome == ROUTE_NO_METHOD ? "Method Not Allowed" : "Not Found";
    const char *accept = http_request_header(request, "Accept");
    char page[160];

    if (accept != NULL && strstr(accept, "text/html") != NULL) {
        (void)snprintf(page, sizeof page,
                       "<!DOCTYPE html><html lang=\"en\"><title>%s</title><h1>%d %s</h1></html>\n",
                       title, status, title);
        response_text(response, status, "text/html; charset=utf-8", page);
    } else {
        response_json(response, status,
                      json_pack("{s:s, s:s}", "error",
                                outcome == ROUTE_NO_METHOD ? "method_not_allowed" : "not_found",
                                "error_description", title));
    }
    if (outcome == ROUTE_NO_METHOD) {
        response_set_header(response, "Allow", allow);
    }
}

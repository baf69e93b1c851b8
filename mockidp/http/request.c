/* Building one parsed request out of what came over the wire: split first, decode then, limits
 * before both. */
#include "mockidp/http/request.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* decode_segment is strict, unlike decode_form: a stray '%' in a path is refused (RFC 3986 §2.4).
 */
static char *decode_segment(const char *text, size_t len)
{
    char *out = malloc(len + 1);
    size_t n = 0;

    for (size_t i = 0; out != NULL && i < len; i++) {
        int octet = http_octet_at(text + i, len - i);
        if (octet == 0 || (octet < 0 && text[i] == '%')) {
            free(out);
            return NULL;
        }
        out[n++] = octet > 0 ? (char)octet : text[i];
        i += octet > 0 ? 2 : 0;
    }
    if (out != NULL) {
        out[n] = '\0';
    }
    return out;
}

/* split_path fills segments and the decoded path. */
static bool split_path(struct http_request *request, const char *path, size_t len)
{
    size_t used = 0;
    const char *end = path + len;

    if (len == 0 || path[0] != '/' || (request->path = malloc(len + 1)) == NULL) {
        return false;
    }
    for (const char *at = path; at < end;) {
        const char *slash = memchr(at + 1, '/', (size_t)(end - at - 1));
        const char *stop = slash == NULL ? end : slash;
        char *segment = request->segment_count < HTTP_SEGMENTS_MAX
                            ? decode_segment(at + 1, (size_t)(stop - at - 1))
                            : NULL;
        if (segment == NULL) {
            request->path[used] = '\0';
            return false;
        }
        request->segments[request->segment_count++] = segment;
        request->path[used++] = '/';
        memcpy(request->path + used, segment, strlen(segment));
        used += strlen(segment);
        at = stop;
    }
    request->path[used] = '\0';
    return true;
}

/* origin_form: RFC 9112 §3.2.2, a server must accept the absolute form, "GET http://host/path",
 * too. */
static const char *origin_form(const char *target)
{
    size_t scheme = strncasecmp(target, "http://", 7) == 0    ? 7
                    : strncasecmp(target, "https://", 8) == 0 ? 8
                                                              : 0;

    return scheme == 0 ? target : target + scheme + strcspn(target + scheme, "/");
}

struct http_request *http_request_new(const char *method, const char *target, const char **why,
                                      int *status)
{
    struct http_request *request = NULL;
    size_t len = strnlen(target, HTTP_TARGET_MAX + 1);

    *status = 414;
    *why = "the request target is too long";
    if (len > HTTP_TARGET_MAX) {
        return NULL;
    }
    target = origin_form(target);
    len = strlen(target);
    *status = 500;
    *why = "out of memory";
    if ((request = calloc(1, sizeof *request)) == NULL) {
        return NULL;
    }
    const char *mark = memchr(target, '?', len);
    size_t path_len = mark == NULL ? len : (size_t)(mark - target);
    const char *query = mark == NULL ? "" : mark + 1;
    if ((request->method = strdup(method)) == NULL ||
        (request->query_text = strdup(query)) == NULL) {
        goto fail;
    }
    *status = 400;
    *why = "the path of the request is malformed";
    if (!split_path(request, target, path_len)) {
        goto fail;
    }
    *why = "the query of the request is malformed or has too many fields";
    if (!http_params_parse(query, strlen(query), &request->query)) {
        goto fail;
    }
    return request;
fail:
    http_request_free(request);
    return NULL;
}

bool http_request_add_header(struct http_request *request, const char *name, const char *value)
{
    return http_params_add(&request->headers, name, value == NULL ? "" : value);
}

/* host_is_plain: RFC 9110 §7.2 asks for 400 on an invalid Host; ours goes into every URL, so it is
 * a name and a port. */
static bool host_is_plain(const char *host)
{
    size_t len = strnlen(host, 256);

    return len > 0 && len < 256 &&
           strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789.-_:[]") == len;
}

/* header_count returns how many lines of that name there are. */
static size_t header_count(const struct http_request *request, const char *name)
{
    size_t found = 0;

    for (size_t i = 0; i < request->headers.count; i++) {
        found += strcasecmp(request->headers.items[i].name, name) == 0;
    }
    return found;
}

/* note_host works out host and origin; without a Host (HTTP/1.0) the origin stays NULL. RFC 9112
 * §3.2: more than one Host line is answered with 400. */
static bool note_host(struct http_request *request)
{
    const char *host = http_request_header(request, "Host");
    const char *scheme = request->secure ? "https://" : "http://";

    if (host == NULL) {
        return true;
    }
    if (header_count(request, "Host") != 1) {
        return false;
    }
    if ((request->host = strdup(host)) == NULL) {
        return false;
    }
    for (char *c = request->host; *c != '\0'; c++) {
        *c = (char)tolower((unsigned char)*c);
    }
    if (!host_is_plain(request->host)) {
        return false;
    }
    if (asprintf(&request->origin, "%s%s", scheme, request->host) < 0) {
        request->origin = NULL;
        return false;
    }
    return true;
}

/* keep_body copies the body and splits it when it is a form. */
static bool keep_body(struct http_request *request, const char *body, size_t len)
{
    if (body == NULL || len == 0) {
        return true;
    }
    if (len > HTTP_BODY_MAX || (request->body = malloc(len + 1)) == NULL) {
        return false;
    }
    memcpy(request->body, body, len);
    request->body[len] = '\0';
    request->body_len = len;
    return !http_request_is(request, "application/x-www-form-urlencoded") ||
           http_params_parse(request->body, len, &request->form);
}

bool http_request_finish(struct http_request *request, bool secure, const char *remote,
                         const char *body, size_t len, const char **why, int *status)
{
    request->secure = secure;
    *status = 500;
    *why = "out of memory";
    if ((request->remote = strdup(remote == NULL ? "" : remote)) == NULL) {
        return false;
    }
    *status = 400;
    *why = "the Host header is malformed";
    if (!note_host(request)) {
        return false;
    }
    *why = "the form in the body is malformed or has too many fields";
    return keep_body(request, body, len);
}

void http_request_free(struct http_request *request)
{
    if (request == NULL) {
        return;
    }
    for (size_t i = 0; i < request->segment_count; i++) {
        free(request->segments[i]);
    }
    for (size_t i = 0; i < request->capture_count; i++) {
        free(request->captures[i].value);
    }
    http_params_clear(&request->query);
    http_params_clear(&request->form);
    http_params_clear(&request->headers);
    free(request->method);
    free(request->path);
    free(request->query_text);
    free(request->body);
    free(request->remote);
    free(request->host);
    free(request->origin);
    free(request);
}

const char *http_request_header(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->headers.count; i++) {
        if (strcasecmp(request->headers.items[i].name, name) == 0) {
            return request->headers.items[i].value;
        }
    }
    return NULL;
}

const char *http_request_capture(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->capture_count; i++) {
        const struct http_capture *capture = &request->captures[i];
        if (strlen(name) == capture->name_len &&
            memcmp(capture->name, name, capture->name_len) == 0) {
            return capture->value;
        }
    }
    return NULL;
}

bool http_request_is(const struct http_request *request, const char *media_type)
{
    const char *value = http_request_header(request, "Content-Type");
    size_t len = strlen(media_type);

    if (value == NULL || strncasecmp(value, media_type, len) != 0) {
        return false;
    }
    value += len;
    value += strspn(value, " \t");
    return *value == '\0' || *value == ';';
}

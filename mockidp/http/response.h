/* One HTTP answer, as endpoints write it and as fault rules change it before the server sends it.
 */
#ifndef MOCKIDP_HTTP_RESPONSE_H
#define MOCKIDP_HTTP_RESPONSE_H

#include "mockidp/http/request.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct stored_response; /* mockidp/http/stored.h */

/* struct http_response: zeroed is an empty answer; status 0 is sent as 500, so that forgetting to
 * answer shows. */
struct http_response {
    int status;
    struct http_params headers; /* in the order they were added; Set-Cookie may repeat */
    char *body;                 /* may hold NUL octets */
    size_t body_len;
    bool failed;                    /* memory ran out while it was written: sent as 500 */
    struct stored_response *stored; /* whose headers and body these are; NULL: the answer's own */
};

/* response_free frees what the answer holds and zeroes it; the struct itself belongs to the caller.
 */
void response_free(struct http_response *response);

/* response_own makes the answer one that may be changed: a copy of the stored one that it showed.
 * All functions below do so themselves. */
void response_own(struct http_response *response);

/* response_header appends a header line. */
void response_header(struct http_response *response, const char *name, const char *value);

/* response_set_header replaces every line of that name (in any case) by one; a NULL value just
 * removes them. */
void response_set_header(struct http_response *response, const char *name, const char *value);

/* response_get_header returns the first value of a header (its name in any case), or NULL. */
const char *response_get_header(const struct http_response *response, const char *name);

/* response_json answers with `body` (the reference is stolen; NULL means memory ran out), compact,
 * in member order, as "application/json; charset=utf-8". */
void response_json(struct http_response *response, int status, json_t *body);

/* response_json_text answers with `text`, which is JSON and is taken over, as response_json does.
 */
void response_json_text(struct http_response *response, int status, char *text, size_t len);

/* response_text answers with a copy of the C string `body` as `content_type`. */
void response_text(struct http_response *response, int status, const char *content_type,
                   const char *body);

/* response_bytes answers with a copy of `len` bytes as `content_type`. */
void response_bytes(struct http_response *response, int status, const char *content_type,
                    const void *body, size_t len);

/* response_redirect answers 302 with Location and an empty body. */
void response_redirect(struct http_response *response, const char *location);

/*
 * response_fit answers 400 with a sentence instead when the header lines take more than `room`
 * octets: a redirect carries the state of its request, three times as long where it must be
 * percent-encoded. Returns false then.
 */
bool response_fit(struct http_response *response, size_t room);

#endif

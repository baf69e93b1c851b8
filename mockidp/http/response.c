/* Writing one HTTP answer. A failure of memory is remembered and sent as 500, so that writers need
 * not check. */
#include "mockidp/http/response.h"

#include "mockidp/http/stored.h"
#include "mockidp/platform/json_text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

void response_free(struct http_response *response)
{
    if (response->stored != NULL) {
        stored_response_drop(response->stored);
    } else {
        http_params_clear(&response->headers);
        free(response->body);
    }
    *response = (struct http_response){.status = 0};
}

void response_own(struct http_response *response)
{
    struct http_response shown = *response;

    if (shown.stored == NULL) {
        return;
    }
    *response = (struct http_response){.failed = shown.failed};
    response_bytes(response, shown.status, NULL, shown.body, shown.body_len);
    for (size_t i = 0; i < shown.headers.count; i++) {
        response_header(response, shown.headers.items[i].name, shown.headers.items[i].value);
    }
    stored_response_drop(shown.stored);
}

void response_header(struct http_response *response, const char *name, const char *value)
{
    response_own(response);
    response->failed = !http_params_add(&response->headers, name, value) || response->failed;
}

void response_set_header(struct http_response *response, const char *name, const char *value)
{
    struct http_params *headers = &response->headers;

    response_own(response);
    for (size_t left = headers->count; left > 0; left--) {
        if (strcasecmp(headers->items[left - 1].name, name) == 0) {
            http_params_drop(headers, left - 1);
        }
    }
    if (value != NULL) {
        response_header(response, name, value);
    }
}

const char *response_get_header(const struct http_response *response, const char *name)
{
    for (size_t i = 0; i < response->headers.count; i++) {
        if (strcasecmp(response->headers.items[i].name, name) == 0) {
            return response->headers.items[i].value;
        }
    }
    return NULL;
}

/* take_body replaces the body by `body`, which it takes over; NULL with a length of 0 is an empty
 * body. */
static void take_body(struct http_response *response, int status, const char *content_type,
                      char *body, size_t len)
{
    response_own(response);
    free(response->body);
    response->status = status;
    response->body = body;
    response->body_len = len;
    response_set_header(response, "Content-Type", content_type);
}

void response_bytes(struct http_response *response, int status, const char *content_type,
                    const void *body, size_t len)
{
    char *copy = malloc(len + 1);

    if (copy == NULL) {
        response->failed = true;
        return;
    }
    if (len > 0) {
        memcpy(copy, body, len);
    }
    copy[len] = '\0';
    take_body(response, status, content_type, copy, len);
}

void response_text(struct http_response *response, int status, const char *content_type,
                   const char *body)
{
    response_bytes(response, status, content_type, body, strlen(body));
}

void response_json(struct http_response *response, int status, json_t *body)
{
    size_t len = 0;
    char *text = body == NULL ? NULL : json_text_of(body, &len);

    json_decref(body);
    if (text == NULL) {
        response->failed = true;
        return;
    }
    response_json_text(response, status, text, len);
}

void response_json_text(struct http_response *response, int status, char *text, size_t len)
{
    take_body(response, status, "application/json; charset=utf-8", text, len);
}

void response_redirect(struct http_response *response, const char *location)
{
    take_body(response, 302, NULL, NULL, 0);
    response_set_header(response, "Location", location);
}

bool response_fit(struct http_response *response, size_t room)
{
    const struct http_params *headers = &response->headers;
    size_t len = 0;

    for (size_t i = 0; i < headers->count; i++) {
        len += strlen(headers->items[i].name) + strlen(headers->items[i].value) + strlen(": \r\n");
    }
    if (len <= room) {
        return true;
    }
    response_own(response);
    http_params_clear(&response->headers);
    response_text(response, 400, "text/plain; charset=utf-8",
                  "The header of the answer to this request would be too long.\n");
    return false;
}

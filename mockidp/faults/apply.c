/* Turning a decided fault into bytes and headers. */
#include "mockidp/faults/apply.h"

#include "mockidp/faults/gzip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More than the frame of a decoy key and its number take. */
#define DECOY_FRAME 96

/* A success status alone lets the endpoint's answer stand under another number; anything else
 * stands for the endpoint. */
bool fault_replaces(const struct fault_act *act)
{
    return act->reset || act->half_close || act->redirect != NULL || act->body != NULL ||
           act->aadsts != 0 || act->status >= 300;
}

/* write_other writes the origin under the other loopback name. */
static void write_other(FILE *out, const char *origin)
{
    const char *host = strstr(origin, "://");
    host = host == NULL ? origin : host + 3;
    const char *port = strrchr(host, ':');
    bool named = strncmp(host, "localhost", 9) == 0;
    (void)fprintf(out, "%.*s%s%s", (int)(host - origin), origin, named ? "127.0.0.1" : "localhost",
                  port == NULL ? "" : port);
}

/* expand returns `text` with its placeholders filled in, newly allocated, or NULL. */
static char *expand(const char *text, const struct fault_place *place)
{
    char *result = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&result, &len);

    while (out != NULL && *text != '\0') {
        if (strncmp(text, "{origin}", 8) == 0) {
            (void)fputs(place->origin, out);
            text += 8;
        } else if (strncmp(text, "{other_origin}", 14) == 0) {
            write_other(out, place->origin);
            text += 14;
        } else if (strncmp(text, "{http_origin}", 13) == 0) {
            (void)fputs(place->http_origin == NULL ? place->origin : place->http_origin, out);
            text += 13;
        } else {
            (void)fputc(*text++, out);
        }
    }
    return out != NULL && fclose(out) == 0 ? result : NULL;
}

/* take_bytes puts `bytes`, which it takes over, in place of the body; the rest stays. */
static void take_bytes(struct http_response *response, char *bytes, size_t len)
{
    if (bytes == NULL) {
        response->failed = true;
        return;
    }
    free(response->body);
    response->body = bytes;
    response->body_len = len;
}

void fault_answer(const struct fault_act *act, const struct fault_place *place,
                  struct http_response *response)
{
    int status = act->status == 0 ? 200 : act->status;
    const char *text = act->redirect != NULL ? act->redirect : act->body;
    char *filled = text == NULL ? NULL : expand(text, place);

    if (text != NULL && filled == NULL) {
        response->failed = true;
    } else if (act->redirect != NULL) {
        response_redirect(response, filled);
        response->status = status / 100 == 3 ? status : 302;
    } else if (act->body != NULL) {
        response_text(response, status, "application/json; charset=utf-8", filled);
    } else if (status >= 400) {
        response_json(response, status,
                      json_pack("{s:s, s:s}", "error",
                                status >= 500 ? "temporarily_unavailable" : "invalid_request",
                                "error_description",
                                "A fault rule of the mock answered this request."));
    } else {
        response_bytes(response, status, "text/plain", "", 0);
    }
    free(filled);
    fault_adjust(act, place, response);
}

/* add_decoys adds keys with the numbers of the set's first one, under other kids. As text, into
 * memory of the right size: a hundred thousand of them take jansson seconds, and a stream that
 * grows copies them many times. */
static void add_decoys(int64_t count, struct http_response *response)
{
    static const char opening[] = "\"keys\":[";
    json_t *document = json_loadb(response->body, response->body_len, 0, NULL);
    const json_t *first = json_array_get(json_object_get(document, "keys"), 0);
    const char *n = json_string_value(json_object_get(first, "n"));
    const char *e = json_string_value(json_object_get(first, "e"));
    const char *open = response->body == NULL ? NULL : strstr(response->body, opening);

    if (n != NULL && e != NULL && open != NULL) {
        size_t before = (size_t)(open - response->body) + sizeof opening - 1;
        size_t each = strlen(n) + strlen(e) + DECOY_FRAME;
        char *longer = malloc(response->body_len + (size_t)count * each + 1);
        char *at = longer == NULL ? NULL : longer + before;
        if (longer != NULL) {
            memcpy(longer, response->body, before);
        }
        for (int64_t i = 0; at != NULL && i < count; i++) {
            at += snprintf(at, each,
                           "{\"kty\":\"RSA\",\"use\":\"sig\",\"kid\":\"decoy-%lld\",\"n\":\"%s\","
                           "\"e\":\"%s\"},",
                           (long long)i, n, e);
        }
        if (at != NULL) {
            memcpy(at, response->body + before, response->body_len - before);
            at += response->body_len - before;
            *at = '\0';
        }
        take_bytes(response, longer, at == NULL ? 0 : (size_t)(at - longer));
    }
    json_decref(document);
}

/* merge_members merges members into a JSON answer; what is no JSON object stays. */
static void merge_members(const struct fault_act *act, const struct fault_place *place,
                          struct http_response *response)
{
    json_t *document = json_loadb(response->body, response->body_len, 0, NULL);
    char *raw = json_dumps(act->members, JSON_COMPACT);
    char *filled = raw == NULL ? NULL : expand(raw, place);
    json_t *members = filled == NULL ? NULL : json_loads(filled, 0, NULL);
    const char *name = NULL;
    json_t *value = NULL;

    json_object_foreach(members, name, value)
    {
        if (json_is_null(value)) {
            json_object_del(document, name);
        } else {
            json_object_set(document, name, value);
        }
    }
    if (json_is_object(document)) {
        char *text = json_dumps(document, JSON_COMPACT);
        take_bytes(response, text, text == NULL ? 0 : strlen(text));
    }
    json_decref(members);
    json_decref(document);
    free(filled);
    free(raw);
}

/* pad puts blanks before the last octet, where any JSON text may have them. */
static void pad(struct http_response *response, size_t count)
{
    size_t len = response->body_len;
    char *longer = len == 0 ? NULL : malloc(len + count + 1);

    if (longer != NULL) {
        memcpy(longer, response->body, len - 1);
        memset(longer + len - 1, ' ', count);
        longer[len + count - 1] = response->body[len - 1];
        longer[len + count] = '\0';
    }
    take_bytes(response, longer, len + count);
}

static void encode(const struct fault_act *act, const struct fault_place *place,
                   struct http_response *response)
{
    size_t len = 0;

    if (act->encoding == FAULT_GZIP) {
        response_set_header(response, "Vary", "Accept-Encoding");
        if (!place->accepts_gzip) {
            return;
        }
    }
    char *bytes = act->encoding == FAULT_GZIP ? gzip_store(response->body, response->body_len, &len)
                                              : gzip_bomb(FAULT_BOMB_BYTES, &len);
    take_bytes(response, bytes, len);
    response_set_header(response, "Content-Encoding", "gzip");
}

static void change_headers(const struct fault_act *act, struct http_response *response)
{
    char seconds[16];
    const char *name = NULL;
    json_t *value = NULL;

    if (act->retry_after >= 0) {
        (void)snprintf(seconds, sizeof seconds, "%d", act->retry_after);
        response_set_header(response, "Retry-After", seconds);
    }
    if (act->content_type != NULL) {
        response_set_header(response, "Content-Type",
                            *act->content_type == '\0' ? NULL : act->content_type);
    }
    json_object_foreach(act->headers, name, value)
    {
        const char *text = json_string_value(value);
        response_set_header(response, name, *text == '\0' ? NULL : text);
    }
}

void fault_adjust(const struct fault_act *act, const struct fault_place *place,
                  struct http_response *response)
{
    response_own(response);
    if (act->status != 0 && act->status < 300 && !response->failed) {
        response->status = act->status;
    }
    if (act->members != NULL) {
        merge_members(act, place, response);
    }
    if (act->decoy_keys > 0) {
        add_decoys(act->decoy_keys, response);
    }
    if (act->pad_bytes > 0) {
        pad(response, (size_t)act->pad_bytes);
    }
    if (act->encoding != 0) {
        encode(act, place, response);
    }
    change_headers(act, response);
}

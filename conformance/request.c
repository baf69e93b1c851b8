/* Where a baked token stands in a request. */
#include "conformance/request.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* hex_decode returns the octets as a newly allocated string, or NULL. */
static char *hex_decode(const char *hex, size_t len)
{
    char *out = calloc(1, len + 1);
    for (size_t i = 0; out && i < len; i++) {
        unsigned octet = 0;
        (void)sscanf(hex + 2 * i, "%2x", &octet);
        out[i] = (char)octet;
    }
    return out;
}

/* keep copies a value, a string or {"hex"}, for the life of the request; NULL without memory. */
static const char *keep(struct cf_sent *sent, const json_t *value)
{
    const char *hex = json_string_value(json_object_get(value, "hex"));
    if (sent->owned_count >= sizeof sent->owned / sizeof sent->owned[0]) {
        return NULL;
    }
    char *copy = hex ? hex_decode(hex, strlen(hex) / 2)
                     : strdup(json_is_string(value) ? json_string_value(value) : "");
    sent->owned[sent->owned_count] = copy;
    sent->owned_count += copy != NULL;
    return copy;
}

/* No JSON text holds NUL for every reader, so {nul} stands for it in the value kept last. Returns
 * its length then, else 0. */
static size_t put_nul(struct cf_sent *sent)
{
    static const char mark[] = "{nul}";
    char *text = sent->owned_count > 0 ? sent->owned[sent->owned_count - 1] : NULL;
    char *at = text ? strstr(text, mark) : NULL;
    if (!at) {
        return 0;
    }
    size_t before = (size_t)(at - text);
    size_t behind = strlen(at + sizeof mark - 1);
    *at = '\0';
    memmove(at + 1, at + sizeof mark - 1, behind + 1);
    return before + 1 + behind;
}

static int place_token(struct cf_sent *sent, const json_t *baked)
{
    struct cf_request *r = &sent->request;
    const char *place = json_string_value(json_object_get(baked, "place"));
    const json_t *authorization = json_object_get(baked, "authorization");
    const json_t *line = NULL;
    size_t i = 0;
    if (place && strcmp(place, "header") != 0) {
        const char **where = strcmp(place, "query") == 0  ? &r->query
                             : strcmp(place, "form") == 0 ? &r->form
                                                          : &r->cookie;
        *where = keep(sent, json_object_get(baked, "token"));
    }
    if (authorization && !json_is_null(authorization)) {
        r->lines[r->count++] = keep(sent, authorization);
        r->first_len = put_nul(sent);
    }
    json_array_foreach(json_object_get(baked, "lines"), i, line)
    {
        if (r->count < CF_LINES_MAX) {
            r->lines[r->count++] = keep(sent, line);
        }
    }
    for (i = 0; i < r->count; i++) {
        if (!r->lines[i]) {
            return -1;
        }
    }
    return 0;
}

static int keep_list(struct cf_sent *sent, const json_t *list, const char **to, size_t max,
                     size_t *count)
{
    const json_t *item = NULL;
    size_t i = 0;
    json_array_foreach(list, i, item)
    {
        if (*count >= max || !(to[*count] = keep(sent, item))) {
            return -1;
        }
        ++*count;
    }
    return 0;
}

static int keep_text(struct cf_sent *sent, const json_t *value, const char **to)
{
    return value && !(*to = keep(sent, value)) ? -1 : 0;
}

/* The members that are HTTP's and not the token's. */
static const char *const own[] = {"method", "path", "field", "headers", "raw", "answers"};

/* Takes the members that are HTTP's; the rest is a recipe, a new reference. */
static json_t *take_request(struct cf_sent *sent, const json_t *recipe)
{
    struct cf_request *r = &sent->request;
    r->answers = (int)json_integer_value(json_object_get(recipe, "answers"));
    if (keep_text(sent, json_object_get(recipe, "method"), &r->method) != 0 ||
        keep_text(sent, json_object_get(recipe, "path"), &r->path) != 0 ||
        keep_text(sent, json_object_get(recipe, "field"), &r->field) != 0 ||
        keep_list(sent, json_object_get(recipe, "headers"), r->headers, CF_HEADERS_MAX,
                  &r->header_count) != 0 ||
        keep_list(sent, json_object_get(recipe, "raw"), r->raw, CF_RAW_MAX, &r->raw_count) != 0) {
        return NULL;
    }
    json_t *rest = json_copy((json_t *)(uintptr_t)recipe);
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        json_object_del(rest, own[i]);
    }
    return rest;
}

int cf_sent_make(struct cf_sent *sent, struct cf_world *world, const json_t *recipe, char *why,
                 size_t cap)
{
    json_t *plain = take_request(sent, recipe);
    json_t *baked = cf_world_bake(world, plain, why, cap);
    json_decref(plain);
    if (!baked) {
        return -1;
    }
    sent->shown = baked;
    if (place_token(sent, baked) != 0) {
        (void)snprintf(why, cap, "out of memory");
        return -1;
    }
    (void)snprintf(sent->token, sizeof sent->token, "%s",
                   json_is_string(json_object_get(baked, "token"))
                       ? json_string_value(json_object_get(baked, "token"))
                       : "");
    if (!sent->request.query && !sent->request.form && !sent->request.cookie) {
        json_object_del(baked, "token"); /* the lines say it */
    }
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        if (json_object_get(recipe, own[i])) {
            json_object_set(baked, own[i], json_object_get(recipe, own[i]));
        }
    }
    return 0;
}

void cf_sent_cleanup(struct cf_sent *sent)
{
    for (size_t i = 0; i < sent->owned_count; i++) {
        free(sent->owned[i]);
    }
    json_decref(sent->shown);
    *sent = (struct cf_sent){0};
}

bool cf_needs_socket(const struct cf_request *r)
{
    return r->method || r->path || r->field || r->header_count > 0 || r->raw_count > 0;
}

const char *cf_sent_needs(const struct cf_sent *sent)
{
    const struct cf_request *r = &sent->request;
    bool http = r->count > 1 || r->query || r->form || r->cookie;
    return cf_needs_socket(r) ? "raw-socket" : http ? "http" : NULL;
}

json_t *cf_answer_json(const struct cf_answer *answer)
{
    json_t *body = json_string(answer->body);
    json_t *head = json_string(answer->head);
    return json_pack("{s:i, s:s, s:s, s:o*, s:o}", "status", answer->status, "challenge",
                     answer->challenge, "code", answer->code, "head", head, "body",
                     body ? body : json_string("(not UTF-8)"));
}

bool cf_has(const char *words, const char *word)
{
    size_t len = word ? strlen(word) : 0;
    for (const char *at = words; len > 0 && (at = strstr(at, word)); at += len) {
        bool begins = at == words || at[-1] == ' ';
        if (begins && (at[len] == ' ' || at[len] == '\0')) {
            return true;
        }
    }
    return false;
}

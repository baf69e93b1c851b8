/* Where a baked token stands in a request. */
#include "conformance/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* hex_decode returns the octets as a newly allocated string, or NULL. */
static char *hex_decode(const char *hex)
{
    size_t len = strlen(hex) / 2;
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
    if (sent->owned_count > CF_LINES_MAX) {
        return NULL;
    }
    char *copy =
        hex ? hex_decode(hex) : strdup(json_is_string(value) ? json_string_value(value) : "");
    sent->owned[sent->owned_count] = copy;
    sent->owned_count += copy != NULL;
    return copy;
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

int cf_sent_make(struct cf_sent *sent, struct cf_world *world, const json_t *recipe, char *why,
                 size_t cap)
{
    json_t *baked = cf_world_bake(world, recipe, why, cap);
    if (!baked) {
        return -1;
    }
    sent->shown = baked;
    if (place_token(sent, baked) != 0) {
        (void)snprintf(why, cap, "out of memory");
        return -1;
    }
    if (!sent->request.query && !sent->request.form && !sent->request.cookie) {
        json_object_del(baked, "token"); /* the lines say it */
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

bool cf_sent_needs_http(const struct cf_sent *sent)
{
    const struct cf_request *r = &sent->request;
    return r->count > 1 || r->query || r->form || r->cookie;
}

json_t *cf_answer_json(const struct cf_answer *answer)
{
    json_t *body = json_string(answer->body);
    return json_pack("{s:i, s:s, s:s, s:o}", "status", answer->status, "challenge",
                     answer->challenge, "code", answer->code, "body",
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

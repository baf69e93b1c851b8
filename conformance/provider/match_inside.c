/* Operators that look inside: members, elements, and what a text holds encoded. */
#include "conformance/provider/answer.h"
#include "conformance/provider/encode.h"
#include "conformance/provider/key.h"
#include "conformance/provider/match.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHERE_CAP 256

static void name_inner(char where[WHERE_CAP], const char *outer, const char *name)
{
    (void)snprintf(where, WHERE_CAP, "%.150s/%.100s", outer, name);
}

static enum cf_match holds_members(struct cf_matching *m, const json_t *argument,
                                   const json_t *value, const char *where)
{
    char inner[WHERE_CAP];
    enum cf_match match = CF_MATCHES;
    void *at = json_object_iter((json_t *)(uintptr_t)argument);
    if (!json_is_object(value)) {
        return cf_match_fails(m, where, "is no object");
    }
    for (; at && match == CF_MATCHES;
         at = json_object_iter_next((json_t *)(uintptr_t)argument, at)) {
        const char *name = json_object_iter_key(at);
        name_inner(inner, where, name);
        match = cf_match_value(m, json_object_iter_value(at), json_object_get(value, name), inner);
    }
    return match;
}

static enum cf_match holds_order(struct cf_matching *m, const json_t *argument, const json_t *value,
                                 const char *where)
{
    size_t i = 0;
    void *at = json_object_iter((json_t *)(uintptr_t)value);
    if (!json_is_object(value)) {
        return cf_match_fails(m, where, "is no object");
    }
    for (; at; at = json_object_iter_next((json_t *)(uintptr_t)value, at), i++) {
        const char *wanted = json_string_value(json_array_get(argument, i));
        if (!wanted || strcmp(wanted, json_object_iter_key(at)) != 0) {
            return cf_match_fails(m, where, "has '%.60s' as member %zu, must have '%.60s'",
                                  json_object_iter_key(at), i + 1, wanted ? wanted : "no more");
        }
    }
    return i == json_array_size(argument)
               ? CF_MATCHES
               : cf_match_fails(m, where, "lacks '%.60s'",
                                json_string_value(json_array_get(argument, i)));
}

static enum cf_match holds_only(struct cf_matching *m, const json_t *argument, const json_t *value,
                                const char *where)
{
    void *at = json_object_iter((json_t *)(uintptr_t)value);
    if (!json_is_object(value)) {
        return cf_match_fails(m, where, "is no object");
    }
    for (; at; at = json_object_iter_next((json_t *)(uintptr_t)value, at)) {
        bool allowed = false;
        for (size_t i = 0; i < json_array_size(argument); i++) {
            const char *name = json_string_value(json_array_get(argument, i));
            allowed = allowed || (name && strcmp(name, json_object_iter_key(at)) == 0);
        }
        if (!allowed) {
            return cf_match_fails(m, where, "has '%.60s', too", json_object_iter_key(at));
        }
    }
    return CF_MATCHES;
}

static enum cf_match holds_each(struct cf_matching *m, const json_t *argument, const json_t *value,
                                const char *where)
{
    char inner[WHERE_CAP];
    char number[24];
    enum cf_match match = CF_MATCHES;
    if (!json_is_array(value) || json_array_size(value) == 0) {
        return cf_match_fails(m, where, "is no array with elements");
    }
    for (size_t i = 0; i < json_array_size(value) && match == CF_MATCHES; i++) {
        (void)snprintf(number, sizeof number, "%zu", i);
        name_inner(inner, where, number);
        match = cf_match_value(m, argument, json_array_get(value, i), inner);
    }
    return match;
}

static enum cf_match holds_some(struct cf_matching *m, const json_t *argument, const json_t *value,
                                const char *where)
{
    for (size_t i = 0; i < json_array_size(value); i++) {
        enum cf_match match = cf_match_value(m, argument, json_array_get(value, i), where);
        if (match != CF_DIFFERS) {
            return match;
        }
    }
    return cf_match_fails(m, where, "has no element that matches");
}

static const json_t *member_of(const json_t *value, const json_t *pair, size_t i)
{
    return json_object_get(value, json_string_value(json_array_get(pair, i)));
}

static enum cf_match holds_equal(struct cf_matching *m, const json_t *argument, const json_t *value,
                                 const char *where)
{
    const json_t *pair = NULL;
    size_t i = 0;
    json_array_foreach(argument, i, pair)
    {
        const json_t *a = member_of(value, pair, 0);
        if (!a || !json_equal(a, member_of(value, pair, 1))) {
            return cf_match_fails(m, where, "has different '%.60s' and '%.60s'",
                                  json_string_value(json_array_get(pair, 0)),
                                  json_string_value(json_array_get(pair, 1)));
        }
    }
    return CF_MATCHES;
}

/* Numbers, or texts of digits. */
static long long count_of(const json_t *value)
{
    return json_is_string(value) ? strtoll(json_string_value(value), NULL, 10)
                                 : json_integer_value(value);
}

static enum cf_match holds_differ(struct cf_matching *m, const json_t *argument,
                                  const json_t *value, const char *where)
{
    const json_t *row = NULL;
    size_t i = 0;
    json_array_foreach(argument, i, row)
    {
        const json_t *a = member_of(value, row, 0);
        const json_t *b = member_of(value, row, 1);
        long long by = count_of(a) - count_of(b);
        if (!a || !b || by != json_integer_value(json_array_get(row, 2))) {
            return cf_match_fails(m, where, "has '%.60s' %lld more than '%.60s', must be %lld",
                                  json_string_value(json_array_get(row, 0)), by,
                                  json_string_value(json_array_get(row, 1)),
                                  (long long)json_integer_value(json_array_get(row, 2)));
        }
    }
    return CF_MATCHES;
}

static enum cf_match match_text(struct cf_matching *m, const json_t *argument, const char *text,
                                size_t len, const char *where)
{
    json_t *json = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
    enum cf_match match =
        json ? cf_match_value(m, argument, json, where) : cf_match_fails(m, where, "holds no JSON");
    json_decref(json);
    return match;
}

static enum cf_match holds_json(struct cf_matching *m, const json_t *argument, const json_t *value,
                                const char *where)
{
    const char *text = json_string_value(value);
    return text ? match_text(m, argument, text, strlen(text), where)
                : cf_match_fails(m, where, "is no text");
}

static enum cf_match holds_decoded(struct cf_matching *m, const json_t *argument,
                                   const json_t *value, const char *where)
{
    const char *text = json_string_value(value);
    size_t len = 0;
    unsigned char *decoded = text ? cf_base64url_decode(text, strlen(text), &len) : NULL;
    enum cf_match match = decoded ? match_text(m, argument, (const char *)decoded, len, where)
                                  : cf_match_fails(m, where, "is no base64url");
    free(decoded);
    return match;
}

/* One part of a token. */
static enum cf_match match_part(struct cf_matching *m, const json_t *matcher, const char *token,
                                int part, const char *where)
{
    char inner[WHERE_CAP];
    if (!matcher) {
        return CF_MATCHES;
    }
    json_t *json = cf_token_part(token, part);
    name_inner(inner, where, part ? "claims" : "header");
    enum cf_match match = json ? cf_match_value(m, matcher, json, inner)
                               : cf_match_fails(m, inner, "is no JSON in base64url");
    json_decref(json);
    return match;
}

static enum cf_match holds_jwt(struct cf_matching *m, const json_t *argument, const json_t *value,
                               const char *where)
{
    char why[300] = "";
    const char *token = json_string_value(value);
    if (!token) {
        return cf_match_fails(m, where, "is no text");
    }
    enum cf_match match = match_part(m, json_object_get(argument, "header"), token, 0, where);
    if (match == CF_MATCHES) {
        match = match_part(m, json_object_get(argument, "claims"), token, 1, where);
    }
    if (match == CF_MATCHES && json_is_true(json_object_get(argument, "signed")) &&
        (!m->verify || m->verify(m->ctx, token, why, sizeof why) != 0)) {
        match = cf_match_fails(m, where, "is not signed as it must be: %s", why);
    }
    return match;
}

static enum cf_match holds_key(struct cf_matching *m, const json_t *argument, const json_t *value,
                               const char *where)
{
    const json_t *word = NULL;
    size_t i = 0;
    char why[200] = "";
    json_array_foreach(argument, i, word)
    {
        if (cf_key_holds(value, json_string_value(word), why, sizeof why) != 0) {
            return cf_match_fails(m, where, "%s", why);
        }
    }
    return CF_MATCHES;
}

const struct cf_operator cf_inside_operators[] = {
    {"members", holds_members}, {"order", holds_order}, {"only", holds_only},
    {"each", holds_each},       {"some", holds_some},   {"equal", holds_equal},
    {"differ", holds_differ},   {"json", holds_json},   {"decoded", holds_decoded},
    {"jwt", holds_jwt},         {"key", holds_key},     {NULL, NULL},
};

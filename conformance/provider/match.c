/* The matcher itself: literals, and operators by name. */
#include "conformance/provider/match.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_MAX 120

enum cf_match cf_match_fails(struct cf_matching *m, const char *where, const char *format, ...)
{
    va_list args;
    char text[CF_REASON_CAP - 100];
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    (void)snprintf(m->reason, sizeof m->reason, "%.90s %s", where, text);
    return CF_DIFFERS;
}

static json_t *literal_object(struct cf_matching *m, const json_t *value)
{
    json_t *out = json_object();
    void *at = json_object_iter((json_t *)(uintptr_t)value);
    for (; out && at; at = json_object_iter_next((json_t *)(uintptr_t)value, at)) {
        json_t *inner = cf_match_literal(m, json_object_iter_value(at));
        if (!inner || json_object_set_new(out, json_object_iter_key(at), inner) != 0) {
            json_decref(out);
            return NULL;
        }
    }
    return out;
}

json_t *cf_match_literal(struct cf_matching *m, const json_t *value)
{
    const json_t *element = NULL;
    size_t i = 0;
    if (json_is_string(value)) {
        char *text = cf_values_expand(m->values, json_string_value(value), false);
        json_t *string = text ? json_string(text) : NULL;
        free(text);
        return string;
    }
    if (json_is_object(value)) {
        return literal_object(m, value);
    }
    if (!json_is_array(value)) {
        return json_incref((json_t *)(uintptr_t)value);
    }
    json_t *out = json_array();
    json_array_foreach(value, i, element)
    {
        json_t *inner = cf_match_literal(m, element);
        if (!inner || json_array_append_new(out, inner) != 0) {
            json_decref(out);
            return NULL;
        }
    }
    return out;
}

/* A value in a reason: short, and no whole token. */
static enum cf_match other(struct cf_matching *m, const char *where, const json_t *wanted,
                           const json_t *value)
{
    char *is = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    char *must = json_dumps(wanted, JSON_COMPACT | JSON_ENCODE_ANY);
    (void)cf_match_fails(m, where, "is %.*s%s, must be %.*s", SHOWN_MAX, is ? is : "not there",
                         is && strlen(is) > SHOWN_MAX ? "…" : "", SHOWN_MAX, must ? must : "?");
    free(is);
    free(must);
    return CF_DIFFERS;
}

static enum cf_match equals(struct cf_matching *m, const json_t *wanted, const json_t *value,
                            const char *where)
{
    json_t *literal = cf_match_literal(m, wanted);
    enum cf_match match = CF_MATCHES;
    if (!literal) {
        return CF_UNKNOWN;
    }
    if (!value || !json_equal(literal, value)) {
        match = other(m, where, literal, value);
    }
    json_decref(literal);
    return match;
}

static const struct cf_operator *find_in(const struct cf_operator *rows, const char *name)
{
    for (; rows->name; rows++) {
        if (strcmp(rows->name, name) == 0) {
            return rows;
        }
    }
    return NULL;
}

static enum cf_match operate(struct cf_matching *m, const char *name, const json_t *argument,
                             const json_t *value, const char *where)
{
    const struct cf_operator *row = find_in(cf_plain_operators, name);
    row = row ? row : find_in(cf_inside_operators, name);
    if (strcmp(name, "is") == 0) {
        return equals(m, argument, value, where);
    }
    if (strcmp(name, "absent") == 0) {
        return value && json_is_true(argument) ? cf_match_fails(m, where, "is there") : CF_MATCHES;
    }
    if (!row) {
        (void)cf_match_fails(m, where, "'%.40s' is no operator of a matcher", name);
        return CF_NONSENSE;
    }
    return value || strcmp(name, "any") == 0 ? row->holds(m, argument, value, where)
                                             : cf_match_fails(m, where, "is not there");
}

enum cf_match cf_match_value(struct cf_matching *m, const json_t *matcher, const json_t *value,
                             const char *where)
{
    enum cf_match match = CF_MATCHES;
    if (!json_is_object(matcher)) {
        return equals(m, matcher, value, where);
    }
    if (!value && !json_object_get(matcher, "absent") && !json_object_get(matcher, "any")) {
        return cf_match_fails(m, where, "is not there");
    }
    void *at = json_object_iter((json_t *)(uintptr_t)matcher);
    for (; at && match == CF_MATCHES;
         at = json_object_iter_next((json_t *)(uintptr_t)matcher, at)) {
        match = operate(m, json_object_iter_key(at), json_object_iter_value(at), value, where);
    }
    return match;
}

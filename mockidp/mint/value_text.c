/* Values made of other values' text. */
#include "mockidp/mint/values.h"

#include <stdlib.h>
#include <string.h>

/* A value that must come out as a string; a new reference, or NULL with the fault. */
static json_t *string_value(struct mint_oven *oven, const char *pointer, const json_t *value)
{
    json_t *result = mint_value(oven, pointer, value, NULL);
    if (result && !json_is_string(result)) {
        json_decref(result);
        return mint_value_fault(oven, pointer, "a string is needed here");
    }
    return result;
}

/* {"concat":[value,…]} strings one after the other. */
json_t *mint_value_concat(struct mint_oven *oven, const char *pointer, const json_t *object,
                          json_t **raw)
{
    const json_t *items = json_object_get(object, "concat");
    const json_t *item = NULL;
    size_t i = 0;
    json_t *text = json_string("");
    (void)raw;
    json_array_foreach(items, i, item)
    {
        json_t *next = string_value(oven, pointer, item);
        json_t *longer =
            next ? json_sprintf("%s%s", json_string_value(text), json_string_value(next)) : NULL;
        json_decref(next);
        json_decref(text);
        if (!(text = longer)) {
            return NULL;
        }
    }
    return text;
}

/* {"slice":[value,from,to]} characters from..to-1; a negative `to` counts from the end, as in other
 * languages. */
json_t *mint_value_slice(struct mint_oven *oven, const char *pointer, const json_t *object,
                         json_t **raw)
{
    const json_t *args = json_object_get(object, "slice");
    json_t *text = string_value(oven, pointer, json_array_get(args, 0));
    (void)raw;
    if (!text) {
        return NULL;
    }
    json_int_t len = (json_int_t)json_string_length(text);
    json_int_t from = json_integer_value(json_array_get(args, 1));
    json_int_t to = json_array_size(args) > 2 ? json_integer_value(json_array_get(args, 2)) : len;
    to = to < 0 ? len + to : to > len ? len : to;
    json_t *part = from >= 0 && from <= to
                       ? json_stringn(json_string_value(text) + from, (size_t)(to - from))
                       : mint_value_fault(oven, pointer, "slice takes [value, from, to]");
    json_decref(text);
    return part;
}

/* {"upper":value} and {"lower":value}, ASCII letters only. */
json_t *mint_value_case(struct mint_oven *oven, const char *pointer, const json_t *object,
                        json_t **raw)
{
    bool up = json_object_get(object, "upper") != NULL;
    json_t *text = string_value(oven, pointer, json_object_get(object, up ? "upper" : "lower"));
    char *copy = text ? strdup(json_string_value(text)) : NULL;
    (void)raw;
    for (char *p = copy; p && *p; p++) {
        if (up ? *p >= 'a' && *p <= 'z' : *p >= 'A' && *p <= 'Z') {
            *p = (char)(*p ^ 0x20);
        }
    }
    json_t *value = copy ? json_string(copy) : NULL;
    free(copy);
    json_decref(text);
    return value;
}

/* {"replace":[value,"from","to"]} the first occurrence. */
json_t *mint_value_replace(struct mint_oven *oven, const char *pointer, const json_t *object,
                           json_t **raw)
{
    const json_t *args = json_object_get(object, "replace");
    const char *from = json_string_value(json_array_get(args, 1));
    json_t *to = from ? string_value(oven, pointer, json_array_get(args, 2)) : NULL;
    json_t *text = to ? string_value(oven, pointer, json_array_get(args, 0)) : NULL;
    const char *at = text ? strstr(json_string_value(text), from) : NULL;
    (void)raw;
    json_t *value =
        at ? json_sprintf("%.*s%s%s", (int)(at - json_string_value(text)), json_string_value(text),
                          json_string_value(to), at + strlen(from))
           : NULL;
    json_decref(to);
    json_decref(text);
    return value ? value
                 : mint_value_fault(oven, pointer,
                                    "replace takes [value, \"from\", to], and `from` must occur");
}

/* {"bake":recipe} another token, for one inside the other. */
json_t *mint_value_bake(struct mint_oven *oven, const char *pointer, const json_t *object,
                        json_t **raw)
{
    struct mint_token token = {0};
    json_t *text = NULL;
    (void)pointer, (void)raw;
    if (mint_bake_within(oven, json_object_get(object, "bake"), NULL, &token) == 0) {
        text = json_string(token.token);
    }
    mint_token_cleanup(&token);
    return text;
}

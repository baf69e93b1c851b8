/* Values made of other values' text. */
#include "mockidp/mint/values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A value that must come out as a string; a new reference, or NULL with the fault. */
static json_t *string_value(struct mint_oven *oven, const char *pointer, const json_t *value)
{
    json_t *result = value ? mint_value(oven, pointer, value, NULL)
                           : mint_value_fault(oven, pointer, "a value is missing");
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
    struct mint_bytes text = {0};
    FILE *out = open_memstream(&text.data, &text.len);
    json_t *value = NULL;
    bool ok = out && json_is_array(items);
    (void)raw;
    if (!ok) {
        mint_value_fault(oven, pointer, "concat takes a list");
    }
    json_array_foreach(items, i, item)
    {
        json_t *next = ok ? string_value(oven, pointer, item) : NULL;
        ok = next && fwrite(json_string_value(next), 1, json_string_length(next), out) ==
                         json_string_length(next);
        json_decref(next);
    }
    if (out && fclose(out) == 0 && ok) {
        value = text.len <= MINT_TEXT_MAX
                    ? json_stringn(text.data, text.len)
                    : mint_value_fault(oven, pointer, "concat would be larger than 8 MiB");
    }
    free(text.data);
    return value;
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
                       : NULL;
    json_decref(text);
    return part ? part
                : mint_value_fault(oven, pointer,
                                   "slice takes [value, from, to], not inside a character");
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

/* `text` with the first, or every, `from` replaced, a new reference. */
static json_t *replaced(const char *text, const char *from, const char *to, bool all)
{
    char *result = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&result, &len);
    const char *at = strstr(text, from);
    while (out && at) {
        (void)fprintf(out, "%.*s%s", (int)(at - text), text, to);
        text = at + strlen(from);
        at = all && *from ? strstr(text, from) : NULL;
    }
    if (out) {
        (void)fputs(text, out);
    }
    json_t *value = out && fclose(out) == 0 ? json_string(result) : NULL;
    free(result);
    return value;
}

/* {"replace":[value,"from","to","all"]} the first occurrence, or with "all" every one. */
json_t *mint_value_replace(struct mint_oven *oven, const char *pointer, const json_t *object,
                           json_t **raw)
{
    const json_t *args = json_object_get(object, "replace");
    const char *from = json_string_value(json_array_get(args, 1));
    json_t *to = from ? string_value(oven, pointer, json_array_get(args, 2)) : NULL;
    json_t *text = to ? string_value(oven, pointer, json_array_get(args, 0)) : NULL;
    const char *at = from && text ? strstr(json_string_value(text), from) : NULL;
    (void)raw;
    json_t *value = NULL;
    if (at) {
        value = replaced(json_string_value(text), from, json_string_value(to),
                         json_array_size(args) > 3);
    } else if (!from || text) {
        mint_value_fault(oven, pointer,
                         "replace takes [value, \"from\", to], and `from` must occur");
    }
    json_decref(to);
    json_decref(text);
    return value;
}

/* {"bake":recipe} another token, for one inside the other. */
json_t *mint_value_bake(struct mint_oven *oven, const char *pointer, const json_t *object,
                        json_t **raw)
{
    struct mint_token token = {0};
    json_t *text = NULL;
    (void)raw;
    if (mint_bake_within(oven, json_object_get(object, "bake"), NULL, &token) == 0) {
        text = json_string(token.token);
        text = text ? text : mint_value_fault(oven, pointer, "the token inside is not UTF-8");
    }
    mint_token_cleanup(&token);
    return text;
}

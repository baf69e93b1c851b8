/* From a token to what stands in the request. */
#include "mockidp/mint/oven.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLACEHOLDER "{token}"

/* wrap_one replaces the placeholder in a value; the result is newly allocated, NULL with the fault.
 */
static char *wrap_one(struct mint_oven *oven, const char *pointer, const json_t *value,
                      const char *token)
{
    struct mint_bytes text = {0};
    if (mint_value_bytes(oven, pointer, value, &text) != 0) {
        return NULL;
    }
    if (strlen(text.data) != text.len) {
        free(text.data);
        mint_fault(oven, pointer, "a header value cannot hold a NUL octet");
        return NULL;
    }
    char *at = strstr(text.data, PLACEHOLDER);
    if (!at) {
        return text.data;
    }
    size_t cap = text.len + strlen(token) + 1;
    char *result = malloc(cap);
    if (result) {
        *at = '\0';
        (void)snprintf(result, cap, "%s%s%s", text.data, token, at + strlen(PLACEHOLDER));
    }
    free(text.data);
    if (result && mint_spend(oven, pointer, strlen(result)) != 0) {
        free(result);
        return NULL;
    }
    return result;
}

json_t *mint_octets(const char *line)
{
    json_t *text = json_string(line);
    if (text) {
        return text;
    }
    size_t len = strlen(line);
    char *hex = malloc(2 * len + 1);
    for (size_t i = 0; hex && i < len; i++) {
        static const char digits[] = "0123456789abcdef";
        hex[2 * i] = digits[(unsigned char)line[i] >> 4];
        hex[2 * i + 1] = digits[(unsigned char)line[i] & 15];
        hex[2 * i + 2] = '\0';
    }
    json_t *object = hex ? json_pack("{s:s}", "hex", hex) : NULL;
    free(hex);
    return object;
}

static int wrap_lines(struct mint_oven *oven, const json_t *values, struct mint_token *out)
{
    const json_t *value = NULL;
    size_t i = 0;
    char pointer[40];
    if (!json_is_array(values) || json_array_size(values) > 64) {
        return mint_fault(oven, "/wrap_headers", "a list of at most 64 header values is needed");
    }
    out->lines = json_array();
    json_array_foreach(values, i, value)
    {
        (void)snprintf(pointer, sizeof pointer, "/wrap_headers/%zu", i);
        char *line = wrap_one(oven, pointer, value, out->token);
        int bad = !line || json_array_append_new(out->lines, mint_octets(line)) != 0;
        free(line);
        if (bad) {
            return -1;
        }
    }
    return 0;
}

static int find_place(struct mint_oven *oven, struct mint_token *out)
{
    static const char *const places[] = {"header", "query", "form", "cookie"};
    const json_t *place = json_object_get(oven->recipe, "place");
    out->place = "header";
    for (size_t i = 0; place && i < sizeof places / sizeof places[0]; i++) {
        if (json_is_string(place) && strcmp(json_string_value(place), places[i]) == 0) {
            out->place = places[i];
            return 0;
        }
    }
    return place ? mint_fault(oven, "/place", "place is header, query, form or cookie") : 0;
}

int mint_wrap(struct mint_oven *oven, struct mint_token *out)
{
    const json_t *wrap = json_object_get(oven->recipe, "wrap");
    const json_t *lines = json_object_get(oven->recipe, "wrap_headers");
    json_t *usual = NULL;
    if (find_place(oven, out) != 0 || (lines && wrap_lines(oven, lines, out) != 0)) {
        return -1;
    }
    if (json_is_null(wrap) || (!wrap && (lines || strcmp(out->place, "header") != 0))) {
        return 0;
    }
    if (!wrap) {
        usual = json_string("Bearer " PLACEHOLDER);
    }
    out->authorization = wrap_one(oven, "/wrap", wrap ? wrap : usual, out->token);
    json_decref(usual);
    return out->authorization ? 0 : -1;
}

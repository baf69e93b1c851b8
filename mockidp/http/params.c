/* A list that grows by powers of two, each field one allocation; forms are split first and decoded
 * then. */
#include "mockidp/http/params.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { PARAMS_MIN = 8 }; /* a list begins with room for so many fields; a power of two */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int http_octet_at(const char *text, size_t left)
{
    if (left < 3 || text[0] != '%') {
        return -1;
    }
    int high = hex_digit(text[1]);
    int low = hex_digit(text[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* decode_form writes the decoded name or value of a form and a NUL to `out`, which has room for
 * both; false on a NUL octet. */
static bool decode_form(const char *text, size_t len, char *out)
{
    for (size_t i = 0; i < len; i++) {
        int octet = text[i] == '%' ? http_octet_at(text + i, len - i) : -1;
        if (octet == 0 || text[i] == '\0') {
            return false;
        }
        *out++ = octet > 0 ? (char)octet : text[i] == '+' ? ' ' : text[i];
        i += octet > 0 ? 2 : 0;
    }
    *out = '\0';
    return true;
}

/* next_param returns the place behind the last field, with room for texts of these lengths; it
 * counts once `count` says so. NULL beyond HTTP_PARAMS_MAX or without memory. */
static struct http_param *next_param(struct http_params *params, size_t name_len, size_t value_len)
{
    size_t n = params->count;

    if (n >= HTTP_PARAMS_MAX) {
        return NULL;
    }
    if (n == 0 || (n >= PARAMS_MIN && (n & (n - 1)) == 0)) { /* 0, 8, 16, 32 …: full */
        size_t cap = n == 0 ? PARAMS_MIN : 2 * n;
        struct http_param *grown = realloc(params->items, cap * sizeof *grown);
        if (grown == NULL) {
            return NULL;
        }
        params->items = grown;
    }
    struct http_param *next = &params->items[n];
    next->name = malloc(name_len + value_len + 2);
    next->value = next->name == NULL ? NULL : next->name + name_len + 1;
    return next->name == NULL ? NULL : next;
}

bool http_params_add(struct http_params *params, const char *name, const char *value)
{
    size_t name_len = strlen(name);
    size_t value_len = strlen(value);
    struct http_param *next = next_param(params, name_len, value_len);

    if (next == NULL) {
        return false;
    }
    memcpy(next->name, name, name_len + 1);
    memcpy(next->value, value, value_len + 1);
    params->count++;
    return true;
}

/* add_field decodes "name=value" or "name" of a form. */
static bool add_field(struct http_params *params, const char *text, size_t len)
{
    const char *equals = memchr(text, '=', len);
    size_t name_len = equals == NULL ? len : (size_t)(equals - text);
    const char *value = equals == NULL ? text + len : equals + 1;
    size_t value_len = (size_t)(text + len - value);
    struct http_param *next = next_param(params, name_len, value_len);

    if (next == NULL) {
        return false;
    }
    if (!decode_form(text, name_len, next->name) || !decode_form(value, value_len, next->value)) {
        free(next->name);
        return false;
    }
    params->count++;
    return true;
}

bool http_params_parse(const char *text, size_t len, struct http_params *out)
{
    const char *end = text + len;

    while (text < end) {
        const char *stop = memchr(text, '&', (size_t)(end - text));
        stop = stop == NULL ? end : stop;
        if (stop > text && !add_field(out, text, (size_t)(stop - text))) {
            return false;
        }
        text = stop < end ? stop + 1 : end;
    }
    return true;
}

void http_params_drop(struct http_params *params, size_t index)
{
    struct http_param *field = &params->items[index];

    free(field->name);
    params->count--;
    memmove(field, field + 1, (params->count - index) * sizeof *field);
}

void http_params_clear(struct http_params *params)
{
    for (size_t i = 0; i < params->count; i++) {
        free(params->items[i].name);
    }
    free(params->items);
    *params = (struct http_params){NULL, 0};
}

const char *http_params_get(const struct http_params *params, const char *name)
{
    for (size_t i = 0; i < params->count; i++) {
        if (strcmp(params->items[i].name, name) == 0) {
            return params->items[i].value;
        }
    }
    return NULL;
}

size_t http_params_count(const struct http_params *params, const char *name)
{
    size_t found = 0;

    for (size_t i = 0; i < params->count; i++) {
        found += strcmp(params->items[i].name, name) == 0;
    }
    return found;
}

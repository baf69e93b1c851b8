/* Names with values, in the order of the wire: of a query, a form or a header. */
#ifndef MOCKIDP_HTTP_PARAMS_H
#define MOCKIDP_HTTP_PARAMS_H

#include <stdbool.h>
#include <stddef.h>

enum { HTTP_PARAMS_MAX = 256 }; /* fields of one list */

/* struct http_param is one name with its value: of a query, a form or a header. Both are C strings,
 * never NULL, and lie in one allocation, which the name begins. */
struct http_param {
    char *name;
    char *value;
};

/* struct http_params is a list in the order of the wire; duplicates are kept. */
struct http_params {
    struct http_param *items;
    size_t count;
};

/* http_octet_at returns the octet that "%XX" at the beginning of `text` stands for, or -1 when it
 * is no such thing. */
int http_octet_at(const char *text, size_t left);

/* http_params_get returns the first value of `name` (exact case), or NULL. */
const char *http_params_get(const struct http_params *params, const char *name);

/* http_params_count returns how often `name` occurs (RFC 6749 §3.2: parameters must not be included
 * more than once). */
size_t http_params_count(const struct http_params *params, const char *name);

/*
 * http_params_parse splits application/x-www-form-urlencoded text and appends to `out`. '+' is a
 * space; a stray '%' stays as it is, as browsers' parsers do (WHATWG URL §5.1). Returns false on a
 * NUL octet, on too many fields or without memory.
 */
bool http_params_parse(const char *text, size_t len, struct http_params *out);

/* http_params_add appends copies of both texts; false beyond HTTP_PARAMS_MAX or without memory. */
bool http_params_add(struct http_params *params, const char *name, const char *value);

/* http_params_drop removes the field at `index` < count; the others keep their order. */
void http_params_drop(struct http_params *params, size_t index);

/* http_params_clear frees the list's content and empties it. */
void http_params_clear(struct http_params *params);

#endif

/* JSON as text, compact, in member order: what json_dumps(JSON_COMPACT | JSON_ENCODE_ANY) writes,
 * without its call for every character. Tokens are long strings, and signing should be what takes
 * the time. */
#ifndef MOCKIDP_PLATFORM_JSON_TEXT_H
#define MOCKIDP_PLATFORM_JSON_TEXT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* struct json_text grows as it is written to; zeroed is empty. */
struct json_text {
    char *data;
    size_t len;
    size_t cap;
    bool failed; /* memory ran out */
};

void json_text_value(struct json_text *text, const json_t *value);

/* json_text_string writes a string with its quotes; `string` is UTF-8. */
void json_text_string(struct json_text *text, const char *string, size_t len);

/* json_text_raw writes octets as they are. */
void json_text_raw(struct json_text *text, const void *octets, size_t len);

/* json_text_take returns what was written, newly allocated with a NUL behind it, and empties the
 * struct; NULL without memory. `len` may be NULL. */
char *json_text_take(struct json_text *text, size_t *len);

/* json_text_make returns what json_string does, a new reference or NULL when it is not UTF-8,
 * without its look at every octet of ASCII. */
json_t *json_text_make(const char *text);

/* json_text_of returns the text of a value, newly allocated, or NULL. `len` may be NULL. */
char *json_text_of(const json_t *value, size_t *len);

#endif

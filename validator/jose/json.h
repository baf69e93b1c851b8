/*
 * A strict, single-pass JSON reader (RFC 8259) that copies nothing: it checks the whole text and
 * hands out spans into it. Refused beyond what the grammar refuses: a member name twice in one
 * object, however it is escaped and however deep; bytes after the value; invalid UTF-8; a
 * byte-order mark; half a surrogate pair; \u0000; numbers beyond the greatest double; more than
 * JOSE_JSON_DEPTH levels; more than JOSE_JSON_MEMBERS members in an object and its ancestors.
 */
#ifndef VALIDATOR_JOSE_JSON_H
#define VALIDATOR_JOSE_JSON_H

#include "validator/jose/span.h"

#include <stdint.h>

#define JOSE_JSON_DEPTH 64
#define JOSE_JSON_MEMBERS 256

enum jose_json_type {
    JOSE_JSON_STRING,
    JOSE_JSON_NUMBER,
    JOSE_JSON_OBJECT,
    JOSE_JSON_ARRAY,
    JOSE_JSON_TRUE,
    JOSE_JSON_FALSE,
    JOSE_JSON_NULL
};

/* `text` is what stands in the input; of a string, what stands between the quotes, with its escapes
 * if `escaped`. */
struct jose_json_value {
    enum jose_json_type type;
    bool escaped;
    struct jose_span text;
};

/* `name` is always a string value. */
struct jose_json_member {
    struct jose_json_value name;
    struct jose_json_value value;
};

/*
 * jose_json_object reads a text that is one JSON object. Stores its members, in order, in `members`
 * (room for `cap`) and their number in `*count`. Returns false when the text is not strict JSON,
 * not an object, or has more members than `cap`; then `*count` is 0.
 */
bool jose_json_object(struct jose_span text, struct jose_json_member *members, size_t cap,
                      size_t *count);

/*
 * jose_json_array_next steps through an array that was part of a text already read. Set `*offset`
 * to 0 first. Returns false at the end.
 */
bool jose_json_array_next(const struct jose_json_value *array, size_t *offset,
                          struct jose_json_value *item);

/* jose_json_find returns the member called `name` (UTF-8, no escapes), or NULL. */
const struct jose_json_value *jose_json_find(const struct jose_json_member *members, size_t count,
                                             const char *name);

/* jose_json_is says whether `v` is a string equal to `text`, byte by byte after its escapes are
 * resolved. */
bool jose_json_is(const struct jose_json_value *v, struct jose_span text);

/* jose_json_same says whether two string values are equal after their escapes are resolved. */
bool jose_json_same(const struct jose_json_value *a, const struct jose_json_value *b);

/*
 * jose_json_copy writes the decoded string, terminated, to `out` and its length to `*len`. Returns
 * false if `v` is not a string or it needs more than `cap` bytes with the terminator.
 */
bool jose_json_copy(const struct jose_json_value *v, char *out, size_t cap, size_t *len);

/*
 * jose_json_seconds reads a NumericDate (RFC 7519 §2): a number in any JSON spelling, fraction and
 * exponent included. Stores the greatest integer that is not above it. Returns false if `v` is not
 * a number or that does not fit in 64 bits.
 */
bool jose_json_seconds(const struct jose_json_value *v, int64_t *floor_out);

#endif

/* A span is a run of bytes that someone else owns: what the parsers hand on instead of copies. */
#ifndef VALIDATOR_JOSE_SPAN_H
#define VALIDATOR_JOSE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* `data` is not terminated and may be NULL when `len` is 0. */
struct jose_span {
    const char *data;
    size_t len;
};

static inline struct jose_span jose_span(const char *data, size_t len)
{
    struct jose_span s = {data, len};
    return s;
}

/* jose_span_of returns the span of a C string, without its terminator. */
static inline struct jose_span jose_span_of(const char *text)
{
    return jose_span(text, strlen(text));
}

/* jose_span_equal compares bytes; for public data, not in constant time. */
static inline bool jose_span_equal(struct jose_span a, struct jose_span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool jose_span_is(struct jose_span a, const char *text)
{
    return jose_span_equal(a, jose_span_of(text));
}

#endif

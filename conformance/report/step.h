/* What a step sent, what was expected of it and what came back, in words and in bytes. */
#ifndef CONFORMANCE_REPORT_STEP_H
#define CONFORMANCE_REPORT_STEP_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* report_text_of returns a member that is a text, "" when there is none. Borrowed. */
const char *report_text_of(const json_t *object, const char *name);

/* report_deviates says whether a verdict is one that a reader looks for: NON-STRICT, FAIL, ERROR.
 */
bool report_deviates(const char *verdict);

/* report_failed says whether a case fails its run: it deviates and no baseline knows it so, or it
 * surprises its baseline. */
bool report_failed(const json_t *run, const json_t *result);

/* report_expectation writes "reject, status 401, error invalid_token"; report_actual writes "status
 * 401, reason token_expired, WWW-Authenticate: …" as it came: escape it. */
void report_expectation(FILE *out, const json_t *expect);
void report_actual(FILE *out, const json_t *actual);

/* report_string returns what one of these writes, newly allocated, "" without memory. */
char *report_string(void (*write)(FILE *out, const json_t *value), const json_t *value);

/* report_sources writes the sources of a case, with "; " between them. */
void report_sources(FILE *out, const json_t *result);

/* What a request may have besides Authorization lines, when it is no plain GET: the members of
 * "sent" that say so. Ends with NULL. */
extern const char *const report_request_members[];

/* struct report_octets is a value as it was sent; `data` is newly allocated and ends with NUL. */
struct report_octets {
    unsigned char *data;
    size_t len;
    bool printable; /* ASCII without control characters */
};

/* report_line_count is the number of Authorization lines of a request, report_line the octets of
 * one; -1 without memory. report_token gives the token that stands elsewhere ("place"). */
size_t report_line_count(const json_t *sent);
int report_line(const json_t *sent, size_t i, struct report_octets *octets);
int report_token(const json_t *sent, struct report_octets *octets);

/* report_hex writes octets as `hexdump -C` does, at most `limit` of them. */
void report_hex(FILE *out, const struct report_octets *octets, size_t limit);

/* report_curl writes the command that sends the same request to `url`, for a POSIX shell; false,
 * and nothing written, for what curl cannot send. */
bool report_curl(FILE *out, const json_t *sent, const char *url);

#endif

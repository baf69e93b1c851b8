/* Status line, header lines, and where the body ends (RFC 9112 §6.3). */
#include "conformance/adapters/http_answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* In place of the length of a body. */
enum { UNTIL_CLOSE = -1, CHUNKS = -2, LENGTH_BAD = -3 };

void cf_answer_take_header(struct cf_answer *answer, const char *line, size_t len)
{
    static const char name[] = "www-authenticate:";
    size_t used = strlen(answer->head);
    (void)snprintf(answer->head + used, sizeof answer->head - used, "%.*s\n", (int)len, line);
    if (len < sizeof name - 1 || strncasecmp(line, name, sizeof name - 1) != 0) {
        return;
    }
    line += sizeof name - 1;
    len -= sizeof name - 1;
    while (len > 0 && (*line == ' ' || *line == '\t')) {
        line++;
        len--;
    }
    used = strlen(answer->challenge);
    (void)snprintf(answer->challenge + used, sizeof answer->challenge - used, "%s%.*s",
                   used > 0 ? ", " : "", (int)len, line);
}

/* Digits and nothing else to the end of the line (RFC 9112 §6.2), or LENGTH_BAD; strtol would go on
 * to the next line for its number. */
static long read_length(const char *text)
{
    text += strspn(text, " \t");
    size_t digits = strspn(text, "0123456789");
    size_t end = digits + strspn(text + digits, " \t");
    return digits == 0 || digits > 15 || !strchr("\r\n", text[end]) ? LENGTH_BAD
                                                                    : strtol(text, NULL, 10);
}

/* The head of an answer, "" between its lines; the length of the body, or what stands for one. */
static long read_head(const char *head, size_t len, struct cf_answer *answer)
{
    long body = UNTIL_CLOSE;
    const char *end = head + len;
    for (const char *line = strchr(head, '\n') + 1; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        size_t n = (size_t)((stop ? stop : end) - line);
        n -= n > 0 && line[n - 1] == '\r';
        if (n > 0) {
            cf_answer_take_header(answer, line, n);
        }
        if (strncasecmp(line, "content-length:", 15) == 0) {
            body = read_length(line + 15);
        } else if (strncasecmp(line, "transfer-encoding:", 18) == 0) {
            body = CHUNKS;
        }
        line = stop ? stop + 1 : end;
    }
    return body;
}

/* Where the body that begins at `at` ends; 0 as long as it is not all there. */
static size_t body_end(const char *data, size_t len, bool closed, size_t at, long length)
{
    if (length == CHUNKS) {
        const char *last =
            strncmp(data + at, "0\r\n", 3) == 0 ? data + at : strstr(data + at, "\r\n0\r\n");
        const char *end = last ? strstr(last, "\r\n\r\n") : NULL;
        return end ? (size_t)(end - data) + 4 : 0;
    }
    if (length < 0) {
        return closed ? len : 0;
    }
    return len - at >= (size_t)length ? at + (size_t)length : 0;
}

/* "HTTP/1.1 200 OK" → 200; -1 when the first line is none (RFC 9112 §4). A scanf would go on to the
 * next line for its number. */
static int read_status(const char *data)
{
    static const char version[] = "HTTP/1.";
    const char *digits = data + sizeof version + 1;
    if (strncmp(data, version, sizeof version - 1) != 0 || (data[7] != '0' && data[7] != '1') ||
        data[8] != ' ' || strspn(digits, "0123456789") != 3 || !strchr(" \r\n", digits[3])) {
        return -1;
    }
    return (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + digits[2] - '0';
}

enum cf_parsed cf_answer_parse(const char *data, size_t len, bool closed, bool head_only,
                               struct cf_answer *answer, size_t *used, const char **fault)
{
    const char *blank = strstr(data, "\r\n\r\n");
    *answer = (struct cf_answer){0};
    *used = 0;
    if (!blank && !closed) {
        return CF_PARSED_MORE;
    }
    if (!blank) {
        *fault = "closed within the head of an answer";
        return len == 0 ? CF_PARSED_NONE : CF_PARSED_FAULT;
    }
    int status = read_status(data);
    if (status < 100) {
        *fault = "what came is no answer of HTTP/1.1";
        return CF_PARSED_FAULT;
    }
    size_t at = (size_t)(blank - data) + 4;
    long length = read_head(data, at - 2, answer);
    if (length == LENGTH_BAD) {
        *answer = (struct cf_answer){0};
        *fault = "an answer whose Content-Length is no number";
        return CF_PARSED_FAULT;
    }
    bool none = head_only || status < 200 || status == 204 || status == 304;
    size_t end = none ? at : body_end(data, len, closed, at, length);
    if (!end && !closed) {
        *answer = (struct cf_answer){0};
        return CF_PARSED_MORE;
    }
    *used = end ? end : len; /* cut off: an answer still */
    answer->status = status;
    (void)snprintf(answer->body, sizeof answer->body, "%.*s", (int)(*used - at), data + at);
    return CF_PARSED_WHOLE;
}

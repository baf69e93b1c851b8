/* Steps in bytes: as a dump, and as a command that sends them again. */
#include "conformance/report/step.h"

#include <stdlib.h>
#include <string.h>

/* What a command line can hold with room to spare: longer values are replayed. */
#define CURL_MAX 60000

static unsigned nibble(char c)
{
    return c >= '0' && c <= '9' ? (unsigned)(c - '0') : ((unsigned)c | 0x20U) - 'a' + 10U;
}

/* take reads a value of a report: a text, or {"hex"} for octets that are no text. */
static int take(const json_t *value, struct report_octets *octets)
{
    const char *hex = json_string_value(json_object_get(value, "hex"));
    const char *text = json_is_string(value) ? json_string_value(value) : "";
    *octets = (struct report_octets){.len = hex ? strlen(hex) / 2 : strlen(text)};
    octets->data = calloc(1, octets->len + 1);
    if (!octets->data) {
        return -1;
    }
    octets->printable = true;
    for (size_t i = 0; i < octets->len; i++) {
        unsigned octet =
            hex ? nibble(hex[2 * i]) << 4U | nibble(hex[2 * i + 1]) : (unsigned char)text[i];
        octets->data[i] = (unsigned char)octet;
        octets->printable = octets->printable && octet >= 0x20 && octet < 0x7F;
    }
    return 0;
}

size_t report_line_count(const json_t *sent)
{
    const json_t *one = json_object_get(sent, "authorization");
    return (one && !json_is_null(one) ? 1 : 0) + json_array_size(json_object_get(sent, "lines"));
}

int report_line(const json_t *sent, size_t i, struct report_octets *octets)
{
    const json_t *one = json_object_get(sent, "authorization");
    bool single = one && !json_is_null(one);
    return take(single && i == 0 ? one : json_array_get(json_object_get(sent, "lines"), i - single),
                octets);
}

int report_token(const json_t *sent, struct report_octets *octets)
{
    return take(json_object_get(sent, "token"), octets);
}

void report_hex(FILE *out, const struct report_octets *octets, size_t limit)
{
    size_t end = octets->len < limit ? octets->len : limit;
    for (size_t row = 0; row < end; row += 16) {
        (void)fprintf(out, "%08zx ", row);
        for (size_t i = row; i < row + 16; i++) {
            (void)fputs(i == row + 8 ? " " : "", out);
            if (i < end) {
                (void)fprintf(out, " %02x", octets->data[i]);
            } else {
                (void)fputs("   ", out);
            }
        }
        (void)fputs("  |", out);
        for (size_t i = row; i < row + 16 && i < end; i++) {
            bool shows = octets->data[i] >= 0x20 && octets->data[i] < 0x7F;
            (void)fputc(shows ? octets->data[i] : '.', out);
        }
        (void)fputs("|\n", out);
    }
    if (end < octets->len) {
        (void)fprintf(out, "… %zu more\n", octets->len - end);
    }
}

/* Inside single quotes of a shell; with `format` as a format of printf(1) too. */
static void write_quoted(FILE *out, const struct report_octets *octets, bool format)
{
    for (size_t i = 0; i < octets->len; i++) {
        unsigned char c = octets->data[i];
        if (c == '\'') {
            (void)fputs("'\\''", out);
        } else if (format && (c < 0x20 || c >= 0x7F)) {
            (void)fprintf(out, "\\%03o", c);
        } else if (format && (c == '%' || c == '\\')) {
            (void)fprintf(out, "%c%c", c, c);
        } else {
            (void)fputc(c, out);
        }
    }
}

static bool has_line_end(const struct report_octets *octets)
{
    return memchr(octets->data, '\n', octets->len) || memchr(octets->data, '\r', octets->len) ||
           memchr(octets->data, '\0', octets->len);
}

static void write_place(FILE *out, const char *place, const struct report_octets *token)
{
    if (strcmp(place, "cookie") == 0) {
        (void)fputs(" -b 'access_token=", out);
    } else if (strcmp(place, "form") == 0) {
        (void)fputs(" -X GET -d 'access_token=", out);
    } else {
        (void)fputs(" -G -d 'access_token=", out);
    }
    write_quoted(out, token, false);
    (void)fputc('\'', out);
}

/* The method and further header lines. */
static void write_request(FILE *out, const json_t *sent)
{
    const json_t *header = NULL;
    size_t i = 0;
    struct report_octets octets;
    if (json_object_get(sent, "method") && take(json_object_get(sent, "method"), &octets) == 0) {
        (void)fputs(" -X '", out);
        write_quoted(out, &octets, false);
        (void)fputc('\'', out);
        free(octets.data);
    }
    json_array_foreach(json_object_get(sent, "headers"), i, header)
    {
        if (take(header, &octets) == 0) {
            (void)fputs(" -H '", out);
            write_quoted(out, &octets, false);
            (void)fputc('\'', out);
            free(octets.data);
        }
    }
}

/* Header lines that are text stand on the command line, others come through a pipe. */
static void write_command(FILE *out, const json_t *sent, const struct report_octets *lines,
                          size_t count, const struct report_octets *token, const char *url)
{
    const char *place = report_text_of(sent, "place");
    bool plain = true;
    for (size_t i = 0; i < count; i++) {
        plain = plain && lines[i].printable;
    }
    for (size_t i = 0; i < count && !plain; i++) {
        (void)fputs(i == 0 ? "printf 'Authorization: " : "Authorization: ", out);
        write_quoted(out, &lines[i], true);
        (void)fputs(i + 1 == count ? "\\n' | " : "\\n", out);
    }
    (void)fputs(plain ? "curl -i" : "curl -i -H @-", out);
    for (size_t i = 0; i < count && plain; i++) {
        (void)fputs(lines[i].len > 0 ? " -H 'Authorization: " : " -H 'Authorization;", out);
        write_quoted(out, &lines[i], false);
        (void)fputc('\'', out);
    }
    write_request(out, sent);
    if (token->len > 0 && *place && strcmp(place, "header") != 0) {
        write_place(out, place, token);
    }
    struct report_octets where = {.len = strlen(url)};
    where.data = (unsigned char *)strdup(url);
    (void)fputs(" '", out);
    if (where.data) {
        write_quoted(out, &where, false);
    }
    (void)fputs("'\n", out);
    free(where.data);
}

bool report_curl(FILE *out, const json_t *sent, const char *url)
{
    struct report_octets token = {0};
    size_t count = report_line_count(sent);
    size_t size = 0;
    struct report_octets *lines = calloc(count + 1, sizeof *lines);
    bool own = json_object_get(sent, "raw") || json_object_get(sent, "path") ||
               json_object_get(sent, "field");
    bool can = lines && !own && report_token(sent, &token) == 0;
    for (size_t i = 0; can && i < count; i++) {
        can = report_line(sent, i, &lines[i]) == 0 && !has_line_end(&lines[i]);
        size += lines[i].len;
    }
    can = can && size + token.len < CURL_MAX;
    if (can) {
        write_command(out, sent, lines, count, &token, url);
    }
    for (size_t i = 0; lines && i < count; i++) {
        free(lines[i].data);
    }
    free(lines);
    free(token.data);
    return can;
}

/* XML, HTML, Markdown, terminals, TAP. */
#include "conformance/report/escape.h"

#include <stdbool.h>
#include <string.h>

/* U+0080 to U+009F in UTF-8: to some terminals ESC and a letter. */
static bool is_c1(const unsigned char *at)
{
    return at[0] == 0xC2 && at[1] >= 0x80 && at[1] <= 0x9F;
}

/* U+FFFE and U+FFFF in UTF-8, which XML cannot hold. */
static bool is_noncharacter(const unsigned char *at)
{
    return at[0] == 0xEF && at[1] == 0xBF && (at[2] == 0xBE || at[2] == 0xBF);
}

static const char *entity_of(unsigned char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return NULL;
    }
}

/* The pictures of U+0000 to U+001F stand at U+2400, that of DEL at U+2421. */
static void write_picture(FILE *out, unsigned char c)
{
    (void)fprintf(out, "\xE2\x90%c", c == 0x7F ? 0xA1 : 0x80 + c);
}

void escape_markup(FILE *out, const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        const char *entity = entity_of(*at);
        if (entity) {
            (void)fputs(entity, out);
        } else if ((*at < 0x20 && *at != '\n' && *at != '\t') || *at == 0x7F) {
            write_picture(out, *at);
        } else if (is_c1(at) || is_noncharacter(at)) {
            (void)fputs("\xEF\xBF\xBD", out);
            at += is_c1(at) ? 1 : 2;
        } else {
            (void)fputc(*at, out);
        }
    }
}

void escape_markdown(FILE *out, const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        const char *entity = entity_of(*at);
        if (entity) {
            (void)fputs(entity, out);
        } else if (*at == '\n' || *at == '\r' || *at == '\t') {
            (void)fputc(' ', out);
        } else if (*at < 0x20 || *at == 0x7F) {
            write_picture(out, *at);
        } else if (strchr("\\`*_{}[]|#~!@", *at) || strncmp((const char *)at, "://", 3) == 0) {
            /* as an entity no character begins markup, a mention or a link */
            (void)fprintf(out, "&#%d;", *at);
        } else {
            (void)fputc(*at, out);
        }
    }
}

void escape_terminal(FILE *out, const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        if (*at < 0x20 || *at == 0x7F) {
            (void)fprintf(out, "\\x%02x", *at);
        } else if (is_c1(at)) {
            (void)fprintf(out, "\\x%02x", *++at);
        } else {
            (void)fputc(*at, out);
        }
    }
}

void escape_line(FILE *out, const char *text)
{
    for (; *text; text++) {
        const char one[] = {*text, '\0'};
        if (*text == '#' || *text == '\\') {
            (void)fprintf(out, "\\%c", *text);
        } else if ((unsigned char)*text < 0x80) {
            escape_terminal(out, one);
        } else {
            (void)fputc(*text, out);
        }
    }
}

/* Colours and marks. */
#include "conformance/report/style.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const struct {
    const char *verdict;
    const char *mark;
    const char *word;
    enum report_colour colour;
} marks[] = {
    {"PASS", "✓", "ok   ", REPORT_GREEN},        {"INFO", "·", "info ", REPORT_DIM},
    {"UNIMPLEMENTED", "–", "skip ", REPORT_DIM}, {"NON-STRICT", "!", "lax  ", REPORT_YELLOW},
    {"FAIL", "✗", "FAIL ", REPORT_RED},          {"ERROR", "‼", "ERROR", REPORT_RED},
};
enum { MARKS = sizeof marks / sizeof marks[0] };

/* The value of a variable that is set to something, else NULL. */
static const char *said(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static bool speaks_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = said(names[i]);
        if (value) {
            return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
        }
    }
    return false;
}

struct report_style report_style_for(FILE *out, const char *colour, bool verbose)
{
    const char *term = getenv("TERM");
    bool terminal = isatty(fileno(out)) == 1;
    bool automatic = terminal && !said("NO_COLOR") && !(term && strcmp(term, "dumb") == 0);
    return (struct report_style){
        .colour = colour && strcmp(colour, "auto") != 0 ? strcmp(colour, "always") == 0 : automatic,
        .unicode = speaks_utf8(),
        .tree = terminal || verbose,
        .verbose = verbose,
    };
}

void report_paint(FILE *out, const struct report_style *style, enum report_colour colour,
                  const char *text)
{
    static const char *const codes[] = {"", "32", "31", "33", "2", "1"};
    if (style->colour && colour != REPORT_PLAIN) {
        (void)fprintf(out, "\033[%sm%s\033[0m", codes[colour], text);
    } else {
        (void)fputs(text, out);
    }
}

enum report_colour report_colour_of(const char *verdict)
{
    for (size_t i = 0; i < MARKS; i++) {
        if (strcmp(marks[i].verdict, verdict) == 0) {
            return marks[i].colour;
        }
    }
    return REPORT_PLAIN;
}

const char *report_mark(const char *verdict, bool unicode)
{
    for (size_t i = 0; i < MARKS; i++) {
        if (strcmp(marks[i].verdict, verdict) == 0) {
            return unicode ? marks[i].mark : marks[i].word;
        }
    }
    return "?";
}

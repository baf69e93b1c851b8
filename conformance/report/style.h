/* How text may look where it goes. */
#ifndef CONFORMANCE_REPORT_STYLE_H
#define CONFORMANCE_REPORT_STYLE_H

#include <stdbool.h>
#include <stdio.h>

enum report_colour {
    REPORT_PLAIN,
    REPORT_GREEN,
    REPORT_RED,
    REPORT_YELLOW,
    REPORT_DIM,
    REPORT_BOLD
};

struct report_style {
    bool colour;
    bool unicode; /* ✓ and ✗; else words */
    bool tree;    /* every case has its line; else groups have, and cases that deviate */
    bool verbose; /* what was sent and got of every case */
};

/*
 * report_style_for judges a stream. `colour` is "auto" (or NULL: on a terminal, unless NO_COLOR is
 * set or TERM is dumb), "always" or "never". The marks are words unless LC_ALL, LC_CTYPE or LANG,
 * the first that is set, names UTF-8. A terminal gets the whole tree.
 */
struct report_style report_style_for(FILE *out, const char *colour, bool verbose);

/* report_paint writes text in a colour. */
void report_paint(FILE *out, const struct report_style *style, enum report_colour colour,
                  const char *text);

/* report_colour_of is the colour of a verdict; report_mark its mark: ✓ ✗ ! – · or a word. Borrowed.
 */
enum report_colour report_colour_of(const char *verdict);
const char *report_mark(const char *verdict, bool unicode);

#endif

/* Texts from a target are hostile: each format has its own way to show them harmlessly. */
#ifndef CONFORMANCE_REPORT_ESCAPE_H
#define CONFORMANCE_REPORT_ESCAPE_H

#include <stdio.h>

/* escape_markup writes text or an attribute's value for XML 1.0 and HTML. A control character,
 * which XML cannot hold (§2.2), becomes its picture (␛); what has no picture becomes U+FFFD. */
void escape_markup(FILE *out, const char *text);

/* escape_markdown writes one cell of a table: nothing in it is markup, links or ends the line. */
void escape_markdown(FILE *out, const char *text);

/* escape_terminal writes text of which no octet steers a terminal: controls become \xNN. */
void escape_terminal(FILE *out, const char *text);

/* escape_line is escape_terminal on one line, for TAP: also no '#', which would begin a directive.
 */
void escape_line(FILE *out, const char *text);

#endif

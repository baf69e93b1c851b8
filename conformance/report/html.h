/* Parts of the HTML report. */
#ifndef CONFORMANCE_REPORT_HTML_H
#define CONFORMANCE_REPORT_HTML_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* html_class is the CSS class of a verdict: "pass", "fail" … Borrowed. */
const char *html_class(const char *verdict);

/* html_text writes an element with escaped text: html_text(out, "h2", "title", text); the class may
 * be NULL. */
void html_text(FILE *out, const char *element, const char *class_name, const char *text);

/*
 * html_cell writes what one target did in one case: what was sent, decoded and as bytes, expected,
 * got, and a curl line. Of many targets, `shown` is the object of the case that notes, by variant,
 * to which target what was sent is told: then only the first variant that deviates is told of,
 * without bytes and curl. Else `shown` is NULL.
 */
void html_cell(FILE *out, const json_t *run, const json_t *result, json_t *shown);

/* html_fold writes what many targets did in one case: briefly of each that deviates, and in one
 * line of those that came out alike. `cells` has its result in each run, or null. */
void html_fold(FILE *out, const json_t *runs, const json_t *cells);

#endif

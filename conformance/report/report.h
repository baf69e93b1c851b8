/* A run as people and machines read it; the input is the report of cf_run_play. */
#ifndef CONFORMANCE_REPORT_REPORT_H
#define CONFORMANCE_REPORT_REPORT_H

#include "conformance/case.h"
#include "conformance/expected.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* report_text writes every case that deviates, with what was sent, expected and got; all of them
 * when `verbose`. */
void report_text(FILE *out, const json_t *report, const struct cf_suite *suite, bool verbose);

/* report_summary writes the counts, and last `N passed, N failed, N skipped`. */
void report_summary(FILE *out, const json_t *report, const struct cf_tally *tally);

/* report_expectation writes what is expected of a request in words: "reject, status 401, error
 * invalid_token". */
void report_expectation(FILE *out, const json_t *expect);

/* The files are written whole or not at all; -1 with errno set. */
int report_json(const char *path, const json_t *reports);
int report_junit(const char *path, const json_t *reports, bool strict);

#endif

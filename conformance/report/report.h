/*
 * Runs as people and machines read them. A run is the report of cf_run_play with what is known of
 * the run beside it (report_about): the members of fixtures/schema/report.schema.json, the cases in
 * "cases". Every format is written from an array of runs and from nothing else.
 */
#ifndef CONFORMANCE_REPORT_REPORT_H
#define CONFORMANCE_REPORT_REPORT_H

#include "conformance/case.h"
#include "conformance/expected.h"
#include "conformance/report/style.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* report_text writes the tree of groups and cases, and what was sent, expected and got where a case
 * deviates. report_summary writes the recap, the counts, and last `N passed, N failed, N skipped`.
 */
void report_text(FILE *out, const json_t *run, const struct cf_suite *suite,
                 const struct report_style *style);
void report_summary(FILE *out, const json_t *run, const struct report_style *style);

/* report_tally sets "passed", "failed", "skipped" and "strict" of a run, which the formats read. */
void report_tally(json_t *run, const struct cf_tally *tally, bool strict);

/* A writer of one format; faults show in ferror(out). */
typedef void report_writer(FILE *out, const json_t *runs);
report_writer report_json;     /* JSON lines: the source of all others */
report_writer report_junit;    /* JUnit XML, for CI servers */
report_writer report_markdown; /* for the summary page of a CI job */
report_writer report_html;     /* one file, no script, nothing fetched */
report_writer report_tap;      /* TAP 13 */
report_writer report_sarif;    /* SARIF 2.1.0, for code scanning */

/* report_save writes a file whole or not at all; -1 with errno set. Where something else than a
 * file stands (a pipe, /dev/null), it is written as it is. */
int report_save(const char *path, report_writer *writer, const json_t *runs);

/* report_may_save says whether report_save could write there now: -1 with errno set. */
int report_may_save(const char *path);

/* report_read reads JSON lines: an array of runs, a new reference, or NULL with `why`, which names
 * file and line. */
json_t *report_read(const char *path, char *why, size_t cap);

#endif

/* For the summary page of a CI job: counts, what deviates, and what happened there to unfold. */
#include "conformance/report/escape.h"
#include "conformance/report/matrix.h"
#include "conformance/report/report.h"
#include "conformance/report/step.h"

#include <stdlib.h>
#include <string.h>

/* A summary page holds 1 MiB: so many cases of a target are shown in full, and so much of a value.
 */
#define DETAILS_MAX 40
#define VALUE_MAX 1500
/* Of more targets than these only the reasons are shown. */
#define FEW_TARGETS 2

static long long number(const json_t *run, const char *name)
{
    return (long long)json_integer_value(json_object_get(run, name));
}

/* What was not played, or a reader would take the counts for the whole catalogue. */
static void write_left_out(FILE *out, const json_t *runs)
{
    const json_t *run = NULL;
    size_t i = 0;
    json_array_foreach(runs, i, run)
    {
        size_t left_out = json_array_size(json_object_get(run, "left_out"));
        if (left_out > 0) {
            (void)fprintf(out, "\n%zu more cases are not for ", left_out);
            escape_markdown(out, report_text_of(run, "target"));
            (void)fputs(": it is reached in another way.\n", out);
        }
    }
}

static void write_counts(FILE *out, const json_t *runs)
{
    static const char *const verdicts[] = {"PASS",  "NON-STRICT",    "FAIL",
                                           "ERROR", "UNIMPLEMENTED", "INFO"};
    const json_t *run = NULL;
    size_t i = 0;
    (void)fputs("| target | passed | failed | skipped |", out);
    for (size_t k = 0; k < sizeof verdicts / sizeof verdicts[0]; k++) {
        (void)fprintf(out, " %s |", verdicts[k]);
    }
    (void)fputs("\n| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |\n", out);
    json_array_foreach(runs, i, run)
    {
        (void)fputs("| ", out);
        escape_markdown(out, report_text_of(run, "target"));
        (void)fprintf(out, " | %lld | %lld | %lld |", number(run, "passed"), number(run, "failed"),
                      number(run, "skipped"));
        for (size_t k = 0; k < sizeof verdicts / sizeof verdicts[0]; k++) {
            (void)fprintf(out, " %lld |", number(json_object_get(run, "counts"), verdicts[k]));
        }
        (void)fputc('\n', out);
    }
    write_left_out(out, runs);
}

static void write_cell(FILE *out, const json_t *cell)
{
    const char *verdict = report_text_of(cell, "verdict");
    (void)fprintf(out, " %s |", *verdict ? report_mark(verdict, true) : " ");
}

/* Of one target: what happened; of several: in which. */
static void write_row(FILE *out, const json_t *row, bool several)
{
    const json_t *result = json_object_get(row, "case");
    const json_t *cell = NULL;
    size_t i = 0;
    if (!several) {
        const char *verdict = report_text_of(result, "verdict");
        (void)fprintf(out, "| %s %s |", report_mark(verdict, true), verdict);
    }
    (void)fprintf(out, "%s%s | %s | ", several ? "| " : " ", report_text_of(row, "id"),
                  report_text_of(result, "level"));
    escape_markdown(out, report_text_of(result, "title"));
    (void)fputs(" |", out);
    if (several) {
        json_array_foreach(json_object_get(row, "cells"), i, cell)
        {
            write_cell(out, cell);
        }
    } else {
        (void)fputc(' ', out);
        escape_markdown(out, report_text_of(result, "reason"));
        const char *note = *report_text_of(result, "surprise") ? report_text_of(result, "surprise")
                                                               : report_text_of(result, "known");
        if (*note) {
            (void)fputs(" (", out);
            escape_markdown(out, note);
            (void)fputc(')', out);
        }
        (void)fputs(" |", out);
    }
    (void)fputc('\n', out);
}

static void write_heads(FILE *out, const json_t *runs)
{
    const json_t *run = NULL;
    size_t i = 0;
    if (json_array_size(runs) == 1) {
        (void)fputs("| verdict | case | level | what it is | what happened |\n"
                    "| --- | --- | --- | --- | --- |\n",
                    out);
        return;
    }
    (void)fputs("| case | level | what it is |", out);
    json_array_foreach(runs, i, run)
    {
        (void)fputc(' ', out);
        escape_markdown(out, report_text_of(run, "target"));
        (void)fputs(" |", out);
    }
    (void)fputs("\n| --- | --- | --- |", out);
    for (i = 0; i < json_array_size(runs); i++) {
        (void)fputs(" :-: |", out);
    }
    (void)fputc('\n', out);
}

static void write_table(FILE *out, const json_t *runs)
{
    json_t *rows = report_matrix(runs);
    const json_t *row = NULL;
    size_t i = 0;
    bool any = false;
    json_array_foreach(rows, i, row)
    {
        if (report_row_deviates(row)) {
            if (!any) {
                (void)fputs("\n### What deviates\n\n", out);
                write_heads(out, runs);
            }
            any = true;
            write_row(out, row, json_array_size(runs) > 1);
        }
    }
    (void)fputs(any ? "\n✓ PASS · ! NON-STRICT · ✗ FAIL · ‼ ERROR · – UNIMPLEMENTED · · INFO\n"
                    : "\nNothing deviates.\n",
                out);
    json_decref(rows);
}

static void write_pre(FILE *out, const char *label, const char *text)
{
    char *cut = strndup(text, VALUE_MAX);
    (void)fprintf(out, "%-9s ", label);
    escape_markup(out, cut ? cut : "");
    (void)fputs(strlen(text) > VALUE_MAX ? "…\n" : "\n", out);
    free(cut);
}

static void write_value(FILE *out, const char *label, const json_t *value)
{
    char *dump = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    if (dump) {
        write_pre(out, label, dump);
    }
    free(dump);
}

static void write_step(FILE *out, const json_t *step)
{
    const json_t *sent = json_object_get(step, "sent");
    const json_t *actual = json_object_get(step, "actual");
    if (!actual) {
        write_value(out, "did", step);
        return;
    }
    char *expected = report_string(report_expectation, json_object_get(step, "expected"));
    char *got = report_string(report_actual, actual);
    write_value(out, "flood", json_object_get(step, "flood"));
    write_value(out, "header", json_object_get(sent, "header"));
    write_value(out, "claims", json_object_get(sent, "claims"));
    write_pre(out, "expected", expected);
    write_pre(out, "actual", got);
    free(expected);
    free(got);
}

static void write_details(FILE *out, const json_t *result)
{
    const json_t *variant = NULL;
    const json_t *step = NULL;
    size_t i = 0;
    size_t k = 0;
    char *sources = report_string(report_sources, result);
    (void)fprintf(out, "<details><summary>%s %s ",
                  report_mark(report_text_of(result, "verdict"), true),
                  report_text_of(result, "id"));
    escape_markup(out, report_text_of(result, "title"));
    /* the blank line ends one block of HTML; <pre> is another, that blank lines do not end */
    (void)fputs("</summary>\n\n<pre>", out);
    write_pre(out, "requires", sources);
    write_pre(out, "why", report_text_of(result, "why"));
    json_array_foreach(json_object_get(result, "variants"), i, variant)
    {
        if (!report_deviates(report_text_of(variant, "verdict"))) {
            continue;
        }
        (void)fputc('\n', out);
        if (*report_text_of(variant, "name")) {
            write_pre(out, "variant", report_text_of(variant, "name"));
        }
        write_pre(out, "what", report_text_of(variant, "reason"));
        json_array_foreach(json_object_get(variant, "steps"), k, step)
        {
            write_step(out, step);
        }
    }
    (void)fputs("</pre>\n</details>\n", out);
    free(sources);
}

/* What fails comes first: of a target with many deviations not all are shown. */
static void write_run(FILE *out, const json_t *run)
{
    size_t shown = 0;
    size_t left = 0;
    for (int failed = 1; failed >= 0; failed--) {
        const json_t *result = NULL;
        size_t i = 0;
        json_array_foreach(json_object_get(run, "cases"), i, result)
        {
            if (!report_deviates(report_text_of(result, "verdict")) ||
                report_failed(run, result) != (failed == 1)) {
                continue;
            }
            if (shown == 0) {
                (void)fputs("\n### ", out);
                escape_markdown(out, report_text_of(run, "target"));
                (void)fputs("\n\n", out);
            }
            if (shown < DETAILS_MAX) {
                write_details(out, result);
                shown++;
            } else {
                left++;
            }
        }
    }
    if (left > 0) {
        (void)fprintf(out, "\n%zu more: the other reports have them all.\n", left);
    }
}

/* Of many targets: their reasons, folded. */
static void write_reasons(FILE *out, const json_t *run)
{
    const json_t *result = NULL;
    size_t i = 0;
    bool any = false;
    json_array_foreach(json_object_get(run, "cases"), i, result)
    {
        const char *verdict = report_text_of(result, "verdict");
        const char *known = report_text_of(result, "known");
        if (!report_deviates(verdict)) {
            continue;
        }
        if (!any) {
            (void)fputs("\n<details><summary>", out);
            escape_markup(out, report_text_of(run, "target"));
            (void)fputs(
                "</summary>\n\n| | case | what happened | why |\n| --- | --- | --- | --- |\n", out);
            any = true;
        }
        (void)fprintf(out, "| %s | %s | ", report_mark(verdict, true),
                      report_text_of(result, "id"));
        escape_markdown(out, report_text_of(result, "reason"));
        (void)fputs(" | ", out);
        escape_markdown(out, known);
        (void)fputs(" |\n", out);
    }
    (void)fputs(any ? "\n</details>\n" : "", out);
}

void report_markdown(FILE *out, const json_t *runs)
{
    const json_t *run = NULL;
    size_t i = 0;
    long long failed = 0;
    json_array_foreach(runs, i, run)
    {
        failed += number(run, "failed");
    }
    if (failed > 0) {
        (void)fprintf(out, "## Conformance: %lld failed\n\n", failed);
    } else {
        (void)fputs("## Conformance: as expected\n\n", out);
    }
    write_counts(out, runs);
    write_table(out, runs);
    json_array_foreach(runs, i, run)
    {
        if (json_array_size(runs) <= FEW_TARGETS) {
            write_run(out, run);
        } else {
            write_reasons(out, run);
        }
    }
}

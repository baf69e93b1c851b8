/*
 * One page for everything: targets × cases, and in each case what happened. It fetches nothing and
 * runs no script: what unfolds is <details>, what filters is a checkbox and CSS.
 */
#include "conformance/report/html.h"

#include "conformance/report/escape.h"
#include "conformance/report/matrix.h"
#include "conformance/report/report.h"
#include "conformance/report/step.h"
#include "mockidp/config/embedded.h"

#include <stdlib.h>
#include <string.h>

/* Of more targets than these a page would be too big with every token that was refused as it
 * should. */
#define FEW_TARGETS 2

const char *html_class(const char *verdict)
{
    static const char *const classes[][2] = {
        {"PASS", "pass"}, {"NON-STRICT", "lax"},     {"FAIL", "fail"},
        {"ERROR", "err"}, {"UNIMPLEMENTED", "skip"}, {"INFO", "info"},
    };
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        if (strcmp(classes[i][0], verdict) == 0) {
            return classes[i][1];
        }
    }
    return "none";
}

void html_text(FILE *out, const char *element, const char *class_name, const char *text)
{
    (void)fprintf(out, class_name ? "<%s class=%s>" : "<%s>", element, class_name);
    escape_markup(out, text);
    (void)fprintf(out, "</%s>", element);
}

static long long number(const json_t *run, const char *name)
{
    return (long long)json_integer_value(json_object_get(run, name));
}

/* A bar whose parts are as long as their counts. */
static void write_bar(FILE *out, const json_t *counts)
{
    static const char *const verdicts[] = {"PASS", "INFO",  "NON-STRICT",
                                           "FAIL", "ERROR", "UNIMPLEMENTED"};
    (void)fputs("<div class=bar aria-hidden=true>", out);
    for (size_t i = 0; i < sizeof verdicts / sizeof verdicts[0]; i++) {
        if (number(counts, verdicts[i]) > 0) {
            (void)fprintf(out, "<i class=%s style=\"flex-grow:%lld\"></i>", html_class(verdicts[i]),
                          number(counts, verdicts[i]));
        }
    }
    (void)fputs("</div>\n<p>", out);
    for (size_t i = 0; i < sizeof verdicts / sizeof verdicts[0]; i++) {
        if (number(counts, verdicts[i]) > 0) {
            (void)fprintf(out, "<span class=count><b class=%s>%s</b> %lld %s</span> ",
                          html_class(verdicts[i]), report_mark(verdicts[i], true),
                          number(counts, verdicts[i]), verdicts[i]);
        }
    }
    (void)fputs("</p>\n", out);
}

static void write_target(FILE *out, const json_t *run)
{
    (void)fputs("<section class=target>", out);
    html_text(out, "h3", NULL, report_text_of(run, "target"));
    (void)fprintf(out, "<p class=sum>%lld passed, %lld failed, %lld skipped", number(run, "passed"),
                  number(run, "failed"), number(run, "skipped"));
    size_t left_out = json_array_size(json_object_get(run, "left_out"));
    if (left_out > 0) {
        (void)fprintf(out, "; %zu more are not for this target", left_out);
    }
    (void)fputs(json_is_false(json_object_get(run, "reached"))
                    ? " — <b class=err>no control was let in</b></p>\n"
                    : "</p>\n",
                out);
    write_bar(out, json_object_get(run, "counts"));
    if (*report_text_of(run, "comment")) {
        html_text(out, "p", "dim", report_text_of(run, "comment"));
    }
    (void)fputs("<p class=dim>", out);
    escape_markup(out, *report_text_of(run, "url") ? report_text_of(run, "url") : "in process");
    (void)fputs(" · ", out);
    escape_markup(out, report_text_of(run, "started"));
    (void)fprintf(out, " · %.1f s", json_number_value(json_object_get(run, "seconds")));
    if (*report_text_of(run, "seed")) {
        (void)fputs(" · seed ", out);
        escape_markup(out, report_text_of(run, "seed"));
    }
    (void)fputs("</p></section>\n", out);
}

static void write_cells(FILE *out, const json_t *runs, const json_t *cells)
{
    const json_t *cell = NULL;
    size_t i = 0;
    json_array_foreach(cells, i, cell)
    {
        const char *verdict = report_text_of(cell, "verdict");
        (void)fprintf(out, "<b class=%s title=\"", html_class(verdict));
        escape_markup(out, report_text_of(json_array_get(runs, i), "target"));
        (void)fprintf(out, ": %s\">%s</b>", *verdict ? verdict : "not played",
                      *verdict ? report_mark(verdict, true) : " ");
    }
}

static void write_outcomes(FILE *out, const json_t *runs, const json_t *cells)
{
    const json_t *cell = NULL;
    size_t i = 0;
    if (json_array_size(runs) > FEW_TARGETS) {
        html_fold(out, runs, cells);
        return;
    }
    json_array_foreach(cells, i, cell)
    {
        if (json_is_object(cell)) {
            html_cell(out, json_array_get(runs, i), cell, NULL);
        }
    }
}

/* What others do with the case, a line each. */
static void write_others(FILE *out, const json_t *others)
{
    const json_t *line = NULL;
    size_t i = 0;
    json_array_foreach(others, i, line)
    {
        (void)fputs(i == 0 ? "<dt>others<dd>" : "<br>", out);
        escape_markup(out, json_string_value(line));
    }
}

static void write_row(FILE *out, const json_t *runs, const json_t *row)
{
    const json_t *result = json_object_get(row, "case");
    const json_t *cells = json_object_get(row, "cells");
    char *sources = report_string(report_sources, result);
    const char *id = report_text_of(row, "id");
    (void)fprintf(out, "<details class=\"row%s\"><summary><code>%s</code><span class=title>",
                  report_row_deviates(row) ? "" : " fine", id);
    escape_markup(out, report_text_of(result, "title"));
    (void)fprintf(out, " <small>%s</small></span><span class=cells>",
                  report_text_of(result, "level"));
    write_cells(out, runs, cells);
    (void)fprintf(out, "</span></summary>\n<div class=case id=\"%s\"><dl><dt>requires<dd>", id);
    escape_markup(out, sources);
    (void)fputs("<dt>why<dd>", out);
    escape_markup(out, report_text_of(result, "why"));
    if (*report_text_of(result, "variance")) {
        (void)fputs("<dt>also right<dd>", out);
        escape_markup(out, report_text_of(result, "variance"));
    }
    write_others(out, json_object_get(result, "others"));
    (void)fprintf(out, "<dt>level<dd>%s, with the profile ", report_text_of(result, "level"));
    escape_markup(out, report_text_of(result, "profile"));
    (void)fputs("</dl>\n", out);
    write_outcomes(out, runs, cells);
    (void)fputs("</div></details>\n", out);
    free(sources);
}

static void write_group_head(FILE *out, const json_t *runs, const json_t *first)
{
    const json_t *run = NULL;
    size_t i = 0;
    (void)fprintf(out, "<div class=head><h3>%s", report_text_of(first, "group"));
    if (*report_text_of(first, "group_title")) {
        html_text(out, "small", NULL, report_text_of(first, "group_title"));
    }
    (void)fputs("</h3><span class=cells>", out);
    json_array_foreach(runs, i, run)
    {
        html_text(out, "span", NULL, report_text_of(run, "target"));
    }
    (void)fputs("</span></div>\n", out);
}

static bool group_deviates(const json_t *rows, size_t i, const char *group)
{
    for (; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        if (strcmp(report_text_of(json_object_get(row, "case"), "group"), group) != 0) {
            return false;
        }
        if (report_row_deviates(row)) {
            return true;
        }
    }
    return false;
}

static void write_matrix(FILE *out, const json_t *runs, const json_t *rows)
{
    const json_t *row = NULL;
    const char *group = "";
    size_t i = 0;
    json_array_foreach(rows, i, row)
    {
        const char *own = report_text_of(json_object_get(row, "case"), "group");
        if (strcmp(own, group) != 0) {
            (void)fputs(*group ? "</section>\n" : "", out);
            group = own;
            (void)fprintf(out, "<section class=\"group%s\">",
                          group_deviates(rows, i, group) ? "" : " fine");
            write_group_head(out, runs, json_object_get(row, "case"));
        }
        write_row(out, runs, row);
    }
    (void)fputs(*group ? "</section>\n" : "", out);
}

/* What deviates, in one line each: the page on paper has no more than this and the matrix. */
static void write_deviations(FILE *out, const json_t *runs)
{
    const json_t *run = NULL;
    const json_t *result = NULL;
    size_t i = 0;
    size_t k = 0;
    bool any = false;
    json_array_foreach(runs, i, run){json_array_foreach(json_object_get(run, "cases"), k, result){
        const char *verdict = report_text_of(result, "verdict");
    const char *id = report_text_of(result, "id");
    if (!report_failed(run, result)) {
        continue;
    }
    (void)fputs(any ? "" : "<h2>What failed</h2>\n<ul class=failed>\n", out);
    any = true;
    (void)fprintf(out, "<li><b class=%s>%s</b><a href=\"#%s\">%s</a> ", html_class(verdict),
                  report_mark(verdict, true), id, id);
    escape_markup(out, report_text_of(result, "title"));
    (void)fputs(" <span class=dim>", out);
    escape_markup(out, report_text_of(run, "target"));
    (void)fputs(": ", out);
    escape_markup(out, *report_text_of(result, "surprise") ? report_text_of(result, "surprise")
                                                           : report_text_of(result, "reason"));
    (void)fputs("</span></li>\n", out);
}
}
(void)fputs(any ? "</ul>\n" : "<p class=sum>Nothing failed.</p>\n", out);
}

static void write_head(FILE *out, const json_t *runs, size_t cases)
{
    const struct embedded_file *css = embedded_find("conformance/report/report.css");
    const json_t *first = json_array_get(runs, 0);
    bool of_issuers = strcmp(report_text_of(first, "adapter"), "provider") == 0;
    (void)fputs("<!doctype html>\n<html lang=en><head><meta charset=utf-8>\n"
                "<meta name=viewport content=\"width=device-width, initial-scale=1\">\n"
                "<meta name=color-scheme content=\"light dark\">\n<title>conform: ",
                out);
    escape_markup(out, json_array_size(runs) == 1 ? report_text_of(first, "target") : "matrix");
    (void)fputs("</title>\n<style>\n", out);
    (void)fputs(css ? (const char *)css->data : "", out);
    (void)fprintf(out,
                  "</style></head>\n<body style=\"--targets:%zu\" class=%s>\n<header>"
                  "<h1>Conformance of %s</h1>\n<p class=dim>%zu cases · %zu "
                  "target%s · conform ",
                  json_array_size(runs), json_array_size(runs) > FEW_TARGETS ? "many" : "few",
                  of_issuers ? "identity providers" : "access-token validation", cases,
                  json_array_size(runs), json_array_size(runs) == 1 ? "" : "s");
    escape_markup(out, report_text_of(first, "version"));
    (void)fputs("</p></header>\n<main>\n", out);
}

void report_html(FILE *out, const json_t *runs)
{
    json_t *rows = report_matrix(runs);
    const json_t *run = NULL;
    size_t i = 0;
    write_head(out, runs, json_array_size(rows));
    (void)fputs("<div class=targets>\n", out);
    json_array_foreach(runs, i, run)
    {
        write_target(out, run);
    }
    (void)fputs("</div>\n", out);
    if (json_array_size(runs) <= FEW_TARGETS) {
        write_deviations(out, runs);
    }
    (void)fputs("<h2>Every case</h2>\n<input type=checkbox id=odd><label for=odd>only what "
                "deviates</label>\n<div class=matrix>\n",
                out);
    write_matrix(out, runs, rows);
    (void)fputs("</div>\n</main>\n<footer class=dim><p>A case unfolds: what was sent, what had to "
                "happen, what came back. Tokens are those of the run: they expire, and the mock's "
                "keys go with it. <code>conform replay REPORT ID</code> bakes them anew and sends "
                "them again; the JSON report has every byte.</p></footer>\n</body></html>\n",
                out);
    json_decref(rows);
}

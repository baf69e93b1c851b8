/* For a person: the tree of groups and cases, as h2spec shows it. */
#include "conformance/report/escape.h"
#include "conformance/report/report.h"
#include "conformance/report/step.h"

#include <stdlib.h>
#include <string.h>

/* A value is shown so far. */
#define SHOWN_MAX 300
#define SHOWN_JSON_MAX 1200

static void write_cut(FILE *out, const char *text, size_t most)
{
    char *cut = strndup(text, most);
    escape_terminal(out, cut ? cut : "");
    (void)fputs(strlen(text) > most ? "…\n" : "\n", out);
    free(cut);
}

static void write_label(FILE *out, const char *label)
{
    (void)fprintf(out, "        %-9s ", label);
}

static void write_words(FILE *out, const char *label, void (*write)(FILE *out, const json_t *value),
                        const json_t *value)
{
    char *words = report_string(write, value);
    write_label(out, label);
    write_cut(out, words, SHOWN_JSON_MAX);
    free(words);
}

static void write_json(FILE *out, const char *label, const json_t *value)
{
    char *dump = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    if (dump) {
        write_label(out, label);
        write_cut(out, dump, SHOWN_JSON_MAX);
        free(dump);
    }
}

static void write_sent(FILE *out, const json_t *sent)
{
    const char *place = report_text_of(sent, "place");
    for (size_t i = 0; i < report_line_count(sent); i++) {
        struct report_octets line;
        if (report_line(sent, i, &line) == 0) {
            write_label(out, i == 0 ? "sent" : "");
            (void)fputs("Authorization: ", out);
            write_cut(out, (const char *)line.data, SHOWN_MAX);
            free(line.data);
        }
    }
    if (*place && strcmp(place, "header") != 0) {
        write_label(out, "sent");
        (void)fprintf(out, "access_token, in the %s\n", place);
    }
    for (size_t i = 0; report_request_members[i]; i++) {
        write_json(out, report_request_members[i],
                   json_object_get(sent, report_request_members[i]));
    }
    write_json(out, "  header", json_object_get(sent, "header"));
    write_json(out, "  claims", json_object_get(sent, "claims"));
}

static void write_step(FILE *out, const json_t *step)
{
    const json_t *actual = json_object_get(step, "actual");
    if (!actual) {
        write_json(out, "did", step);
        return;
    }
    if (json_object_get(step, "sent")) {
        write_sent(out, json_object_get(step, "sent"));
    }
    write_json(out, "flood", json_object_get(step, "flood"));
    write_words(out, "expected", report_expectation, json_object_get(step, "expected"));
    write_words(out, "actual", report_actual, actual);
}

/* The first variant that deviates is shown in full, the others say where they differ. */
static void write_variants(FILE *out, const json_t *result, const struct report_style *style)
{
    bool full = true;
    const json_t *variant = NULL;
    const json_t *step = NULL;
    size_t i = 0;
    size_t k = 0;
    json_array_foreach(json_object_get(result, "variants"), i, variant)
    {
        const char *verdict = report_text_of(variant, "verdict");
        if (!style->verbose && !report_deviates(verdict)) {
            continue;
        }
        if (*report_text_of(variant, "name")) {
            (void)fputs("      ", out);
            report_paint(out, style, report_colour_of(verdict),
                         report_mark(verdict, style->unicode));
            (void)fputc(' ', out);
            escape_terminal(out, report_text_of(variant, "name"));
            (void)fputs(*report_text_of(variant, "reason") ? ": " : "", out);
            write_cut(out, report_text_of(variant, "reason"), SHOWN_JSON_MAX);
        }
        json_array_foreach(full ? json_object_get(variant, "steps") : NULL, k, step)
        {
            write_step(out, step);
        }
        full = style->verbose;
    }
}

static void write_line(FILE *out, const json_t *result, const struct report_style *style)
{
    const char *verdict = report_text_of(result, "verdict");
    (void)fputs("    ", out);
    report_paint(out, style, report_colour_of(verdict), report_mark(verdict, style->unicode));
    (void)fprintf(out, " %s ", report_text_of(result, "id"));
    escape_terminal(out, report_text_of(result, "title"));
    if (report_deviates(verdict)) {
        (void)fprintf(out, " (%s, %s)", report_text_of(result, "level"), verdict);
    }
    (void)fputc('\n', out);
}

static void write_member(FILE *out, const char *label, const char *text)
{
    if (*text) {
        (void)fprintf(out, "      %-9s   ", label);
        write_cut(out, text, SHOWN_JSON_MAX);
    }
}

/* What does not fail the run is named with its reason alone. */
static void write_details(FILE *out, const json_t *run, const json_t *result,
                          const struct report_style *style)
{
    write_member(out, "what", report_text_of(result, "reason"));
    write_member(out, "known", report_text_of(result, "known"));
    write_member(out, "but", report_text_of(result, "surprise"));
    if (style->verbose || report_failed(run, result)) {
        char *sources = report_string(report_sources, result);
        write_member(out, "requires", sources);
        write_member(out, "why", report_text_of(result, "why"));
        write_variants(out, result, style);
        free(sources);
    }
}

static void write_case(FILE *out, const json_t *run, const json_t *result,
                       const struct report_style *style)
{
    const char *verdict = report_text_of(result, "verdict");
    bool odd = report_deviates(verdict) || json_object_get(result, "surprise");
    bool played = strcmp(verdict, "UNIMPLEMENTED") != 0;
    if (style->tree || odd) {
        write_line(out, result, style);
    }
    if ((odd || style->verbose) && played) {
        write_details(out, run, result, style);
    } else if (style->tree && !played) {
        write_member(out, "what", report_text_of(result, "reason"));
    }
}

/* The title of a group stands in the file that its cases came from. */
static const char *title_of(const struct cf_suite *suite, const char *group)
{
    const json_t *document = NULL;
    size_t i = 0;
    json_array_foreach(suite ? suite->documents : NULL, i, document)
    {
        if (strcmp(report_text_of(document, "group"), group) == 0) {
            return report_text_of(document, "title");
        }
    }
    return "";
}

/* The line of a group: how many of its cases, from `first`, did not deviate. */
static size_t write_group(FILE *out, const json_t *cases, size_t first,
                          const struct cf_suite *suite, const struct report_style *style)
{
    const char *group = report_text_of(json_array_get(cases, first), "group");
    size_t end = first;
    size_t odd = 0;
    for (; end < json_array_size(cases); end++) {
        const json_t *result = json_array_get(cases, end);
        if (strcmp(report_text_of(result, "group"), group) != 0) {
            break;
        }
        odd += report_deviates(report_text_of(result, "verdict"));
    }
    (void)fputs("  ", out);
    report_paint(out, style, REPORT_BOLD, group);
    (void)fprintf(out, "  %s", title_of(suite, group));
    (void)fprintf(out, "  (%zu", end - first);
    if (odd > 0) {
        (void)fprintf(out, ", %zu deviate", odd);
    }
    (void)fputs(")\n", out);
    return end;
}

void report_text(FILE *out, const json_t *run, const struct cf_suite *suite,
                 const struct report_style *style)
{
    const json_t *cases = json_object_get(run, "cases");
    (void)fprintf(out, "%zu cases against ", json_array_size(cases));
    escape_terminal(out, report_text_of(run, "target"));
    (void)fputc('\n', out);
    if (json_is_false(json_object_get(run, "reached"))) {
        return; /* the recap says why; there is nothing to tell of the cases */
    }
    for (size_t i = 0; i < json_array_size(cases);) {
        size_t end = write_group(out, cases, i, suite, style);
        for (; i < end; i++) {
            write_case(out, run, json_array_get(cases, i), style);
        }
    }
}

/* For a person at a terminal. */
#include "conformance/report/report.h"

#include <stdlib.h>
#include <string.h>

/* A header value is shown so far. */
#define SHOWN_MAX 300
#define SHOWN_JSON_MAX 1200

static const char *text(const json_t *object, const char *name)
{
    const char *value = json_string_value(json_object_get(object, name));
    return value ? value : "";
}

static void write_list(FILE *out, const char *label, const json_t *list)
{
    const json_t *item = NULL;
    size_t i = 0;
    if (!list) {
        return;
    }
    (void)fprintf(out, ", %s ", label);
    if (json_array_size(list) == 0) {
        (void)fputs("none", out);
    }
    json_array_foreach(list, i, item)
    {
        if (json_is_integer(item)) {
            (void)fprintf(out, "%s%lld", i > 0 ? " or " : "", (long long)json_integer_value(item));
        } else {
            (void)fprintf(out, "%s%s", i > 0 ? " or " : "", json_string_value(item));
        }
    }
}

void report_expectation(FILE *out, const json_t *expect)
{
    (void)fputs(*text(expect, "decision") ? text(expect, "decision") : "anything", out);
    write_list(out, "status", json_object_get(expect, "status"));
    write_list(out, "error", json_object_get(expect, "error"));
    if (*text(expect, "code")) {
        (void)fprintf(out, ", reason %s", text(expect, "code"));
    }
}

static void write_json(FILE *out, const char *label, const json_t *value)
{
    char *dump = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    if (dump) {
        (void)fprintf(out, "      %-9s %.*s%s\n", label, SHOWN_JSON_MAX, dump,
                      strlen(dump) > SHOWN_JSON_MAX ? "…" : "");
        free(dump);
    }
}

static void write_sent(FILE *out, const json_t *sent)
{
    const json_t *line = json_object_get(sent, "authorization");
    const char *value = json_string_value(line);
    if (value) {
        (void)fprintf(out, "      %-9s Authorization: %.*s%s\n", "sent", SHOWN_MAX, value,
                      strlen(value) > SHOWN_MAX ? "…" : "");
    } else {
        write_json(out, "sent",
                   json_object_get(sent, "lines") ? json_object_get(sent, "lines") : line);
    }
    write_json(out, "  header", json_object_get(sent, "header"));
    write_json(out, "  claims", json_object_get(sent, "claims"));
}

static void write_step(FILE *out, const json_t *step)
{
    const json_t *actual = json_object_get(step, "actual");
    const json_t *expected = json_object_get(step, "expected");
    const json_t *sent = json_object_get(step, "sent");
    if (!actual) {
        write_json(out, "did", step);
        return;
    }
    if (!sent) {
        write_json(out, "expected", expected);
        write_json(out, "actual", actual);
        return;
    }
    write_sent(out, sent);
    (void)fprintf(out, "      %-9s ", "expected");
    report_expectation(out, expected);
    (void)fprintf(out, "\n      %-9s status %lld", "actual",
                  (long long)json_integer_value(json_object_get(actual, "status")));
    if (*text(actual, "code")) {
        (void)fprintf(out, ", reason %s", text(actual, "code"));
    }
    if (*text(actual, "challenge")) {
        (void)fprintf(out, ", WWW-Authenticate: %s", text(actual, "challenge"));
    }
    (void)fputc('\n', out);
}

static void write_variants(FILE *out, const json_t *result, bool verbose)
{
    const json_t *variant = NULL;
    const json_t *step = NULL;
    size_t i = 0;
    size_t k = 0;
    json_array_foreach(json_object_get(result, "variants"), i, variant)
    {
        if (!verbose && strcmp(text(variant, "verdict"), "PASS") == 0) {
            continue;
        }
        if (*text(variant, "name")) {
            (void)fprintf(out, "    variant %s: %s %s\n", text(variant, "name"),
                          text(variant, "verdict"), text(variant, "reason"));
        }
        json_array_foreach(json_object_get(variant, "steps"), k, step)
        {
            write_step(out, step);
        }
    }
}

static void write_case(FILE *out, const json_t *result, const struct cf_suite *suite, bool verbose)
{
    const struct cf_case *c = cf_suite_find(suite, text(result, "id"));
    (void)fprintf(out, "%-13s %s  %s (%s)\n", text(result, "verdict"), text(result, "id"),
                  text(result, "title"), text(result, "level"));
    if (*text(result, "reason")) {
        (void)fprintf(out, "    what      %s\n", text(result, "reason"));
    }
    if (*text(result, "known")) {
        (void)fprintf(out, "    known     %s\n", text(result, "known"));
    }
    if (*text(result, "surprise")) {
        (void)fprintf(out, "    but       %s\n", text(result, "surprise"));
    }
    if (c && strcmp(text(result, "verdict"), "UNIMPLEMENTED") != 0) {
        (void)fprintf(out, "    why       %s\n", text(c->json, "why"));
        write_variants(out, result, verbose);
    }
}

void report_text(FILE *out, const json_t *report, const struct cf_suite *suite, bool verbose)
{
    const json_t *result = NULL;
    size_t i = 0;
    (void)fprintf(out, "conform: %zu cases against %s\n",
                  json_array_size(json_object_get(report, "cases")), text(report, "target"));
    json_array_foreach(json_object_get(report, "cases"), i, result)
    {
        const char *verdict = text(result, "verdict");
        bool quiet = strcmp(verdict, "PASS") == 0 || strcmp(verdict, "UNIMPLEMENTED") == 0 ||
                     strcmp(verdict, "INFO") == 0;
        if (verbose || !quiet || json_object_get(result, "surprise")) {
            write_case(out, result, suite, verbose);
        }
    }
}

void report_summary(FILE *out, const json_t *report, const struct cf_tally *tally)
{
    const char *verdict = NULL;
    json_t *count = NULL;
    const char *separator = "";
    json_object_foreach(json_object_get(report, "counts"), verdict, count)
    {
        if (json_integer_value(count) > 0) {
            (void)fprintf(out, "%s%lld %s", separator, (long long)json_integer_value(count),
                          verdict);
            separator = " · ";
        }
    }
    (void)fprintf(out, "\n%zu passed, %zu failed, %zu skipped\n", tally->passed, tally->failed,
                  tally->skipped);
}

/* For CI servers: JUnit's XML, one testsuite a target, one testcase a case. */
#include "conformance/report/escape.h"
#include "conformance/report/report.h"
#include "conformance/report/step.h"

#include <stdlib.h>
#include <string.h>

static void write_attribute(FILE *out, const char *name, const char *value)
{
    (void)fprintf(out, " %s=\"", name);
    escape_markup(out, value);
    (void)fputc('"', out);
}

/* The element that says how a case ended, or NULL when it passed. */
static const char *element_of(const json_t *run, const json_t *result)
{
    const char *verdict = report_text_of(result, "verdict");
    if (report_failed(run, result)) {
        return strcmp(verdict, "ERROR") == 0 ? "error" : "failure";
    }
    return strcmp(verdict, "UNIMPLEMENTED") == 0 ? "skipped" : NULL;
}

static void write_words(FILE *out, const char *label, void (*write)(FILE *out, const json_t *value),
                        const json_t *value)
{
    char *words = report_string(write, value);
    (void)fprintf(out, "%s: ", label);
    escape_markup(out, words);
    (void)fputc('\n', out);
    free(words);
}

static void write_dump(FILE *out, const char *label, const json_t *value)
{
    char *dump = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    if (dump) {
        (void)fprintf(out, "%s: ", label);
        escape_markup(out, dump);
        (void)fputc('\n', out);
    }
    free(dump);
}

/* What the variants that deviate sent, what they expected and got. */
static void write_evidence(FILE *out, const json_t *result)
{
    const json_t *variant = NULL;
    const json_t *step = NULL;
    size_t i = 0;
    size_t k = 0;
    write_words(out, "requires", report_sources, result);
    json_array_foreach(json_object_get(result, "variants"), i, variant)
    {
        if (!report_deviates(report_text_of(variant, "verdict"))) {
            continue;
        }
        if (*report_text_of(variant, "name")) {
            (void)fputs("variant: ", out);
            escape_markup(out, report_text_of(variant, "name"));
            (void)fputc('\n', out);
        }
        json_array_foreach(json_object_get(variant, "steps"), k, step)
        {
            const json_t *sent = json_object_get(step, "sent");
            write_dump(out, "header", json_object_get(sent, "header"));
            write_dump(out, "claims", json_object_get(sent, "claims"));
            write_words(out, "expected", report_expectation, json_object_get(step, "expected"));
            write_words(out, "actual", report_actual, json_object_get(step, "actual"));
        }
    }
}

static void write_case(FILE *out, const json_t *run, const json_t *result)
{
    const char *element = element_of(run, result);
    char *name = NULL;
    (void)fputs("    <testcase", out);
    if (asprintf(&name, "%s %s", report_text_of(result, "id"), report_text_of(result, "title")) >=
        0) {
        write_attribute(out, "name", name);
        free(name);
    }
    (void)fputs(" classname=\"", out);
    escape_markup(out, report_text_of(run, "target"));
    (void)fputc('.', out);
    escape_markup(out, report_text_of(result, "group"));
    (void)fputc('"', out);
    if (!element) {
        (void)fputs("/>\n", out);
        return;
    }
    (void)fprintf(out, ">\n      <%s", element);
    write_attribute(out, "message",
                    *report_text_of(result, "surprise") ? report_text_of(result, "surprise")
                                                        : report_text_of(result, "reason"));
    if (strcmp(element, "skipped") == 0) {
        (void)fputs("/>\n    </testcase>\n", out);
        return;
    }
    write_attribute(out, "type", report_text_of(result, "verdict"));
    (void)fputc('>', out);
    write_evidence(out, result);
    (void)fprintf(out, "</%s>\n    </testcase>\n", element);
}

static size_t count_element(const json_t *run, const char *element)
{
    const json_t *result = NULL;
    size_t i = 0;
    size_t n = 0;
    json_array_foreach(json_object_get(run, "cases"), i, result)
    {
        const char *found = element_of(run, result);
        n += found && strcmp(found, element) == 0;
    }
    return n;
}

static void write_suite(FILE *out, const json_t *run)
{
    const json_t *cases = json_object_get(run, "cases");
    const json_t *result = NULL;
    size_t i = 0;
    (void)fputs("  <testsuite", out);
    write_attribute(out, "name", report_text_of(run, "target"));
    (void)fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"",
                  json_array_size(cases), count_element(run, "failure"),
                  count_element(run, "error"), count_element(run, "skipped"));
    (void)fprintf(out, " time=\"%.3f\"", json_number_value(json_object_get(run, "seconds")));
    if (*report_text_of(run, "started")) {
        write_attribute(out, "timestamp", report_text_of(run, "started"));
    }
    (void)fputs(">\n", out);
    json_array_foreach(cases, i, result)
    {
        write_case(out, run, result);
    }
    (void)fputs("  </testsuite>\n", out);
}

void report_junit(FILE *out, const json_t *runs)
{
    const json_t *run = NULL;
    size_t i = 0;
    (void)fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"conform\">\n", out);
    json_array_foreach(runs, i, run)
    {
        write_suite(out, run);
    }
    (void)fputs("</testsuites>\n", out);
}

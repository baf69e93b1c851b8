/* TAP 13: one test a case of each target. */
#include "conformance/report/escape.h"
#include "conformance/report/report.h"
#include "conformance/report/step.h"

#include <stdlib.h>
#include <string.h>

/* A member of the YAML block; a JSON text is YAML. */
static void write_yaml(FILE *out, const char *name, const char *value)
{
    json_t *text = json_string(value);
    char *dump = text ? json_dumps(text, JSON_ENCODE_ANY | JSON_ENSURE_ASCII) : NULL;
    (void)fprintf(out, "  %s: %s\n", name, dump ? dump : "\"\"");
    free(dump);
    json_decref(text);
}

static void write_block(FILE *out, const json_t *result)
{
    char *sources = report_string(report_sources, result);
    (void)fputs("  ---\n", out);
    write_yaml(out, "message", report_text_of(result, "reason"));
    write_yaml(out, "severity", report_text_of(result, "verdict"));
    write_yaml(out, "level", report_text_of(result, "level"));
    write_yaml(out, "requires", sources);
    (void)fputs("  ...\n", out);
    free(sources);
}

static void write_case(FILE *out, const json_t *run, const json_t *result, size_t number)
{
    const char *verdict = report_text_of(result, "verdict");
    const char *known = report_text_of(result, "known");
    bool todo = *known && report_deviates(verdict);
    bool failed = todo || report_failed(run, result);
    (void)fprintf(out, "%s %zu - ", failed ? "not ok" : "ok", number);
    escape_line(out, report_text_of(run, "target"));
    (void)fprintf(out, ": %s ", report_text_of(result, "id"));
    escape_line(out, report_text_of(result, "title"));
    if (todo) {
        (void)fputs(" # TODO ", out);
        escape_line(out, known);
    } else if (!failed && strcmp(verdict, "UNIMPLEMENTED") == 0) {
        (void)fputs(" # SKIP ", out);
        escape_line(out, report_text_of(result, "reason"));
    }
    (void)fputc('\n', out);
    if (failed) {
        write_block(out, result);
    }
}

void report_tap(FILE *out, const json_t *runs)
{
    const json_t *run = NULL;
    const json_t *result = NULL;
    size_t i = 0;
    size_t k = 0;
    size_t count = 0;
    json_array_foreach(runs, i, run)
    {
        count += json_array_size(json_object_get(run, "cases"));
    }
    (void)fprintf(out, "TAP version 13\n1..%zu\n", count);
    count = 0;
    json_array_foreach(runs, i, run)
    {
        json_array_foreach(json_object_get(run, "cases"), k, result)
        {
            write_case(out, run, result, ++count);
        }
    }
}

/* The end of the text: what failed, and the counts. */
#include "conformance/report/escape.h"
#include "conformance/report/report.h"
#include "conformance/report/step.h"

#include <stdint.h>
#include <string.h>

static void write_recap(FILE *out, const json_t *run, const struct report_style *style)
{
    const json_t *result = NULL;
    size_t i = 0;
    bool any = false;
    json_array_foreach(json_object_get(run, "cases"), i, result)
    {
        const char *verdict = report_text_of(result, "verdict");
        if (!report_failed(run, result)) {
            continue;
        }
        if (!any) {
            report_paint(out, style, REPORT_BOLD, "\nwhat failed");
            (void)fputs(" (conform explain ID says what a case sends and why)\n", out);
            any = true;
        }
        (void)fputs("  ", out);
        report_paint(out, style, report_colour_of(verdict), report_mark(verdict, style->unicode));
        (void)fprintf(out, " %s ", report_text_of(result, "id"));
        escape_terminal(out, report_text_of(result, "title"));
        (void)fputs(": ", out);
        escape_terminal(out, *report_text_of(result, "surprise")
                                 ? report_text_of(result, "surprise")
                                 : report_text_of(result, "reason"));
        (void)fputc('\n', out);
    }
    (void)fputs(any ? "\n" : "", out);
}

/* Every case has the same reason then. */
static void write_unreached(FILE *out, const json_t *run, const struct report_style *style)
{
    const json_t *result = NULL;
    size_t i = 0;
    report_paint(out, style, REPORT_RED, "  nothing can be said of this target: ");
    json_array_foreach(json_object_get(run, "cases"), i, result)
    {
        if (strcmp(report_text_of(result, "verdict"), "ERROR") == 0) {
            escape_terminal(out, report_text_of(result, "reason"));
            break;
        }
    }
    (void)fputc('\n', out);
}

/* The cases that the way to this target left out, a line for each reason. */
static void write_left_out(FILE *out, const json_t *run)
{
    const json_t *list = json_object_get(run, "left_out");
    json_t *reasons = json_object();
    const char *reason = NULL;
    json_t *ids = NULL;
    const json_t *one = NULL;
    size_t i = 0;
    json_array_foreach(list, i, one)
    {
        ids = json_object_get(reasons, report_text_of(one, "reason"));
        if (!ids) {
            ids = json_array();
            (void)json_object_set_new(reasons, report_text_of(one, "reason"), ids);
        }
        (void)json_array_append(ids, json_object_get(one, "id"));
    }
    if (json_array_size(list) > 0) {
        (void)fprintf(out, "%zu more are not for this target:\n", json_array_size(list));
    }
    json_object_foreach(reasons, reason, ids)
    {
        (void)fputs("  ", out);
        escape_terminal(out, reason);
        json_array_foreach(ids, i, one)
        {
            (void)fputs(i == 0 ? ": " : " ", out);
            escape_terminal(out, json_string_value(one));
        }
        (void)fputc('\n', out);
    }
    json_decref(reasons);
}

static long long number(const json_t *run, const char *name)
{
    return (long long)json_integer_value(json_object_get(run, name));
}

void report_summary(FILE *out, const json_t *run, const struct report_style *style)
{
    const char *verdict = NULL;
    json_t *count = NULL;
    const char *separator = "";
    if (json_is_false(json_object_get(run, "reached"))) {
        write_unreached(out, run, style);
    } else {
        write_recap(out, run, style);
    }
    json_object_foreach(json_object_get((json_t *)(uintptr_t)run, "counts"), verdict, count)
    {
        if (json_integer_value(count) > 0) {
            (void)fprintf(out, "%s%lld %s", separator, (long long)json_integer_value(count),
                          verdict);
            separator = style->unicode ? " · " : ", ";
        }
    }
    double seconds = json_number_value(json_object_get(run, "seconds"));
    if (seconds > 0) {
        (void)fprintf(out, " in %.1f s", seconds);
    }
    (void)fputc('\n', out);
    write_left_out(out, run);
    (void)fprintf(out, "%lld passed, %lld failed, %lld skipped\n", number(run, "passed"),
                  number(run, "failed"), number(run, "skipped"));
}

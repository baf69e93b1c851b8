/* Steps in words. */
#include "conformance/report/step.h"

#include <stdlib.h>
#include <string.h>

const char *report_text_of(const json_t *object, const char *name)
{
    const char *value = json_string_value(json_object_get(object, name));
    return value ? value : "";
}

bool report_deviates(const char *verdict)
{
    return strcmp(verdict, "NON-STRICT") == 0 || strcmp(verdict, "FAIL") == 0 ||
           strcmp(verdict, "ERROR") == 0;
}

bool report_failed(const json_t *run, const json_t *result)
{
    const char *verdict = report_text_of(result, "verdict");
    if (*report_text_of(result, "surprise")) {
        return true;
    }
    bool lax = strcmp(verdict, "NON-STRICT") == 0 && !json_is_true(json_object_get(run, "strict"));
    return !*report_text_of(result, "known") && report_deviates(verdict) && !lax;
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
        } else if (json_is_string(item)) {
            (void)fprintf(out, "%s%s", i > 0 ? " or " : "", json_string_value(item));
        }
    }
}

static void write_compact(FILE *out, const json_t *value)
{
    char *dump = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    (void)fputs(dump ? dump : "nothing", out);
    free(dump);
}

void report_expectation(FILE *out, const json_t *expect)
{
    static const char *const others[] = {"endpoint", "grows_at_most_kib", "token", NULL};
    const json_t *answer = json_object_get(expect, "answer"); /* of a provider */
    if (answer) {
        write_compact(out, answer);
        return;
    }
    for (size_t i = 0; others[i]; i++) {
        if (json_object_get(expect, others[i])) {
            write_compact(out, expect);
            return;
        }
    }
    const char *decision = report_text_of(expect, "decision");
    (void)fputs(*decision ? decision : "anything", out);
    write_list(out, "status", json_object_get(expect, "status"));
    write_list(out, "error", json_object_get(expect, "error"));
    if (*report_text_of(expect, "code")) {
        (void)fprintf(out, ", reason %s", report_text_of(expect, "code"));
    }
}

void report_actual(FILE *out, const json_t *actual)
{
    if (!json_object_get(actual, "status")) {
        write_compact(out, actual);
        return;
    }
    long long status = (long long)json_integer_value(json_object_get(actual, "status"));
    if (status == 0) {
        (void)fputs("the connection was closed without an answer", out);
    } else {
        (void)fprintf(out, "status %lld", status);
    }
    if (*report_text_of(actual, "code")) {
        (void)fprintf(out, ", reason %s", report_text_of(actual, "code"));
    }
    if (*report_text_of(actual, "challenge")) {
        (void)fprintf(out, ", WWW-Authenticate: %s", report_text_of(actual, "challenge"));
    }
}

const char *const report_request_members[] = {"method", "path",    "url",       "query",
                                              "form",   "basic",   "assertion", "body",
                                              "field",  "headers", "raw",       NULL};

char *report_string(void (*write)(FILE *out, const json_t *value), const json_t *value)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    if (!out) {
        return strdup("");
    }
    write(out, value);
    (void)fclose(out);
    return text;
}

void report_sources(FILE *out, const json_t *result)
{
    const json_t *source = NULL;
    size_t i = 0;
    json_array_foreach(json_object_get(result, "source"), i, source)
    {
        const char *text = json_string_value(source);
        (void)fprintf(out, "%s%s", i > 0 ? "; " : "", text ? text : "");
    }
}

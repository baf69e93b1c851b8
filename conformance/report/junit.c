/* For CI servers: JUnit's XML, one testsuite a target, one testcase a case. */
#include "conformance/report/report.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *text(const json_t *object, const char *name)
{
    const char *value = json_string_value(json_object_get(object, name));
    return value ? value : "";
}

/* XML 1.0 §2.2 and §2.4: five characters are escaped, control characters cannot stand at all. */
static void write_escaped(FILE *out, const char *value)
{
    static const struct {
        char c;
        const char *entity;
    } entities[] = {
        {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&apos;"}};
    for (; *value; value++) {
        size_t i = 0;
        while (i < sizeof entities / sizeof entities[0] && entities[i].c != *value) {
            i++;
        }
        if (i < sizeof entities / sizeof entities[0]) {
            (void)fputs(entities[i].entity, out);
        } else {
            bool control = (unsigned char)*value < 0x20 && *value != '\n' && *value != '\t';
            (void)fputc(control ? '?' : *value, out);
        }
    }
}

static void write_attribute(FILE *out, const char *name, const char *value)
{
    (void)fprintf(out, " %s=\"", name);
    write_escaped(out, value);
    (void)fputc('"', out);
}

/* The element that says how a case failed, or NULL. */
static const char *element_of(const json_t *result, bool strict)
{
    const char *verdict = text(result, "verdict");
    if (*text(result, "surprise")) {
        return "failure";
    }
    if (*text(result, "known")) {
        return NULL;
    }
    return strcmp(verdict, "ERROR") == 0 ? "error"
           : strcmp(verdict, "FAIL") == 0 || (strict && strcmp(verdict, "NON-STRICT") == 0)
               ? "failure"
           : strcmp(verdict, "UNIMPLEMENTED") == 0 ? "skipped"
                                                   : NULL;
}

static void write_case(FILE *out, const json_t *result, const char *target, bool strict)
{
    const char *element = element_of(result, strict);
    char name[256];
    (void)snprintf(name, sizeof name, "%s %s", text(result, "id"), text(result, "title"));
    (void)fputs("    <testcase", out);
    write_attribute(out, "name", name);
    (void)fputs(" classname=\"", out);
    write_escaped(out, target);
    (void)fputc('.', out);
    write_escaped(out, text(result, "group"));
    (void)fputc('"', out);
    if (!element) {
        (void)fputs("/>\n", out);
        return;
    }
    (void)fprintf(out, ">\n      <%s", element);
    write_attribute(out, "message", text(result, "reason"));
    if (strcmp(element, "skipped") != 0) {
        write_attribute(out, "type", text(result, "verdict"));
    }
    (void)fputs("/>\n    </testcase>\n", out);
}

static size_t count_element(const json_t *cases, const char *element, bool strict)
{
    const json_t *result = NULL;
    size_t i = 0;
    size_t n = 0;
    json_array_foreach(cases, i, result)
    {
        const char *found = element_of(result, strict);
        n += found && strcmp(found, element) == 0;
    }
    return n;
}

static void write_suite(FILE *out, const json_t *report, bool strict)
{
    const json_t *cases = json_object_get(report, "cases");
    const json_t *result = NULL;
    size_t i = 0;
    (void)fputs("  <testsuite", out);
    write_attribute(out, "name", text(report, "target"));
    (void)fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\">\n",
                  json_array_size(cases), count_element(cases, "failure", strict),
                  count_element(cases, "error", strict), count_element(cases, "skipped", strict));
    json_array_foreach(cases, i, result)
    {
        write_case(out, result, text(report, "target"), strict);
    }
    (void)fputs("  </testsuite>\n", out);
}

int report_junit(const char *path, const json_t *reports, bool strict)
{
    char *partial = NULL;
    const json_t *report = NULL;
    size_t i = 0;
    FILE *out = asprintf(&partial, "%s.new", path) < 0 ? NULL : fopen(partial, "we");
    if (!out) {
        free(partial);
        return -1;
    }
    (void)fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n", out);
    json_array_foreach(reports, i, report)
    {
        write_suite(out, report, strict);
    }
    (void)fputs("</testsuites>\n", out);
    int status = ferror(out) ? -1 : 0;
    status = fclose(out) == 0 && status == 0 ? rename(partial, path) : -1;
    if (status != 0) {
        (void)unlink(partial);
    }
    free(partial);
    return status;
}

/* Of many targets those that did alike stand in one line: a page with a section for each would be
 * too long to read, and too big to open. */
#include "conformance/report/html.h"

#include "conformance/report/escape.h"
#include "conformance/report/step.h"
#include "conformance/report/style.h"

#include <stdlib.h>
#include <string.h>

/* The answer of a variant: its last one. */
static const json_t *answer_of(const json_t *variant)
{
    const json_t *steps = json_object_get(variant, "steps");
    const json_t *actual = NULL;
    for (size_t i = json_array_size(steps); i > 0 && !actual; i--) {
        actual = json_object_get(json_array_get(steps, i - 1), "actual");
    }
    return actual;
}

/* A case that only records has no reason: what it recorded stands in its place. */
static void write_record(FILE *out, const json_t *cell)
{
    const json_t *variant = NULL;
    const char *between = "";
    size_t i = 0;
    json_array_foreach(json_object_get(cell, "variants"), i, variant)
    {
        const char *name = report_text_of(variant, "name");
        const json_t *status = json_object_get(answer_of(variant), "status");
        if (status) {
            (void)fprintf(out, "%s%s%sstatus %lld", between, name, *name ? ": " : "",
                          (long long)json_integer_value(status));
            between = "; ";
        }
    }
}

/* The line of a target without its name, which is the key of its fold. Newly allocated, as HTML. */
static char *line_of(const json_t *cell)
{
    const char *verdict = report_text_of(cell, "verdict");
    char *line = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&line, &len);
    if (!out) {
        return NULL;
    }
    char *record = report_string(write_record, cell);
    const char *said = strcmp(verdict, "INFO") == 0 ? record : report_text_of(cell, "reason");
    (void)fprintf(out, "<b class=%s>%s</b> %s", html_class(verdict), report_mark(verdict, true),
                  verdict);
    if (*said) {
        html_text(out, "span", "reason", said);
    }
    (void)fclose(out);
    free(record);
    return line;
}

static bool folds(const json_t *cell)
{
    return json_is_object(cell) && !report_deviates(report_text_of(cell, "verdict")) &&
           !json_object_get(cell, "surprise");
}

static void write_fold(FILE *out, const char *line, const json_t *names)
{
    const json_t *name = NULL;
    size_t i = 0;
    (void)fprintf(out, "<p class=fold>%s: ", line);
    json_array_foreach(names, i, name)
    {
        (void)fputs(i > 0 ? ", " : "", out);
        escape_markup(out, json_string_value(name));
    }
    (void)fputs("</p>\n", out);
}

void html_fold(FILE *out, const json_t *runs, const json_t *cells)
{
    json_t *lines = json_object();
    json_t *shown = json_object();
    json_t *names = NULL;
    const json_t *cell = NULL;
    const char *line = NULL;
    size_t i = 0;
    json_array_foreach(cells, i, cell)
    {
        if (!folds(cell)) {
            html_cell(out, json_array_get(runs, i), cell, shown);
            continue;
        }
        char *key = line_of(cell);
        if (key && !json_object_get(lines, key)) {
            (void)json_object_set_new(lines, key, json_array());
        }
        (void)json_array_append(json_object_get(lines, key),
                                json_object_get(json_array_get(runs, i), "target"));
        free(key);
    }
    json_object_foreach(lines, line, names)
    {
        write_fold(out, line, names);
    }
    json_decref(shown);
    json_decref(lines);
}

/* conform diff and conform matrix: what reports say together. */
#include "conformance/commands.h"
#include "conformance/report/compare.h"
#include "conformance/report/escape.h"
#include "conformance/report/matrix.h"
#include "conformance/report/report.h"
#include "conformance/report/step.h"

#include <stdio.h>
#include <string.h>

/* read_report returns the runs of a file, or NULL with a line on stderr. */
static json_t *read_report(const char *path)
{
    char why[800];
    json_t *runs = report_read(path, why, sizeof why);
    if (!runs) {
        (void)fprintf(stderr, "conform: %s\n", why);
    }
    return runs;
}

/* The run of the same target; of two reports with one run each, the other one. */
static const json_t *partner_of(const json_t *run, const json_t *own, const json_t *others)
{
    const json_t *other = NULL;
    size_t i = 0;
    json_array_foreach(others, i, other)
    {
        if (strcmp(report_text_of(run, "target"), report_text_of(other, "target")) == 0) {
            return other;
        }
    }
    return json_array_size(own) == 1 && json_array_size(others) == 1 ? json_array_get(others, 0)
                                                                     : NULL;
}

static enum report_colour colour_of(const char *change)
{
    return strcmp(change, "worse") == 0    ? REPORT_RED
           : strcmp(change, "better") == 0 ? REPORT_GREEN
           : strcmp(change, "gone") == 0   ? REPORT_YELLOW
                                           : REPORT_DIM;
}

static void show_change(const json_t *change, const struct report_style *style)
{
    const char *kind = report_text_of(change, "change");
    const char *before = report_text_of(change, "before");
    const char *after = report_text_of(change, "after");
    char label[16];
    (void)snprintf(label, sizeof label, "%-8s", kind);
    (void)printf("  ");
    report_paint(stdout, style, colour_of(kind), label);
    (void)printf("%s ", report_text_of(change, "id"));
    escape_terminal(stdout, report_text_of(change, "title"));
    (void)printf(": %s%s%s", before,
                 *before && *after && strcmp(before, after) != 0 ? ", now " : "",
                 strcmp(before, after) != 0 ? after : "");
    if (*report_text_of(change, "what")) {
        (void)printf(" (");
        escape_terminal(stdout, report_text_of(change, "what"));
        (void)printf(")");
    }
    (void)printf("\n");
}

static void show_pair(const json_t *before, const json_t *after, const struct report_style *style,
                      size_t sum[REPORT_CHANGES])
{
    size_t counts[REPORT_CHANGES];
    const json_t *change = NULL;
    size_t i = 0;
    json_t *changes = report_compare(before, after, counts);
    escape_terminal(stdout, report_text_of(after, "target"));
    (void)printf(": %zu of %zu cases as before\n", counts[REPORT_SAME],
                 json_array_size(json_object_get(after, "cases")));
    json_array_foreach(changes, i, change)
    {
        show_change(change, style);
    }
    for (i = 0; i < REPORT_CHANGES; i++) {
        sum[i] += counts[i];
    }
    json_decref(changes);
}

static int show_all(const struct conform_options *o, const json_t *before, const json_t *after)
{
    struct report_style style = report_style_for(stdout, o->color, o->verbose);
    size_t sum[REPORT_CHANGES] = {0};
    const json_t *run = NULL;
    size_t pairs = 0;
    size_t i = 0;
    json_array_foreach(before, i, run)
    {
        const json_t *partner = partner_of(run, before, after);
        if (partner) {
            show_pair(run, partner, &style, sum);
            pairs++;
        } else {
            escape_terminal(stdout, report_text_of(run, "target"));
            (void)printf(": not in %s\n", o->words[1]);
        }
    }
    if (pairs == 0) {
        (void)fprintf(stderr, "conform: %s and %s have no target in common\n", o->words[0],
                      o->words[1]);
        return CONFORM_USAGE;
    }
    (void)printf("%zu worse, %zu better, %zu changed, %zu new, %zu gone\n", sum[REPORT_WORSE],
                 sum[REPORT_BETTER], sum[REPORT_CHANGED], sum[REPORT_NEW], sum[REPORT_GONE]);
    return sum[REPORT_WORSE] > 0 ? CONFORM_DEVIATION : CONFORM_OK;
}

int command_diff(const struct conform_options *o)
{
    json_t *before = read_report(o->words[0]);
    json_t *after = before ? read_report(o->words[1]) : NULL;
    int status = after ? show_all(o, before, after) : CONFORM_USAGE;
    json_decref(after);
    json_decref(before);
    return status;
}

int command_matrix(const struct conform_options *o)
{
    json_t *all = json_array();
    int status = CONFORM_OK;
    if (!o->html && !o->markdown && !o->json && !o->junit && !o->tap && !o->sarif) {
        (void)fprintf(stderr, "conform: matrix writes --html FILE, --markdown FILE or another "
                              "format: name one\n");
        status = CONFORM_USAGE;
    }
    for (size_t i = 0; i < o->word_count && status == CONFORM_OK; i++) {
        json_t *runs = read_report(o->words[i]);
        if (runs) {
            report_merge(all, runs);
        }
        status = runs ? CONFORM_OK : CONFORM_USAGE;
        json_decref(runs);
    }
    if (status == CONFORM_OK) {
        status = command_save(o, all);
    }
    json_decref(all);
    return status;
}

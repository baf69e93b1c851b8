/*
 * conform replay: a case of a report is played again. Its recipes are baked anew, with the seed of
 * the report: the recorded tokens are expired by then, and the keys of that run are gone.
 */
#include "conformance/commands.h"
#include "conformance/report/escape.h"
#include "conformance/report/matrix.h"
#include "conformance/report/report.h"
#include "conformance/report/step.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One side of a variant: its verdict, and what came back in each step. */
static void show_side(const char *when, const json_t *variant, const struct report_style *style)
{
    const json_t *step = NULL;
    size_t i = 0;
    const char *verdict = report_text_of(variant, "verdict");
    (void)printf("    %-9s ", when);
    report_paint(stdout, style, report_colour_of(verdict), *verdict ? verdict : "not played");
    if (*report_text_of(variant, "reason")) {
        (void)printf(": ");
        escape_terminal(stdout, report_text_of(variant, "reason"));
    }
    (void)printf("\n");
    json_array_foreach(json_object_get(variant, "steps"), i, step)
    {
        const json_t *sent = json_object_get(step, "sent");
        struct report_octets line = {0};
        if (!sent) {
            continue;
        }
        if (report_line_count(sent) > 0 && report_line(sent, 0, &line) == 0) {
            char *cut = strndup((const char *)line.data, style->verbose ? line.len : 80);
            (void)printf("      sent    Authorization: ");
            escape_terminal(stdout, cut ? cut : "");
            (void)printf("%s\n", cut && strlen(cut) < line.len ? "…" : "");
            free(cut);
        }
        char *actual = report_string(report_actual, json_object_get(step, "actual"));
        (void)printf("      actual  ");
        escape_terminal(stdout, actual);
        (void)printf("\n");
        free(line.data);
        free(actual);
    }
}

/* Both sides of every variant; whether all verdicts are the same. */
static bool show_both(const json_t *recorded, const json_t *now, const struct report_style *style)
{
    const json_t *before = json_object_get(recorded, "variants");
    const json_t *after = json_object_get(now, "variants");
    size_t count = json_array_size(before) > json_array_size(after) ? json_array_size(before)
                                                                    : json_array_size(after);
    bool same = strcmp(report_text_of(recorded, "verdict"), report_text_of(now, "verdict")) == 0;
    (void)printf("%s ", report_text_of(now, "id"));
    escape_terminal(stdout, report_text_of(now, "title"));
    (void)printf("\n");
    for (size_t i = 0; i < count; i++) {
        const json_t *a = json_array_get(before, i);
        const json_t *b = json_array_get(after, i);
        const char *name = report_text_of(b ? b : a, "name");
        if (*name) {
            (void)printf("  ");
            escape_terminal(stdout, name);
            (void)printf("\n");
        }
        same = same && strcmp(report_text_of(a, "verdict"), report_text_of(b, "verdict")) == 0;
        show_side("recorded", a, style);
        show_side("now", b, style);
    }
    if (count == 0) {
        show_side("recorded", recorded, style);
        show_side("now", now, style);
    }
    return same;
}

/* A run of the other half is played with the cases of that half. */
static json_t *play_again(const struct conform_options *o, const struct cf_suite *suite,
                          const json_t *run, const char *file, int *status)
{
    struct cf_suite other = {0};
    if (strcmp(report_text_of(run, "adapter"), "provider") != 0) {
        return command_play(o, suite, o->target_count > 0 ? o->targets[0] : file, status);
    }
    json_t *played =
        command_load(o, CF_PROVIDERS, &other) == 0
            ? command_play_provider(o, &other, o->idp_where ? o->idp_where : file, status)
            : NULL;
    *status = played ? *status : *status == CONFORM_OK ? CONFORM_USAGE : *status;
    cf_suite_cleanup(&other);
    return played;
}

/* One run of the report that has the case. */
static int replay_run(const struct conform_options *o, const struct cf_suite *suite,
                      const json_t *run, const json_t *recorded)
{
    struct report_style style = report_style_for(stdout, o->color, o->verbose);
    struct conform_options again = *o;
    int status = CONFORM_OK;
    const char *file = *report_text_of(run, "file") ? report_text_of(run, "file") : NULL;
    again.words[0] = report_text_of(recorded, "id");
    again.word_count = 1;
    again.level = CF_INFO;
    again.seed = o->seed                        ? o->seed
                 : *report_text_of(run, "seed") ? report_text_of(run, "seed")
                                                : NULL;
    json_t *played = play_again(&again, suite, run, file, &status);
    if (!played) {
        return status;
    }
    escape_terminal(stdout, report_text_of(played, "target"));
    (void)printf(": ");
    bool same = show_both(recorded, report_find(played, report_text_of(recorded, "id")), &style);
    bool reached = json_is_true(json_object_get(played, "reached"));
    json_decref(played);
    return !reached ? CONFORM_UNREACHABLE : same ? CONFORM_OK : CONFORM_DEVIATION;
}

int command_replay(const struct conform_options *o, const struct cf_suite *suite)
{
    char why[800];
    const json_t *run = NULL;
    size_t i = 0;
    size_t found = 0;
    int status = CONFORM_OK;
    json_t *runs = report_read(o->words[0], why, sizeof why);
    if (!runs) {
        (void)fprintf(stderr, "conform: %s\n", why);
        return CONFORM_USAGE;
    }
    json_array_foreach(runs, i, run)
    {
        const json_t *recorded = report_find(run, o->words[1]);
        if (recorded && (o->target_count == 0 || found == 0)) {
            int one = replay_run(o, suite, run, recorded);
            status = one > status ? one : status;
            found++;
        }
    }
    if (found == 0) {
        (void)fprintf(stderr, "conform: %s has no case %s\n", o->words[0], o->words[1]);
        status = CONFORM_USAGE;
    } else if (status <= CONFORM_DEVIATION) {
        (void)printf("%s\n", status == CONFORM_OK ? "it came out as recorded"
                                                  : "it came out otherwise than recorded");
    }
    json_decref(runs);
    return status;
}

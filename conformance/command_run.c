/* conform run: one world and one run for each target, and the files that are made of them. */
#include "conformance/adapters/http_start.h"
#include "conformance/commands.h"
#include "conformance/jobs.h"
#include "conformance/others.h"
#include "conformance/reach.h"
#include "conformance/report/progress.h"
#include "conformance/report/report.h"
#include "conformance/run.h"
#include "conformance/select.h"
#include "conformance/starve.h"
#include "conformance/target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WAIT_MS 60000L

#define CAPABILITIES_CAP 1100

/* Where the mock keeps its CA between runs: idp.state of the target file. */
static const char *target_state(const struct cf_target *target)
{
    return json_string_value(json_object_get(json_object_get(target->json, "idp"), "state"));
}

struct cf_world_options command_world_options(const struct conform_options *o,
                                              const struct cf_target *target)
{
    const char *tls = o->idp_listen_tls ? o->idp_listen_tls
                      : target          ? target->listen_tls
                                        : "localhost:0";
    return (struct cf_world_options){
        .listen = o->idp_listen ? o->idp_listen
                  : target      ? target->listen
                                : NULL,
        .listen_tls = tls && strcmp(tls, "off") == 0 ? NULL : tls,
        .public_url = target ? target->public_url : NULL,
        .state_dir = o->idp_state ? o->idp_state
                     : target     ? target_state(target)
                                  : NULL,
        .seed = o->seed,
        .stopped_clock = !target || cf_has(target->capabilities, "clock"),
        .clock_file = target && target->clock_file,
    };
}

static struct cf_adapter adapter_of(const struct cf_target *target)
{
    return !target                                ? cf_adapter_inproc
           : strcmp(target->adapter, "exec") == 0 ? cf_adapter_exec
                                                  : cf_adapter_http;
}

int command_fail(int status, const char *why)
{
    (void)fprintf(stderr, "conform: %s\n", why);
    return status;
}

/* Plays a plan, and beside it what waits, where the target says that there may be several of it at
 * once. */
static json_t *play_beside(struct cf_run *run, const struct cf_target *target,
                           const struct cf_world_options *options, int *status)
{
    char why[1600];
    struct cf_jobs aside = {0};
    json_t *report = NULL;
    bool several = (!target || cf_has(target->capabilities, "instances")) &&
                   cf_worlds_refused(target, options) == NULL;
    size_t wanted = several ? cf_aside_count(run) : 0;
    if (cf_jobs_open(&aside, wanted + 1, options, why, sizeof why) != 0) {
        *status = command_fail(CONFORM_UNREACHABLE, why);
    } else {
        run->aside = aside.beside;
        run->aside_count = aside.count;
        run->one_process = !target;
        report = cf_run_play(run);
    }
    cf_jobs_close(&aside);
    return report;
}

/* Plays what is selected; a new reference, NULL when nothing is (*status). */
static json_t *play(const struct conform_options *o, const struct cf_suite *suite,
                    const struct cf_target *target, struct cf_world *world,
                    const struct cf_world_options *options, const struct cf_jobs *jobs, int *status)
{
    struct report_progress progress = {report_now_ms()};
    const struct cf_selection selection = {o->words, o->word_count, o->level};
    struct cf_adapter adapter = adapter_of(target);
    char words[CAPABILITIES_CAP];
    (void)snprintf(
        words, sizeof words, "%s%s%s", target ? target->capabilities : adapter.capabilities,
        cf_world_https(world) ? " tls" : "", !target && cf_starve_possible() ? " starve" : "");
    struct cf_run run = {.adapter = &adapter,
                         .name = target ? target->name : adapter.name,
                         .capabilities = words,
                         .disabled = target ? target->disabled : NULL,
                         .world = world,
                         .beside = jobs->beside,
                         .beside_count = jobs->count,
                         .progress = report_progress_wanted() ? report_progress_show : NULL,
                         .ctx = &progress};
    adapter.settings = target;
    run.plan = cf_plan(suite, &selection, cf_has(run.capabilities, "restart"), &run.count);
    json_t *left_out = cf_reach_keep(run.plan, &run.count, words);
    json_t *report = run.count > 0 ? play_beside(&run, target, options, status) : NULL;
    if (report) {
        (void)json_object_set(report, "left_out", left_out);
    } else if (run.count == 0) {
        const char *reason =
            json_string_value(json_object_get(json_array_get(left_out, 0), "reason"));
        (void)fprintf(stderr, "conform: no case %s%s\n",
                      reason ? "is for this target: " : "matches", reason ? reason : "");
        *status = CONFORM_USAGE;
    }
    json_decref(left_out);
    free((void *)run.plan);
    return report;
}

void command_about(json_t *run, const struct conform_options *o, const struct command_about *about)
{
    char when[32] = "";
    struct tm t;
    time_t seconds = about->started ? (time_t)about->started : time(NULL);
    double took = (double)(report_now_ms() - about->began_ms) / 1000.0;
    if (gmtime_r(&seconds, &t)) {
        (void)strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &t);
    }
    json_t *more =
        json_pack("{s:i, s:s, s:s, s:s*, s:s*, s:s*, s:s*, s:s, s:f}", "format", 1, "version",
                  ETB_VERSION, "adapter", about->adapter, "url", about->url, "file", about->file,
                  "comment", about->comment, "seed", o->seed, "started", when, "seconds", took);
    (void)json_object_update(run, more);
    json_decref(more);
}

/* show writes the text of a run; returns its exit status. */
static int show(const struct conform_options *o, const struct cf_suite *suite, json_t *run,
                const json_t *expected, struct cf_tally *sum)
{
    struct report_style style = report_style_for(stdout, o->color, o->verbose);
    struct cf_tally tally = cf_tally(run, expected, o->strict);
    report_tally(run, &tally, o->strict);
    report_text(stdout, run, suite, &style);
    report_summary(stdout, run, &style);
    sum->passed += tally.passed;
    sum->failed += tally.failed;
    sum->skipped += tally.skipped;
    return !json_is_true(json_object_get(run, "reached")) ? CONFORM_UNREACHABLE
           : tally.failed > 0                             ? CONFORM_DEVIATION
                                                          : CONFORM_OK;
}

int command_blame_listener(const struct conform_options *o, const char *file, const char *why)
{
    bool tls = strncmp(why, "--listen-tls:", 13) == 0;
    const char *rest = strchr(why, ':');
    if (!tls && strncmp(why, "--listen:", 9) != 0) {
        return command_fail(CONFORM_UNREACHABLE, why);
    }
    if (tls ? o->idp_listen_tls : o->idp_listen) {
        (void)fprintf(stderr, "conform: --idp-listen%s%s\n", tls ? "-tls" : "", rest);
    } else {
        (void)fprintf(stderr, "conform: %s: /idp/listen%s%s\n", file ? file : "the mock",
                      tls ? "_tls" : "", rest);
    }
    return strstr(rest, "is not ADDR:PORT") ? CONFORM_USAGE : CONFORM_UNREACHABLE;
}

/* Opens the worlds beside the first; returns the exit status. */
static int open_beside(const struct conform_options *o, const struct cf_target *target,
                       const struct cf_world_options *options, struct cf_jobs *jobs)
{
    char why[1600];
    const char *refused = o->jobs > 1 ? cf_jobs_refused(target, options) : NULL;
    if (refused) {
        (void)snprintf(why, sizeof why, "--jobs: %s", refused);
        return command_fail(CONFORM_USAGE, why);
    }
    return cf_jobs_open(jobs, o->jobs, options, why, sizeof why) == 0
               ? CONFORM_OK
               : command_fail(CONFORM_UNREACHABLE, why);
}

json_t *command_play(const struct conform_options *o, const struct cf_suite *suite,
                     const char *file, int *status)
{
    char why[1600];
    json_t *run = NULL;
    struct cf_jobs jobs = {0};
    struct cf_target *target = file ? cf_target_load(file, why, sizeof why) : NULL;
    if (file && !target) {
        *status = command_fail(CONFORM_USAGE, why);
        return NULL;
    }
    if (target && o->timeout_ms > 0) {
        target->timeout_ms = o->timeout_ms;
    }
    bool in_process = !target || strcmp(target->adapter, "inproc") == 0;
    struct cf_world_options options = command_world_options(o, in_process ? NULL : target);
    struct cf_world *world = cf_world_open(&options, why, sizeof why);
    if (!world) {
        *status = command_blame_listener(o, file, why);
    } else if ((*status = open_beside(o, target, &options, &jobs)) != CONFORM_OK) {
        run = NULL; /* it is said why */
    } else if (o->wait_for && cf_wait_url(o->wait_for, false, 0, WAIT_MS, why, sizeof why) != 0) {
        *status = command_fail(CONFORM_UNREACHABLE, why);
    } else {
        const struct command_about about = {
            .adapter = target ? target->adapter : "inproc",
            .url = target ? target->url : NULL,
            .file = file,
            .comment = target ? json_string_value(json_object_get(target->json, "comment")) : NULL,
            .started = cf_world_now(world),
            .began_ms = report_now_ms()};
        run = play(o, suite, in_process ? NULL : target, world, &options, &jobs, status);
        if (run) {
            command_about(run, o, &about);
            cf_others_tell(run, suite);
        }
    }
    cf_jobs_close(&jobs);
    cf_world_close(world);
    cf_target_free(target);
    return run;
}

/* The run of one target, or of the issuer. */
static json_t *play_one(const struct conform_options *o, const struct cf_suite *suite, size_t i,
                        int *status)
{
    if (o->idp) {
        return command_play_provider(o, suite, o->idp_where, status);
    }
    return command_play(o, suite, o->target_count > 0 ? o->targets[i] : NULL, status);
}

int command_run(const struct conform_options *o, const struct cf_suite *suite)
{
    char why[512];
    struct cf_tally sum = {0};
    int status = CONFORM_OK;
    json_t *expected = o->expected ? cf_expected_load(o->expected, why, sizeof why) : NULL;
    if (o->expected && !expected) {
        return command_fail(CONFORM_USAGE, why);
    }
    if (command_may_save(o) != CONFORM_OK) {
        json_decref(expected);
        return CONFORM_USAGE;
    }
    json_t *runs = json_array();
    size_t targets = o->target_count > 0 ? o->target_count : 1;
    for (size_t i = 0; i < targets; i++) {
        int one = CONFORM_OK;
        json_t *run = play_one(o, suite, i, &one);
        if (run) {
            one = show(o, suite, run, expected, &sum);
            (void)json_array_append_new(runs, run);
        }
        status = one > status ? one : status;
    }
    if (targets > 1) {
        (void)printf("all targets:\n%zu passed, %zu failed, %zu skipped\n", sum.passed, sum.failed,
                     sum.skipped);
    }
    int saved = command_save(o, runs);
    json_decref(runs);
    json_decref(expected);
    return saved != CONFORM_OK ? saved : status;
}

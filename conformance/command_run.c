/* conform run: one world and one report for each target. */
#include "conformance/adapters/http_start.h"
#include "conformance/commands.h"
#include "conformance/report/report.h"
#include "conformance/run.h"
#include "conformance/select.h"
#include "conformance/target.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WAIT_MS 60000L

#define CAPABILITIES_CAP 1100

static void progress(void *ctx, const json_t *result, size_t done, size_t count)
{
    (void)ctx;
    (void)fprintf(stderr, "\r%zu/%zu %-8s", done, count,
                  json_string_value(json_object_get(result, "id")));
    if (done == count) {
        (void)fprintf(stderr, "\r                    \r");
    }
}

/* What the mock listens on: the command line, then the target file, then free ports in process. */
static struct cf_world_options world_options(const struct conform_options *o,
                                             const struct cf_target *target)
{
    const char *tls = o->idp_listen_tls ? o->idp_listen_tls : target ? target->listen_tls : NULL;
    return (struct cf_world_options){
        .listen = o->idp_listen ? o->idp_listen
                  : target      ? target->listen
                                : NULL,
        .listen_tls = tls && strcmp(tls, "off") == 0 ? NULL : tls,
        .public_url = target ? target->public_url : NULL,
        .seed = o->seed,
        .stopped_clock = !target || cf_has(target->capabilities, "clock"),
    };
}

static struct cf_adapter adapter_of(const struct cf_target *target)
{
    return !target                                ? cf_adapter_inproc
           : strcmp(target->adapter, "exec") == 0 ? cf_adapter_exec
                                                  : cf_adapter_http;
}

/* play_plan plays what is selected; a new reference, NULL when nothing is (*status) . */
static json_t *play(const struct conform_options *o, const struct cf_suite *suite,
                    const struct cf_target *target, struct cf_world *world, int *status)
{
    const struct cf_selection selection = {o->words, o->word_count, o->level};
    struct cf_adapter adapter = adapter_of(target);
    char words[CAPABILITIES_CAP];
    (void)snprintf(words, sizeof words, "%s%s",
                   target ? target->capabilities : adapter.capabilities,
                   cf_world_https(world) ? " tls" : "");
    struct cf_run run = {.adapter = &adapter,
                         .name = target ? target->name : adapter.name,
                         .capabilities = words,
                         .disabled = target ? target->disabled : NULL,
                         .world = world,
                         .progress = isatty(STDERR_FILENO) ? progress : NULL};
    adapter.settings = target;
    run.plan = cf_plan(suite, &selection, cf_has(run.capabilities, "restart"), &run.count);
    json_t *report = run.count > 0 ? cf_run_play(&run) : NULL;
    if (run.count == 0) {
        (void)fprintf(stderr, "conform: no case matches\n");
        *status = CONFORM_USAGE;
    }
    free((void *)run.plan);
    return report;
}

static int fail(int status, const char *why)
{
    (void)fprintf(stderr, "conform: %s\n", why);
    return status;
}

/* One target: its report goes to `reports`, its text to stdout. */
static int run_target(const struct conform_options *o, const struct cf_suite *suite,
                      const char *file, const json_t *expected, json_t *reports,
                      struct cf_tally *sum)
{
    char why[1600];
    int status = CONFORM_OK;
    struct cf_target *target = file ? cf_target_load(file, why, sizeof why) : NULL;
    if (file && !target) {
        return fail(CONFORM_USAGE, why);
    }
    if (target && o->timeout_ms > 0) {
        target->timeout_ms = o->timeout_ms;
    }
    bool in_process = !target || strcmp(target->adapter, "inproc") == 0;
    struct cf_world_options options = world_options(o, in_process ? NULL : target);
    struct cf_world *world = cf_world_open(&options, why, sizeof why);
    if (!world ||
        (o->wait_for && cf_wait_url(o->wait_for, false, 0, WAIT_MS, why, sizeof why) != 0)) {
        cf_world_close(world);
        cf_target_free(target);
        return fail(CONFORM_UNREACHABLE, why);
    }
    json_t *report = play(o, suite, in_process ? NULL : target, world, &status);
    if (report) {
        struct cf_tally tally = cf_tally(report, expected, o->strict);
        report_text(stdout, report, suite, o->verbose);
        report_summary(stdout, report, &tally);
        bool reached = json_is_true(json_object_get(report, "reached"));
        status = !reached ? CONFORM_UNREACHABLE : tally.failed > 0 ? CONFORM_DEVIATION : CONFORM_OK;
        sum->passed += tally.passed;
        sum->failed += tally.failed;
        sum->skipped += tally.skipped;
        json_array_append_new(reports, report);
    }
    cf_world_close(world);
    cf_target_free(target);
    return status;
}

static int write_files(const struct conform_options *o, const json_t *reports, int status)
{
    if (o->json && report_json(o->json, reports) != 0) {
        (void)fprintf(stderr, "conform: --json %s: %s\n", o->json, strerror(errno));
        return CONFORM_USAGE;
    }
    if (o->junit && report_junit(o->junit, reports, o->strict) != 0) {
        (void)fprintf(stderr, "conform: --junit %s: %s\n", o->junit, strerror(errno));
        return CONFORM_USAGE;
    }
    return status;
}

int command_run(const struct conform_options *o, const struct cf_suite *suite)
{
    char why[512];
    struct cf_tally sum = {0};
    int status = CONFORM_OK;
    json_t *expected = o->expected ? cf_expected_load(o->expected, why, sizeof why) : NULL;
    if (o->expected && !expected) {
        return fail(CONFORM_USAGE, why);
    }
    json_t *reports = json_array();
    size_t targets = o->target_count > 0 ? o->target_count : 1;
    for (size_t i = 0; i < targets; i++) {
        int one = run_target(o, suite, o->target_count > 0 ? o->targets[i] : NULL, expected,
                             reports, &sum);
        status = one > status ? one : status;
    }
    if (targets > 1) {
        (void)printf("all targets:\n%zu passed, %zu failed, %zu skipped\n", sum.passed, sum.failed,
                     sum.skipped);
    }
    status = write_files(o, reports, status);
    json_decref(reports);
    json_decref(expected);
    return status;
}

/* conform run --idp: the cases of the identity-provider half against an issuer. */
#include "conformance/commands.h"
#include "conformance/others.h"
#include "conformance/provider/provider.h"
#include "conformance/provider/tenant.h"
#include "conformance/report/progress.h"
#include "conformance/report/report.h"
#include "conformance/select.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIMEOUT_MS 10000L

static long timeout_of(const struct conform_options *o)
{
    return o->timeout_ms > 0 ? o->timeout_ms : TIMEOUT_MS;
}

/* With --safe only the cases that may be sent to anybody are asked for. */
static size_t keep_safe(const struct cf_case **plan, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (cf_provider_is_safe(plan[i])) {
            plan[kept++] = plan[i];
        }
    }
    return kept;
}

static json_t *play(const struct conform_options *o, const struct cf_suite *suite,
                    const struct cf_issuer *issuer, struct cf_world *world, int *status)
{
    struct report_progress progress = {report_now_ms()};
    const struct cf_selection selection = {o->words, o->word_count, o->level};
    struct cf_provider_run run = {.issuer = issuer,
                                  .world = world,
                                  .timeout_ms = timeout_of(o),
                                  .safe = o->safe,
                                  .progress =
                                      report_progress_wanted() ? report_progress_show : NULL,
                                  .ctx = &progress};
    run.plan = cf_plan(suite, &selection, true, &run.count);
    run.count = o->safe ? keep_safe(run.plan, run.count) : run.count;
    json_t *report = run.count > 0 ? cf_provider_play(&run) : NULL;
    if (run.count == 0) {
        *status = command_fail(CONFORM_USAGE, "no case matches");
    }
    free((void *)run.plan);
    return report;
}

/* The mock in process, over HTTPS, where its clock stands still. */
static struct cf_world *open_world(const struct conform_options *o, struct cf_issuer *issuer,
                                   char *why, size_t cap)
{
    const struct cf_world_options options = command_world_options(o, NULL);
    struct cf_world *world = cf_world_open(&options, why, cap);
    if (world && cf_issuer_place(issuer, cf_world_origin(world), cf_world_ca_file(world)) != 0) {
        cf_world_close(world);
        world = NULL;
    }
    return world;
}

/* The CA of --idp-ca stands before that of the profile. */
static int place(const struct conform_options *o, struct cf_issuer *issuer)
{
    return o->idp_ca
               ? cf_issuer_place(issuer, json_string_value(json_object_get(issuer->json, "base")),
                                 o->idp_ca)
               : 0;
}

json_t *command_play_provider(const struct conform_options *o, const struct cf_suite *suite,
                              const char *where, int *status)
{
    char why[1600] = "out of memory";
    struct cf_issuer *issuer = cf_issuer_load(where, why, sizeof why);
    json_t *run = NULL;
    if (!issuer || place(o, issuer) != 0 ||
        (where && cf_tenant_resolve(issuer, timeout_of(o), why, sizeof why) != 0)) {
        *status = command_fail(CONFORM_USAGE, why);
        cf_issuer_free(issuer);
        return NULL;
    }
    struct cf_world *world = where ? NULL : open_world(o, issuer, why, sizeof why);
    if (!where && !world) {
        *status = command_blame_listener(o, NULL, why);
    } else {
        const struct command_about about = {
            .adapter = "provider",
            .url = issuer->base,
            .file = where,
            .comment = json_string_value(json_object_get(issuer->json, "comment")),
            .began_ms = report_now_ms()};
        run = play(o, suite, issuer, world, status);
        if (run) {
            command_about(run, o, &about);
            cf_others_tell(run, suite);
        }
    }
    cf_world_close(world);
    cf_issuer_free(issuer);
    return run;
}

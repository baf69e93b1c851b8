/* The engine: plays cases against one target and reports what it did. */
#ifndef CONFORMANCE_RUN_H
#define CONFORMANCE_RUN_H

#include "conformance/adapters/adapter.h"
#include "conformance/case.h"
#include "conformance/verdict.h"

#include <jansson.h>

enum { CF_JOBS_MAX = 16 };

/* struct cf_run is one run against one target. All borrowed. */
struct cf_run {
    const struct cf_adapter *adapter;
    const char *name;         /* of the target, for the report */
    const char *capabilities; /* the adapter's and the target's together */
    const json_t *disabled;   /* pattern → reason, or NULL */
    struct cf_world *world;
    /* more worlds, in each of which a part of the plan is played at the same time; the target must
     * be one that each can start for itself */
    struct cf_world *const *beside;
    size_t beside_count; /* below CF_JOBS_MAX */
    /* worlds for cases that wait: they wait at the same time, while the others are played */
    struct cf_world *const *aside;
    size_t aside_count; /* below CF_JOBS_MAX */
    bool one_process; /* the others come later, for they have a memory and a time zone in common */
    const struct cf_case **plan;
    size_t count;
    /* hears each case as it ends; may be NULL */
    void (*progress)(void *ctx, const json_t *result, size_t done, size_t count);
    void *ctx;
};

/*
 * cf_run_play plays the plan and returns the report, a new reference, or NULL without memory:
 * {"target","cases":[{"id","title","level","profile","verdict","reason","variants":[{"name","verdict","reason",
 * "steps":[{"sent","expected","actual"},…]}]}],"counts":{"PASS":N,…},"unreachable":"…" when no
 * control was accepted}.
 */
json_t *cf_run_play(const struct cf_run *run);

/* cf_result_of is one of these "cases", a new reference; takes over `variants`. cf_count_verdicts
 * counts them. */
json_t *cf_result_of(const struct cf_case *c, enum cf_verdict verdict, const char *reason,
                     json_t *variants);
json_t *cf_count_verdicts(const json_t *results);

#endif

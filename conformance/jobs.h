/* Several worlds for one run. */
#ifndef CONFORMANCE_JOBS_H
#define CONFORMANCE_JOBS_H

#include "conformance/run.h"
#include "conformance/target.h"

/* struct cf_jobs is the worlds beside the first; zeroed at first. */
struct cf_jobs {
    struct cf_world *beside[CF_JOBS_MAX];
    size_t count;
};

/* cf_aside_count returns how many worlds the waiting cases of a plan want beside the first. */
size_t cf_aside_count(const struct cf_run *run);

/* cf_worlds_refused says why a target (NULL: libbtv in process) cannot have several worlds, or
 * NULL. */
const char *cf_worlds_refused(const struct cf_target *target,
                              const struct cf_world_options *options);

/* cf_jobs_refused says why a target (NULL: libbtv in process) cannot be played in several worlds at
 * once, or NULL. */
const char *cf_jobs_refused(const struct cf_target *target, const struct cf_world_options *options);

/* cf_jobs_open opens `jobs` - 1 worlds; -1 with `why`. Close in both cases. */
int cf_jobs_open(struct cf_jobs *all, size_t jobs, const struct cf_world_options *options,
                 char *why, size_t cap);
void cf_jobs_close(struct cf_jobs *all);

#endif

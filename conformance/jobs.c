/* Each world has its own mock, clock, keys and journal; what cannot be had twice forbids it. */
#include "conformance/jobs.h"

#include "conformance/select.h"

#include <string.h>

/* Each is a mock with its threads and keys; what waits longest waits for two seconds. */
#define ASIDE_MAX 4

static bool is_free_port(const char *listen)
{
    size_t len = listen ? strlen(listen) : 0;
    return len < 2 || strcmp(listen + len - 2, ":0") == 0;
}

static bool is_in_process(const struct cf_target *target)
{
    return !target || strcmp(target->adapter, "inproc") == 0;
}

/* An API of one port is one API; other programs have no URL. */
static bool is_one_port(const struct cf_target *target)
{
    return target->url && !strstr(target->url, "{port}");
}

const char *cf_worlds_refused(const struct cf_target *target,
                              const struct cf_world_options *options)
{
    bool starts = !is_in_process(target);
    return starts && !target->start        ? "an API that runs already trusts one mock"
           : starts && is_one_port(target) ? "url must leave the port open ({port})"
           : !is_free_port(options->listen) || !is_free_port(options->listen_tls)
               ? "idp.listen and idp.listen_tls must leave the port open (:0)"
           : options->state_dir ? "idp.state is for one mock"
                                : NULL;
}

const char *cf_jobs_refused(const struct cf_target *target, const struct cf_world_options *options)
{
    return is_in_process(target) ? "what is in this process has one time zone and one memory"
                                 : cf_worlds_refused(target, options);
}

size_t cf_aside_count(const struct cf_run *run)
{
    size_t waiting = 0;
    for (size_t i = 0; i < run->count; i++) {
        waiting += cf_waits(run->plan[i]);
    }
    /* the first world plays what does not wait, or else one of these */
    size_t wanted = waiting == run->count && waiting > 0 ? waiting - 1 : waiting;
    return wanted < ASIDE_MAX ? wanted : ASIDE_MAX;
}

int cf_jobs_open(struct cf_jobs *all, size_t jobs, const struct cf_world_options *options,
                 char *why, size_t cap)
{
    while (all->count + 1 < jobs && all->count < CF_JOBS_MAX) {
        struct cf_world *world = cf_world_open(options, why, cap);
        if (!world) {
            return -1;
        }
        all->beside[all->count++] = world;
    }
    return 0;
}

void cf_jobs_close(struct cf_jobs *all)
{
    for (size_t i = 0; i < all->count; i++) {
        cf_world_close(all->beside[i]);
    }
    all->count = 0;
}

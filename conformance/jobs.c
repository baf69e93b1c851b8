/* Each world has its own mock, clock, keys and journal; what cannot be had twice forbids it. */
#include "conformance/jobs.h"

#include <string.h>

static bool is_free_port(const char *listen)
{
    size_t len = listen ? strlen(listen) : 0;
    return len < 2 || strcmp(listen + len - 2, ":0") == 0;
}

const char *cf_jobs_refused(const struct cf_target *target, const struct cf_world_options *options)
{
    return !target || strcmp(target->adapter, "inproc") == 0
               ? "what is in this process has one time zone and one memory"
           : !target->start ? "an API that runs already trusts one mock"
           : !is_free_port(options->listen) || !is_free_port(options->listen_tls)
               ? "idp.listen and idp.listen_tls must leave the port open (:0)"
           : options->state_dir ? "idp.state is for one mock"
                                : NULL;
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

/* Waiting for keys without losing the server: a request with an unknown kid may wait for the
 * refresh, but never so many that no worker is left for the others. */
#ifndef VALIDATOR_APID_KEYWAIT_H
#define VALIDATOR_APID_KEYWAIT_H

#include "btv/validator.h"

#include <pthread.h>

/* struct keywait is zeroed, then keywait_init. The validator itself is configured not to wait. */
struct keywait {
    pthread_mutex_t lock; /* guards the rest */
    pthread_cond_t ended; /* refreshes grew; on the monotonic clock */
    uint64_t refreshes;   /* that ended, well or not */
    unsigned waiting;     /* requests that do */
    unsigned waiting_max; /* half the workers */
    int64_t wait_ms;      /* for one request in all */
};

void keywait_init(struct keywait *wait, unsigned workers, int64_t wait_ms);
void keywait_cleanup(struct keywait *wait);

/* keywait_tell says that a refresh ended. Any thread. */
void keywait_tell(struct keywait *wait);

/*
 * keywait_validate is btv_validate, asked again when a refresh ended that the first answer lacked:
 * BTV_KEYS_UNAVAILABLE comes back at once when half the workers wait already, or when no refresh is
 * under way, and else after `wait_ms`. Each asking is a validation in btv_stats.
 */
enum btv_error keywait_validate(struct keywait *wait, struct btv_validator *validator,
                                const char *authorization, size_t len, struct btv_result *result);

#endif

/* A count of waiting requests and a count of refreshes. */
#include "validator/apid/keywait.h"

#include "validator/core/validator.h"

#include <time.h>

void keywait_init(struct keywait *wait, unsigned workers, int64_t wait_ms)
{
    pthread_condattr_t monotonic;
    pthread_mutex_init(&wait->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&wait->ended, &monotonic);
    pthread_condattr_destroy(&monotonic);
    wait->waiting_max = workers / 2;
    wait->wait_ms = wait_ms;
}

void keywait_cleanup(struct keywait *wait)
{
    pthread_cond_destroy(&wait->ended);
    pthread_mutex_destroy(&wait->lock);
}

void keywait_tell(struct keywait *wait)
{
    pthread_mutex_lock(&wait->lock);
    wait->refreshes++;
    pthread_cond_broadcast(&wait->ended);
    pthread_mutex_unlock(&wait->lock);
}

static uint64_t refreshes_of(struct keywait *wait)
{
    pthread_mutex_lock(&wait->lock);
    uint64_t refreshes = wait->refreshes;
    pthread_mutex_unlock(&wait->lock);
    return refreshes;
}

static struct timespec in_ms(int64_t ms)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    int64_t ns = t.tv_nsec + ms % 1000 * 1000000;
    t.tv_sec += ms / 1000 + ns / 1000000000;
    t.tv_nsec = ns % 1000000000;
    return t;
}

/* Says whether a refresh ended after the count was `seen`. */
static bool await_refresh(struct keywait *wait, uint64_t seen, const struct timespec *until)
{
    int status = 0;
    pthread_mutex_lock(&wait->lock);
    bool may = wait->waiting < wait->waiting_max;
    wait->waiting += may;
    while (may && status == 0 && wait->refreshes == seen) {
        status = pthread_cond_timedwait(&wait->ended, &wait->lock, until);
    }
    wait->waiting -= may;
    bool ended = wait->refreshes != seen;
    pthread_mutex_unlock(&wait->lock);
    return ended;
}

enum btv_error keywait_validate(struct keywait *wait, struct btv_validator *validator,
                                const char *authorization, size_t len, struct btv_result *result)
{
    struct timespec until = in_ms(wait->wait_ms);
    uint64_t seen = refreshes_of(wait);
    enum btv_error e = btv_validate(validator, authorization, len, result);
    /* twice: the first refresh may have begun before the key was published */
    for (int attempt = 0; attempt < 2 && e == BTV_KEYS_UNAVAILABLE; attempt++) {
        /* before the first refresh ended one is under way; with good keys in hand this error means
         * that one was, and its end may not have been told yet; else the next may be minutes away
         */
        bool pending =
            seen == 0 || btv_validator_refreshing(validator) || btv_validator_ready(validator);
        if (!pending || !await_refresh(wait, seen, &until)) {
            break;
        }
        seen = refreshes_of(wait);
        e = btv_validate(validator, authorization, len, result);
    }
    return e;
}

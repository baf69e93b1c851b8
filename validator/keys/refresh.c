/*
 * States: idle, wanted, running. Every wish that arrives while a fetch is wanted or running joins
 * it (single flight). The cooldown is stamped before the fetch, so that a slow identity provider is
 * not asked more often than a fast one.
 */
#include "validator/keys/refresh.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* The thread looks at the injected clock at least this often. */
#define LOOK_EVERY_S 30

struct btv_refresher {
    struct btv_refresh_rules rules;
    struct btv_source *source;
    struct btv_keystore *store;
    btv_clock_fn clock;
    void *clock_ctx;
    pthread_t thread;
    bool started;
    volatile int cancel;

    pthread_mutex_t lock; /* guards all below; never held over a fetch or an event */
    pthread_cond_t work;  /* wanted or stop changed */
    pthread_cond_t done;  /* finished changed */
    bool wanted;
    bool running;
    bool stop;
    bool forced_once;
    uint64_t finished; /* fetches that ended */
    unsigned failures; /* in a row */
    int64_t last_forced;
    int64_t last_success; /* 0: never */
    int64_t next_due;
    struct btv_jitter jitter;
    struct btv_stats stats; /* fetches, refreshes, kid_misses, keys */
};

static void cond_init_monotonic(pthread_cond_t *c)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(c, &attr);
    pthread_condattr_destroy(&attr);
}

struct btv_refresher *btv_refresher_new(const struct btv_refresh_rules *rules,
                                        struct btv_source *source, struct btv_keystore *store,
                                        btv_clock_fn clock, void *clock_ctx)
{
    struct btv_refresher *r = calloc(1, sizeof *r);
    if (!r) {
        return NULL;
    }
    r->rules = *rules;
    r->jitter.state = rules->jitter_seed;
    r->source = source;
    r->store = store;
    r->clock = clock;
    r->clock_ctx = clock_ctx;
    r->source->cancel = &r->cancel;
    pthread_mutex_init(&r->lock, NULL);
    cond_init_monotonic(&r->work);
    cond_init_monotonic(&r->done);
    return r;
}

static struct timespec in_ms(int64_t ms)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += ms % 1000 * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    return t;
}

/* Called with the lock held, after a fetch that began at `now`. */
static void note_success(struct btv_refresher *r, const struct btv_fetched *fetched, size_t keys,
                         int64_t now)
{
    r->failures = 0;
    r->last_success = now;
    r->next_due = now + btv_schedule_interval(&r->rules, fetched->max_age_s, &r->jitter);
    r->stats.refreshes_ok++;
    if (!fetched->unchanged) {
        r->stats.keys = keys;
    }
}

static void tell(const struct btv_refresher *r, bool ok, const char *why, int64_t took_us)
{
    struct btv_event event = {.kind = BTV_EVENT_REFRESH,
                              .error = ok ? BTV_OK : BTV_KEYS_UNAVAILABLE,
                              .tenant = r->source->tenant_id,
                              .detail = ok ? NULL : why,
                              .latency_us = took_us};
    if (r->source->event) {
        r->source->event(r->source->event_ctx, &event);
    }
}

static int64_t monotonic_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void fetch_once(struct btv_refresher *r)
{
    struct btv_fetched fetched;
    char why[512] = "";
    int64_t began = monotonic_us();
    int64_t now = r->clock(r->clock_ctx);
    bool ok = btv_source_fetch(r->source, &fetched, now, why, sizeof why) == 0;
    size_t keys = fetched.jwks.count;
    if (ok && !fetched.unchanged && btv_keystore_publish(r->store, &fetched.jwks) != 0) {
        jose_jwks_cleanup(&fetched.jwks);
        r->source->etag[0] = '\0'; /* or the next 304 would vouch for a set that is not in force */
        snprintf(why, sizeof why, "out of memory");
        ok = false;
    }
    pthread_mutex_lock(&r->lock);
    r->stats.fetches += fetched.requests;
    if (ok) {
        note_success(r, &fetched, keys, now);
    } else {
        r->failures++;
        r->next_due = now + btv_schedule_backoff(r->failures, fetched.retry_after_s, &r->jitter);
        r->stats.refreshes_failed++;
    }
    r->running = false;
    r->finished++;
    pthread_cond_broadcast(&r->done);
    pthread_mutex_unlock(&r->lock);
    tell(r, ok, why, monotonic_us() - began);
}

/* Called with the lock held: seconds until the scheduled refresh. Nothing is ever put off for
 * longer than an interval from now, so a clock that was set back does not put a refresh off for
 * years. */
static int64_t seconds_left(const struct btv_refresher *r, int64_t now)
{
    int64_t left = r->next_due - now;
    return left <= r->rules.interval_s || left <= BTV_REFRESH_MAX_BACKOFF_S ? left : 0;
}

static void *thread_main(void *arg)
{
    struct btv_refresher *r = arg;
    pthread_mutex_lock(&r->lock);
    while (!r->stop) {
        int64_t left = seconds_left(r, r->clock(r->clock_ctx));
        if (!r->wanted && left > 0) {
            struct timespec until = in_ms((left < LOOK_EVERY_S ? left : LOOK_EVERY_S) * 1000);
            pthread_cond_timedwait(&r->work, &r->lock, &until);
            continue;
        }
        r->wanted = false;
        r->running = true;
        pthread_mutex_unlock(&r->lock);
        fetch_once(r);
        pthread_mutex_lock(&r->lock);
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

/* Called with the lock held: waits until a fetch that was wanted or running has ended. */
static bool await_fetch(struct btv_refresher *r, int64_t wait_ms)
{
    struct timespec until = in_ms(wait_ms);
    uint64_t before = r->finished;
    while (r->finished == before && !r->stop) {
        if (wait_ms <= 0 || pthread_cond_timedwait(&r->done, &r->lock, &until) == ETIMEDOUT) {
            break;
        }
    }
    return r->finished != before;
}

int btv_refresher_start(struct btv_refresher *r, int64_t timeout_ms)
{
    pthread_mutex_lock(&r->lock);
    r->wanted = true;
    if (!r->started && pthread_create(&r->thread, NULL, thread_main, r) != 0) {
        pthread_mutex_unlock(&r->lock);
        return -1;
    }
    r->started = true;
    pthread_cond_signal(&r->work);
    int64_t deadline_us = monotonic_us() + timeout_ms * 1000;
    while (r->last_success == 0 && monotonic_us() < deadline_us) {
        await_fetch(r, (deadline_us - monotonic_us()) / 1000 + 1);
    }
    bool ready = r->last_success != 0;
    pthread_mutex_unlock(&r->lock);
    return ready ? 0 : -1;
}

void btv_refresher_free(struct btv_refresher *r)
{
    if (!r) {
        return;
    }
    __atomic_store_n(&r->cancel, 1, __ATOMIC_RELAXED);
    pthread_mutex_lock(&r->lock);
    r->stop = true;
    pthread_cond_broadcast(&r->work);
    pthread_cond_broadcast(&r->done);
    pthread_mutex_unlock(&r->lock);
    if (r->started) {
        pthread_join(r->thread, NULL);
    }
    pthread_cond_destroy(&r->work);
    pthread_cond_destroy(&r->done);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

/* Called with the lock held. A refresher that was never started does not want anything. */
static void want(struct btv_refresher *r)
{
    if (r->started && !r->wanted && !r->running) {
        r->wanted = true;
        pthread_cond_signal(&r->work);
    }
}

bool btv_refresher_usable(struct btv_refresher *r, int64_t now)
{
    pthread_mutex_lock(&r->lock);
    if (seconds_left(r, now) <= 0) {
        want(r);
    }
    bool usable = r->last_success != 0 && now - r->last_success < r->rules.last_known_good_s;
    pthread_mutex_unlock(&r->lock);
    return usable;
}

bool btv_refresher_busy(struct btv_refresher *r)
{
    pthread_mutex_lock(&r->lock);
    bool busy = r->wanted || r->running;
    pthread_mutex_unlock(&r->lock);
    return busy;
}

enum btv_refresh_outcome btv_refresher_demand(struct btv_refresher *r, int64_t now, int64_t wait_ms,
                                              bool forced)
{
    enum btv_refresh_outcome outcome = BTV_REFRESH_PENDING;
    pthread_mutex_lock(&r->lock);
    bool under_way = r->wanted || r->running;
    r->stats.kid_misses += forced;
    if (!r->started ||
        (!under_way && forced && r->forced_once && now - r->last_forced < r->rules.cooldown_s) ||
        (!under_way && !forced && seconds_left(r, now) > 0)) {
        outcome = BTV_REFRESH_COOLDOWN;
    } else {
        if (!under_way) {
            r->last_forced = forced ? now : r->last_forced;
            r->forced_once = r->forced_once || forced;
            want(r);
        }
        if (await_fetch(r, wait_ms)) {
            outcome = BTV_REFRESH_DONE;
        }
    }
    pthread_mutex_unlock(&r->lock);
    return outcome;
}

void btv_refresher_stats(struct btv_refresher *r, struct btv_stats *out)
{
    pthread_mutex_lock(&r->lock);
    out->fetches = r->stats.fetches;
    out->refreshes_ok = r->stats.refreshes_ok;
    out->refreshes_failed = r->stats.refreshes_failed;
    out->kid_misses = r->stats.kid_misses;
    out->keys = r->stats.keys;
    out->last_success = r->last_success;
    pthread_mutex_unlock(&r->lock);
}

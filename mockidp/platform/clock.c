/* Real time plus an offset, or a number that only moves when told to. */
#include "mockidp/platform/clock.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Further away nothing is meant, and sums stay far from overflow. */
#define OFFSET_MAX_S (INT64_C(1) << 40)
#define ISO "%Y-%m-%dT%H:%M:%SZ"

struct clock {
    pthread_mutex_t lock; /* guards all below */
    bool frozen;
    int64_t at;       /* when frozen */
    int64_t offset_s; /* when running */
};

bool clock_parse_iso(const char *text, int64_t *seconds)
{
    struct tm tm = {0};
    char again[32];
    const char *end = strptime(text, ISO, &tm);
    if (!end || *end != '\0') {
        return false;
    }
    *seconds = (int64_t)timegm(&tm);
    /* one spelling per moment: strptime takes spaces, short years and the 30th of February */
    return strftime(again, sizeof again, ISO, &tm) > 0 && strcmp(again, text) == 0;
}

static bool parse_setting(struct clock *clock, const char *setting)
{
    char *end = NULL;
    if (!setting || strcmp(setting, "now") == 0) {
        return true;
    }
    if (setting[0] == '+' || setting[0] == '-') {
        clock->offset_s = strtoll(setting, &end, 10);
        return end != setting + 1 && *end == '\0' && clock->offset_s > -OFFSET_MAX_S &&
               clock->offset_s < OFFSET_MAX_S;
    }
    clock->frozen = true;
    return clock_parse_iso(setting, &clock->at);
}

struct clock *clock_new(const char *setting, char *why, size_t cap)
{
    struct clock *clock = calloc(1, sizeof *clock);
    if (!clock) {
        snprintf(why, cap, "out of memory");
        return NULL;
    }
    if (!parse_setting(clock, setting)) {
        snprintf(why, cap,
                 "'%s' is neither \"now\", +SECONDS, -SECONDS nor a time like 2026-01-31T12:00:00Z",
                 setting);
        free(clock);
        return NULL;
    }
    pthread_mutex_init(&clock->lock, NULL);
    return clock;
}

void clock_free(struct clock *clock)
{
    if (clock) {
        pthread_mutex_destroy(&clock->lock);
        free(clock);
    }
}

struct clock_state clock_get(struct clock *clock)
{
    pthread_mutex_lock(&clock->lock);
    struct clock_state state = {.frozen = clock->frozen,
                                .now = clock->frozen ? clock->at
                                                     : (int64_t)time(NULL) + clock->offset_s,
                                .offset_s = clock->frozen ? 0 : clock->offset_s};
    pthread_mutex_unlock(&clock->lock);
    return state;
}

int64_t clock_now(struct clock *clock)
{
    return clock_get(clock).now;
}

void clock_freeze(struct clock *clock, int64_t now)
{
    pthread_mutex_lock(&clock->lock);
    clock->frozen = true;
    clock->at = now;
    pthread_mutex_unlock(&clock->lock);
}

void clock_run(struct clock *clock, int64_t offset_s)
{
    pthread_mutex_lock(&clock->lock);
    clock->frozen = false;
    clock->offset_s = offset_s;
    pthread_mutex_unlock(&clock->lock);
}

void clock_advance(struct clock *clock, int64_t seconds)
{
    pthread_mutex_lock(&clock->lock);
    clock->at += seconds;
    clock->offset_s += clock->frozen ? 0 : seconds;
    pthread_mutex_unlock(&clock->lock);
}

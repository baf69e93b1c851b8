/* The identity provider's clock: everything that stamps or expires reads it, and only here is the
 * real time read. */
#ifndef MOCKIDP_PLATFORM_CLOCK_H
#define MOCKIDP_PLATFORM_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clock;

/* struct clock_state is what the clock shows, in Unix seconds. */
struct clock_state {
    bool frozen; /* it stands still at `now` */
    int64_t now;
    int64_t offset_s; /* ahead of the real time; 0 when frozen */
};

/*
 * clock_new returns a newly allocated clock: "now" or NULL runs with the real time, "+SECONDS" or
 * "-SECONDS" beside it, an ISO 8601 time in UTC ("2026-01-31T12:00:00Z") stands still. NULL with
 * `why` for any other text. All calls from any thread.
 */
struct clock *clock_new(const char *setting, char *why, size_t cap);
void clock_free(struct clock *clock);

int64_t clock_now(struct clock *clock);
struct clock_state clock_get(struct clock *clock);

/* clock_freeze makes it stand still at `now`; clock_run lets it run `offset_s` ahead of the real
 * time. */
void clock_freeze(struct clock *clock, int64_t now);
void clock_run(struct clock *clock, int64_t offset_s);

/* clock_advance moves it by `seconds`, frozen or running. */
void clock_advance(struct clock *clock, int64_t seconds);

/* clock_parse_iso reads "YYYY-MM-DDTHH:MM:SSZ". Returns false on anything else. */
bool clock_parse_iso(const char *text, int64_t *seconds);

#endif

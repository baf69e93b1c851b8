/* When the next refresh is due: pure arithmetic on intervals, back-off and jitter. */
#ifndef VALIDATOR_KEYS_SCHEDULE_H
#define VALIDATOR_KEYS_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

/* All in seconds of the injected clock. */
struct btv_refresh_rules {
    int64_t
        interval_s; /* between scheduled refreshes; Cache-Control may shorten it to MIN_INTERVAL */
    int64_t cooldown_s;        /* between refreshes that unknown kids force */
    int64_t last_known_good_s; /* how long keys serve after the last success */
    uint64_t jitter_seed;      /* 0: no jitter, for tests that count seconds */
};
#define BTV_REFRESH_MIN_INTERVAL_S 300
#define BTV_REFRESH_MAX_BACKOFF_S 300

/* struct btv_jitter is a stream of numbers made from a seed (SplitMix64); not for secrets. */
struct btv_jitter {
    uint64_t state; /* 0: every number is 0 */
};

/* btv_jitter_below returns the stream's next number, from 0 to `bound` - 1; 0 without a seed. */
int64_t btv_jitter_below(struct btv_jitter *jitter, int64_t bound);

/*
 * btv_schedule_interval returns the seconds from a success to the next scheduled refresh.
 * `max_age_s`
 * (-1: none) shortens the interval, never lengthens it, and not below MIN_INTERVAL: an answer that
 * must not be stored is no reason to ask at every request, and one that says "a year" is no reason
 * to keep a withdrawn key. Jitter takes off up to a twentieth, so that a fleet that started
 * together does not come back together; it never adds, since keys must not end before they are
 * renewed.
 */
int64_t btv_schedule_interval(const struct btv_refresh_rules *rules, int64_t max_age_s,
                              struct btv_jitter *jitter);

/*
 * btv_schedule_backoff returns the seconds to wait after `failures` (at least 1) in a row: 1, 2, 4
 * … up to MAX_BACKOFF, of which jitter takes off up to half. `retry_after_s` (-1: none) is waited
 * for at least, as far as MAX_BACKOFF: a proxy that says "in a day" must not keep us down for a
 * day.
 */
int64_t btv_schedule_backoff(unsigned failures, int64_t retry_after_s, struct btv_jitter *jitter);

/*
 * btv_schedule_is_older says whether an answer made at `date_s` must not replace one made at
 * `held_s`; both are the header Date as its origin stamped it, 0 when unknown, and `now` is our
 * time.
 *
 * One thread fetches one thing at a time, so answers cannot overtake each other on our side. A
 * stale replica or cache in front of the authority can still serve a set from before a rollover.
 * What can be known of that is Date: the origin stamps it when it makes the answer (RFC 9110
 * §6.6.1) and caches pass it on unchanged (RFC 9111 §4), so an old copy carries an old Date. Age
 * says the same, relative to now, and is used for freshness alone. Last-Modified is not used: a set
 * that is put back because the new one was a mistake legitimately has an older one. ETags are equal
 * or not, and have no order. A replica that makes up an old set afresh, under a fresh Date, cannot
 * be told from the truth; the unknown kid that follows forces another look, one cooldown later at
 * most.
 *
 * Clocks of replicas disagree by seconds, so SLACK of them are forgiven. A Date beyond our own time
 * is not believed: one answer from the future would otherwise shut out all that follow.
 */
bool btv_schedule_is_older(int64_t date_s, int64_t held_s, int64_t now);
#define BTV_REFRESH_DATE_SLACK_S 60

#endif

/* No clock, no state but the jitter's: a table of numbers tests it. */
#include "validator/keys/schedule.h"

int64_t btv_jitter_below(struct btv_jitter *jitter, int64_t bound)
{
    if (jitter->state == 0 || bound <= 1) {
        return 0;
    }
    uint64_t z = jitter->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    z ^= z >> 31;
    jitter->state += jitter->state == 0; /* 0 would mean "no jitter" from here on */
    return (int64_t)(z % (uint64_t)bound);
}

int64_t btv_schedule_interval(const struct btv_refresh_rules *rules, int64_t max_age_s,
                              struct btv_jitter *jitter)
{
    int64_t least = rules->interval_s < BTV_REFRESH_MIN_INTERVAL_S ? rules->interval_s
                                                                   : BTV_REFRESH_MIN_INTERVAL_S;
    int64_t interval =
        max_age_s < 0 || max_age_s > rules->interval_s ? rules->interval_s : max_age_s;
    interval -= btv_jitter_below(jitter, interval / 20 + 1);
    return interval > least ? interval : least;
}

int64_t btv_schedule_backoff(unsigned failures, int64_t retry_after_s, struct btv_jitter *jitter)
{
    int64_t wait = failures > 9 ? BTV_REFRESH_MAX_BACKOFF_S : INT64_C(1) << (failures - 1);
    wait = wait < BTV_REFRESH_MAX_BACKOFF_S ? wait : BTV_REFRESH_MAX_BACKOFF_S;
    wait -= btv_jitter_below(jitter, wait / 2 + 1);
    int64_t asked =
        retry_after_s < BTV_REFRESH_MAX_BACKOFF_S ? retry_after_s : BTV_REFRESH_MAX_BACKOFF_S;
    return wait > asked ? wait : asked;
}

bool btv_schedule_is_older(int64_t date_s, int64_t held_s, int64_t now)
{
    bool known = date_s > 0 && held_s > 0 && held_s <= now + BTV_REFRESH_DATE_SLACK_S;
    return known && date_s < held_s - BTV_REFRESH_DATE_SLACK_S;
}

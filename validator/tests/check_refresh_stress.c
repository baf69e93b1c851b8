/* Keys under stress: storms, slow and stale authorities, clocks that jump, cold starts. The clock
 * is manual. */
#include "validator/tests/support/refreshing.h"
#include "validator/tests/support/suite.h"

#include <pthread.h>
#include <sched.h>

/* What check_schedule pins for seed 1: 43200 less jitter, then back-off less jitter. */
START_TEST(a_seed_makes_jitter_exact)
{
    struct btv_refresh_rules rules = refreshing_rules;
    struct btv_jitter same = {1};
    rules.jitter_seed = 1;
    refreshing_set_up(&rules);
    ck_assert_int_eq(btv_refresher_start(refreshing.refresher, WAIT_MS), 0);
    int64_t due = btv_schedule_interval(&refreshing_rules, -1, &same);
    ck_assert(due < 43200);
    authority_fail(&refreshing.authority, false, 503);
    for (unsigned failures = 1; failures < 9; failures++) {
        ck_assert(refreshing_demand(due - 1, false) == BTV_REFRESH_COOLDOWN);
        ck_assert(refreshing_demand(due, false) == BTV_REFRESH_DONE);
        due += btv_schedule_backoff(failures, -1, &same);
    }
    refreshing_tear_down();
}
END_TEST

START_TEST(retry_after_is_waited_for)
{
    refreshing_set_up(&refreshing_rules);
    ck_assert_int_eq(btv_refresher_start(refreshing.refresher, WAIT_MS), 0);
    authority_fail(&refreshing.authority, false, 429);
    refreshing.authority.retry_after_s = 60;
    ck_assert(refreshing_demand(43200, false) == BTV_REFRESH_DONE);
    ck_assert(refreshing_demand(43259, false) == BTV_REFRESH_COOLDOWN);
    ck_assert(refreshing_demand(43260, false) == BTV_REFRESH_DONE);
    refreshing_tear_down();
}
END_TEST

START_TEST(the_cooldown_counts_from_before_the_fetch)
{
    refreshing_set_up(&refreshing_rules);
    ck_assert_int_eq(btv_refresher_start(refreshing.refresher, WAIT_MS), 0);
    authority_hold(&refreshing.authority, true);
    ck_assert(btv_refresher_demand(refreshing.refresher, TEST_NOW, 0, true) == BTV_REFRESH_PENDING);
    ck_assert(authority_await(&refreshing.authority, &refreshing.authority.waiting, 1));
    authority_advance(&refreshing.authority, 299);
    authority_hold(&refreshing.authority, false);
    while (refreshing_stats().refreshes_ok < 2) {
        sched_yield();
    }
    ck_assert_msg(refreshing_demand(299, true) == BTV_REFRESH_COOLDOWN,
                  "a slow answer is not forgotten");
    ck_assert_msg(refreshing_demand(300, true) == BTV_REFRESH_DONE,
                  "nor does it make the cooldown longer");
    refreshing_tear_down();
}
END_TEST

START_TEST(a_storm_does_not_put_off_the_scheduled_refresh)
{
    unsigned forced = 0;
    refreshing_set_up(&refreshing_rules);
    ck_assert_int_eq(btv_refresher_start(refreshing.refresher, WAIT_MS), 0);
    authority_fail(&refreshing.authority, false,
                   503); /* every forced one fails, as the storm's author likes */
    ck_assert(refreshing_demand(43000, true) == BTV_REFRESH_DONE);
    authority_fail(&refreshing.authority, false, 200);
    for (int64_t at = 43001; at < 43010; at++) {
        forced += refreshing_demand(at, true) == BTV_REFRESH_DONE;
    }
    ck_assert_uint_eq(forced, 0);
    ck_assert_uint_eq(refreshing_stats().refreshes_ok, 1);
    ck_assert(btv_refresher_usable(refreshing.refresher,
                                   TEST_NOW + 43010)); /* any request wants what is due */
    while (refreshing_stats().refreshes_ok < 2) {
        sched_yield();
    }
    ck_assert_msg(refreshing_demand(43011, true) == BTV_REFRESH_COOLDOWN,
                  "which leaves the cooldown alone");
    refreshing_tear_down();
}
END_TEST

START_TEST(a_new_key_is_there_within_one_cooldown)
{
    refreshing_set_up(&refreshing_rules);
    ck_assert_int_eq(btv_refresher_start(refreshing.refresher, WAIT_MS), 0);
    ck_assert(refreshing_demand(1000, true) == BTV_REFRESH_DONE);
    authority_publish(&refreshing.authority, 3);
    for (int64_t at = 1001; at < 1300; at++) { /* a storm that never ends */
        ck_assert(refreshing_demand(at, true) == BTV_REFRESH_COOLDOWN);
    }
    ck_assert(refreshing_demand(1300, true) == BTV_REFRESH_DONE);
    ck_assert_uint_eq(refreshing_stats().keys, 2);
    refreshing_tear_down();
}
END_TEST

START_TEST(a_stale_copy_is_a_failure)
{
    refreshing_set_up(&refreshing_rules);
    refreshing.authority.date_s = TEST_NOW;
    authority_publish(&refreshing.authority, 3);
    ck_assert_int_eq(btv_refresher_start(refreshing.refresher, WAIT_MS), 0);
    refreshing.authority.date_s = TEST_NOW - 3600;
    authority_publish(&refreshing.authority, 1);
    ck_assert(refreshing_demand(300, true) == BTV_REFRESH_DONE);
    ck_assert_uint_eq(refreshing_stats().keys, 2);
    ck_assert_int_eq(refreshing_stats().last_success, TEST_NOW);
    ck_assert_uint_eq(refreshing_stats().refreshes_failed, 1);
    refreshing.authority.date_s = TEST_NOW + 301;
    ck_assert_msg(refreshing_demand(301, false) == BTV_REFRESH_DONE,
                  "it is asked again as after a failure");
    ck_assert_uint_eq(refreshing_stats().keys, 1);
    refreshing_tear_down();
}
END_TEST

START_TEST(a_clock_set_back_puts_nothing_off)
{
    refreshing_set_up(&refreshing_rules);
    ck_assert_int_eq(btv_refresher_start(refreshing.refresher, WAIT_MS), 0);
    ck_assert_msg(refreshing_demand(-1, false) == BTV_REFRESH_DONE,
                  "further away than an interval: now");
    ck_assert_int_eq(refreshing_stats().last_success, TEST_NOW - 1);
    refreshing_tear_down();
}
END_TEST

static void *demand_keys(void *arg)
{
    enum btv_refresh_outcome *outcome = arg;
    *outcome = btv_refresher_demand(refreshing.refresher, TEST_NOW, WAIT_MS, false);
    return NULL;
}

START_TEST(a_cold_start_is_one_flight)
{
    pthread_t threads[8];
    enum btv_refresh_outcome outcomes[8] = {BTV_REFRESH_PENDING};
    refreshing_set_up(&refreshing_rules);
    authority_hold(&refreshing.authority, true);
    ck_assert_int_eq(btv_refresher_start(refreshing.refresher, 0), -1);
    ck_assert(authority_await(&refreshing.authority, &refreshing.authority.waiting, 1));
    for (size_t i = 0; i < ROWS(threads); i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, demand_keys, &outcomes[i]), 0);
    }
    authority_hold(&refreshing.authority, false);
    for (size_t i = 0; i < ROWS(threads); i++) {
        pthread_join(threads[i], NULL);
        ck_assert_msg(outcomes[i] != BTV_REFRESH_PENDING, "thread %zu", i);
    }
    ck_assert(btv_refresher_usable(refreshing.refresher, TEST_NOW));
    ck_assert_uint_eq(refreshing.authority.metadata_count, 1);
    ck_assert_uint_eq(refreshing.authority.jwks_count, 1);
    refreshing_tear_down();
}
END_TEST

START_TEST(a_dead_authority_at_the_start_is_asked_until_it_answers)
{
    refreshing_set_up(&refreshing_rules);
    authority_fail(&refreshing.authority, true, 200);
    ck_assert_int_eq(btv_refresher_start(refreshing.refresher, 50), -1);
    authority_fail(&refreshing.authority, false, 200);
    authority_advance(&refreshing.authority, 1);
    ck_assert_msg(authority_await(&refreshing.authority, &refreshing.authority.jwks_count, 1),
                  "without any request");
    ck_assert_int_eq(btv_refresher_start(refreshing.refresher, WAIT_MS), 0);
    refreshing_tear_down();
}
END_TEST

TEST_MAIN("refresh: stress", a_seed_makes_jitter_exact, retry_after_is_waited_for,
          the_cooldown_counts_from_before_the_fetch, a_storm_does_not_put_off_the_scheduled_refresh,
          a_new_key_is_there_within_one_cooldown, a_stale_copy_is_a_failure,
          a_clock_set_back_puts_nothing_off, a_cold_start_is_one_flight,
          a_dead_authority_at_the_start_is_asked_until_it_answers)

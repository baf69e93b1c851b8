/* When keys are fetched: intervals, cooldowns, back-off, one flight at a time. The clock is manual.
 */
#include "validator/tests/support/refreshing.h"
#include "validator/tests/support/suite.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>

START_TEST(before_the_start_there_is_nothing)
{
    refreshing_set_up(&refreshing_rules);
    ck_assert(!btv_refresher_usable(refreshing.refresher, TEST_NOW));
    ck_assert(btv_refresher_demand(refreshing.refresher, TEST_NOW, WAIT_MS, true) ==
              BTV_REFRESH_COOLDOWN);
    ck_assert_uint_eq(refreshing.authority.metadata_count, 0);
    refreshing_tear_down();
    btv_refresher_free(NULL);
}
END_TEST

START_TEST(a_start_without_keys_says_so_and_goes_on)
{
    refreshing_set_up(&refreshing_rules);
    authority_fail(&refreshing.authority, true, 200);
    ck_assert_int_eq(btv_refresher_start(refreshing.refresher, 100), -1);
    ck_assert(!btv_refresher_usable(refreshing.refresher, TEST_NOW));
    authority_fail(&refreshing.authority, false, 200);
    ck_assert(refreshing_demand(1, false) != BTV_REFRESH_PENDING);
    ck_assert(btv_refresher_usable(refreshing.refresher, TEST_NOW + 1));
    ck_assert_int_eq(btv_refresher_start(refreshing.refresher, WAIT_MS), 0);
    ck_assert_uint_ge(refreshing_stats().refreshes_failed, 1);
    ck_assert_int_eq(refreshing_stats().last_success, TEST_NOW + 1);
    refreshing_tear_down();
}
END_TEST

/* Seconds after a success at which the next scheduled refresh is due, by Cache-Control. */
static const struct {
    int64_t max_age_s;
    int64_t interval_s;
    int64_t due_s;
    const char *why;
} intervals[] = {
    {-1, 43200, 43200, "no Cache-Control"},
    {0, 43200, 300, "never cached: five minutes at least"},
    {10, 43200, 300, "shorter than the least"},
    {600, 43200, 600, "shorter than the interval"},
    {86400, 43200, 43200, "longer than the interval"},
    {INT64_MAX, 43200, 43200, "for ever"},
    {INT64_MIN, 43200, 43200, "nonsense"},
    {0, 60, 60, "an interval below the least"},
};

START_TEST(refreshes_are_scheduled)
{
    for (size_t i = 0; i < ROWS(intervals); i++) {
        const struct btv_refresh_rules rules = {intervals[i].interval_s, 300, 86400, 0};
        refreshing_set_up(&rules);
        refreshing.authority.max_age_s = intervals[i].max_age_s;
        ck_assert_int_eq(btv_refresher_start(refreshing.refresher, WAIT_MS), 0);
        ck_assert_msg(refreshing_demand(intervals[i].due_s - 1, false) == BTV_REFRESH_COOLDOWN,
                      "%s: early", intervals[i].why);
        ck_assert_uint_eq(refreshing_stats().refreshes_ok, 1);
        ck_assert_msg(refreshing_demand(intervals[i].due_s, false) == BTV_REFRESH_DONE, "%s: late",
                      intervals[i].why);
        ck_assert_uint_eq(refreshing_stats().refreshes_ok, 2);
        refreshing_tear_down();
    }
}
END_TEST

START_TEST(failures_back_off)
{
    static const int64_t waits[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300};
    int64_t at = 0;
    refreshing_set_up(&refreshing_rules);
    ck_assert_int_eq(btv_refresher_start(refreshing.refresher, WAIT_MS), 0);
    authority_fail(&refreshing.authority, false, 503);
    at = 43200;
    ck_assert(refreshing_demand(at, false) == BTV_REFRESH_DONE);
    for (size_t i = 0; i < ROWS(waits); i++) {
        ck_assert_msg(refreshing_demand(at + waits[i] - 1, false) == BTV_REFRESH_COOLDOWN,
                      "after %zu failures", i + 1);
        at += waits[i];
        ck_assert_msg(refreshing_demand(at, false) == BTV_REFRESH_DONE, "after %zu failures",
                      i + 1);
    }
    ck_assert_uint_eq(refreshing_stats().refreshes_failed, ROWS(waits) + 1);
    authority_fail(&refreshing.authority, false, 200);
    ck_assert(refreshing_demand(at + 300, false) == BTV_REFRESH_DONE);
    ck_assert_msg(refreshing_demand(at + 600, false) == BTV_REFRESH_COOLDOWN, "all is well again");
    refreshing_tear_down();
}
END_TEST

START_TEST(unknown_kids_force_one_refresh_a_cooldown)
{
    refreshing_set_up(&refreshing_rules);
    ck_assert_int_eq(btv_refresher_start(refreshing.refresher, WAIT_MS), 0);
    ck_assert(refreshing_demand(0, true) == BTV_REFRESH_DONE);
    for (int i = 0; i < 100; i++) {
        ck_assert(refreshing_demand(i, true) == BTV_REFRESH_COOLDOWN);
    }
    ck_assert(refreshing_demand(299, true) == BTV_REFRESH_COOLDOWN);
    ck_assert_uint_eq(refreshing.authority.jwks_count, 2);
    ck_assert(refreshing_demand(300, true) == BTV_REFRESH_DONE);
    ck_assert_uint_eq(refreshing.authority.jwks_count, 3);
    ck_assert_msg(refreshing_demand(-1000, true) == BTV_REFRESH_COOLDOWN, "a clock that went back");
    ck_assert_uint_eq(refreshing_stats().kid_misses, 104);
    authority_fail(&refreshing.authority, true, 200);
    ck_assert_msg(refreshing_demand(600, true) == BTV_REFRESH_DONE, "it ended, if badly");
    ck_assert_msg(refreshing_demand(601, true) == BTV_REFRESH_COOLDOWN,
                  "a failure has a cooldown too");
    refreshing_tear_down();
}
END_TEST

static void *demand_once(void *arg)
{
    enum btv_refresh_outcome *outcome = arg;
    *outcome = btv_refresher_demand(refreshing.refresher, TEST_NOW, WAIT_MS, true);
    return NULL;
}

START_TEST(wishes_join_the_fetch_under_way)
{
    pthread_t threads[8];
    enum btv_refresh_outcome outcomes[8];
    refreshing_set_up(&refreshing_rules);
    ck_assert_int_eq(btv_refresher_start(refreshing.refresher, WAIT_MS), 0);
    authority_hold(&refreshing.authority, true);
    ck_assert_msg(btv_refresher_demand(refreshing.refresher, TEST_NOW, 0, true) ==
                      BTV_REFRESH_PENDING,
                  "who may not wait does not");
    ck_assert(authority_await(&refreshing.authority, &refreshing.authority.waiting, 1));
    for (size_t i = 0; i < ROWS(threads); i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, demand_once, &outcomes[i]), 0);
    }
    while (refreshing_stats().kid_misses < 9) {
        sched_yield(); /* until all eight have asked */
    }
    ck_assert_msg(btv_refresher_usable(refreshing.refresher, TEST_NOW), "old keys serve meanwhile");
    authority_hold(&refreshing.authority, false);
    for (size_t i = 0; i < ROWS(threads); i++) {
        pthread_join(threads[i], NULL);
        ck_assert_int_eq(outcomes[i], BTV_REFRESH_DONE);
    }
    ck_assert_uint_eq(refreshing.authority.jwks_count, 2);
    refreshing_tear_down();
}
END_TEST

START_TEST(old_keys_serve_so_long)
{
    refreshing_set_up(&refreshing_rules);
    ck_assert_int_eq(btv_refresher_start(refreshing.refresher, WAIT_MS), 0);
    authority_fail(&refreshing.authority, true, 200);
    ck_assert(btv_refresher_usable(refreshing.refresher, TEST_NOW + 86399));
    ck_assert(!btv_refresher_usable(refreshing.refresher, TEST_NOW + 86400));
    struct btv_keyset *set = btv_keystore_acquire(refreshing.store);
    ck_assert_msg(set && set->jwks.count == 1, "a failure takes no key away");
    btv_keystore_release(refreshing.store, set);
    refreshing_tear_down();
}
END_TEST

START_TEST(not_modified_is_a_success)
{
    refreshing_set_up(&refreshing_rules);
    refreshing.authority.etag = "\"one\"";
    ck_assert_int_eq(btv_refresher_start(refreshing.refresher, WAIT_MS), 0);
    ck_assert(refreshing_demand(43200, false) == BTV_REFRESH_DONE);
    struct btv_keyset *set = btv_keystore_acquire(refreshing.store);
    ck_assert_msg(set->generation == 1 && set->jwks.count == 1, "the set in force stays");
    btv_keystore_release(refreshing.store, set);
    ck_assert_int_eq(refreshing_stats().last_success, TEST_NOW + 43200);
    ck_assert_uint_eq(refreshing_stats().keys, 1);
    ck_assert_uint_eq(refreshing_stats().fetches, 4);
    refreshing_tear_down();
}
END_TEST

static unsigned ended[2]; /* events of a refresh: failed, succeeded */

static void on_event(void *ctx, const struct btv_event *event)
{
    (void)ctx;
    ck_assert_int_eq(event->kind, BTV_EVENT_REFRESH);
    ck_assert((event->error == BTV_OK) == (event->detail == NULL));
    __atomic_add_fetch(&ended[event->error == BTV_OK], 1, __ATOMIC_SEQ_CST);
}

START_TEST(every_refresh_is_told)
{
    refreshing_set_up(&refreshing_rules);
    refreshing.source.event = on_event;
    ck_assert_int_eq(btv_refresher_start(refreshing.refresher, WAIT_MS), 0);
    authority_fail(&refreshing.authority, true, 200);
    ck_assert(refreshing_demand(0, true) == BTV_REFRESH_DONE);
    refreshing_tear_down(); /* joins the thread, so that both have been told */
    ck_assert_uint_eq(ended[1], 1);
    ck_assert_uint_eq(ended[0], 1);
}
END_TEST

/* A fetch that never ends by itself. */
static int stuck_fetch(void *ctx, const struct btv_fetch_request *request,
                       struct btv_fetch_response *response, char *why, size_t cap)
{
    struct authority *a = ctx;
    (void)response, (void)why, (void)cap;
    pthread_mutex_lock(&a->lock);
    a->waiting++;
    pthread_cond_broadcast(&a->changed);
    pthread_mutex_unlock(&a->lock);
    while (!__atomic_load_n(request->cancel, __ATOMIC_RELAXED)) {
        sched_yield();
    }
    return -1;
}

START_TEST(freeing_cancels_a_fetch)
{
    refreshing_set_up(&refreshing_rules);
    refreshing.source.fetch = stuck_fetch;
    ck_assert_int_eq(btv_refresher_start(refreshing.refresher, 0), -1);
    ck_assert(authority_await(&refreshing.authority, &refreshing.authority.waiting, 1));
    ck_assert(btv_refresher_demand(refreshing.refresher, TEST_NOW, 1, true) == BTV_REFRESH_PENDING);
    refreshing_tear_down();
}
END_TEST

TEST_MAIN("refresh", before_the_start_there_is_nothing, a_start_without_keys_says_so_and_goes_on,
          refreshes_are_scheduled, failures_back_off, unknown_kids_force_one_refresh_a_cooldown,
          wishes_join_the_fetch_under_way, old_keys_serve_so_long, not_modified_is_a_success,
          every_refresh_is_told, freeing_cancels_a_fetch)

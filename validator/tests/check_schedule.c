/* Intervals, back-off and jitter as numbers: what a seed gives is pinned, so that it stays the same
 * on every machine. */
#include "validator/keys/schedule.h"
#include "validator/tests/support/suite.h"

static const struct btv_refresh_rules usual = {43200, 300, 86400, 0};

START_TEST(without_a_seed_there_is_no_jitter)
{
    struct btv_jitter none = {0};
    for (int i = 0; i < 100; i++) {
        ck_assert_int_eq(btv_jitter_below(&none, 1000), 0);
    }
    ck_assert_int_eq(btv_schedule_interval(&usual, -1, &none), 43200);
    ck_assert_int_eq(btv_schedule_backoff(4, -1, &none), 8);
}
END_TEST

START_TEST(a_seed_gives_the_same_numbers_everywhere)
{
    struct btv_jitter jitter = {1};
    static const int64_t intervals[] = {42206, 41295, 41193, 41238};
    static const int64_t backoffs[] = {1, 1, 2, 8, 13, 30, 51, 121, 234, 230, 207};
    for (size_t i = 0; i < ROWS(intervals); i++) {
        ck_assert_int_eq(btv_schedule_interval(&usual, -1, &jitter), intervals[i]);
    }
    for (size_t i = 0; i < ROWS(backoffs); i++) {
        ck_assert_int_eq(btv_schedule_backoff((unsigned)i + 1, -1, &jitter), backoffs[i]);
    }
}
END_TEST

START_TEST(jitter_keeps_its_bounds_and_spreads)
{
    struct btv_jitter jitter = {42};
    int64_t lowest = INT64_MAX;
    int64_t highest = 0;
    for (int i = 0; i < 10000; i++) {
        int64_t s = btv_schedule_interval(&usual, -1, &jitter);
        lowest = s < lowest ? s : lowest;
        highest = s > highest ? s : highest;
        s = btv_schedule_interval(&usual, 0, &jitter);
        ck_assert_msg(s == 300, "never below five minutes: %lld", (long long)s);
        s = btv_schedule_backoff(20, -1, &jitter);
        ck_assert_msg(s >= 150 && s <= 300, "%lld", (long long)s);
        ck_assert_int_eq(btv_schedule_backoff(1, -1, &jitter), 1);
    }
    ck_assert_msg(lowest >= 41040 && lowest < 41100, "%lld", (long long)lowest);
    ck_assert_msg(highest <= 43200 && highest > 43100, "%lld", (long long)highest);
}
END_TEST

static const struct {
    unsigned failures;
    int64_t retry_after_s;
    int64_t wait_s;
    const char *why;
} waits[] = {
    {1, -1, 1, "the first failure"},
    {2, 0, 2, "at once: not before the back-off"},
    {2, 60, 60, "a minute"},
    {9, 60, 256, "the back-off is longer"},
    {1, 86400, 300, "a day: five minutes at most"},
    {1, INT64_MAX, 300, "for ever"},
    {1, INT64_MIN, 1, "nonsense"},
    {UINT32_MAX, -1, 300, "failing for years"},
};

START_TEST(the_authority_may_ask_for_patience)
{
    struct btv_jitter none = {0};
    for (size_t i = 0; i < ROWS(waits); i++) {
        ck_assert_msg(btv_schedule_backoff(waits[i].failures, waits[i].retry_after_s, &none) ==
                          waits[i].wait_s,
                      "%s", waits[i].why);
    }
}
END_TEST

START_TEST(what_is_older_is_known_by_its_date)
{
    ck_assert_msg(!btv_schedule_is_older(0, 1000, 1000), "no Date");
    ck_assert_msg(!btv_schedule_is_older(1000, 0, 1000), "nothing to compare with");
    ck_assert_msg(!btv_schedule_is_older(940, 1000, 1000), "clocks disagree by so much");
    ck_assert(btv_schedule_is_older(939, 1000, 1000));
    ck_assert_msg(!btv_schedule_is_older(939, 1061, 1000), "the one in force is from the future");
    ck_assert(btv_schedule_is_older(999, 1060, 1000));
}
END_TEST

TEST_MAIN("schedule", without_a_seed_there_is_no_jitter, a_seed_gives_the_same_numbers_everywhere,
          jitter_keeps_its_bounds_and_spreads, the_authority_may_ask_for_patience,
          what_is_older_is_known_by_its_date)

/* The clock: how it is set, and that only being told moves a frozen one. */
#include "mockidp/platform/clock.h"

#include <check.h>
#include <string.h>
#include <time.h>

static const struct {
    const char *reason;
    const char *text;
    int64_t seconds; /* -1: refused */
} times[] = {
    {"empty", "", -1},
    {"no time of day", "2026-01-31", -1},
    {"no Z", "2026-01-31T12:00:00", -1},
    {"an offset instead of Z", "2026-01-31T12:00:00+00:00", -1},
    {"something behind", "2026-01-31T12:00:00Z ", -1},
    {"something before", " 2026-01-31T12:00:00Z", -1},
    {"fractions", "2026-01-31T12:00:00.5Z", -1},
    {"lower case", "2026-01-31t12:00:00z", -1},
    {"one digit", "2026-1-31T12:00:00Z", -1},
    {"a space for a digit", "2026-01- 1T12:00:00Z", -1},
    {"no thirteenth month", "2026-13-01T12:00:00Z", -1},
    {"no 30th of February", "2026-02-30T12:00:00Z", -1},
    {"no 29th of February in that year", "2026-02-29T12:00:00Z", -1},
    {"no 25th hour", "2026-01-31T25:00:00Z", -1},
    {"the first second", "1970-01-01T00:00:00Z", 0},
    {"an ordinary moment", "2026-01-31T12:00:00Z", 1769860800},
    {"a leap day", "2024-02-29T00:00:00Z", 1709164800},
    {"beyond 32 bits", "2038-01-19T03:14:08Z", 2147483648},
};

START_TEST(iso_times_have_one_spelling)
{
    int64_t seconds = -1;
    bool ok = clock_parse_iso(times[_i].text, &seconds);
    ck_assert_msg(ok == (times[_i].seconds >= 0), "%s: %d", times[_i].reason, ok);
    ck_assert_msg(!ok || seconds == times[_i].seconds, "%s: %lld", times[_i].reason,
                  (long long)seconds);
}
END_TEST

static const char *const bad[] = {
    "",
    "later",
    "5",
    "+",
    "-",
    "+ 5",
    "++5",
    "+5s",
    "+5.5",
    "+1099511627776",
    "-1099511627776",
    "+99999999999999999999",
    "-99999999999999999999",
    "2026-02-30T12:00:00Z",
    "NOW",
};

START_TEST(other_settings_are_refused)
{
    char why[200] = "";
    ck_assert_ptr_null(clock_new(bad[_i], why, sizeof why));
    ck_assert_msg(strstr(why, bad[_i]) != NULL, "%s", why);
}
END_TEST

/* Reads the clock and the real time around it: within a second of `offset`. */
static void check_runs(struct clock *clock, int64_t offset)
{
    int64_t before = (int64_t)time(NULL);
    struct clock_state state = clock_get(clock);
    int64_t after = (int64_t)time(NULL);
    ck_assert(!state.frozen);
    ck_assert_int_eq(state.offset_s, offset);
    ck_assert_int_ge(state.now, before + offset);
    ck_assert_int_le(state.now, after + offset);
}

START_TEST(a_running_clock_keeps_its_distance)
{
    static const struct {
        const char *setting;
        int64_t offset;
    } rows[] = {{NULL, 0}, {"now", 0}, {"+90", 90}, {"-3600", -3600}, {"+0", 0}};
    char why[200] = "";
    struct clock *clock = clock_new(rows[_i].setting, why, sizeof why);
    ck_assert_msg(clock != NULL, "%s", why);
    check_runs(clock, rows[_i].offset);
    clock_advance(clock, 10);
    check_runs(clock, rows[_i].offset + 10);
    clock_run(clock, -5);
    check_runs(clock, -5);
    clock_free(clock);
}
END_TEST

START_TEST(a_frozen_clock_moves_when_told)
{
    char why[200] = "";
    struct clock *clock = clock_new("2026-01-31T12:00:00Z", why, sizeof why);
    ck_assert_ptr_nonnull(clock);
    ck_assert_int_eq(clock_now(clock), 1769860800);
    clock_advance(clock, 301);
    ck_assert_int_eq(clock_now(clock), 1769861101);
    clock_advance(clock, -302);
    ck_assert_int_eq(clock_now(clock), 1769860799);
    ck_assert(clock_get(clock).frozen);
    ck_assert_int_eq(clock_get(clock).offset_s, 0);
    clock_run(clock, 0);
    check_runs(clock, 0);
    clock_freeze(clock, 7);
    ck_assert_int_eq(clock_now(clock), 7);
    clock_advance(clock, 1);
    ck_assert_int_eq(clock_now(clock), 8);
    clock_free(clock);
}
END_TEST

START_TEST(freeing_nothing_is_fine)
{
    clock_free(NULL);
    ck_assert(true);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("clock");
    TCase *tcase = tcase_create("clock");
    tcase_add_loop_test(tcase, iso_times_have_one_spelling, 0, ROWS(times));
    tcase_add_loop_test(tcase, other_settings_are_refused, 0, ROWS(bad));
    tcase_add_loop_test(tcase, a_running_clock_keeps_its_distance, 0, 5);
    tcase_add_test(tcase, a_frozen_clock_moves_when_told);
    tcase_add_test(tcase, freeing_nothing_is_fine);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

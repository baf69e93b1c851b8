/* The histogram keeps three significant digits at every scale, and percentiles are those of the
 * values recorded. */
#include "conformance/load/histogram.h"

#include <check.h>
#include <stdlib.h>

START_TEST(empty_has_no_percentile)
{
    struct load_histogram *h = load_histogram_new();
    ck_assert_ptr_nonnull(h);
    ck_assert_uint_eq(load_histogram_percentile(h, 50), 0);
    ck_assert_uint_eq(load_histogram_count(h), 0);
    load_histogram_free(h);
}
END_TEST

START_TEST(small_values_are_exact)
{
    struct load_histogram *h = load_histogram_new();
    for (uint64_t ns = 1; ns <= 1000; ns++) {
        load_histogram_record(h, ns);
    }
    ck_assert_uint_eq(load_histogram_percentile(h, 50), 500);
    ck_assert_uint_eq(load_histogram_percentile(h, 99), 990);
    ck_assert_uint_eq(load_histogram_percentile(h, 99.9), 999);
    ck_assert_uint_eq(load_histogram_percentile(h, 100), 1000);
    ck_assert_uint_eq(load_histogram_percentile(h, 0), 1);
    load_histogram_free(h);
}
END_TEST

START_TEST(every_scale_keeps_three_digits)
{
    for (uint64_t ns = 3; ns < 1ULL << 41; ns = ns * 7 / 3 + 1) {
        struct load_histogram *h = load_histogram_new();
        load_histogram_record(h, ns);
        load_histogram_record(h,
                              (1ULL << 42) - 1); /* so that the maximum does not hide the error */
        uint64_t seen = load_histogram_percentile(h, 50);
        ck_assert_msg(seen >= ns && seen - ns <= ns / 1000 + 1, "%llu came back as %llu",
                      (unsigned long long)ns, (unsigned long long)seen);
        load_histogram_free(h);
    }
}
END_TEST

START_TEST(too_long_counts_as_the_limit)
{
    struct load_histogram *h = load_histogram_new();
    load_histogram_record(h, UINT64_MAX);
    ck_assert_uint_eq(load_histogram_max(h), (1ULL << 42) - 1);
    load_histogram_free(h);
}
END_TEST

START_TEST(adding_is_recording_both)
{
    struct load_histogram *a = load_histogram_new();
    struct load_histogram *b = load_histogram_new();
    load_histogram_record(a, 10);
    load_histogram_record(b, 30);
    load_histogram_record(b, 20);
    load_histogram_add(a, b);
    ck_assert_uint_eq(load_histogram_count(a), 3);
    ck_assert_uint_eq(load_histogram_percentile(a, 50), 20);
    ck_assert_uint_eq(load_histogram_max(a), 30);
    load_histogram_reset(a);
    ck_assert_uint_eq(load_histogram_count(a), 0);
    load_histogram_free(a);
    load_histogram_free(b);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("histogram");
    TCase *tests = tcase_create("histogram");
    tcase_add_test(tests, empty_has_no_percentile);
    tcase_add_test(tests, small_values_are_exact);
    tcase_add_test(tests, every_scale_keeps_three_digits);
    tcase_add_test(tests, too_long_counts_as_the_limit);
    tcase_add_test(tests, adding_is_recording_both);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

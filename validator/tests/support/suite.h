/* The frame of a test program: named tests in one libcheck suite, and its exit status. */
#ifndef VALIDATOR_TESTS_SUPPORT_SUITE_H
#define VALIDATOR_TESTS_SUPPORT_SUITE_H

#include <check.h>
#include <stdlib.h>

/* ROWS(table) is the number of rows of a table. */
#define ROWS(table) (sizeof(table) / sizeof(table)[0])

/* TEST_MAIN(name, test...) defines main, which runs the tests in order and fails if one failed. */
#define TEST_MAIN(name, ...)                                                                       \
    int main(void)                                                                                 \
    {                                                                                              \
        const TTest *const tests[] = {__VA_ARGS__};                                                \
        Suite *suite = suite_create(name);                                                         \
        TCase *cases = tcase_create(name);                                                         \
        tcase_set_timeout(cases, 60);                                                              \
        for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {                              \
            tcase_add_test(cases, tests[i]);                                                       \
        }                                                                                          \
        suite_add_tcase(suite, cases);                                                             \
        SRunner *runner = srunner_create(suite);                                                   \
        srunner_run_all(runner, CK_NORMAL);                                                        \
        int failed = srunner_ntests_failed(runner);                                                \
        srunner_free(runner);                                                                      \
        return failed ? EXIT_FAILURE : EXIT_SUCCESS;                                               \
    }

#endif

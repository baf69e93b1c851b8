/* Remembered texts: by exactly what they were made of, and those not asked for go first. */
#include "mockidp/platform/memo.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct memo *memo;

static void setup(void)
{
    memo = memo_new();
    ck_assert_ptr_nonnull(memo);
}

static void teardown(void)
{
    memo_free(memo);
    memo_free(NULL);
}

static bool knows(const char *made_of, const char *text)
{
    size_t len = 0;
    char *found = memo_find(memo, made_of, strlen(made_of), &len);
    bool same = found && len == strlen(text) && strcmp(found, text) == 0;
    free(found);
    return same;
}

static void keep(const char *made_of, const char *text)
{
    memo_keep(memo, made_of, strlen(made_of), text, strlen(text));
}

START_TEST(nothing_else_is_found)
{
    ck_assert(!knows("a", ""));
    keep("ab", "text");
    ck_assert(!knows("a", "text"));
    ck_assert(!knows("abt", "text"));
    ck_assert(!knows("abc", "text"));
    ck_assert(!knows("AB", "text"));
    ck_assert(knows("ab", "text"));
    keep("ab", "another");
    ck_assert(knows("ab", "another"));
}
END_TEST

START_TEST(what_is_asked_for_stays)
{
    char made_of[20];
    keep("wanted", "text");
    for (int i = 0; i < 100; i++) {
        (void)snprintf(made_of, sizeof made_of, "once %d", i);
        keep(made_of, "x");
        ck_assert_msg(knows("wanted", "text"), "gone after %d others", i + 1);
    }
    ck_assert(knows("once 99", "x"));
    ck_assert(!knows("once 0", "x"));
}
END_TEST

START_TEST(what_is_too_long_is_not_kept)
{
    size_t len = 65536 + 1;
    char *text = calloc(1, len + 1);
    ck_assert_ptr_nonnull(text);
    memset(text, 'x', len);
    keep("long", text);
    ck_assert(!knows("long", text));
    text[len - 1] = '\0';
    keep("long", text);
    ck_assert(knows("long", text));
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("memo");
    TCase *tests = tcase_create("memo");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, nothing_else_is_found);
    tcase_add_test(tests, what_is_asked_for_stays);
    tcase_add_test(tests, what_is_too_long_is_not_kept);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

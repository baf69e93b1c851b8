/* Lists of words: walked to the letter, searched by whole words, and never filled beyond their
 * room. */
#include "mockidp/platform/words.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

START_TEST(each_word_is_met_in_turn)
{
    const char *at = " openid  profile x ";
    char word[5];
    ck_assert(words_next(&at, word, sizeof word));
    ck_assert_str_eq(word, "open"); /* cut to what fits */
    ck_assert(words_next(&at, word, sizeof word));
    ck_assert_str_eq(word, "prof");
    ck_assert(words_next(&at, word, sizeof word));
    ck_assert_str_eq(word, "x");
    ck_assert(!words_next(&at, word, sizeof word));
    ck_assert_str_eq(word, "x");
}
END_TEST

START_TEST(words_are_found_whole)
{
    ck_assert(words_have("c1 c12 mfa", "c12"));
    ck_assert(words_have("mfa", "mfa"));
    ck_assert(!words_have("c12", "c1"));
    ck_assert(!words_have("c1", "c12"));
    ck_assert(!words_have("MFA", "mfa"));
    ck_assert(!words_have("", "mfa"));
}
END_TEST

START_TEST(a_list_grows_by_what_it_lacks)
{
    char list[12] = "c1";
    ck_assert(words_join(list, sizeof list, "c2 c1  c2"));
    ck_assert_str_eq(list, "c1 c2");
    ck_assert(words_join(list, sizeof list, "fives"));
    ck_assert_str_eq(list, "c1 c2 fives"); /* to the last octet */
    ck_assert(!words_join(list, sizeof list, "c3"));
    ck_assert_str_eq(list, "c1 c2 fives");
}
END_TEST

START_TEST(a_word_has_a_longest_length)
{
    char list[2 * WORDS_WORD_CAP] = "";
    char word[WORDS_WORD_CAP + 1];
    memset(word, 'w', sizeof word);
    word[WORDS_WORD_CAP] = '\0';
    ck_assert(!words_join(list, sizeof list, word));
    ck_assert_str_eq(list, "");
    word[WORDS_WORD_CAP - 1] = '\0';
    ck_assert(words_join(list, sizeof list, word));
    ck_assert_str_eq(list, word);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("words");
    TCase *tc = tcase_create("words");
    tcase_add_test(tc, each_word_is_met_in_turn);
    tcase_add_test(tc, words_are_found_whole);
    tcase_add_test(tc, a_list_grows_by_what_it_lacks);
    tcase_add_test(tc, a_word_has_a_longest_length);
    suite_add_tcase(s, tc);
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

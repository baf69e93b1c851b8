/* Stored responses: found by exactly what they were made of, those not asked for go first, and
 * nobody who shows one sees another's change. */
#include "mockidp/http/store.h"
#include "mockidp/http/stored.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct response_store *store;

static void setup(void)
{
    store = response_store_new();
    ck_assert_ptr_nonnull(store);
}

static void teardown(void)
{
    response_store_free(store);
    response_store_free(NULL);
}

static bool knows(const char *made_of, const char *text)
{
    struct http_response found = {.status = 0};
    bool same = response_store_find(store, made_of, strlen(made_of), &found) &&
                found.status == 200 && found.body_len == strlen(text) &&
                strcmp(found.body, text) == 0;
    response_free(&found);
    return same;
}

static void keep(const char *made_of, const char *text)
{
    struct http_response response = {.status = 0};
    response_text(&response, 200, "text/plain", text);
    response_store_keep(store, made_of, strlen(made_of), &response);
    ck_assert_str_eq(response.body, text);
    response_free(&response);
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

/* find answers with what was stored under "a". */
static struct http_response find(void)
{
    struct http_response found = {.status = 0};
    ck_assert(response_store_find(store, "a", 1, &found));
    return found;
}

START_TEST(a_change_is_ones_own)
{
    keep("a", "text");
    struct http_response first = find();
    struct http_response second = find();
    ck_assert_ptr_eq(first.body, second.body);

    response_header(&first, "X-Mine", "1");
    ck_assert_ptr_ne(first.body, second.body);
    ck_assert_str_eq(response_get_header(&first, "Content-Type"), "text/plain");
    ck_assert_str_eq(response_get_header(&first, "X-Mine"), "1");
    ck_assert_ptr_null(response_get_header(&second, "X-Mine"));
    response_text(&second, 400, "text/html", "other");
    struct http_response third = find();
    ck_assert_str_eq(first.body, "text");
    ck_assert_int_eq(third.status, 200);
    ck_assert_str_eq(third.body, "text");
    ck_assert_str_eq(response_get_header(&third, "Content-Type"), "text/plain");
    response_free(&first);
    response_free(&second);
    response_free(&third);
}
END_TEST

START_TEST(an_answer_outlives_its_store)
{
    keep("a", "text");
    struct http_response found = find();
    keep("a", "another");
    response_store_free(store);
    store = NULL;
    ck_assert_str_eq(found.body, "text");
    response_own(&found);
    ck_assert_str_eq(found.body, "text");
    response_free(&found);
}
END_TEST

START_TEST(an_answer_that_is_too_long_for_its_connection_is_replaced)
{
    keep("a", "text");
    struct http_response found = find();
    ck_assert(response_fit(&found, 100));
    ck_assert(!response_fit(&found, 10));
    ck_assert_int_eq(found.status, 400);
    response_free(&found);
    ck_assert(knows("a", "text"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store");
    TCase *tests = tcase_create("store");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, nothing_else_is_found);
    tcase_add_test(tests, what_is_asked_for_stays);
    tcase_add_test(tests, what_is_too_long_is_not_kept);
    tcase_add_test(tests, a_change_is_ones_own);
    tcase_add_test(tests, an_answer_outlives_its_store);
    tcase_add_test(tests, an_answer_that_is_too_long_for_its_connection_is_replaced);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

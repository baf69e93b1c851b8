/* The examples of mockidp/mint/README.md are whole recipes: each is baked, so that the page cannot
 * rot. */
#include "mockidp/tests/support/kitchen.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE "mockidp/mint/README.md"

static struct kitchen kitchen;

static void open_kitchen(void)
{
    kitchen_open(&kitchen);
}

static void close_kitchen(void)
{
    kitchen_close(&kitchen);
}

/* The page as text; free it. */
static char *read_page(void)
{
    char *text = NULL;
    size_t cap = 0;
    FILE *file = fopen(PAGE, "re");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_gt(getdelim(&text, &cap, '\0', file), 0);
    ck_assert_int_eq(fclose(file), 0);
    return text;
}

/* Bakes one recipe; what goes wrong is told with the line of the page. */
static void bake(const json_t *recipe, int line)
{
    struct mint_token token;
    char why[256] = "";
    ck_assert_msg(mint_bake(recipe, &kitchen.oven, NULL, &token, why, sizeof why) == 0,
                  PAGE ":%d: %s", line, why);
    mint_token_cleanup(&token);
}

static int line_of(const char *page, const char *at)
{
    int line = 1;
    for (const char *p = page; p < at; p++) {
        line += *p == '\n';
    }
    return line;
}

/* Bakes the recipes between `at` and `end`, one after the other; how many they were. */
static int bake_all(const char *page, const char *at, const char *end)
{
    int count = 0;
    while (at + strspn(at, " \n") < end) {
        json_error_t error;
        json_t *recipe = json_loadb(at, (size_t)(end - at),
                                    JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES, &error);
        ck_assert_msg(recipe != NULL, PAGE ":%d: %s", line_of(page, at), error.text);
        bake(recipe, line_of(page, at));
        json_decref(recipe);
        at += error.position;
        count++;
    }
    return count;
}

START_TEST(every_block_of_json_is_recipes)
{
    static const char fence[] = "\n```json\n";
    char *page = read_page();
    int count = 0;
    for (const char *at = strstr(page, fence); at; at = strstr(at, fence)) {
        at += strlen(fence);
        const char *end = strstr(at, "\n```");
        ck_assert_ptr_nonnull(end);
        count += bake_all(page, at, end);
        at = end;
    }
    ck_assert_int_ge(count, 8);
    free(page);
}
END_TEST

/* A span of code that begins an object is a recipe, unless it only shows a shape ("…", or members
 * without values). */
START_TEST(every_recipe_in_the_text_bakes)
{
    char *page = read_page();
    int count = 0;
    for (const char *at = strstr(page, "`{\""); at; at = strstr(at, "`{\"")) {
        const char *end = strchr(++at, '`');
        ck_assert_ptr_nonnull(end);
        char *text = strndup(at, (size_t)(end - at));
        if (!strstr(text, "…") && strchr(text, ':')) {
            ck_assert_int_eq(bake_all(page, at, end), 1);
            count++;
        }
        free(text);
        at = end;
    }
    ck_assert_int_ge(count, 40);
    free(page);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mint_readme");
    TCase *tcase = tcase_create("examples");
    tcase_add_checked_fixture(tcase, open_kitchen, close_kitchen);
    tcase_set_timeout(tcase, 30);
    tcase_add_test(tcase, every_block_of_json_is_recipes);
    tcase_add_test(tcase, every_recipe_in_the_text_bakes);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

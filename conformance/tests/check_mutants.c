/*
 * The proof that the cases can fail: a toy validator without a flaw passes every case that it
 * implements, and each flaw changes the outcome of the cases that mutants.def names for it, and of
 * no other.
 */
#include "conformance/adapters/mutant_flaws.h"
#include "conformance/run.h"
#include "conformance/select.h"

#include <check.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST_CAP 8192

static struct cf_suite suite;
static json_t *flawless; /* its report */

/* play returns the report of the toy validator with a flaw. */
static json_t *play(enum mutant_flaw flaw)
{
    const struct cf_world_options options = {.stopped_clock = true, .seed = "mutants"};
    const struct cf_selection all = {NULL, 0, CF_INFO};
    struct cf_adapter adapter = cf_adapter_mutant;
    struct cf_run run = {.adapter = &adapter, .name = "toy", .capabilities = adapter.capabilities};
    char why[512] = "";
    adapter.settings = &flaw;
    run.world = cf_world_open(&options, why, sizeof why);
    if (!run.world) {
        (void)fprintf(stderr, "%s\n", why);
        exit(EXIT_FAILURE);
    }
    run.plan = cf_plan(&suite, &all, true, &run.count);
    json_t *report = cf_run_play(&run);
    free((void *)run.plan);
    cf_world_close(run.world);
    return report;
}

static const char *text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static int by_id(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* changed writes the ids whose verdicts differ, in order, separated by spaces. */
static void changed(const json_t *with_flaw, char out[LIST_CAP])
{
    const json_t *before = json_object_get(flawless, "cases");
    const json_t *after = json_object_get(with_flaw, "cases");
    const char *ids[LIST_CAP / 8];
    size_t count = 0;
    size_t len = 0;
    out[0] = '\0';
    for (size_t i = 0; i < json_array_size(before); i++) {
        const json_t *a = json_array_get(before, i);
        const json_t *b = json_array_get(after, i);
        ck_assert_str_eq(text(a, "id"), text(b, "id"));
        if (strcmp(text(a, "verdict"), text(b, "verdict")) != 0 && count < LIST_CAP / 8) {
            ids[count++] = text(a, "id");
        }
    }
    qsort((void *)ids, count, sizeof ids[0], by_id);
    for (size_t i = 0; i < count; i++) {
        len += (size_t)snprintf(out + len, LIST_CAP - len, "%s%s", i > 0 ? " " : "", ids[i]);
    }
}

START_TEST(the_flawless_one_passes)
{
    char list[LIST_CAP] = "";
    const json_t *result = NULL;
    size_t i = 0;
    size_t len = 0;
    json_array_foreach(json_object_get(flawless, "cases"), i, result)
    {
        const char *verdict = text(result, "verdict");
        bool fine = strcmp(verdict, "PASS") == 0 || strcmp(verdict, "INFO") == 0 ||
                    strcmp(verdict, "UNIMPLEMENTED") == 0;
        if (!fine && len < LIST_CAP) {
            len += (size_t)snprintf(list + len, LIST_CAP - len, "%s %s: %s; ", text(result, "id"),
                                    verdict, text(result, "reason"));
        }
    }
    ck_assert_msg(list[0] == '\0', "%s", list);
}
END_TEST

/* A flaw whose effect is that good tokens are refused fails the controls, and so a whole group: it
 * is named by its group's cases. */
START_TEST(each_flaw_changes_its_cases_alone)
{
    enum mutant_flaw flaw = (enum mutant_flaw)(_i + 1);
    char list[LIST_CAP];
    json_t *report = play(flaw);
    changed(report, list);
    json_decref(report);
    ck_assert_msg(list[0] != '\0', "no case catches %s (%s)", mutant_flaw_name(flaw),
                  mutant_flaw_sentence(flaw));
    ck_assert_msg(strcmp(list, mutant_flaw_cases(flaw)) == 0,
                  "%s changes \"%s\", but mutants.def says \"%s\"", mutant_flaw_name(flaw), list,
                  mutant_flaw_cases(flaw));
}
END_TEST

/* How many flaws are played: all, or under a sanitizer, which makes each ten times slower,
 * ETB_FLAWS. */
static int flaw_count(void)
{
    const char *limit = getenv("ETB_FLAWS");
    int count = limit ? atoi(limit) : MUTANT_COUNT - 1;
    return count < MUTANT_COUNT - 1 ? count : MUTANT_COUNT - 1;
}

int main(void)
{
    char why[512] = "";
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
    if (cf_suite_load(&suite, "fixtures/cases", why, sizeof why) != 0) {
        (void)fprintf(stderr, "%s\n", why);
        return EXIT_FAILURE;
    }
    flawless = play(MUTANT_NONE);
    Suite *s = suite_create("mutants");
    TCase *tc = tcase_create("flaws");
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, the_flawless_one_passes);
    tcase_add_loop_test(tc, each_flaw_changes_its_cases_alone, 0, flaw_count());
    suite_add_tcase(s, tc);
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    json_decref(flawless);
    cf_suite_cleanup(&suite);
    curl_global_cleanup();
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

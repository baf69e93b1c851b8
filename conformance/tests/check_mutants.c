/*
 * The proof that the cases can fail: a toy validator without a flaw passes every case that it
 * implements, each flaw changes the outcome of the cases that mutants.def names for it and of no
 * other, and every MUST case is named by one that decides wrongly. `check_mutants --list [FLAW]...`
 * prints what each flaw changes instead (scripts/mutants.sh).
 */
#include "conformance/adapters/mutant.h"
#include "conformance/run.h"
#include "conformance/select.h"
#include "conformance/starve.h"

#include <check.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LIST_CAP = 8192, IDS_MAX = 1024, FETCH_MS = 5000, SHORT_FETCH_MS = 1000 };

static struct cf_suite suite;
static json_t *flawless; /* {id: result} */

/* Cases that cost a second each: played with the flaws that name them, and for the lists. */
static const char *const heavy[] = {"IDP-10", "IDP-20", "IDP-21", "IDP-22",
                                    "KEY-20", "OPS-01", "OPS-08", "OPS-09"};

/* Cases that repeat the control: they fail with it, and so with their block. */
static const char *const controls[] = {"CTL-01", "CTL-03", "CTL-12"};

/* Cases that want an authority over HTTPS or a slow one: a stage of their own, for these flaws. */
static const char *const slow[] = {"IDP-15", "IDP-39"};
static const enum mutant_flaw slow_flaws[] = {MUTANT_NONE, MUTANT_FAILS_OPEN,
                                              MUTANT_TRUSTS_ANY_CERTIFICATE};

/* One signature in 256 begins with zero, so this flaw hits others, and controls, by chance: it is
 * played with its own cases alone, and again when a control was hit. */
#define BY_CHANCE MUTANT_SIGNATURE_IS_A_NUMBER
enum { CHANCES = 4 };

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static bool among(const char *const *ids, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(ids[i], id) == 0) {
            return true;
        }
    }
    return false;
}

static const char *text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

/* Leaves out what the flaw does not name of the heavy cases (unless `all`), and of those that it
 * hits by chance. */
static size_t lighten(const struct cf_case **plan, size_t count, enum mutant_flaw flaw, bool all)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const char *id = plan[i]->id;
        bool wanted = flaw != BY_CHANCE && (all || !among(heavy, COUNT(heavy), id));
        if (wanted || cf_has(mutant_flaw_cases(flaw), id)) {
            plan[kept++] = plan[i];
        }
    }
    return kept;
}

/* Whether its memory can be made to run out. What reads key sets while it does is jansson, in the
 * toy alone, and that aborts (lex_scan_string). */
static bool starves(enum mutant_flaw flaw)
{
    return cf_starve_possible() && flaw != MUTANT_FETCHES_FOR_EVERY_TOKEN;
}

/* play_stage adds the results of one stage to `results`: all cases, or the slow ones alone. */
static void play_stage(enum mutant_flaw flaw, bool slowly, bool all, json_t *results)
{
    const struct cf_world_options options = {
        .stopped_clock = true, .seed = "mutants", .listen_tls = slowly ? "localhost:0" : NULL};
    const struct cf_selection selection = {slow, slowly ? COUNT(slow) : 0, CF_INFO};
    const struct cf_mutant settings = {flaw, slowly ? SHORT_FETCH_MS : FETCH_MS};
    struct cf_adapter adapter = cf_adapter_mutant;
    char words[512];
    char why[512] = "";
    (void)snprintf(words, sizeof words, "%s%s%s", adapter.capabilities,
                   slowly ? " deadline tls" : "", starves(flaw) ? " starve" : "");
    struct cf_run run = {.adapter = &adapter, .name = "toy", .capabilities = words};
    adapter.settings = &settings;
    run.world = cf_world_open(&options, why, sizeof why);
    if (!run.world) {
        (void)fprintf(stderr, "%s\n", why);
        exit(EXIT_FAILURE);
    }
    run.plan = cf_plan(&suite, &selection, true, &run.count);
    run.count = lighten(run.plan, run.count, flaw, all);
    json_t *report = cf_run_play(&run);
    json_t *result = NULL;
    size_t i = 0;
    json_array_foreach(json_object_get(report, "cases"), i, result)
    {
        json_object_set(results, text(result, "id"), result);
    }
    json_decref(report);
    free((void *)run.plan);
    cf_world_close(run.world);
}

/* play returns the results of the toy validator with a flaw, by id; `all` with the heavy cases. */
static json_t *play(enum mutant_flaw flaw, bool all)
{
    json_t *results = json_object();
    play_stage(flaw, false, all, results);
    for (size_t i = 0; i < COUNT(slow_flaws); i++) {
        if (slow_flaws[i] == flaw) {
            play_stage(flaw, true, all, results);
        }
    }
    return results;
}

/* Whether the outcome is the case's own, and not that of a control around its block. */
static bool is_own(const json_t *result)
{
    return strncmp(text(result, "reason"), "the control, ", strlen("the control, ")) != 0 ||
           among(controls, COUNT(controls), text(result, "id"));
}

static int by_id(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A flaw that strikes the control strikes all: then the controls alone tell of it. */
static size_t keep_controls(const char **ids, size_t count)
{
    size_t kept = 0;
    if (!among(ids, count, controls[0])) {
        return count;
    }
    for (size_t i = 0; i < count; i++) {
        if (among(controls, COUNT(controls), ids[i])) {
            ids[kept++] = ids[i];
        }
    }
    return kept;
}

/* changed writes the ids whose own verdicts differ, in order, separated by spaces. What was not
 * played with the flaw is not compared. */
static void changed(json_t *with_flaw, char out[LIST_CAP])
{
    const char *ids[IDS_MAX];
    const char *id = NULL;
    json_t *after = NULL;
    size_t count = 0;
    size_t len = 0;
    out[0] = '\0';
    json_object_foreach(with_flaw, id, after)
    {
        const json_t *before = json_object_get(flawless, id);
        bool differs = strcmp(text(before, "verdict"), text(after, "verdict")) != 0;
        bool played = strcmp(text(after, "verdict"), "UNIMPLEMENTED") != 0;
        if (differs && played && is_own(after) && count < IDS_MAX) {
            ids[count++] = id;
        }
    }
    count = keep_controls(ids, count);
    qsort((void *)ids, count, sizeof ids[0], by_id);
    for (size_t i = 0; i < count && len < LIST_CAP - 16; i++) {
        len += (size_t)snprintf(out + len, LIST_CAP - len, "%s%s", i > 0 ? " " : "", ids[i]);
    }
}

/* Plays a flaw and writes what it changes. */
static void play_and_compare(enum mutant_flaw flaw, bool all, char list[LIST_CAP])
{
    list[0] = '\0';
    for (int i = 0; i < (flaw == BY_CHANCE ? CHANCES : 1) && list[0] == '\0'; i++) {
        json_t *results = play(flaw, all);
        changed(results, list);
        json_decref(results);
    }
}

START_TEST(the_flawless_one_passes)
{
    char list[LIST_CAP] = "";
    const char *id = NULL;
    json_t *result = NULL;
    size_t len = 0;
    json_object_foreach(flawless, id, result)
    {
        const char *verdict = text(result, "verdict");
        bool fine = strcmp(verdict, "PASS") == 0 || strcmp(verdict, "INFO") == 0 ||
                    strcmp(verdict, "UNIMPLEMENTED") == 0;
        if (!fine && len < LIST_CAP) {
            len += (size_t)snprintf(list + len, LIST_CAP - len, "%s %s: %s; ", id, verdict,
                                    text(result, "reason"));
        }
    }
    ck_assert_msg(list[0] == '\0', "%s", list);
}
END_TEST

/* What mutants.def says of a flaw, less the case that cannot be played here. */
static void expected(enum mutant_flaw flaw, char list[LIST_CAP])
{
    static const char starved[] = "OPS-09";
    (void)snprintf(list, LIST_CAP, "%s", mutant_flaw_cases(flaw));
    char *at = starves(flaw) ? NULL : strstr(list, starved);
    if (at) {
        size_t len = strlen(starved);
        at -= at > list && !at[len]; /* the last one goes with the blank before it */
        len += at[len] || *at == ' ';
        memmove(at, at + len, strlen(at + len) + 1);
    }
}

START_TEST(each_flaw_changes_its_cases_alone)
{
    enum mutant_flaw flaw = (enum mutant_flaw)(_i + 1);
    char list[LIST_CAP];
    char said[LIST_CAP];
    expected(flaw, said);
    play_and_compare(flaw, false, list);
    ck_assert_msg(list[0] != '\0', "no case catches %s (%s)", mutant_flaw_name(flaw),
                  mutant_flaw_sentence(flaw));
    ck_assert_msg(strcmp(list, said) == 0,
                  "%s changes \"%s\", but mutants.def says \"%s\" (scripts/mutants.sh writes it)",
                  mutant_flaw_name(flaw), list, said);
}
END_TEST

/* Flaws of form: the decision is right. What they alone change was not shown to tell right from
 * wrong. */
static const enum mutant_flaw formal[] = {MUTANT_NO_CHALLENGE, MUTANT_SERVER_ERROR_ON_BAD_JSON,
                                          MUTANT_SCOPE_MISSING_401};

static bool is_formal(enum mutant_flaw flaw)
{
    bool found = false;
    for (size_t i = 0; i < COUNT(formal); i++) {
        found = found || formal[i] == flaw;
    }
    return found;
}

static bool is_caught(const char *id)
{
    for (int flaw = 1; flaw < MUTANT_COUNT; flaw++) {
        if (!is_formal((enum mutant_flaw)flaw) &&
            cf_has(mutant_flaw_cases((enum mutant_flaw)flaw), id)) {
            return true;
        }
    }
    return false;
}

START_TEST(every_must_case_is_able_to_fail)
{
    char list[LIST_CAP] = "";
    size_t len = 0;
    for (size_t i = 0; i < suite.count; i++) {
        const struct cf_case *c = &suite.cases[i];
        if (c->level == CF_MUST && !is_caught(c->id) && len < LIST_CAP - 16) {
            len += (size_t)snprintf(list + len, LIST_CAP - len, " %s", c->id);
        }
    }
    ck_assert_msg(list[0] == '\0', "no wrong decision of mutants.def is caught by:%s", list);
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

/* Runs one half of the flaws' tests, or with the first the others, too. */
static int run_half(bool second)
{
    int half = flaw_count() / 2;
    Suite *s = suite_create(second ? "mutants, second half" : "mutants");
    TCase *tc = tcase_create("flaws");
    tcase_set_timeout(tc, 120);
    if (!second) {
        tcase_add_test(tc, the_flawless_one_passes);
        tcase_add_test(tc, every_must_case_is_able_to_fail);
    }
    tcase_add_loop_test(tc, each_flaw_changes_its_cases_alone, second ? half : 0,
                        second ? flaw_count() : half);
    suite_add_tcase(s, tc);
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Prints "FLAW: IDS" for the flaws named, or else for all. */
static int print_lists(char **names, int count)
{
    for (int i = 1; i < MUTANT_COUNT; i++) {
        enum mutant_flaw flaw = (enum mutant_flaw)i;
        char list[LIST_CAP];
        if (count > 0 &&
            !among((const char *const *)names, (size_t)count, mutant_flaw_name(flaw))) {
            continue;
        }
        play_and_compare(flaw, true, list);
        (void)printf("%s: %s\n", mutant_flaw_name(flaw), list);
    }
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    char why[512] = "";
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
    if (cf_suite_load(&suite, "fixtures/cases", why, sizeof why) != 0) {
        (void)fprintf(stderr, "%s\n", why);
        return EXIT_FAILURE;
    }
    bool lists = argc > 1 && strcmp(argv[1], "--list") == 0;
    pid_t other = lists ? -1 : fork(); /* two processors halve what takes longest of all tests */
    flawless = play(MUTANT_NONE, true);
    int status = lists ? print_lists(argv + 2, argc - 2) : run_half(other == 0);
    int its_status = EXIT_SUCCESS;
    if (other > 0 && (waitpid(other, &its_status, 0) < 0 || its_status != 0)) {
        status = EXIT_FAILURE;
    }
    json_decref(flawless);
    cf_suite_cleanup(&suite);
    curl_global_cleanup();
    return status;
}

/* Reading cases, unfolding variants, filters and order. */
#include "conformance/case.h"
#include "conformance/reach.h"
#include "conformance/select.h"
#include "validator/tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/check-case-XXXXXX";

/* load writes `text` as the one file of a folder and loads it. */
static enum cf_half half; /* that load asks for */

static int load(const char *text, struct cf_suite *suite, char *why, size_t cap)
{
    char path[128];
    strcpy(folder, "/tmp/check-case-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/X.json", folder);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    *suite = (struct cf_suite){.half = half};
    int status = cf_suite_load(suite, folder, why, cap);
    (void)unlink(path);
    (void)rmdir(folder);
    return status;
}

#define CASE(id, more) "{\"id\":\"" id "\",\"title\":\"a title\",\"level\":\"MUST\"," more "}"
#define FILE_OF(cases) "{\"group\":\"X\",\"cases\":[" cases "]}"
#define SEND "\"send\":{},\"expect\":{\"decision\":\"accept\"}"

START_TEST(faults_are_named)
{
    static const struct {
        const char *text;
        const char *why; /* is in the sentence */
    } rows[] = {
        {"{", "line 1"},
        {"{\"cases\":[]}", "'group'"},
        {"{\"group\":\"X\"}", "'cases'"},
        {FILE_OF("{\"title\":\"t\",\"level\":\"MUST\"}"), "/cases/0: id"},
        {FILE_OF("{\"id\":\"X-01\",\"level\":\"MUST\"}"), "/cases/0: title"},
        {FILE_OF("{\"id\":\"X-01\",\"title\":\"t\",\"level\":\"SOMETIMES\"}"), "/cases/0: level"},
        {FILE_OF(CASE("X-01", "\"why\":\"w\"")), "/cases/0: steps"},
        {FILE_OF(CASE("X-01", SEND) "," CASE("x-01", SEND)), "/cases/1: id"},
        /* what the engine counts on */
        {FILE_OF(CASE("X-01", "\"send\":{},\"expect\":{\"error\":[1]}")),
         "/cases/0/steps/0/expect/error: a list of texts"},
        {FILE_OF(CASE("X-01", "\"send\":{},\"expect\":{\"decision\":\"perhaps\"}")),
         "/steps/0/expect/decision: accept or reject"},
        {FILE_OF(CASE("X-01", "\"steps\":[{\"send\":{}},{\"send\":{},\"at_once\":65}]")),
         "/steps/1/at_once: a number from 1 to 64"},
        {FILE_OF(CASE("X-01", "\"steps\":[{\"send\":{},\"times\":0}]")),
         "/steps/0/times: a number from 1"},
        {FILE_OF(CASE("X-01", "\"steps\":[{\"flood\":{\"times\":1,\"octets\":-1}}]")),
         "/steps/0/flood: an object with times"},
        {FILE_OF(CASE("X-01", "\"steps\":[{\"expect_log\":{\"has\":[1]}}]")),
         "/steps/0/expect_log: an object of has"},
        {FILE_OF(CASE("X-01", SEND ",\"variants\":[{\"name\":\"v\",\"expect\":{\"status\":401}}]")),
         "/expect/status: a list of numbers is needed (variant 'v')"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct cf_suite suite;
        char why[512] = "";
        ck_assert_msg(load(rows[i].text, &suite, why, sizeof why) == -1, "%s", rows[i].text);
        ck_assert_msg(strstr(why, rows[i].why) != NULL, "%s: %s", rows[i].text, why);
        cf_suite_cleanup(&suite);
    }
}
END_TEST

START_TEST(an_empty_folder_has_no_cases)
{
    struct cf_suite suite = {0};
    char why[256] = "";
    ck_assert_int_eq(cf_suite_load(&suite, "/nonexistent", why, sizeof why), -1);
    ck_assert_ptr_nonnull(strstr(why, "/nonexistent"));
}
END_TEST

/* A file says whom its cases are for; the others do not see it. */
START_TEST(the_other_half)
{
    static const char *const provider =
        "{\"half\":\"provider\",\"group\":\"X\",\"flows\":{\"f\":[1]},\"cases\":["
        "{\"id\":\"X-01\",\"title\":\"t\",\"level\":\"MUST\",\"request\":{\"get\":\"/\"},"
        "\"expect\":{\"status\":[200]},\"capture\":{\"a\":\"json/a\"}}]}";
    struct cf_suite suite;
    char why[512] = "";
    const char *name = NULL;
    ck_assert_msg(load(provider, &suite, why, sizeof why) == 0, "%s", why);
    ck_assert_uint_eq(suite.count, 0);
    cf_suite_cleanup(&suite);
    half = CF_PROVIDERS;
    ck_assert_msg(load(FILE_OF(CASE("X-01", SEND)), &suite, why, sizeof why) == 0, "%s", why);
    ck_assert_uint_eq(suite.count, 0);
    cf_suite_cleanup(&suite);
    ck_assert_msg(load(provider, &suite, why, sizeof why) == 0, "%s", why);
    half = CF_VALIDATORS;
    ck_assert_uint_eq(suite.count, 1);
    ck_assert_str_eq(suite.cases[0].profile, "provider");
    json_t *variant = cf_variant(&suite.cases[0], 0, &name);
    const json_t *step = json_array_get(json_object_get(variant, "steps"), 0);
    ck_assert_ptr_nonnull(json_object_get(step, "request"));
    ck_assert_ptr_nonnull(json_object_get(step, "expect"));
    ck_assert_ptr_nonnull(json_object_get(step, "capture"));
    ck_assert_ptr_null(json_object_get(step, "send"));
    ck_assert_ptr_nonnull(json_object_get(json_object_get(variant, "flows"), "f"));
    json_decref(variant);
    cf_suite_cleanup(&suite);
}
END_TEST

START_TEST(variants_are_merged)
{
    struct cf_suite suite;
    char why[512] = "";
    const char *name = NULL;
    ck_assert_msg(
        load(FILE_OF(CASE("X-01", "\"send\":{\"wrap\":\"a\",\"base\":\"empty\",\"claims\":{\"set\":"
                                  "{\"x\":1}}},\"expect\":{\"status\":[401]},"
                                  "\"variants\":[{\"name\":\"one\"},{\"name\":\"two\",\"send\":{"
                                  "\"wrap\":null,\"claims\":{\"set\":{\"y\":2}}},"
                                  "\"expect\":{\"status\":[400]}}]")),
             &suite, why, sizeof why) == 0,
        "%s", why);
    const struct cf_case *c = cf_suite_find(&suite, "x-01");
    ck_assert_ptr_nonnull(c);
    ck_assert_uint_eq(cf_variant_count(c), 2);
    json_t *one = cf_variant(c, 0, &name);
    ck_assert_str_eq(name, "one");
    ck_assert_ptr_null(json_object_get(one, "variants"));
    json_decref(one);
    json_t *two = cf_variant(c, 1, &name);
    json_t *want = json_loads("[{\"send\":{\"base\":\"empty\",\"claims\":{\"set\":{\"x\":1,\"y\":2}"
                              "}},\"expect\":{\"status\":[400]}}]",
                              0, NULL);
    ck_assert_msg(json_equal(json_object_get(two, "steps"), want), "%s", json_dumps(two, 0));
    json_decref(want);
    json_decref(two);
    cf_suite_cleanup(&suite);
}
END_TEST

START_TEST(filters)
{
    static const struct {
        const char *filter;
        size_t count;
    } rows[] = {{"X-09", 0}, {"Y", 0}, {"nothing like it", 0}, {"X-01", 1},
                {"x-0*", 3}, {"X", 3}, {"a TITLE", 3}};
    struct cf_suite suite;
    char why[512] = "";
    ck_assert_int_eq(
        load(FILE_OF(CASE("X-03", SEND) "," CASE(
                 "X-01",
                 "\"steps\":[{\"idp\":{"
                 "\"rotate\":{}}}]") "," CASE("X-02",
                                              "\"send\":{},\"expect\":{\"code\":\"kid_unknown\"}")),
             &suite, why, sizeof why),
        0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct cf_selection selection = {&rows[i].filter, 1, CF_INFO};
        size_t count = 0;
        const struct cf_case **plan = cf_plan(&suite, &selection, true, &count);
        ck_assert_msg(count == rows[i].count, "%s: %zu", rows[i].filter, count);
        free((void *)plan);
    }
    /* who cannot be started afresh gets the rollover first and the unknown kid last */
    struct cf_selection all = {NULL, 0, CF_INFO};
    size_t count = 0;
    const struct cf_case **plan = cf_plan(&suite, &all, false, &count);
    ck_assert_uint_eq(count, 3);
    ck_assert_str_eq(plan[0]->id, "X-01");
    ck_assert_str_eq(plan[1]->id, "X-03");
    ck_assert_str_eq(plan[2]->id, "X-02");
    free((void *)plan);
    cf_suite_cleanup(&suite);
}
END_TEST

/* A case asks for a way to the target, or for something of the target: only the first is left out.
 */
START_TEST(what_is_not_for_a_target)
{
    static const struct {
        const char *needs;
        const char *capabilities;
        bool kept;
    } rows[] = {
        {"[\"http\"]", "clock restart", false},
        {"[\"raw-socket\"]", "clock restart", false},
        {"[\"configure\"]", "http raw-socket", false},
        {"[\"timezone\"]", "http raw-socket", false},
        {"[\"in-process\"]", "http raw-socket", false},
        {"[\"rollover\",\"clock\"]", "http rollover", false},
        {"[\"restart\"]", "http", false},
        {"[\"tls\"]", "http", false},
        {"[\"tls\"]", "http tls", true},
        {"[\"http\",\"clock\"]", "clock http", true},
        {"[\"rollover\"]", "http", true}, /* the target lacks that: UNIMPLEMENTED */
        {"[\"replay-filter\",\"v1\"]", "", true},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char text[512];
        char why[512] = "";
        struct cf_suite suite;
        size_t count = 0;
        struct cf_selection all = {NULL, 0, CF_INFO};
        (void)snprintf(text, sizeof text,
                       FILE_OF(CASE("X-01", "\"needs\":%s," SEND) "," CASE("X-02", SEND)),
                       rows[i].needs);
        ck_assert_msg(load(text, &suite, why, sizeof why) == 0, "%s", why);
        const struct cf_case **plan = cf_plan(&suite, &all, true, &count);
        json_t *left_out = cf_reach_keep(plan, &count, rows[i].capabilities);
        ck_assert_msg(count == (rows[i].kept ? 2 : 1), "%s for %s", rows[i].needs,
                      rows[i].capabilities);
        ck_assert_str_eq(plan[count - 1]->id, "X-02");
        ck_assert_uint_eq(json_array_size(left_out), 2 - count);
        if (!rows[i].kept) {
            const json_t *one = json_array_get(left_out, 0);
            ck_assert_str_eq(json_string_value(json_object_get(one, "id")), "X-01");
            ck_assert_ptr_nonnull(json_string_value(json_object_get(one, "reason")));
        }
        json_decref(left_out);
        free((void *)plan);
        cf_suite_cleanup(&suite);
    }
}
END_TEST

TEST_MAIN("case", faults_are_named, an_empty_folder_has_no_cases, the_other_half,
          variants_are_merged, filters, what_is_not_for_a_target)

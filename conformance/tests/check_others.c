/* What baselines say of others is told beside a case, once for all of whom the same is said. */
#include "conformance/others.h"
#include "validator/tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/check-others-XXXXXX";

static const char *const files[][2] = {
    {"b.expected.json", "{\"deviations\":{\"X-01\":{\"verdict\":\"FAIL\",\"reason\":\"r\"}}}"},
    {"a.expected.json", "{\"deviations\":{\"X-01\":{\"verdict\":\"FAIL\",\"reason\":\"r\"},"
                        "\"X-02\":{\"verdict\":[\"PASS\",\"FAIL\"],\"reason\":\"patched\"}}}"},
    {"c.expected.json", "{\"deviations\":{\"X-01\":{\"verdict\":\"ERROR\",\"reason\":\"gone\"}}}"},
    {"broken.expected.json", "{\"deviations\":"},
    {"d.json", "{\"deviations\":{\"X-01\":{\"verdict\":\"FAIL\",\"reason\":\"a target\"}}}"},
    {".expected.json", "{\"deviations\":{\"X-01\":{\"verdict\":\"FAIL\",\"reason\":\"nobody\"}}}"},
};

static const char document[] =
    "{\"group\":\"X\",\"cases\":["
    "{\"id\":\"X-01\",\"title\":\"t\",\"level\":\"MUST\",\"source\":[],\"why\":\"w\","
    "\"others\":\"own\",\"send\":{},\"expect\":{}},"
    "{\"id\":\"X-02\",\"title\":\"t\",\"level\":\"MUST\",\"source\":[],\"why\":\"w\",\"send\":{},"
    "\"expect\":{}},"
    "{\"id\":\"X-03\",\"title\":\"t\",\"level\":\"MUST\",\"source\":[],\"why\":\"w\",\"send\":{},"
    "\"expect\":{}}]}";

static void write_files(void)
{
    char path[128];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    for (size_t i = 0; i < ROWS(files); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, files[i][0]);
        FILE *file = fopen(path, "w");
        ck_assert_ptr_nonnull(file);
        (void)fputs(files[i][1], file);
        (void)fclose(file);
    }
}

static void remove_files(void)
{
    char path[128];
    for (size_t i = 0; i < ROWS(files); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, files[i][0]);
        (void)unlink(path);
    }
    (void)rmdir(folder);
}

static void expect_lines(const json_t *loaded, const struct cf_case *c, const char *expected)
{
    json_t *list = cf_others_of(loaded, c);
    char *text = json_dumps(list, JSON_COMPACT);
    ck_assert_str_eq(text, expected);
    free(text);
    json_decref(list);
}

START_TEST(others_are_told)
{
    struct cf_suite suite = {0};
    char why[256] = "";
    write_files();
    ck_assert_int_eq(cf_suite_read(&suite, document, sizeof document - 1, "X", why, sizeof why), 0);
    json_t *loaded = cf_others_load(folder);
    expect_lines(loaded, &suite.cases[0], "[\"own\",\"a, b: FAIL, r\",\"c: ERROR, gone\"]");
    expect_lines(loaded, &suite.cases[1], "[\"a: PASS or FAIL, patched\"]");
    expect_lines(loaded, &suite.cases[2], "[]");
    json_decref(loaded);
    loaded = cf_others_load("/nonexistent");
    expect_lines(loaded, &suite.cases[0], "[\"own\"]");
    json_decref(loaded);
    remove_files();
    cf_suite_cleanup(&suite);
}
END_TEST

/* The baselines of this tree: a result gets its list, or none. */
START_TEST(results_tell_of_others)
{
    struct cf_suite suite = {0};
    char why[256] = "";
    ck_assert_int_eq(cf_suite_load(&suite, "fixtures/cases", why, sizeof why), 0);
    json_t *run = json_pack("{s:[{s:s}, {s:s}, {s:s}]}", "cases", "id", "KEY-42", "id", "CTL-01",
                            "id", "NO-01");
    cf_others_tell(run, &suite);
    const json_t *results = json_object_get(run, "cases");
    const json_t *told = json_object_get(json_array_get(results, 0), "others");
    ck_assert_uint_gt(json_array_size(told), 0);
    ck_assert_ptr_nonnull(strstr(json_string_value(json_array_get(told, 0)), "python-jose"));
    ck_assert_ptr_null(json_object_get(json_array_get(results, 1), "others"));
    ck_assert_ptr_null(json_object_get(json_array_get(results, 2), "others"));
    json_decref(run);
    cf_suite_cleanup(&suite);
}
END_TEST

TEST_MAIN("others", others_are_told, results_tell_of_others)

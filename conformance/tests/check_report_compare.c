/* Two runs compared, several laid side by side. */
#include "conformance/report/compare.h"
#include "conformance/report/matrix.h"
#include "conformance/report/step.h"
#include "validator/tests/support/suite.h"

#include <string.h>

static json_t *result_of(const char *id, const char *verdict, const char *reason,
                         const char *variant)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:[{s:s, s:s, s:s}]}", "id", id, "title", "t", "verdict",
                     verdict, "reason", reason, "variants", "name", "v", "verdict", variant,
                     "reason", reason);
}

static json_t *run_of(const char *name, json_t *result)
{
    json_t *run = json_pack("{s:s, s:[]}", "target", name, "cases");
    if (result) {
        (void)json_array_append_new(json_object_get(run, "cases"), result);
    }
    return run;
}

START_TEST(changes)
{
    static const struct {
        const char *before; /* NULL: the case is not there */
        const char *old_reason;
        const char *old_variant;
        const char *after;
        const char *new_reason;
        const char *new_variant;
        enum report_change change;
    } rows[] = {
        {"PASS", "", "PASS", "PASS", "", "PASS", REPORT_SAME},
        {"PASS", "", "PASS", "FAIL", "x", "FAIL", REPORT_WORSE},
        {"PASS", "", "PASS", "NON-STRICT", "x", "NON-STRICT", REPORT_WORSE},
        {"PASS", "", "PASS", "UNIMPLEMENTED", "x", "PASS", REPORT_WORSE},
        {"FAIL", "x", "FAIL", "ERROR", "x", "ERROR", REPORT_WORSE},
        {"UNIMPLEMENTED", "x", "PASS", "FAIL", "x", "FAIL", REPORT_WORSE},
        {"UNIMPLEMENTED", "x", "PASS", "NON-STRICT", "x", "NON-STRICT", REPORT_BETTER},
        {"FAIL", "x", "FAIL", "PASS", "", "PASS", REPORT_BETTER},
        {"INFO", "", "INFO", "PASS", "", "PASS", REPORT_SAME},
        {"FAIL", "x", "PASS", "FAIL", "x", "FAIL", REPORT_WORSE}, /* one variant more fails */
        {"FAIL", "x", "FAIL", "FAIL", "x", "PASS", REPORT_BETTER},
        {"FAIL", "x", "FAIL", "FAIL", "y", "FAIL", REPORT_CHANGED},
        {NULL, NULL, NULL, "FAIL", "x", "FAIL", REPORT_NEW},
        {"PASS", "", "PASS", NULL, NULL, NULL, REPORT_GONE},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        size_t counts[REPORT_CHANGES];
        json_t *before =
            run_of("t", rows[i].before ? result_of("X-01", rows[i].before, rows[i].old_reason,
                                                   rows[i].old_variant)
                                       : NULL);
        json_t *after =
            run_of("t", rows[i].after ? result_of("X-01", rows[i].after, rows[i].new_reason,
                                                  rows[i].new_variant)
                                      : NULL);
        json_t *found = report_compare(before, after, counts);
        ck_assert_msg(counts[rows[i].change] == 1, "row %zu is not %s", i,
                      report_change_name(rows[i].change));
        ck_assert_uint_eq(json_array_size(found), rows[i].change == REPORT_SAME ? 0 : 1);
        json_decref(found);
        json_decref(before);
        json_decref(after);
    }
}
END_TEST

START_TEST(a_matrix)
{
    json_t *all = json_array();
    json_t *more = json_array();
    (void)json_array_append_new(more, run_of("a", result_of("X-02", "PASS", "", "PASS")));
    (void)json_array_append_new(more, run_of("b", result_of("X-01", "FAIL", "x", "FAIL")));
    report_merge(all, more);
    json_decref(more);
    more = json_pack("[o]", run_of("a", result_of("X-02", "INFO", "", "INFO")));
    report_merge(all, more);
    json_decref(more);
    ck_assert_uint_eq(json_array_size(all), 3);
    ck_assert_str_eq(report_text_of(json_array_get(all, 2), "target"), "a (2)");
    json_t *rows = report_matrix(all);
    ck_assert_uint_eq(json_array_size(rows), 2);
    const json_t *first = json_array_get(rows, 0);
    ck_assert_str_eq(report_text_of(first, "id"), "X-01");
    ck_assert(report_row_deviates(first));
    ck_assert(!report_row_deviates(json_array_get(rows, 1)));
    const json_t *cells = json_object_get(first, "cells");
    ck_assert(json_is_null(json_array_get(cells, 0)));
    ck_assert_str_eq(report_text_of(json_array_get(cells, 1), "verdict"), "FAIL");
    ck_assert_ptr_nonnull(report_find(json_array_get(all, 1), "x-01"));
    ck_assert_ptr_null(report_find(json_array_get(all, 0), "X-01"));
    json_decref(rows);
    json_decref(all);
}
END_TEST

TEST_MAIN("report compare", changes, a_matrix)

/* Cases and variants, before and after. */
#include "conformance/report/compare.h"

#include "conformance/report/matrix.h"
#include "conformance/report/step.h"

#include <stdio.h>
#include <string.h>

#define WHAT_CAP 600

/* The worse the higher. What a target lacks weighs less than what it gets wrong, and more than what
 * it merely words otherwise: it is never counted as passed. */
static int rank(const char *verdict)
{
    static const char *const order[] = {"PASS",          "INFO", "NON-STRICT",
                                        "UNIMPLEMENTED", "FAIL", "ERROR"};
    for (int i = 0; i < (int)(sizeof order / sizeof order[0]); i++) {
        if (strcmp(order[i], verdict) == 0) {
            return i <= 1 ? 0 : i;
        }
    }
    return 0;
}

const char *report_change_name(enum report_change change)
{
    static const char *const names[] = {"same", "worse", "better", "changed", "new", "gone"};
    return names[change];
}

static enum report_change weigh(const json_t *before, const json_t *after)
{
    int from = rank(report_text_of(before, "verdict"));
    int to = rank(report_text_of(after, "verdict"));
    return to > from ? REPORT_WORSE : to < from ? REPORT_BETTER : REPORT_SAME;
}

static const json_t *variant_of(const json_t *result, const char *name)
{
    const json_t *variant = NULL;
    size_t i = 0;
    json_array_foreach(json_object_get(result, "variants"), i, variant)
    {
        if (strcmp(report_text_of(variant, "name"), name) == 0) {
            return variant;
        }
    }
    return NULL;
}

/* A case whose verdict stayed may have variants that did not: the first one that got worse, else
 * the first that got better. */
static enum report_change weigh_variants(const json_t *before, const json_t *after,
                                         char what[WHAT_CAP])
{
    enum report_change change = REPORT_SAME;
    const json_t *new_one = NULL;
    size_t i = 0;
    json_array_foreach(json_object_get(after, "variants"), i, new_one)
    {
        const char *name = report_text_of(new_one, "name");
        const json_t *old_one = variant_of(before, name);
        enum report_change one = old_one ? weigh(old_one, new_one) : REPORT_SAME;
        if (one == REPORT_WORSE || (one == REPORT_BETTER && change == REPORT_SAME)) {
            (void)snprintf(what, WHAT_CAP, "%s: %s, was %s %.300s", name,
                           report_text_of(new_one, "verdict"), report_text_of(old_one, "verdict"),
                           report_text_of(new_one, "reason"));
            change = one;
        }
        if (one == REPORT_WORSE) {
            break;
        }
    }
    return change;
}

static enum report_change change_of(const json_t *before, const json_t *after, char what[WHAT_CAP])
{
    if (!json_is_object(before) || !json_is_object(after)) {
        return json_is_object(before) ? REPORT_GONE : REPORT_NEW;
    }
    const char *reason = report_text_of(after, "reason");
    (void)snprintf(what, WHAT_CAP, "%.500s", reason);
    enum report_change change = weigh(before, after);
    if (change == REPORT_SAME) {
        change = weigh_variants(before, after, what);
    }
    if (change == REPORT_SAME && strcmp(report_text_of(before, "reason"), reason) != 0) {
        (void)snprintf(what, WHAT_CAP, "%.250s, was: %.250s", *reason ? reason : "nothing",
                       *report_text_of(before, "reason") ? report_text_of(before, "reason")
                                                         : "nothing");
        change = REPORT_CHANGED;
    }
    return change;
}

json_t *report_compare(const json_t *before, const json_t *after, size_t counts[REPORT_CHANGES])
{
    json_t *pair = json_pack("[O,O]", before, after);
    json_t *rows = report_matrix(pair);
    json_t *changes = json_array();
    const json_t *row = NULL;
    size_t i = 0;
    memset(counts, 0, REPORT_CHANGES * sizeof counts[0]);
    json_array_foreach(rows, i, row)
    {
        char what[WHAT_CAP] = "";
        const json_t *from = json_array_get(json_object_get(row, "cells"), 0);
        const json_t *to = json_array_get(json_object_get(row, "cells"), 1);
        enum report_change change = change_of(from, to, what);
        counts[change]++;
        if (change != REPORT_SAME) {
            json_t *one =
                json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "id", report_text_of(row, "id"),
                          "title", report_text_of(json_object_get(row, "case"), "title"), "change",
                          report_change_name(change), "before", report_text_of(from, "verdict"),
                          "after", report_text_of(to, "verdict"), "what", what);
            (void)json_array_append_new(changes, one);
        }
    }
    json_decref(rows);
    json_decref(pair);
    return changes;
}

/* Baselines: deviations that are known and explained. */
#include "conformance/expected.h"

#include "conformance/document.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const char *text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

/* A verdict, or a list of them where a library's patch level decides. */
static bool allows(const json_t *verdicts, const char *verdict)
{
    const json_t *item = NULL;
    size_t i = 0;
    json_array_foreach(verdicts, i, item)
    {
        if (json_is_string(item) && strcmp(json_string_value(item), verdict) == 0) {
            return true;
        }
    }
    return json_is_string(verdicts) && strcmp(json_string_value(verdicts), verdict) == 0;
}

static bool has_verdict(const json_t *row)
{
    static const char *const verdicts[] = {"FAIL", "NON-STRICT", "ERROR", "UNIMPLEMENTED"};
    for (size_t i = 0; i < sizeof verdicts / sizeof verdicts[0]; i++) {
        if (allows(json_object_get(row, "verdict"), verdicts[i])) {
            return true;
        }
    }
    return false;
}

json_t *cf_expected_load(const char *file, char *why, size_t cap)
{
    const char *id = NULL;
    json_t *row = NULL;
    json_t *root = cf_document_load(file, why, cap);
    json_t *rows = json_object_get(root, "deviations");
    if (!root) {
        return NULL;
    }
    if (!json_is_object(rows)) {
        (void)snprintf(why, cap, "%s: /deviations: an object is needed", file);
        json_decref(root);
        return NULL;
    }
    json_object_foreach(rows, id, row)
    {
        if (!has_verdict(row) || !text(row, "reason") || !*text(row, "reason")) {
            (void)snprintf(why, cap,
                           "%s: /deviations/%s: 'verdict' (FAIL, NON-STRICT, ERROR or "
                           "UNIMPLEMENTED, or a list of them) and 'reason' are needed",
                           file, id);
            json_decref(root);
            return NULL;
        }
    }
    json_incref(rows);
    json_decref(root);
    return rows;
}

static bool fails(const char *verdict, bool strict)
{
    return strcmp(verdict, "FAIL") == 0 || strcmp(verdict, "ERROR") == 0 ||
           (strict && strcmp(verdict, "NON-STRICT") == 0);
}

/* How a case that the baseline names came out otherwise; NULL when it came out so. */
static const char *surprise(const json_t *row, const char *verdict)
{
    if (allows(json_object_get(row, "verdict"), verdict)) {
        return NULL;
    }
    return strcmp(verdict, "PASS") == 0 ? "the baseline says it deviates, but it passed"
                                        : "it deviates in another way than the baseline says";
}

struct cf_tally cf_tally(const json_t *report, const json_t *expected, bool strict)
{
    struct cf_tally tally = {0};
    json_t *result = NULL;
    size_t i = 0;
    json_array_foreach(json_object_get(report, "cases"), i, result)
    {
        const char *verdict = text(result, "verdict");
        const json_t *row = json_object_get(expected, text(result, "id"));
        const char *odd = row ? surprise(row, verdict) : NULL;
        if (odd) {
            json_object_set_new(result, "surprise", json_string(odd));
        } else if (row) {
            json_object_set_new(result, "known", json_string(text(row, "reason")));
        }
        if (odd || (!row && fails(verdict, strict))) {
            tally.failed++;
        } else if (strcmp(verdict, "UNIMPLEMENTED") == 0) {
            tally.skipped++;
        } else {
            tally.passed++;
        }
    }
    return tally;
}

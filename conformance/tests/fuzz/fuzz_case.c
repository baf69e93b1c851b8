/* Case files of any shape: what is read can be planned, unfolded and judged. */
#include "conformance/select.h"
#include "conformance/wire.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const struct cf_answer answers[] = {
    {.status = 200, .body = "Canary"},
    {.status = 401,
     .challenge = "Bearer error=\"invalid_token\"",
     .code = "token_expired",
     .head = "content-type: application/json\ncache-control: no-store\n",
     .body = "{\"error\":\"token_expired\"}"},
};

/* Every expectation of a case against two answers. */
static void judge(const json_t *expect, enum cf_level level)
{
    char reason[CF_REASON_CAP];
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        const struct cf_wire wire = {&answers[i], i > 0 ? &answers[0] : NULL,
                                     "eyJhbGciOiJSUzI1NiJ9"};
        enum cf_verdict verdict = cf_judge(expect, &answers[i], level, "Canary", true, reason);
        (void)cf_wire_judge(expect, &wire, reason);
        if (verdict >= CF_VERDICTS) {
            abort();
        }
    }
}

static void unfold(const struct cf_case *c)
{
    size_t count = cf_variant_count(c);
    for (size_t i = 0; i < count && i < 16; i++) {
        const char *name = NULL;
        json_t *variant = cf_variant(c, i, &name);
        const json_t *step = NULL;
        size_t k = 0;
        json_array_foreach(json_object_get(variant, "steps"), k, step)
        {
            judge(json_object_get(step, "expect"), c->level);
        }
        json_decref(variant);
    }
    (void)cf_changes_world(c);
    (void)cf_matches("TIM-*", c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const filters[] = {"TIM-*", "word"};
    static const struct cf_selection some = {filters, 2, CF_SHOULD};
    static const struct cf_selection all = {NULL, 0, CF_INFO};
    struct cf_suite suite = {0};
    char why[512] = "";
    size_t count = 0;
    if (cf_suite_read(&suite, (const char *)data, size, "input", why, sizeof why) == 0) {
        for (size_t i = 0; i < suite.count; i++) {
            unfold(&suite.cases[i]);
        }
        for (int restarts = 0; restarts < 2; restarts++) {
            free((void *)cf_plan(&suite, &all, restarts, &count));
            if (count != suite.count) {
                abort();
            }
            free((void *)cf_plan(&suite, &some, restarts, &count));
        }
    } else if (why[0] == '\0') {
        abort();
    }
    cf_suite_cleanup(&suite);
    return 0;
}

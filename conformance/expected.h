/* What a run may deviate in, and whether it deviated. */
#ifndef CONFORMANCE_EXPECTED_H
#define CONFORMANCE_EXPECTED_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* struct cf_tally is what becomes of a run. */
struct cf_tally {
    size_t passed;
    size_t failed;
    size_t skipped;
};

/*
 * cf_expected_load reads known deviations:
 * {"deviations":{"SCP-02":{"verdict":"NON-STRICT","reason":"…"}}}. `verdict` may be a list where
 * the patch level of a library decides. Every one needs its reason. A new reference, or NULL with
 * `why`.
 */
json_t *cf_expected_load(const char *file, char *why, size_t cap);

/*
 * cf_tally counts a report. FAIL, ERROR and (with `strict`) NON-STRICT fail, unless `expected` (or
 * NULL) names case and verdict; a case that is named and did not come out so fails too, since the
 * baseline is wrong then. Writes "surprise" into such results.
 */
struct cf_tally cf_tally(const json_t *report, const json_t *expected, bool strict);

#endif

/* What came of a case: the closed list of verdicts, and how two axes (decision and wire) become one
 * of them. */
#ifndef CONFORMANCE_VERDICT_H
#define CONFORMANCE_VERDICT_H

#include "conformance/adapters/adapter.h"
#include "conformance/case.h"

#include <jansson.h>
#include <stddef.h>

/* In the order of their weight: the heaviest of the variants is the case's. */
enum cf_verdict {
    CF_PASS,
    CF_INFORMED,
    CF_UNIMPLEMENTED,
    CF_NON_STRICT,
    CF_FAIL,
    CF_ERROR,
    CF_VERDICTS
};

/* cf_verdict_name returns "PASS", "INFO", "UNIMPLEMENTED", "NON-STRICT", "FAIL", "ERROR". */
const char *cf_verdict_name(enum cf_verdict verdict);

#define CF_REASON_CAP 512

/*
 * cf_judge compares an answer with what was expected: {"decision","status":[…],"error":[…],"code"}.
 * `canary` is the word that a refusal must not show. `codes` says that the target names libbtv's
 * errors. Writes the reason unless it passes.
 */
enum cf_verdict cf_judge(const json_t *expect, const struct cf_answer *answer, enum cf_level level,
                         const char *canary, bool codes, char reason[CF_REASON_CAP]);

/* cf_weigh is the verdict of a case of `level` whose decision was wrong, or whose wire was. */
enum cf_verdict cf_weigh(enum cf_level level, bool decision);

#endif

/* What is expected of an answer. */
#ifndef CONFORMANCE_PROVIDER_EXPECT_H
#define CONFORMANCE_PROVIDER_EXPECT_H

#include "conformance/provider/match.h"

/*
 * cf_expect_holds matches an answer (answer.h) with an expectation: "status": [any of], "headers":
 * {name: matcher}, "json", "body", "redirect": matchers; "error": name or list of names, "aadsts":
 * number or list of numbers, in a JSON answer, in the parameters of a redirect, or (the number) on
 * a page; "equal": [[path, path], …] of the answer (answer.h) with the same value; "differ":
 * [[path, path, time], …]: the first is so much more than the second. Member by member; a member
 * that is not there is not looked at.
 */
enum cf_match cf_expect_holds(struct cf_matching *m, const json_t *expect, const json_t *answer);

#endif

/* What an answer may not show and must say beyond status and challenge: the members headers, body,
 * challenge, echo, same and time of an expectation. */
#ifndef CONFORMANCE_WIRE_H
#define CONFORMANCE_WIRE_H

#include "conformance/verdict.h"

/* struct cf_wire is an answer and what it is compared with. */
struct cf_wire {
    const struct cf_answer *answer;
    const struct cf_answer *first; /* of the variant's steps, or NULL */
    const char *token;             /* that was sent, or "" */
};

/* cf_wire_judge returns 0, or -1 with the first thing that is not as expected. */
int cf_wire_judge(const json_t *expect, const struct cf_wire *wire, char reason[CF_REASON_CAP]);

#endif

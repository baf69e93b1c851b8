/*
 * What the suite can do to a target depends on the way to it: only what listens is sent an HTTP
 * request, only a subject in process is given settings. A case that asks for more is not for this
 * target and says nothing of it; what a target itself lacks is another matter (UNIMPLEMENTED).
 */
#ifndef CONFORMANCE_REACH_H
#define CONFORMANCE_REACH_H

#include "conformance/case.h"

#include <jansson.h>
#include <stddef.h>

/* cf_reach_lacks returns why a case cannot be played on a target with these capabilities, however
 * good it is, or NULL when it can. */
const char *cf_reach_lacks(const struct cf_case *c, const char *capabilities);

/*
 * cf_reach_keep takes out of a plan the cases that cannot be played and returns them, a new
 * reference: [{"id", "reason"}], in the order of the plan. NULL without memory.
 */
json_t *cf_reach_keep(const struct cf_case **plan, size_t *count, const char *capabilities);

#endif

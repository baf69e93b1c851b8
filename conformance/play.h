/* One variant of one case, step by step, on the subject that stands. */
#ifndef CONFORMANCE_PLAY_H
#define CONFORMANCE_PLAY_H

#include "conformance/stage.h"

/*
 * cf_play_variant plays variant `i`: a case that steers the world gets a fresh subject (where the
 * target can be started afresh) and leaves none behind. Returns
 * {"name","verdict","reason","steps"}, a new reference; also *verdict, and the reason unless it
 * passed.
 */
json_t *cf_play_variant(struct cf_stage *stage, const struct cf_case *c, size_t i,
                        enum cf_verdict *verdict, char reason[CF_REASON_CAP]);

#endif

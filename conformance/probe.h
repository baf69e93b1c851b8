/* Steps that look into the subject: its memory and its log; and what makes them worth a look. */
#ifndef CONFORMANCE_PROBE_H
#define CONFORMANCE_PROBE_H

#include "conformance/request.h"
#include "conformance/scene.h"

/* cf_probe_step plays a step flood, mark_memory, expect_memory or expect_log; false when it is
 * another one. */
bool cf_probe_step(struct cf_scene *scene, const json_t *step);

/*
 * cf_probe_starve sends a request again and again while the first, the second … allocation fails,
 * alone and with all that follow, until none is left. Only what is expected may come of it: what
 * must be refused never gets in; what must be let in may be refused as long as memory is short.
 */
void cf_probe_starve(struct cf_scene *scene, const json_t *step, const struct cf_sent *sent);

#endif

/* One variant on its way: what its steps share. */
#ifndef CONFORMANCE_SCENE_H
#define CONFORMANCE_SCENE_H

#include "conformance/stage.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct cf_scene {
    struct cf_stage *stage;
    enum cf_level level;
    json_t *steps;  /* what was done, for the report */
    json_t *tokens; /* texts: every token that was sent */
    enum cf_verdict verdict;
    bool abroad;  /* the time zone was changed */
    char *reason; /* CF_REASON_CAP */
    bool answered;
    struct cf_answer first; /* of this variant's answers */
    int64_t memory_kib;     /* of the subject when it was marked; 0: it was not */
};

/* cf_scene_conclude takes the heavier verdict. */
void cf_scene_conclude(struct cf_scene *scene, enum cf_verdict verdict, const char *reason);

/* cf_scene_judge is cf_judge with what the scene knows: its level, its canary, and whether the
 * target names reasons. */
enum cf_verdict cf_scene_judge(const struct cf_scene *scene, const json_t *expect,
                               const struct cf_answer *answer, char reason[CF_REASON_CAP]);

#endif

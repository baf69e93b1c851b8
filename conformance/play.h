/* One variant of one case, step by step, on the subject that stands. */
#ifndef CONFORMANCE_PLAY_H
#define CONFORMANCE_PLAY_H

#include "conformance/run.h"

/* struct cf_stage is where cases are played: the run, and the subject of the moment. */
struct cf_stage {
    const struct cf_run *run;
    const struct cf_profile *profile;
    struct cf_subject *subject;
    int breaks;      /* how often nothing came back */
    char fault[200]; /* the last time */
};

/* A target that gives no answer is started anew, where it can be, but not for ever: a run ends in
 * bounded time. */
#define CF_BREAKS_MAX 8

/* cf_stage_given_up says whether the target is asked no more; then with the reason. */
bool cf_stage_given_up(const struct cf_stage *stage, char reason[CF_REASON_CAP]);

/* cf_stage_enter opens a subject with a profile (-1 with the reason); cf_stage_leave closes it. */
int cf_stage_enter(struct cf_stage *stage, const struct cf_profile *profile,
                   char reason[CF_REASON_CAP]);
void cf_stage_leave(struct cf_stage *stage);

/* cf_stage_control sends a good token of the profile; false with the reason when it is not let in.
 */
bool cf_stage_control(struct cf_stage *stage, char reason[CF_REASON_CAP]);

/*
 * cf_play_variant plays variant `i`: a case that steers the world gets a fresh subject (where the
 * target can be started afresh) and leaves none behind. Returns
 * {"name","verdict","reason","steps"}, a new reference; also *verdict, and the reason unless it
 * passed.
 */
json_t *cf_play_variant(struct cf_stage *stage, const struct cf_case *c, size_t i,
                        enum cf_verdict *verdict, char reason[CF_REASON_CAP]);

#endif

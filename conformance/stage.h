/* Where cases are played: the run, and the subject of the moment. */
#ifndef CONFORMANCE_STAGE_H
#define CONFORMANCE_STAGE_H

#include "conformance/run.h"

/* struct cf_stage is where cases are played: the run, and the subject of the moment. */
struct cf_stage {
    const struct cf_run *run;
    const struct cf_profile *profile;
    struct cf_subject *subject;
    bool cleared;    /* the world is as at the start, but for its journal */
    int breaks;      /* how often nothing came back */
    char fault[200]; /* the last time */
};

/* A target that gives no answer is started anew, where it can be, but not for ever: a run ends in
 * bounded time. */
#define CF_BREAKS_MAX 12

/* cf_stage_given_up says whether the target is asked no more; then with the reason. */
bool cf_stage_given_up(const struct cf_stage *stage, char reason[CF_REASON_CAP]);

/* cf_stage_enter opens a subject with a profile (-1 with the reason), cf_stage_enter_cold one that
 * may have no keys yet; cf_stage_leave closes it. */
int cf_stage_enter(struct cf_stage *stage, const struct cf_profile *profile,
                   char reason[CF_REASON_CAP]);
int cf_stage_enter_cold(struct cf_stage *stage, const struct cf_profile *profile,
                        char reason[CF_REASON_CAP]);
void cf_stage_leave(struct cf_stage *stage);

/* cf_stage_broke notes that nothing came back; a subject that can be started again is left. */
void cf_stage_broke(struct cf_stage *stage, const char *why);

/* cf_stage_control sends a good token of the profile; false with the reason when it is not let in.
 */
bool cf_stage_control(struct cf_stage *stage, char reason[CF_REASON_CAP]);

#endif

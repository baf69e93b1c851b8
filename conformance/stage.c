/* Subjects come and go; one that gives no answer is started again, but not for ever. */
#include "conformance/stage.h"

#include "conformance/request.h"

#include <stdio.h>

/* A target that does not even start costs more time. */
#define OPENING_WEIGHS (CF_BREAKS_MAX / 2)

/* enter opens a subject, `cold` or not. */
static int enter(struct cf_stage *stage, const struct cf_profile *profile, bool cold,
                 char reason[CF_REASON_CAP])
{
    const struct cf_run *run = stage->run;
    char why[400] = "";
    stage->profile = profile;
    stage->subject = run->adapter->open(run->adapter, run->world, profile, cold, why, sizeof why);
    if (!stage->subject) {
        stage->breaks += OPENING_WEIGHS;
        (void)snprintf(stage->fault, sizeof stage->fault, "%.199s", why);
        (void)snprintf(reason, CF_REASON_CAP, "the target did not start: %s", why);
        return -1;
    }
    return 0;
}

int cf_stage_enter(struct cf_stage *stage, const struct cf_profile *profile,
                   char reason[CF_REASON_CAP])
{
    return enter(stage, profile, false, reason);
}

int cf_stage_enter_cold(struct cf_stage *stage, const struct cf_profile *profile,
                        char reason[CF_REASON_CAP])
{
    return enter(stage, profile, true, reason);
}

void cf_stage_leave(struct cf_stage *stage)
{
    if (stage->subject) {
        stage->run->adapter->close(stage->subject);
        stage->subject = NULL;
    }
}

bool cf_stage_given_up(const struct cf_stage *stage, char reason[CF_REASON_CAP])
{
    bool given_up = stage->breaks >= CF_BREAKS_MAX;
    if (given_up) {
        (void)snprintf(reason, CF_REASON_CAP,
                       "the target is asked no more, since it gave no answer too often: %s",
                       stage->fault);
    }
    return given_up;
}

void cf_stage_broke(struct cf_stage *stage, const char *why)
{
    stage->breaks++;
    (void)snprintf(stage->fault, sizeof stage->fault, "%.199s", why);
    if (cf_has(stage->run->capabilities, "restart")) {
        cf_stage_leave(stage);
    }
}

static int ask(struct cf_stage *stage, const struct cf_request *request, struct cf_answer *answer,
               char *why, size_t cap)
{
    int asked = stage->run->adapter->ask(stage->subject, request, answer, why, cap);
    if (asked < 0) {
        cf_stage_broke(stage, why);
    }
    return asked;
}

bool cf_stage_control(struct cf_stage *stage, char reason[CF_REASON_CAP])
{
    struct cf_sent sent = {0};
    struct cf_answer answer = {0};
    char why[400] = "";
    json_t *recipe = json_pack("{s:s}", "base", stage->profile->control);
    if (stage->profile->scp) {
        json_object_set_new(recipe, "claims",
                            json_pack("{s:{s:s}}", "set", "scp", stage->profile->scp));
    }
    bool good = cf_sent_make(&sent, stage->run->world, recipe, why, sizeof why) == 0 &&
                ask(stage, &sent.request, &answer, why, sizeof why) == 0;
    if (good && (answer.status < 200 || answer.status >= 300)) {
        (void)snprintf(why, sizeof why, "status %d %s", answer.status, answer.code);
        good = false;
    }
    if (!good) {
        (void)snprintf(reason, CF_REASON_CAP, "the control, a good token, was not accepted: %s",
                       why);
    }
    cf_sent_cleanup(&sent);
    json_decref(recipe);
    return good;
}

/* The steps: send, configure, idp, clock, timezone, restart, expect_requests. */
#include "conformance/play.h"

#include "conformance/probe.h"
#include "conformance/request.h"
#include "conformance/scene.h"
#include "conformance/select.h"
#include "conformance/volley.h"
#include "conformance/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void cf_scene_conclude(struct cf_scene *scene, enum cf_verdict verdict, const char *reason)
{
    if (verdict > scene->verdict) {
        scene->verdict = verdict;
        (void)snprintf(scene->reason, CF_REASON_CAP, "%s", reason);
    }
}

enum cf_verdict cf_scene_judge(const struct cf_scene *scene, const json_t *expect,
                               const struct cf_answer *answer, char reason[CF_REASON_CAP])
{
    const struct cf_run *run = scene->stage->run;
    return cf_judge(expect, answer, scene->level, cf_world_canary(run->world),
                    cf_has(run->capabilities, "codes"), reason);
}

static json_int_t number_of(const json_t *step, const char *name, json_int_t standard)
{
    const json_t *number = json_object_get(step, name);
    return number ? json_integer_value(number) : standard;
}

/* judge_one concludes from one answer, beside the first of this variant. */
static enum cf_verdict judge_one(struct cf_scene *scene, const json_t *expect, const char *token,
                                 const struct cf_answer *answer)
{
    const struct cf_wire wire = {answer, scene->answered ? &scene->first : NULL, token};
    char reason[CF_REASON_CAP] = "";
    enum cf_verdict verdict = cf_scene_judge(scene, expect, answer, reason);
    cf_scene_conclude(scene, verdict, reason);
    if (cf_wire_judge(expect, &wire, reason) != 0) {
        enum cf_verdict form = cf_weigh(scene->level, false);
        cf_scene_conclude(scene, form, reason);
        verdict = form > verdict ? form : verdict;
    }
    if (!scene->answered) {
        scene->first = *answer;
        scene->answered = true;
    }
    return verdict;
}

/* judge takes the heaviest verdict of the answers, and shows the first that has it. */
static void judge(struct cf_scene *scene, const json_t *step, const struct cf_sent *sent,
                  const struct cf_answer *answers, size_t count)
{
    const json_t *expect = json_object_get(step, "expect");
    enum cf_verdict worst = CF_PASS;
    const struct cf_answer *shown = &answers[0];
    for (size_t i = 0; i < count; i++) {
        enum cf_verdict verdict = judge_one(scene, expect, sent->token, &answers[i]);
        shown = verdict > worst ? &answers[i] : shown;
        worst = verdict > worst ? verdict : worst;
    }
    json_array_append_new(scene->steps, json_pack("{s:O, s:I, s:O?, s:o}", "sent", sent->shown,
                                                  "times", (json_int_t)count, "expected", expect,
                                                  "actual", cf_answer_json(shown)));
}

/* Sends as often as the step says, and judges every answer and the time that it took. */
static void fire(struct cf_scene *scene, const json_t *step, const struct cf_sent *sent)
{
    const struct cf_run *run = scene->stage->run;
    const struct cf_volley volley = {.adapter = run->adapter,
                                     .subject = scene->stage->subject,
                                     .request = &sent->request,
                                     .times = (size_t)number_of(step, "times", 1),
                                     .at_once = (size_t)number_of(step, "at_once", 1)};
    struct cf_answer *answers =
        volley.times <= CF_TIMES_MAX ? calloc(volley.times, sizeof *answers) : NULL;
    char reason[CF_REASON_CAP] = "out of memory";
    int64_t limit = number_of(step, "within_ms", INT64_MAX);
    int64_t slowest = 0;
    int asked = answers ? cf_volley_fire(&volley, answers, &slowest, reason, sizeof reason)
                        : CF_ASK_SKIPPED;
    if (asked < 0) {
        cf_stage_broke(scene->stage, reason);
    }
    if (asked != 0) {
        cf_scene_conclude(scene, asked < 0 || !answers ? CF_ERROR : CF_UNIMPLEMENTED, reason);
    } else {
        judge(scene, step, sent, answers, volley.times);
    }
    if (slowest > limit) {
        (void)snprintf(reason, sizeof reason, "an answer took %lld ms", (long long)slowest);
        cf_scene_conclude(scene, cf_weigh(scene->level, false), reason);
    }
    free(answers);
}

/* The token is baked once, however often it is sent. */
static void play_send(struct cf_scene *scene, const json_t *step)
{
    const struct cf_run *run = scene->stage->run;
    struct cf_sent sent = {0};
    char reason[CF_REASON_CAP] = "";
    if (cf_sent_make(&sent, run->world, json_object_get(step, "send"), reason, sizeof reason) !=
        0) {
        cf_scene_conclude(scene, CF_ERROR, reason);
        cf_sent_cleanup(&sent);
        return;
    }
    const char *needs = cf_sent_needs(&sent);
    if (needs && !cf_has(run->capabilities, needs)) {
        (void)snprintf(reason, sizeof reason, "the target lacks: %s", needs);
        cf_scene_conclude(scene, CF_UNIMPLEMENTED, reason);
    } else if (json_is_true(json_object_get(step, "starve"))) {
        cf_probe_starve(scene, step, &sent);
    } else {
        fire(scene, step, &sent);
    }
    json_array_append_new(scene->tokens, json_string(sent.token));
    cf_sent_cleanup(&sent);
}

/* The requests for an endpoint; where the step gives them time, once there are enough. */
static int64_t count_requests(struct cf_world *world, const json_t *expect, const char *endpoint)
{
    const struct timespec pause = {0, 5000000};
    json_int_t least = number_of(expect, "at_least", 0);
    int64_t count = cf_world_requests(world, endpoint);
    for (json_int_t left = number_of(expect, "within_ms", 0); count < least && left > 0;
         left -= 5) {
        (void)nanosleep(&pause, NULL);
        count = cf_world_requests(world, endpoint);
    }
    return count;
}

static void play_requests(struct cf_scene *scene, const json_t *expect)
{
    static const char *const bounds[] = {"exactly", "at_most", "at_least"};
    char reason[CF_REASON_CAP];
    const char *endpoint = json_string_value(json_object_get(expect, "endpoint"));
    int64_t count = count_requests(scene->stage->run->world, expect, endpoint ? endpoint : "");
    bool fits = count >= 0;
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++) {
        const json_t *bound = json_object_get(expect, bounds[i]);
        json_int_t n = json_integer_value(bound);
        fits = fits && (!bound || (i == 0 ? count == n : i == 1 ? count <= n : count >= n));
    }
    json_array_append_new(scene->steps, json_pack("{s:O, s:{s:I}}", "expected", expect, "actual",
                                                  "requests", (json_int_t)count));
    if (!fits) {
        (void)snprintf(reason, sizeof reason, "%lld requests for %.64s", (long long)count,
                       endpoint ? endpoint : "?");
        /* a URL that only a token named was followed: that is harm, not form */
        bool harm = endpoint && strcmp(endpoint, "canary") == 0;
        cf_scene_conclude(
            scene, harm ? cf_weigh(scene->level, true) : cf_weigh(scene->level, false), reason);
    }
}

/* Settings with which no subject may come to be; "refused" is the setting that is at fault. */
static void play_configure(struct cf_scene *scene, const json_t *settings, const json_t *expect)
{
    const struct cf_run *run = scene->stage->run;
    const char *refused = json_string_value(json_object_get(expect, "refused"));
    char why[CF_REASON_CAP] = "";
    char reason[CF_REASON_CAP];
    if (!run->adapter->configure) {
        cf_scene_conclude(scene, CF_UNIMPLEMENTED, "the target lacks: configure");
        return;
    }
    bool built = run->adapter->configure(run->adapter, run->world, scene->stage->profile, settings,
                                         why, sizeof why) == 0;
    size_t len = strcspn(why, ":");
    json_array_append_new(scene->steps,
                          json_pack("{s:O, s:O, s:{s:b, s:s}}", "configured", settings, "expected",
                                    expect, "actual", "built", built, "why", why));
    if (built) {
        cf_scene_conclude(scene, cf_weigh(scene->level, true),
                          "a validator was built with these settings");
    } else if (!refused || strncmp(why, refused, len) != 0 || refused[len] != '\0') {
        (void)snprintf(reason, sizeof reason, "refused, but not because of %.60s: %.400s",
                       refused ? refused : "?", why);
        cf_scene_conclude(scene, cf_weigh(scene->level, false), reason);
    }
}

/* A subject of its own from here on, which nobody waits for; requests are counted from here. */
static void play_restart(struct cf_scene *scene)
{
    struct cf_stage *stage = scene->stage;
    char reason[CF_REASON_CAP] = "";
    cf_stage_leave(stage);
    if (cf_world_forget(stage->run->world, reason, sizeof reason) != 0 ||
        cf_stage_enter_cold(stage, stage->profile, reason) != 0) {
        cf_scene_conclude(scene, CF_ERROR, reason);
    }
}

static void play_step(struct cf_scene *scene, const json_t *step)
{
    struct cf_world *world = scene->stage->run->world;
    char reason[CF_REASON_CAP] = "";
    const json_t *send = json_object_get(step, "send");
    const json_t *idp = json_object_get(step, "idp");
    const json_t *clock = json_object_get(step, "clock");
    const json_t *restart = json_object_get(step, "restart");
    const json_t *requests = json_object_get(step, "expect_requests");
    const json_t *timezone = json_object_get(step, "timezone");
    const json_t *settings = json_object_get(step, "configure");
    if ((idp && cf_world_idp(world, idp, reason, sizeof reason) != 0) ||
        (clock && cf_world_advance(world, json_integer_value(json_object_get(clock, "advance")),
                                   reason, sizeof reason) != 0)) {
        cf_scene_conclude(scene, CF_ERROR, reason);
    } else if (cf_probe_step(scene, step)) {
        return; /* it is reported there */
    } else if (send) {
        play_send(scene, step);
    } else if (restart) {
        play_restart(scene);
    } else if (requests) {
        play_requests(scene, requests);
    } else if (settings) {
        play_configure(scene, settings, json_object_get(step, "expect"));
    } else if (timezone) {
        cf_world_timezone(world, json_string_value(timezone));
        scene->abroad = true;
    }
    if (idp || clock || timezone || restart) {
        json_array_append_new(scene->steps, json_deep_copy(step));
    }
}

static void play_steps(struct cf_scene *scene, const json_t *steps)
{
    const json_t *step = NULL;
    size_t i = 0;
    json_array_foreach(steps, i, step)
    {
        if (scene->verdict < CF_ERROR) {
            play_step(scene, step);
        }
    }
}

/* Whether the steps start a subject of their own before one is needed: what comes first is for the
 * world. */
static bool restarts_first(const json_t *steps)
{
    size_t i = 0;
    const json_t *step = json_array_get(steps, i);
    while (json_object_get(step, "idp") || json_object_get(step, "clock") ||
           json_object_get(step, "timezone")) {
        step = json_array_get(steps, ++i);
    }
    return json_object_get(step, "restart") != NULL;
}

/* A fresh world, and a subject unless the steps start it, for a case that steers them; -1 with the
 * reason. */
static int make_fresh(struct cf_stage *stage, const json_t *steps, char reason[CF_REASON_CAP])
{
    bool restarts = cf_has(stage->run->capabilities, "restart");
    const struct cf_profile *profile = stage->profile;
    if (restarts) {
        cf_stage_leave(stage);
    }
    if ((stage->cleared
             ? cf_world_forget(stage->run->world, reason, CF_REASON_CAP)
             : cf_world_begin(stage->run->world, !restarts, reason, CF_REASON_CAP)) != 0) {
        return -1;
    }
    stage->cleared = false;
    if (restarts && restarts_first(steps)) {
        return 0;
    }
    if (restarts && cf_stage_enter(stage, profile, reason) != 0) {
        return -1;
    }
    return cf_stage_control(stage, reason) ? 0 : -1;
}

/* What a case leaves of the world must not reach the next one, which gets a subject when it asks
 * for one. */
static void clear_away(struct cf_stage *stage)
{
    char why[CF_REASON_CAP];
    bool restarts = cf_has(stage->run->capabilities, "restart");
    if (restarts) {
        cf_stage_leave(stage);
    }
    bool begun = cf_world_begin(stage->run->world, !restarts, why, sizeof why) == 0;
    stage->cleared = begun && restarts;
}

json_t *cf_play_variant(struct cf_stage *stage, const struct cf_case *c, size_t i,
                        enum cf_verdict *verdict, char reason[CF_REASON_CAP])
{
    const char *name = NULL;
    json_t *variant = cf_variant(c, i, &name);
    struct cf_scene scene = {.stage = stage,
                             .level = c->level,
                             .steps = json_array(),
                             .tokens = json_array(),
                             .reason = reason};
    const json_t *steps = json_object_get(variant, "steps");
    bool steers = cf_changes_world(c);
    reason[0] = '\0';
    if (cf_stage_given_up(stage, reason) ||
        (steers           ? make_fresh(stage, steps, reason) != 0
         : stage->subject ? false
                          : cf_stage_enter(stage, stage->profile, reason) != 0)) {
        scene.verdict = CF_ERROR;
    } else {
        play_steps(&scene, steps);
    }
    if (scene.abroad) {
        cf_world_timezone(stage->run->world, NULL);
    }
    if (steers) {
        clear_away(stage);
    }
    json_decref(scene.tokens);
    *verdict = scene.verdict;
    json_t *played =
        json_pack("{s:s?, s:s, s:s, s:o}", "name", name, "verdict", cf_verdict_name(scene.verdict),
                  "reason", reason, "steps", scene.steps);
    json_decref(variant);
    return played;
}

/* Cases between two controls; a fresh subject for each case that steers the world. */
#include "conformance/block.h"

#include "conformance/play.h"
#include "conformance/select.h"

#include <stdio.h>
#include <string.h>

/* Opens the stage's subject unless it stands; -1 with the reason. */
static int ensure_subject(struct cf_stage *stage, const struct cf_profile *profile,
                          char reason[CF_REASON_CAP])
{
    if (stage->subject && stage->profile == profile) {
        return 0;
    }
    cf_stage_leave(stage);
    return cf_stage_enter(stage, profile, reason);
}

json_t *cf_result_of(const struct cf_case *c, enum cf_verdict verdict, const char *reason,
                     json_t *variants)
{
    return json_pack("{s:s, s:s, s:s*, s:s, s:s, s:s, s:O*, s:O*, s:O*, s:s, s:s, s:o}", "id",
                     c->id, "group", c->group, "group_title", c->group_title, "title", c->title,
                     "level", cf_level_name(c->level), "profile", c->profile, "source",
                     json_object_get(c->json, "source"), "why", json_object_get(c->json, "why"),
                     "variance", json_object_get(c->json, "variance"), "verdict",
                     cf_verdict_name(verdict), "reason", reason, "variants", variants);
}

/* Why a case cannot be played on this target, or NULL. */
static const char *missing_capability(const struct cf_run *run, const struct cf_case *c,
                                      const struct cf_profile *profile)
{
    const json_t *need = NULL;
    size_t i = 0;
    json_array_foreach(json_object_get(c->json, "needs"), i, need)
    {
        if (!cf_has(run->capabilities, json_string_value(need))) {
            return json_string_value(need);
        }
    }
    return profile->needs && !cf_has(run->capabilities, profile->needs) ? profile->needs : NULL;
}

/* The stage's subject has another profile from here on; who plays opens it. */
static void use_profile(struct cf_stage *stage, const struct cf_profile *profile)
{
    if (stage->profile != profile) {
        cf_stage_leave(stage);
        stage->profile = profile;
    }
}

/* One variant, with its own profile if it names one. */
static json_t *play_variant(struct cf_stage *stage, const struct cf_case *c, size_t i,
                            enum cf_verdict *verdict, char reason[CF_REASON_CAP])
{
    const char *name = cf_variant_profile(c, i);
    const struct cf_profile *profile = cf_profile_find(name);
    const char *missing = profile ? missing_capability(stage->run, c, profile) : NULL;
    if (profile && !missing) {
        use_profile(stage, profile);
        return cf_play_variant(stage, c, i, verdict, reason);
    }
    *verdict = profile ? CF_UNIMPLEMENTED : CF_ERROR;
    (void)snprintf(reason, CF_REASON_CAP,
                   profile ? "the target lacks: %.100s" : "there is no profile '%.100s'",
                   profile ? missing : name);
    const json_t *variant = json_array_get(json_object_get(c->json, "variants"), i);
    return json_pack("{s:s?, s:s, s:s, s:[]}", "name",
                     json_string_value(json_object_get(variant, "name")), "verdict",
                     cf_verdict_name(*verdict), "reason", reason, "steps");
}

static json_t *play_variants(struct cf_stage *stage, const struct cf_case *c,
                             enum cf_verdict *worst, char reason[CF_REASON_CAP])
{
    json_t *variants = json_array();
    char why[CF_REASON_CAP];
    *worst = CF_PASS;
    for (size_t i = 0; i < cf_variant_count(c); i++) {
        enum cf_verdict verdict = CF_PASS;
        json_t *played = play_variant(stage, c, i, &verdict, why);
        json_array_append_new(variants, played);
        if (verdict > *worst || (i == 0 && verdict != CF_PASS)) {
            const char *name = json_string_value(json_object_get(played, "name"));
            *worst = verdict > *worst ? verdict : *worst;
            (void)snprintf(reason, CF_REASON_CAP, "%s%s%.400s", name ? name : "", name ? ": " : "",
                           why);
        }
    }
    return variants;
}

/* One case: skipped, or played with its variants. */
static json_t *play_case(struct cf_stage *stage, const struct cf_case *c)
{
    char reason[CF_REASON_CAP] = "";
    enum cf_verdict verdict = CF_UNIMPLEMENTED;
    json_t *variants = NULL;
    const struct cf_profile *profile = cf_profile_find(c->profile);
    const char *off = cf_disabled(stage->run->disabled, c);
    const char *missing = profile ? missing_capability(stage->run, c, profile) : NULL;
    if (!profile) {
        verdict = CF_ERROR;
        (void)snprintf(reason, sizeof reason, "there is no profile '%.100s'", c->profile);
    } else if (off) {
        (void)snprintf(reason, sizeof reason, "disabled: %.400s", off);
    } else if (missing) {
        (void)snprintf(reason, sizeof reason, "the target lacks: %.100s", missing);
    } else {
        variants = play_variants(stage, c, &verdict, reason);
    }
    return cf_result_of(c, verdict, reason, variants ? variants : json_array());
}

size_t cf_block_end(const struct cf_run *run, size_t first)
{
    size_t end = first + 1;
    bool waits = cf_waits(run->plan[first]);
    while (end < run->count && !waits && !cf_waits(run->plan[end]) &&
           strcmp(run->plan[end]->group, run->plan[first]->group) == 0 &&
           strcmp(run->plan[end]->profile, run->plan[first]->profile) == 0) {
        end++;
    }
    return end;
}

/* A block whose controls were not accepted says nothing of its cases. */
static void void_block(json_t *results, const char *why)
{
    json_t *result = NULL;
    size_t i = 0;
    json_array_foreach(results, i, result)
    {
        if (strcmp(json_string_value(json_object_get(result, "verdict")), "UNIMPLEMENTED") != 0) {
            json_object_set_new(result, "verdict", json_string("ERROR"));
            json_object_set_new(result, "reason", json_string(why));
        }
    }
}

/* Sends the control around a block; false with `why`. */
static bool control(struct cf_stage *stage, const struct cf_case *c, struct cf_controls *controls,
                    char why[CF_REASON_CAP])
{
    const struct cf_profile *profile = cf_profile_find(c->profile);
    const char *missing = profile ? missing_capability(stage->run, c, profile) : "profile";
    if (missing) {
        return true; /* nothing of this block is played */
    }
    controls->tried = true;
    if (cf_stage_given_up(stage, why) || ensure_subject(stage, profile, why) != 0 ||
        !cf_stage_control(stage, why)) {
        return false;
    }
    controls->reached = true;
    return true;
}

void cf_block_play(struct cf_stage *stage, size_t first, size_t end, json_t *results,
                   struct cf_controls *controls)
{
    const struct cf_run *run = stage->run;
    char why[CF_REASON_CAP] = "";
    bool before = control(stage, run->plan[first], controls, why);
    for (size_t i = first; i < end; i++) {
        json_t *result = before ? play_case(stage, run->plan[i])
                                : cf_result_of(run->plan[i], CF_ERROR, why, json_array());
        json_array_append_new(results, result);
        if (run->progress) {
            run->progress(run->ctx, result, i + 1, run->count);
        }
    }
    if (before && !control(stage, run->plan[first], controls, why)) {
        void_block(results, why);
    }
}

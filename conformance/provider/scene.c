/* The steps: request, sign_in, clock, idp, forget. */
#include "conformance/provider/scene.h"

#include "conformance/provider/answer.h"
#include "conformance/provider/expect.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define SLACK_S 120 /* of a clock that is not ours */

static void conclude(struct cf_scene *scene, enum cf_verdict verdict, const char *reason)
{
    if (verdict > scene->verdict) {
        scene->verdict = verdict;
        (void)snprintf(scene->reason, sizeof scene->reason, "%s", reason);
    }
}

static void conclude_lacking(struct cf_scene *scene)
{
    char reason[CF_REASON_CAP];
    (void)snprintf(reason, sizeof reason, "the profile lacks: %s", scene->values.lacking);
    conclude(scene, CF_UNIMPLEMENTED, reason);
}

/* The document at a URL, a new reference; its text in *reply, for the caller to clean up. */
static int fetch(struct cf_scene *scene, const char *url, struct cf_reply *reply, char *why,
                 size_t cap)
{
    const struct cf_call call = {.method = "GET", .url = url};
    if (cf_client_call(scene->fetcher, &call, reply, why, cap) != 0) {
        return -1;
    }
    if (reply->status != 200) {
        (void)snprintf(why, cap, "%.200s answers status %d", url, reply->status);
        return -1;
    }
    return 0;
}

static int fetch_keys(struct cf_scene *scene, char *why, size_t cap)
{
    struct cf_reply discovery = {0};
    struct cf_reply keys = {0};
    char url[CF_DISCOVERY_CAP];
    const struct cf_issuer *issuer = scene->run->issuer;
    cf_issuer_discovery(issuer, url);
    json_t *document = fetch(scene, url, &discovery, why, cap) == 0
                           ? json_loadb(discovery.body, discovery.body_len, 0, NULL)
                           : NULL;
    const char *jwks_uri = json_string_value(json_object_get(document, "jwks_uri"));
    if (document && !jwks_uri) {
        (void)snprintf(why, cap, "discovery names no jwks_uri");
    } else if (jwks_uri && fetch(scene, jwks_uri, &keys, why, cap) == 0) {
        scene->signatures = cf_signatures_new(keys.body, keys.body_len, why, cap);
    }
    json_decref(document);
    cf_reply_cleanup(&discovery);
    cf_reply_cleanup(&keys);
    return scene->signatures ? 0 : -1;
}

int cf_scene_verify(void *ctx, const char *token, char *why, size_t cap)
{
    struct cf_scene *scene = ctx;
    if (!scene->signatures && fetch_keys(scene, why, cap) != 0) {
        return -1;
    }
    return cf_signatures_verify(scene->signatures, token, why, cap);
}

/* Keys may be others by now. */
static void forget_keys(struct cf_scene *scene)
{
    cf_signatures_free(scene->signatures);
    scene->signatures = NULL;
}

/* capture keeps what the step names of an answer; the path that leads nowhere, or NULL. */
static const char *capture(struct cf_scene *scene, const json_t *names, const json_t *answer)
{
    const char *missing = NULL;
    const char *name = NULL;
    json_t *path = NULL;
    json_object_foreach((json_t *)(uintptr_t)names, name, path)
    {
        json_t *value = cf_answer_find(answer, json_string_value(path));
        if (value) {
            cf_values_set(&scene->values, name, value);
        } else {
            missing = json_is_string(path) ? json_string_value(path) : name;
        }
    }
    return missing;
}

/* An expectation may name what is captured from the same answer: at_hash goes by access_token. */
static void judge(struct cf_scene *scene, const json_t *step, const struct cf_exchange *x)
{
    const json_t *expect = json_object_get(step, "expect");
    struct cf_matching *m = &scene->matching;
    const char *missing = capture(scene, json_object_get(step, "capture"), x->answer);
    enum cf_match match = cf_expect_holds(m, expect, x->answer);
    if (match == CF_MATCHES && missing) {
        match = cf_match_fails(m, missing, "is not there to go on with");
    }
    if (match == CF_UNKNOWN) {
        conclude_lacking(scene);
    } else if (match != CF_MATCHES) {
        conclude(scene, match == CF_NONSENSE ? CF_ERROR : cf_weigh(scene->c->level, true),
                 m->reason);
    } else if (scene->run->heard && expect) {
        scene->run->heard(scene->run->ctx, scene->c, expect, x->answer, m);
    }
}

static void play_exchange(struct cf_scene *scene, const json_t *step)
{
    struct cf_exchange x = {.client = scene->client, .m = &scene->matching};
    const json_t *sign_in = json_object_get(step, "sign_in");
    const json_t *expect = json_object_get(step, "expect");
    enum cf_sending sending = sign_in ? cf_exchange_sign_in(&x, sign_in)
                                      : cf_exchange_send(&x, json_object_get(step, "request"));
    if (sending == CF_LACKING) {
        conclude_lacking(scene);
    } else if (sending == CF_BROKEN) {
        scene->breaks++;
        conclude(scene, CF_ERROR, x.why);
    } else {
        json_array_append_new(scene->steps,
                              json_pack("{s:O*, s:{s:O?}, s:o}", "sent", x.shown, "expected",
                                        "answer", expect, "actual", cf_answer_shown(x.answer)));
        judge(scene, step, &x);
    }
    cf_exchange_cleanup(&x);
}

/* What only the mock in process can do. */
static void play_world(struct cf_scene *scene, const json_t *step)
{
    struct cf_world *world = scene->run->world;
    const json_t *idp = json_object_get(step, "idp");
    const json_t *clock = json_object_get(step, "clock");
    char why[CF_REASON_CAP] = "";
    if (!world) {
        conclude(scene, CF_UNIMPLEMENTED,
                 clock ? "the issuer lacks: a clock that can be moved"
                       : "the issuer lacks: keys and faults that can be steered");
        return;
    }
    if ((idp && cf_world_idp(world, idp, why, sizeof why) != 0) ||
        (clock && cf_world_advance(world, json_integer_value(json_object_get(clock, "advance")),
                                   why, sizeof why) != 0)) {
        conclude(scene, CF_ERROR, why);
    }
    forget_keys(scene);
    json_array_append_new(scene->steps, json_deep_copy(step));
}

static void play_step(struct cf_scene *scene, const json_t *step)
{
    struct cf_world *world = scene->run->world;
    scene->values.now = world ? cf_world_now(world) : (int64_t)time(NULL);
    if (json_object_get(step, "request") || json_object_get(step, "sign_in")) {
        play_exchange(scene, step);
    } else if (json_object_get(step, "forget")) {
        cf_client_forget(scene->client);
    } else if (json_object_get(step, "clock") || json_object_get(step, "idp")) {
        play_world(scene, step);
    } else {
        conclude(scene, CF_ERROR, "a step is none of request, sign_in, clock, idp, forget, flow");
    }
}

static void play_steps(struct cf_scene *scene, const json_t *steps, const json_t *flows)
{
    const json_t *step = NULL;
    size_t i = 0;
    json_array_foreach(steps, i, step)
    {
        const char *flow = json_string_value(json_object_get(step, "flow"));
        if (scene->verdict != CF_PASS) {
            return; /* the next step goes on with what this one should have brought */
        }
        if (flow && !flows) {
            conclude(scene, CF_ERROR, "a flow has no flows in it");
        } else if (flow && !json_object_get(flows, flow)) {
            conclude(scene, CF_ERROR, "there is no flow of that name");
        } else if (flow) {
            play_steps(scene, json_object_get(flows, flow), NULL);
        } else {
            play_step(scene, step);
        }
    }
}

static bool gave_up(struct cf_scene *scene)
{
    if (scene->breaks < CF_PROVIDER_BREAKS_MAX) {
        return false;
    }
    scene->verdict = CF_ERROR;
    (void)snprintf(scene->reason, sizeof scene->reason,
                   "the issuer is asked no more, since it gave no answer %zu times", scene->breaks);
    return true;
}

static void clear_away(struct cf_scene *scene)
{
    char why[CF_REASON_CAP];
    cf_client_forget(scene->client);
    forget_keys(scene);
    if (scene->run->world) {
        (void)cf_world_begin(scene->run->world, false, why, sizeof why);
    }
    cf_values_end(&scene->values);
}

json_t *cf_scene_play(struct cf_scene *scene, const struct cf_case *c, size_t i)
{
    const char *name = NULL;
    json_t *variant = cf_variant(c, i, &name);
    scene->c = c;
    scene->verdict = CF_PASS;
    scene->reason[0] = '\0';
    scene->steps = json_array();
    scene->matching = (struct cf_matching){.values = &scene->values,
                                           .slack = scene->run->world ? 0 : SLACK_S,
                                           .verify = cf_scene_verify,
                                           .ctx = scene};
    if (!gave_up(scene) && cf_values_begin(&scene->values, scene->run->issuer->json, 0) == 0) {
        play_steps(scene, json_object_get(variant, "steps"), json_object_get(variant, "flows"));
        clear_away(scene);
    }
    json_t *played =
        json_pack("{s:s?, s:s, s:s, s:o}", "name", name, "verdict", cf_verdict_name(scene->verdict),
                  "reason", scene->reason, "steps", scene->steps);
    json_decref(variant);
    return played;
}

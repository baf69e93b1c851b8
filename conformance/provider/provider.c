/* The run: which cases are played, with what verdict. */
#include "conformance/provider/provider.h"

#include "conformance/provider/scene.h"
#include "conformance/run.h"
#include "conformance/select.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool sends_safely(const json_t *steps)
{
    static const char *const risky[] = {"post",  "put",       "delete", "form",
                                        "basic", "assertion", "body"};
    const json_t *step = NULL;
    size_t i = 0;
    json_array_foreach(steps, i, step)
    {
        const json_t *request = json_object_get(step, "request");
        const json_t *headers = json_object_get(request, "headers");
        void *at = json_object_iter((json_t *)(uintptr_t)headers);
        for (size_t k = 0; k < sizeof risky / sizeof risky[0]; k++) {
            if (json_object_get(request, risky[k])) {
                return false;
            }
        }
        for (; at; at = json_object_iter_next((json_t *)(uintptr_t)headers, at)) {
            if (strcasecmp(json_object_iter_key(at), "authorization") == 0) {
                return false;
            }
        }
        if (!request) {
            return false;
        }
    }
    return json_array_size(steps) > 0;
}

bool cf_provider_is_safe(const struct cf_case *c)
{
    bool safe = json_is_true(json_object_get(c->json, "safe"));
    for (size_t i = 0; safe && i < cf_variant_count(c); i++) {
        const char *name = NULL;
        json_t *variant = cf_variant(c, i, &name);
        safe = sends_safely(json_object_get(variant, "steps"));
        json_decref(variant);
    }
    return safe;
}

/* Why a case is not played, or NULL. */
static const char *skip_reason(const struct cf_provider_run *run, const struct cf_case *c,
                               char reason[CF_REASON_CAP])
{
    const json_t *need = NULL;
    size_t i = 0;
    const char *off = cf_disabled(run->issuer->disabled, c);
    if (off) {
        (void)snprintf(reason, CF_REASON_CAP, "disabled: %.400s", off);
        return reason;
    }
    json_array_foreach(json_object_get(c->json, "needs"), i, need)
    {
        const char *word = json_is_string(need) ? json_string_value(need) : "?";
        bool mock = strcmp(word, "clock") == 0 || strcmp(word, "steering") == 0;
        if ((mock && !run->world) || cf_issuer_lacks(run->issuer, word)) {
            (void)snprintf(reason, CF_REASON_CAP, "the issuer lacks: %.100s", word);
            return reason;
        }
    }
    if (run->safe && !cf_provider_is_safe(c)) {
        (void)snprintf(reason, CF_REASON_CAP, "it is not safe for an issuer that others use");
        return reason;
    }
    return NULL;
}

static json_t *play_case(struct cf_scene *scene, const struct cf_case *c)
{
    char reason[CF_REASON_CAP] = "";
    enum cf_verdict worst = CF_PASS;
    json_t *variants = json_array();
    if (skip_reason(scene->run, c, reason)) {
        return cf_result_of(c, CF_UNIMPLEMENTED, reason, variants);
    }
    for (size_t i = 0; i < cf_variant_count(c); i++) {
        json_t *played = cf_scene_play(scene, c, i);
        const char *name = json_string_value(json_object_get(played, "name"));
        if (scene->verdict > worst) {
            worst = scene->verdict;
            (void)snprintf(reason, sizeof reason, "%.80s%s%.400s", name ? name : "",
                           name ? ": " : "", scene->reason);
        }
        (void)json_array_append_new(variants, played);
    }
    return cf_result_of(c, worst, reason, variants);
}

/* Whether anything answers at all. */
static bool reach(struct cf_scene *scene, char why[CF_REASON_CAP])
{
    struct cf_reply reply = {0};
    char url[CF_DISCOVERY_CAP];
    const struct cf_issuer *issuer = scene->run->issuer;
    cf_issuer_discovery(issuer, url);
    const struct cf_call call = {.method = "GET", .url = url};
    bool reached = cf_client_call(scene->fetcher, &call, &reply, why, CF_REASON_CAP) == 0;
    cf_reply_cleanup(&reply);
    return reached;
}

json_t *cf_provider_play(const struct cf_provider_run *run)
{
    char why[CF_REASON_CAP] = "out of memory";
    struct cf_scene scene = {.run = run,
                             .client = cf_client_new(run->issuer->ca_file, run->timeout_ms),
                             .fetcher = cf_client_new(run->issuer->ca_file, run->timeout_ms)};
    json_t *results = json_array();
    bool reached = scene.client && scene.fetcher && reach(&scene, why);
    for (size_t i = 0; i < run->count; i++) {
        json_t *result = reached ? play_case(&scene, run->plan[i])
                                 : cf_result_of(run->plan[i], CF_ERROR, why, json_array());
        (void)json_array_append_new(results, result);
        if (run->progress) {
            run->progress(run->ctx, result, i + 1, run->count);
        }
    }
    cf_client_free(scene.client);
    cf_client_free(scene.fetcher);
    return json_pack("{s:s, s:o, s:o, s:b}", "target", run->issuer->name, "counts",
                     cf_count_verdicts(results), "cases", results, "reached", reached);
}

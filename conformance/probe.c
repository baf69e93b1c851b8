/* What no answer shows. */
#include "conformance/probe.h"

#include "conformance/flood.h"
#include "conformance/starve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SLICE = 16, ALLOCATIONS_MAX = 20000 };

static json_int_t number_of(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static int ask(struct cf_scene *scene, const struct cf_request *request, struct cf_answer *answer,
               char *why, size_t cap)
{
    return scene->stage->run->adapter->ask(scene->stage->subject, request, answer, why, cap);
}

/* ---- a flood ---- */

/* Sends one token of the flood, behind which `more` come; false when that ends it. */
static bool pour(struct cf_scene *scene, size_t octets, size_t more, struct cf_answer *answer,
                 const json_t *expect)
{
    static uint64_t seed; /* no token comes twice in a run */
    char reason[CF_REASON_CAP] = "out of memory";
    struct cf_request request = {.count = 1, .more = more};
    char *value = cf_flood_value(__atomic_add_fetch(&seed, 1, __ATOMIC_RELAXED), octets);
    request.lines[0] = value;
    *answer = (struct cf_answer){0};
    int asked = value ? ask(scene, &request, answer, reason, sizeof reason) : -1;
    free(value);
    if (asked != 0) {
        cf_stage_broke(scene->stage, reason);
        cf_scene_conclude(scene, CF_ERROR, reason);
        return false;
    }
    enum cf_verdict verdict = cf_scene_judge(scene, expect, answer, reason);
    cf_scene_conclude(scene, verdict, reason);
    return verdict <= CF_INFORMED;
}

static void play_flood(struct cf_scene *scene, const json_t *flood, const json_t *expect)
{
    struct cf_answer answer = {0};
    size_t octets = (size_t)number_of(flood, "octets");
    json_int_t times = number_of(flood, "times");
    json_int_t i = 0;
    while (i < times && pour(scene, octets, (size_t)(times - i - 1), &answer, expect)) {
        i++;
    }
    json_array_append_new(scene->steps,
                          json_pack("{s:O, s:I, s:O, s:o}", "flood", flood, "times", i, "expected",
                                    expect, "actual", cf_answer_json(&answer)));
}

/* ---- memory ---- */

static int64_t memory_of(const struct cf_scene *scene)
{
    const struct cf_adapter *adapter = scene->stage->run->adapter;
    return adapter->memory_kib && scene->stage->subject ? adapter->memory_kib(scene->stage->subject)
                                                        : -1;
}

static void play_mark(struct cf_scene *scene)
{
    scene->memory_kib = memory_of(scene);
    json_array_append_new(
        scene->steps, json_pack("{s:{s:I}}", "mark_memory", "kib", (json_int_t)scene->memory_kib));
    if (scene->memory_kib <= 0) {
        cf_scene_conclude(scene, CF_ERROR, "the memory of the target cannot be seen");
    }
}

static void play_memory(struct cf_scene *scene, const json_t *expect)
{
    char reason[CF_REASON_CAP];
    int64_t now = memory_of(scene);
    int64_t grown = now - scene->memory_kib;
    json_array_append_new(scene->steps, json_pack("{s:O, s:{s:I}}", "expected", expect, "actual",
                                                  "grown_kib", (json_int_t)grown));
    if (now <= 0 || scene->memory_kib <= 0) {
        cf_scene_conclude(scene, CF_ERROR,
                          "the memory of the target cannot be seen, or was not marked");
    } else if (grown > number_of(expect, "grows_at_most_kib")) {
        (void)snprintf(reason, sizeof reason, "its memory grew by %lld KiB", (long long)grown);
        cf_scene_conclude(scene, cf_weigh(scene->level, true), reason);
    }
}

/* ---- the log ---- */

/* Sixteen characters of a token in a row; what it signs is as good as the token. */
static bool shows(const char *log, const char *token)
{
    char slice[SLICE + 1] = "";
    size_t len = strlen(token);
    for (size_t i = 0; i + SLICE <= len; i++) {
        memcpy(slice, token + i, SLICE);
        if (strstr(log, slice)) {
            return true;
        }
    }
    return false;
}

static void judge_log(struct cf_scene *scene, const json_t *expect, const char *log)
{
    char reason[CF_REASON_CAP];
    const json_t *item = NULL;
    size_t i = 0;
    json_array_foreach(json_object_get(expect, "has"), i, item)
    {
        if (!strstr(log, json_string_value(item))) {
            (void)snprintf(reason, sizeof reason, "the log does not say %.100s",
                           json_string_value(item));
            cf_scene_conclude(scene, cf_weigh(scene->level, false), reason);
        }
    }
    json_array_foreach(scene->tokens, i, item)
    {
        if (shows(log, json_string_value(item))) {
            cf_scene_conclude(scene, cf_weigh(scene->level, true), "the log shows a token");
        }
    }
}

static void play_log(struct cf_scene *scene, const json_t *expect)
{
    const struct cf_adapter *adapter = scene->stage->run->adapter;
    char *log = adapter->log && scene->stage->subject ? adapter->log(scene->stage->subject) : NULL;
    json_array_append_new(scene->steps,
                          json_pack("{s:O, s:{s:I}}", "expected", expect, "actual", "log_octets",
                                    (json_int_t)(log ? strlen(log) : 0)));
    if (!log) {
        cf_scene_conclude(scene, CF_ERROR, "the log of the target cannot be seen");
    } else {
        judge_log(scene, expect, log);
    }
    free(log);
}

bool cf_probe_step(struct cf_scene *scene, const json_t *step)
{
    const json_t *flood = json_object_get(step, "flood");
    const json_t *memory = json_object_get(step, "expect_memory");
    const json_t *log = json_object_get(step, "expect_log");
    if (flood) {
        play_flood(scene, flood, json_object_get(step, "expect"));
    } else if (json_object_get(step, "mark_memory")) {
        play_mark(scene);
    } else if (memory) {
        play_memory(scene, memory);
    } else if (log) {
        play_log(scene, log);
    } else {
        return false;
    }
    return true;
}

/* ---- memory that runs out ---- */

/* One round; whether an allocation failed, and so there is another. */
static bool starve(struct cf_scene *scene, const struct cf_sent *sent, const json_t *expect,
                   long nth, bool on)
{
    const char *decision = json_string_value(json_object_get(expect, "decision"));
    struct cf_answer answer = {0};
    char reason[CF_REASON_CAP] = "";
    cf_starve_arm(nth, on);
    int asked = ask(scene, &sent->request, &answer, reason, sizeof reason);
    bool failed = cf_starve_disarm();
    bool accepted = asked == 0 && answer.status >= 200 && answer.status < 300;
    if (accepted && decision && strcmp(decision, "reject") == 0) {
        (void)snprintf(reason, sizeof reason, "accepted while allocation %ld failed", nth);
        cf_scene_conclude(scene, cf_weigh(scene->level, true), reason);
    } else if (!failed) {
        enum cf_verdict verdict =
            asked == 0 ? cf_scene_judge(scene, expect, &answer, reason) : CF_ERROR;
        cf_scene_conclude(scene, verdict, reason);
    }
    return failed;
}

void cf_probe_starve(struct cf_scene *scene, const json_t *step, const struct cf_sent *sent)
{
    const json_t *expect = json_object_get(step, "expect");
    long nth = 1;
    for (int on = 0; on <= 1; on++) {
        nth = 1;
        while (nth < ALLOCATIONS_MAX && scene->verdict <= CF_INFORMED &&
               starve(scene, sent, expect, nth, on == 1)) {
            nth++;
        }
    }
    json_array_append_new(scene->steps,
                          json_pack("{s:O, s:O, s:{s:I}}", "sent", sent->shown, "expected", expect,
                                    "actual", "allocations", (json_int_t)nth - 1));
    if (nth == ALLOCATIONS_MAX) {
        cf_scene_conclude(scene, CF_ERROR, "there is no end to its allocations");
    } else if (nth == 1 && scene->verdict <= CF_INFORMED) {
        cf_scene_conclude(scene, CF_ERROR, "no allocation was seen: nothing starved");
    }
}

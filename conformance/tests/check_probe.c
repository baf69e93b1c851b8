/* Steps that look into the subject, with one that grows, tells and starves as it is told. */
#include "conformance/flood.h"
#include "conformance/run.h"
#include "conformance/select.h"
#include "conformance/starve.h"
#include "validator/tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the subject does; reset by each test. */
static struct script {
    int64_t memory_kib;
    int64_t grows_kib; /* with each question */
    bool tells;        /* the whole Authorization value */
    bool allocates;
    bool fails_open; /* lets in whom it has no memory for */
    int status;
    int asked;
    char said[16384];
    char last[9000];
} script;

struct cf_subject {
    int nothing;
};

static struct cf_subject *scripted_open(const struct cf_adapter *adapter, struct cf_world *world,
                                        const struct cf_profile *profile, bool cold, char *why,
                                        size_t cap)
{
    (void)adapter, (void)world, (void)profile, (void)cold, (void)why, (void)cap;
    return calloc(1, sizeof(struct cf_subject));
}

static void scripted_close(struct cf_subject *subject)
{
    free(subject);
}

/* The first question is the control's. */
static int scripted_ask(struct cf_subject *subject, const struct cf_request *request,
                        struct cf_answer *answer, char *why, size_t cap)
{
    (void)subject, (void)why, (void)cap;
    const char *value = request->count > 0 ? request->lines[0] : "";
    bool control = script.asked++ == 0;
    answer->status = control ? 200 : script.status;
    script.memory_kib += control ? 0 : script.grows_kib;
    (void)snprintf(script.said, sizeof script.said, "refused kid %s", script.tells ? value : "");
    if (strlen(value) > 4000) { /* of a flood; libcheck allocates, too */
        ck_assert_msg(strcmp(script.last, value) != 0, "twice the same");
        (void)snprintf(script.last, sizeof script.last, "%s", value);
    }
    for (int i = 0; script.allocates && i < 3; i++) {
        char *volatile room = malloc(100);
        if (!room) {
            answer->status = script.fails_open ? 200 : 500;
        }
        free(room);
    }
    return 0;
}

static int64_t scripted_memory(struct cf_subject *subject)
{
    (void)subject;
    return script.memory_kib;
}

static char *scripted_log(struct cf_subject *subject)
{
    (void)subject;
    return strdup(script.said);
}

/* Plays the steps as a case of a level; the control behind it is none of the test's business. */
static const char *play(const char *level, const char *steps, bool can_look)
{
    static char verdict[32];
    static const struct cf_selection all = {NULL, 0, CF_INFO};
    const struct cf_world_options options = {.stopped_clock = true};
    struct cf_adapter adapter = {.name = "scripted",
                                 .capabilities = "",
                                 .open = scripted_open,
                                 .close = scripted_close,
                                 .ask = scripted_ask,
                                 .memory_kib = can_look ? scripted_memory : NULL,
                                 .log = can_look ? scripted_log : NULL};
    struct cf_run run = {.adapter = &adapter, .name = "scripted", .capabilities = ""};
    struct cf_suite suite = {0};
    char document[4096];
    char why[512] = "";
    int len =
        snprintf(document, sizeof document,
                 "{\"group\":\"X\",\"cases\":[{\"id\":\"X-01\",\"title\":\"t\",\"level\":\"%s\","
                 "\"source\":[],\"why\":\"w\",\"steps\":[%s]}]}",
                 level, steps);
    ck_assert_int_lt(len, (int)sizeof document);
    ck_assert_msg(cf_suite_read(&suite, document, (size_t)len, "X", why, sizeof why) == 0, "%s",
                  why);
    run.world = cf_world_open(&options, why, sizeof why);
    ck_assert_msg(run.world != NULL, "%s", why);
    run.plan = cf_plan(&suite, &all, true, &run.count);
    json_t *report = cf_run_play(&run);
    const json_t *played = json_array_get(
        json_object_get(json_array_get(json_object_get(report, "cases"), 0), "variants"), 0);
    (void)snprintf(verdict, sizeof verdict, "%s",
                   json_string_value(json_object_get(played, "verdict")));
    json_decref(report);
    free((void *)run.plan);
    cf_world_close(run.world);
    cf_suite_cleanup(&suite);
    return verdict;
}

#define REFUSED "\"expect\":{\"decision\":\"reject\"}"
#define FLOOD "{\"flood\":{\"times\":20,\"octets\":8000}," REFUSED "}"
#define MARK "{\"mark_memory\":{}}"
#define LIMIT "{\"expect_memory\":{\"grows_at_most_kib\":100}}"

START_TEST(memory_that_grows)
{
    static const struct {
        int64_t memory_kib;
        int64_t grows_kib;
        const char *level;
        const char *steps;
        bool can_look;
        const char *verdict;
    } rows[] = {
        {500, 0, "MUST", MARK "," FLOOD "," LIMIT, true, "PASS"},
        {500, 5, "MUST", MARK "," FLOOD "," LIMIT, true, "PASS"},
        {500, 6, "MUST", MARK "," FLOOD "," LIMIT, true, "FAIL"},
        {500, 6, "SHOULD", MARK "," FLOOD "," LIMIT, true, "NON-STRICT"},
        {500, 6, "MUST", FLOOD "," MARK "," LIMIT, true, "PASS"},
        {500, 0, "MUST", FLOOD "," LIMIT, true, "ERROR"}, /* nothing to compare with */
        {-1, 0, "MUST", MARK "," FLOOD "," LIMIT, true, "ERROR"},
        {500, 0, "MUST", MARK "," FLOOD "," LIMIT, false, "ERROR"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        script = (struct script){
            .status = 401, .memory_kib = rows[i].memory_kib, .grows_kib = rows[i].grows_kib};
        const char *verdict = play(rows[i].level, rows[i].steps, rows[i].can_look);
        ck_assert_msg(strcmp(verdict, rows[i].verdict) == 0, "row %zu: %s", i, verdict);
    }
}
END_TEST

START_TEST(a_flood_is_judged)
{
    script = (struct script){.status = 401};
    ck_assert_str_eq(play("MUST", FLOOD, true), "PASS");
    ck_assert_int_eq(script.asked, 22); /* with the two controls */
    script = (struct script){.status = 200};
    ck_assert_str_eq(play("MUST", FLOOD, true), "FAIL");
    char *one = cf_flood_value(1, 8192);
    char *two = cf_flood_value(2, 8192);
    ck_assert_msg(strlen(one) > 8000 && strlen(one) < 8400, "%zu", strlen(one));
    ck_assert_str_ne(one, two);
    free(one);
    free(two);
}
END_TEST

#define SEND "{\"send\":{}," REFUSED "}"

START_TEST(a_log_that_tells)
{
    static const struct {
        bool tells;
        const char *level;
        const char *expect;
        const char *verdict;
    } rows[] = {
        {false, "MUST", "{\"expect_log\":{\"token\":false}}", "PASS"},
        {false, "MUST", "{\"expect_log\":{\"token\":false,\"has\":[\"refused\"]}}", "PASS"},
        {false, "MUST", "{\"expect_log\":{\"token\":false,\"has\":[\"reason\"]}}", "NON-STRICT"},
        {true, "SHOULD", "{\"expect_log\":{\"token\":false}}", "NON-STRICT"},
        {true, "MUST", "{\"expect_log\":{\"token\":false}}", "FAIL"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char steps[512];
        (void)snprintf(steps, sizeof steps, SEND ",%s", rows[i].expect);
        script = (struct script){.status = 401, .tells = rows[i].tells};
        const char *verdict = play(rows[i].level, steps, true);
        ck_assert_msg(strcmp(verdict, rows[i].verdict) == 0, "row %zu: %s", i, verdict);
    }
    script = (struct script){.status = 401};
    ck_assert_str_eq(play("MUST", SEND ",{\"expect_log\":{\"token\":false}}", false), "ERROR");
}
END_TEST

START_TEST(memory_that_runs_out)
{
    static const struct {
        bool allocates;
        bool fails_open;
        int status;
        const char *decision;
        const char *verdict;
    } rows[] = {
        {true, false, 401, "reject", "PASS"},
        {true, true, 401, "reject", "FAIL"},
        {true, false, 200, "accept", "PASS"}, /* refused while memory is short, then let in */
        {true, false, 401, "accept", "FAIL"},
        {false, false, 401, "reject", "ERROR"}, /* nothing was tried */
    };
    for (size_t i = 0; cf_starve_possible() && i < ROWS(rows); i++) {
        char steps[512];
        (void)snprintf(steps, sizeof steps,
                       "{\"send\":{},\"starve\":true,\"expect\":{\"decision\":\"%s\"}}",
                       rows[i].decision);
        script = (struct script){.status = rows[i].status,
                                 .allocates = rows[i].allocates,
                                 .fails_open = rows[i].fails_open};
        const char *verdict = play("MUST", steps, true);
        ck_assert_msg(strcmp(verdict, rows[i].verdict) == 0, "row %zu: %s", i, verdict);
    }
}
END_TEST

TEST_MAIN("probe", memory_that_grows, a_flood_is_judged, a_log_that_tells, memory_that_runs_out)

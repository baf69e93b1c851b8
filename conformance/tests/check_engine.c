/* The engine with a subject that answers as it is told: controls, freshness, capabilities. */
#include "conformance/run.h"
#include "conformance/select.h"
#include "validator/tests/support/suite.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* What the subject does; reset by each test. */
static struct script {
    int status; /* of every answer */
    int after;  /* from this question on it is `later`; 0: never */
    int later;
    int asked;
    int opened;
    int closed;
    int cold;
    int slow_ms; /* of every answer */
    bool mute;   /* no answer at all */
    bool never_opens;
    const char *fault; /* of settings; NULL: anything is taken */
    char timezone[64]; /* at the last question */
    bool no_cold;      /* it does not start without keys */
} script;
/* Guards script.timezone: many ask at once. */
static pthread_mutex_t script_lock = PTHREAD_MUTEX_INITIALIZER;

struct cf_subject {
    int nothing;
};

static struct cf_subject *scripted_open(const struct cf_adapter *adapter, struct cf_world *world,
                                        const struct cf_profile *profile, bool cold, char *why,
                                        size_t cap)
{
    (void)adapter, (void)world, (void)profile;
    script.cold += cold;
    if (script.never_opens || (cold && script.no_cold)) {
        (void)snprintf(why, cap, "it does not start");
        return NULL;
    }
    script.opened++;
    return calloc(1, sizeof(struct cf_subject));
}

static void scripted_close(struct cf_subject *subject)
{
    script.closed++;
    free(subject);
}

static int scripted_ask(struct cf_subject *subject, const struct cf_request *request,
                        struct cf_answer *answer, char *why, size_t cap)
{
    const struct timespec slow = {0, script.slow_ms * 1000000L};
    int asked = __atomic_add_fetch(&script.asked, 1, __ATOMIC_SEQ_CST);
    (void)subject, (void)request;
    const char *tz = getenv("TZ");
    pthread_mutex_lock(&script_lock);
    (void)snprintf(script.timezone, sizeof script.timezone, "%s", tz ? tz : "");
    pthread_mutex_unlock(&script_lock);
    answer->status = script.after && asked >= script.after ? script.later : script.status;
    (void)nanosleep(&slow, NULL);
    (void)snprintf(why, cap, "no answer");
    return script.mute ? -1 : 0;
}

static int scripted_configure(const struct cf_adapter *adapter, struct cf_world *world,
                              const struct cf_profile *profile, const json_t *settings, char *why,
                              size_t cap)
{
    (void)adapter, (void)world, (void)profile;
    ck_assert(json_is_null(json_object_get(settings, "client_id")));
    (void)snprintf(why, cap, "%s: no", script.fault ? script.fault : "");
    return script.fault ? -1 : 0;
}

#define ACCEPT "\"send\":{},\"expect\":{\"decision\":\"accept\"}"
#define ACCEPT_STEP "{" ACCEPT "}"
#define REJECT "\"send\":{},\"expect\":{\"decision\":\"reject\"}"
#define CASE(id, more)                                                                             \
    "{\"id\":\"" id                                                                                \
    "\",\"title\":\"t <&> t\",\"level\":\"MUST\",\"source\":[],\"why\":\"w\"," more "}"

/* play runs one group of cases and returns the report. */
static json_t *play(const char *cases, const char *capabilities)
{
    static const struct cf_selection all = {NULL, 0, CF_INFO};
    const struct cf_world_options options = {.stopped_clock = true};
    struct cf_adapter adapter = {.name = "scripted",
                                 .capabilities = capabilities,
                                 .open = scripted_open,
                                 .close = scripted_close,
                                 .ask = scripted_ask};
    if (cf_has(capabilities, "configure")) {
        adapter.configure = scripted_configure;
    }
    struct cf_run run = {.adapter = &adapter, .name = "scripted", .capabilities = capabilities};
    struct cf_suite suite = {0};
    char document[8192];
    char why[512] = "";
    int len = snprintf(document, sizeof document, "{\"group\":\"X\",\"cases\":[%s]}", cases);
    ck_assert_int_lt(len, (int)sizeof document);
    ck_assert_msg(cf_suite_read(&suite, document, (size_t)len, "X", why, sizeof why) == 0, "%s",
                  why);
    run.world = cf_world_open(&options, why, sizeof why);
    ck_assert_msg(run.world != NULL, "%s", why);
    run.plan = cf_plan(&suite, &all, true, &run.count);
    json_t *report = cf_run_play(&run);
    free((void *)run.plan);
    cf_world_close(run.world);
    cf_suite_cleanup(&suite);
    return report;
}

static const char *verdict(const json_t *report, size_t i)
{
    return json_string_value(
        json_object_get(json_array_get(json_object_get(report, "cases"), i), "verdict"));
}

START_TEST(a_target_that_lets_everything_in)
{
    script = (struct script){.status = 200};
    json_t *report = play(CASE("X-01", REJECT) "," CASE("X-02", ACCEPT), "");
    ck_assert_str_eq(verdict(report, 0), "FAIL");
    ck_assert_str_eq(verdict(report, 1), "PASS");
    ck_assert(json_is_true(json_object_get(report, "reached")));
    json_decref(report);
    ck_assert_int_eq(script.opened, script.closed);
}
END_TEST

/* It would pass every negative case: without a control nobody would see that it lets nobody in. */
START_TEST(a_target_that_lets_nobody_in)
{
    script = (struct script){.status = 401};
    json_t *report = play(CASE("X-01", REJECT), "");
    ck_assert_str_eq(verdict(report, 0), "ERROR");
    ck_assert(json_is_false(json_object_get(report, "reached")));
    json_decref(report);
}
END_TEST

START_TEST(a_target_that_breaks_on_the_way)
{
    script = (struct script){.status = 200, .after = 2, .later = 401};
    json_t *report = play(CASE("X-01", REJECT), "");
    ck_assert_str_eq(verdict(report, 0), "ERROR"); /* the control behind the group is refused */
    json_decref(report);
}
END_TEST

START_TEST(a_target_that_is_not_there)
{
    script = (struct script){.never_opens = true};
    json_t *report = play(CASE("X-01", REJECT), "");
    ck_assert_str_eq(verdict(report, 0), "ERROR");
    ck_assert(json_is_false(json_object_get(report, "reached")));
    json_decref(report);
    script = (struct script){.mute = true};
    report = play(CASE("X-01", REJECT), "");
    ck_assert_str_eq(verdict(report, 0), "ERROR");
    json_decref(report);
}
END_TEST

START_TEST(what_a_target_lacks_is_not_passed)
{
    static const char *const rows[] = {
        CASE("X-01", "\"needs\":[\"clock\"]," ACCEPT),
        CASE("X-01", "\"profile\":\"app-only\"," ACCEPT),
        CASE("X-01", "\"send\":{\"place\":\"query\"},\"expect\":{\"decision\":\"accept\"}"),
        CASE("X-01",
             "\"send\":{\"wrap_headers\":[\"a\",\"b\"]},\"expect\":{\"decision\":\"accept\"}"),
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        script = (struct script){.status = 200};
        json_t *report = play(rows[i], "");
        ck_assert_msg(strcmp(verdict(report, 0), "UNIMPLEMENTED") == 0, "%s: %s", rows[i],
                      verdict(report, 0));
        json_decref(report);
    }
}
END_TEST

START_TEST(a_rollover_gets_a_fresh_subject)
{
    const char *steps = CASE(
        "X-01",
        "\"steps\":[{\"idp\":{\"rotate\":{}}},{\"clock\":{\"advance\":5}},"
        "{\"send\":{},\"expect\":{\"decision\":\"accept\"}},"
        "{\"expect_requests\":{\"endpoint\":\"jwks\",\"exactly\":0}}]") "," CASE("X-02", ACCEPT);
    script = (struct script){.status = 200};
    json_t *report = play(steps, "restart");
    ck_assert_str_eq(verdict(report, 0), "PASS");
    ck_assert_int_eq(script.opened, 3); /* the control's, the rollover's, the next one's */
    json_decref(report);
    script = (struct script){.status = 200};
    report = play(steps, "");
    ck_assert_int_eq(script.opened, 1);
    json_decref(report);
}
END_TEST

START_TEST(a_wrong_count_of_requests)
{
    script = (struct script){.status = 200};
    json_t *report =
        play(CASE("X-01", "\"steps\":[{\"expect_requests\":{\"endpoint\":\"jwks\",\"at_least\":1}}"
                          "]") "," CASE("X-02", "\"steps\":[{\"expect_requests\":{\"endpoint\":"
                                                "\"canary\",\"exactly\":1}}]"),
             "");
    ck_assert_str_eq(verdict(report, 0), "NON-STRICT");
    ck_assert_str_eq(verdict(report, 1), "FAIL"); /* where a token led is no matter of form */
    json_decref(report);
}
END_TEST

START_TEST(settings_that_must_be_refused)
{
    static const struct {
        const char *fault;
        const char *capabilities;
        const char *verdict;
        const char *reason;
    } rows[] = {
        {NULL, "configure", "FAIL", "a validator was built"},
        {"client", "configure", "NON-STRICT", "client: no"},
        {"client_ids", "configure", "NON-STRICT", "client_ids: no"},
        {"client_id", "configure", "PASS", ""},
        {"client_id", "", "UNIMPLEMENTED", "configure"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        script = (struct script){.status = 200, .fault = rows[i].fault};
        json_t *report = play(CASE("X-01", "\"steps\":[{\"configure\":{\"client_id\":null},"
                                           "\"expect\":{\"refused\":\"client_id\"}}]"),
                              rows[i].capabilities);
        const char *reason = json_string_value(
            json_object_get(json_array_get(json_object_get(report, "cases"), 0), "reason"));
        ck_assert_msg(strcmp(verdict(report, 0), rows[i].verdict) == 0, "row %zu: %s", i,
                      verdict(report, 0));
        ck_assert_msg(strstr(reason, rows[i].reason), "row %zu: %s", i, reason);
        json_decref(report);
    }
}
END_TEST

/* What one variant wants is no reason to leave out the others. */
START_TEST(a_variant_has_its_own_profile)
{
    static const struct {
        const char *capabilities;
        const char *verdict;
        int opened;
    } rows[] = {{"restart", "UNIMPLEMENTED", 1}, {"restart all-scopes", "PASS", 3}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        script = (struct script){.status = 200};
        json_t *report = play(CASE("X-01", ACCEPT ",\"variants\":[{\"name\":\"a\"},"
                                                  "{\"name\":\"b\",\"profile\":\"all-scopes\"}]"),
                              rows[i].capabilities);
        const json_t *variants =
            json_object_get(json_array_get(json_object_get(report, "cases"), 0), "variants");
        const json_t *first = json_array_get(variants, 0);
        ck_assert_str_eq(verdict(report, 0), rows[i].verdict);
        ck_assert_str_eq(json_string_value(json_object_get(first, "verdict")), "PASS");
        ck_assert_uint_eq(json_array_size(variants), 2);
        ck_assert_int_eq(script.opened, rows[i].opened);
        json_decref(report);
    }
}
END_TEST

START_TEST(the_time_zone_comes_back)
{
    script = (struct script){.status = 200};
    (void)setenv("TZ", "UTC0", 1);
    json_t *report = play(
        CASE("X-01", "\"steps\":[{\"timezone\":\"LINT-14\"},{\"send\":{},\"expect\":{}}]"), "");
    ck_assert_str_eq(script.timezone, "UTC0"); /* at the control behind the group */
    json_decref(report);
    script = (struct script){.status = 200, .after = 2, .later = 401};
    report =
        play(CASE("X-01", "\"steps\":[{\"timezone\":\"LINT-14\"},{\"idp\":{\"faults\":{}}}]"), "");
    ck_assert_str_eq(verdict(report, 0), "ERROR");
    ck_assert_str_eq(getenv("TZ"), "UTC0");
    json_decref(report);
}
END_TEST

START_TEST(many_at_once_are_each_judged)
{
    const char *steps =
        CASE("X-01", "\"steps\":[{\"send\":{},\"times\":100,\"at_once\":8,\"expect\":{\"decision\":"
                     "\"accept\"}}]");
    script = (struct script){.status = 200};
    json_t *report = play(steps, "");
    ck_assert_str_eq(verdict(report, 0), "PASS");
    ck_assert_int_eq(script.asked, 102); /* and two controls */
    json_decref(report);
    script = (struct script){.status = 200, .after = 101, .later = 401};
    report = play(steps, "");
    ck_assert_msg(strcmp(verdict(report, 0), "PASS") != 0, "the last one alone was refused");
    json_decref(report);
}
END_TEST

START_TEST(an_answer_that_is_late)
{
    script = (struct script){.status = 200, .slow_ms = 20};
    json_t *report = play(CASE("X-01", "\"steps\":[{\"within_ms\":5," ACCEPT "}]") "," CASE(
                              "X-02", "\"steps\":[{\"within_ms\":60000," ACCEPT "}]"),
                          "");
    ck_assert_str_eq(verdict(report, 0), "NON-STRICT");
    ck_assert_str_eq(verdict(report, 1), "PASS");
    json_decref(report);
}
END_TEST

START_TEST(a_restart_is_cold_and_counts_afresh)
{
    script = (struct script){.status = 200};
    json_t *report = play(CASE("X-01", "\"steps\":[{\"restart\":{}}," ACCEPT_STEP "]"), "restart");
    ck_assert_str_eq(verdict(report, 0), "PASS");
    ck_assert_int_eq(script.cold, 1);
    ck_assert_int_eq(script.opened, 3); /* with those of the two controls around */
    ck_assert_int_eq(script.opened, script.closed);
    json_decref(report);
    script = (struct script){.status = 200}; /* and what comes before it has one, too */
    report = play(CASE("X-01", "\"steps\":[{\"flood\":{\"times\":1,\"octets\":1010},"
                               "\"expect\":{\"status\":[200]}},{\"restart\":{}}," ACCEPT_STEP "]"),
                  "restart");
    ck_assert_str_eq(verdict(report, 0), "PASS");
    ck_assert_int_eq(script.opened, 4);
    json_decref(report);
    script = (struct script){.status = 200, .no_cold = true};
    report = play(CASE("X-01", "\"steps\":[{\"restart\":{}}," ACCEPT_STEP "]"), "restart");
    ck_assert_str_eq(verdict(report, 0), "ERROR");
    json_decref(report);
}
END_TEST

/* The body of a fault may say today's keys in the language of recipes. */
START_TEST(a_body_is_evaluated)
{
    static const struct {
        const char *body;
        const char *verdict;
    } rows[] = {
        {"\"text\"", "PASS"},
        {"{\"key\":\"current\",\"as\":\"jwks-text\"}", "PASS"},
        {"{\"key\":\"nobody\"}", "ERROR"},
        {"{\"hex\":\"ff\"}", "ERROR"}, /* no text */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char cases[512];
        script = (struct script){.status = 200};
        (void)snprintf(cases, sizeof cases,
                       CASE("X-01", "\"steps\":[{\"idp\":{\"faults\":[{\"match\":{\"endpoint\":"
                                    "\"jwks\"},\"act\":{\"body\":%s}}]}}]"),
                       rows[i].body);
        json_t *report = play(cases, "");
        ck_assert_msg(strcmp(verdict(report, 0), rows[i].verdict) == 0, "%s: %s", rows[i].body,
                      verdict(report, 0));
        json_decref(report);
    }
}
END_TEST

START_TEST(a_recipe_that_cannot_be_baked)
{
    script = (struct script){.status = 200};
    json_t *report = play(
        CASE("X-01", "\"send\":{\"base\":\"nothing\"},\"expect\":{\"decision\":\"accept\"}"), "");
    ck_assert_str_eq(verdict(report, 0), "ERROR");
    json_decref(report);
}
END_TEST

TEST_MAIN("engine", a_target_that_lets_everything_in, a_target_that_lets_nobody_in,
          a_target_that_breaks_on_the_way, a_target_that_is_not_there,
          what_a_target_lacks_is_not_passed, a_rollover_gets_a_fresh_subject,
          a_wrong_count_of_requests, a_recipe_that_cannot_be_baked, settings_that_must_be_refused,
          a_variant_has_its_own_profile, the_time_zone_comes_back, a_body_is_evaluated,
          many_at_once_are_each_judged, an_answer_that_is_late, a_restart_is_cold_and_counts_afresh)

/* A plan in several worlds at once: the report is as it would be from one, and what cannot be had
 * twice is refused. */
#include "conformance/adapters/mutant.h"
#include "conformance/jobs.h"
#include "conformance/select.h"
#include "validator/tests/support/suite.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FETCH_MS 5000
#define MEET_S 5

/* play returns the report of a toy validator in so many worlds. */
static json_t *play(size_t jobs, size_t *told)
{
    static const char *const filters[] = {"AUD", "SCP", "IDP-0*"};
    static const struct cf_selection selection = {filters, 3, CF_MAY};
    static const struct cf_mutant flawed = {MUTANT_IGNORES_AUD, FETCH_MS};
    const struct cf_world_options options = {.stopped_clock = true, .seed = "jobs"};
    struct cf_adapter adapter = cf_adapter_mutant;
    struct cf_suite suite = {0};
    struct cf_jobs more = {0};
    char why[512] = "";
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
    ck_assert_msg(cf_suite_load(&suite, "fixtures/cases", why, sizeof why) == 0, "%s", why);
    struct cf_run run = {.adapter = &adapter,
                         .name = "toy",
                         .capabilities = "clock restart rollover http",
                         .beside = more.beside};
    adapter.settings = &flawed;
    run.world = cf_world_open(&options, why, sizeof why);
    ck_assert_msg(run.world != NULL, "%s", why);
    ck_assert_msg(cf_jobs_open(&more, jobs, &options, why, sizeof why) == 0, "%s", why);
    run.beside_count = more.count;
    run.plan = cf_plan(&suite, &selection, true, &run.count);
    json_t *report = cf_run_play(&run);
    *told = run.count;
    free((void *)run.plan);
    cf_jobs_close(&more);
    cf_world_close(run.world);
    cf_suite_cleanup(&suite);
    return report;
}

static const char *text(const json_t *result, const char *name)
{
    return json_string_value(json_object_get(result, name));
}

/* Whoever asks in a world beside waits until as many do; guarded by the lock. */
static struct meeting {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int expected;
    int inside;
    bool met;
} meeting = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

struct cf_subject {
    int asked; /* its first question is the control */
};

static struct cf_subject *meeting_open(const struct cf_adapter *adapter, struct cf_world *world,
                                       const struct cf_profile *profile, bool cold, char *why,
                                       size_t cap)
{
    (void)adapter, (void)world, (void)profile, (void)cold, (void)why, (void)cap;
    return calloc(1, sizeof(struct cf_subject));
}

static void meeting_close(struct cf_subject *subject)
{
    free(subject);
}

static int meeting_ask(struct cf_subject *subject, const struct cf_request *request,
                       struct cf_answer *answer, char *why, size_t cap)
{
    struct timespec end;
    bool waits = strcmp(request->lines[0], "wait") == 0;
    (void)subject, (void)why, (void)cap;
    (void)clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += MEET_S;
    answer->status = 200;
    pthread_mutex_lock(&meeting.lock);
    meeting.inside += waits;
    meeting.met = meeting.met || meeting.inside == meeting.expected;
    (void)pthread_cond_broadcast(&meeting.changed);
    while (waits && !meeting.met &&
           pthread_cond_timedwait(&meeting.changed, &meeting.lock, &end) == 0) {
    }
    answer->status = waits && !meeting.met ? 401 : 200;
    meeting.inside -= waits;
    pthread_mutex_unlock(&meeting.lock);
    return 0;
}

#define CASE(id, steps)                                                                            \
    "{\"id\":\"" id                                                                                \
    "\",\"title\":\"t\",\"level\":\"MUST\",\"source\":[],\"why\":\"w\",\"steps\":[" steps "]}"
#define HELD(act) "{\"idp\":{\"faults\":[{\"match\":{\"endpoint\":\"jwks\"},\"act\":" act "}]}},"
#define ASKED "{\"send\":{\"wrap\":\"wait\"},\"expect\":{\"decision\":\"accept\"}}"
#define PLAIN "{\"send\":{},\"expect\":{\"decision\":\"accept\"}}"

static void in_order(void *ctx, const json_t *result, size_t done, size_t count)
{
    const struct cf_case **plan = ctx;
    (void)count;
    ck_assert_str_eq(text(result, "id"), plan[done - 1]->id);
}

/* Each is let in only if all of them ask at the same time; with one world, each at its turn. */
START_TEST(what_waits_waits_at_once)
{
    static const char cases[] =
        "{\"group\":\"X\",\"cases\":[" CASE("X-01", HELD("{\"delay_ms\":9}") ASKED) "," CASE(
            "X-02", PLAIN) "," CASE("X-03", HELD("{\"drip\":{\"bytes\":1,\"every_ms\":9}}")
                                                ASKED) "," CASE("X-04", HELD("{\"delay_ms\":9}")
                                                                            ASKED) "]}";
    static const struct cf_selection all = {NULL, 0, CF_INFO};
    const struct cf_world_options options = {.stopped_clock = true};
    const struct cf_adapter adapter = {
        .name = "meeting", .open = meeting_open, .close = meeting_close, .ask = meeting_ask};
    struct cf_suite suite = {0};
    char why[512] = "";
    ck_assert_int_eq(cf_suite_read(&suite, cases, sizeof cases - 1, "X", why, sizeof why), 0);
    for (int way = 0; way < 3; way++) {
        bool alone = way == 2;
        struct cf_jobs aside = {0};
        struct cf_run run = {.adapter = &adapter,
                             .name = "meeting",
                             .capabilities = "restart",
                             .world = cf_world_open(&options, why, sizeof why),
                             .aside = aside.beside,
                             .one_process = way == 1};
        run.plan = cf_plan(&suite, &all, true, &run.count);
        ck_assert_uint_eq(cf_aside_count(&run), 3);
        ck_assert_msg(cf_jobs_open(&aside, alone ? 1 : 4, &options, why, sizeof why) == 0, "%s",
                      why);
        run.aside_count = aside.count;
        meeting.expected = alone ? 1 : 3;
        run.progress = alone ? in_order : NULL;
        run.ctx = (void *)run.plan;
        meeting.met = false;
        json_t *report = cf_run_play(&run);
        const json_t *cases_played = json_object_get(report, "cases");
        for (size_t i = 0; i < 4; i++) {
            const json_t *played = json_array_get(cases_played, i);
            ck_assert_str_eq(text(played, "id"), run.plan[i]->id);
            ck_assert_str_eq(text(played, "verdict"), "PASS");
        }
        json_decref(report);
        free((void *)run.plan);
        cf_jobs_close(&aside);
        cf_world_close(run.world);
    }
    cf_suite_cleanup(&suite);
}
END_TEST

START_TEST(several_worlds_report_as_one)
{
    size_t count = 0;
    json_t *alone = play(1, &count);
    json_t *beside = play(3, &count);
    const json_t *a = json_object_get(alone, "cases");
    const json_t *b = json_object_get(beside, "cases");
    ck_assert_uint_gt(count, 30);
    ck_assert_uint_eq(json_array_size(a), count);
    ck_assert_uint_eq(json_array_size(b), count);
    for (size_t i = 0; i < count; i++) {
        const json_t *one = json_array_get(a, i), *other = json_array_get(b, i);
        ck_assert_str_eq(text(one, "id"), text(other, "id"));
        ck_assert_msg(strcmp(text(one, "verdict"), text(other, "verdict")) == 0, "%s: %s and %s",
                      text(one, "id"), text(one, "verdict"), text(other, "verdict"));
        ck_assert_str_eq(text(one, "reason"), text(other, "reason"));
    }
    ck_assert(json_equal(json_object_get(alone, "counts"), json_object_get(beside, "counts")));
    ck_assert_int_gt(json_integer_value(json_object_get(json_object_get(alone, "counts"), "FAIL")),
                     0);
    json_decref(alone);
    json_decref(beside);
}
END_TEST

START_TEST(what_cannot_be_had_twice_is_refused)
{
    static const struct {
        const char *target; /* NULL: in process */
        const char *listen;
        const char *listen_tls;
        const char *state_dir;
        const char *why; /* NULL: it can be */
    } rows[] = {
        {NULL, NULL, NULL, NULL, "in this process"},
        {"{\"adapter\":\"inproc\"}", NULL, NULL, NULL, "in this process"},
        {"{\"url\":\"http://a/\"}", "127.0.0.1:0", NULL, NULL, "runs already"},
        {"{\"url\":\"http://a:{port}/\",\"start\":[\"a\"]}", "127.0.0.1:8080", NULL, NULL,
         "idp.listen"},
        {"{\"url\":\"http://a:{port}/\",\"start\":[\"a\"]}", "127.0.0.1:0", "localhost:8443", NULL,
         "idp.listen"},
        {"{\"url\":\"http://a:{port}/\",\"start\":[\"a\"]}", "127.0.0.1:0", "localhost:0", "s",
         "idp.state"},
        {"{\"url\":\"http://a:{port}/\",\"start\":[\"a\"]}", "127.0.0.1:0", "localhost:0", NULL,
         NULL},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char why[256] = "";
        const char *json = rows[i].target;
        struct cf_target *t =
            json ? cf_target_read(json, strlen(json), "row", why, sizeof why) : NULL;
        const struct cf_world_options options = {.listen = rows[i].listen,
                                                 .listen_tls = rows[i].listen_tls,
                                                 .state_dir = rows[i].state_dir};
        const char *said = cf_jobs_refused(t, &options);
        ck_assert_msg(!json || t, "row %zu: %s", i, why);
        ck_assert_msg(rows[i].why ? said && strstr(said, rows[i].why) : !said, "row %zu: %s", i,
                      said ? said : "not refused");
        cf_target_free(t);
    }
}
END_TEST

TEST_MAIN("jobs", what_waits_waits_at_once, several_worlds_report_as_one,
          what_cannot_be_had_twice_is_refused)

/* The load driver: URLs and answers are read strictly, a wrong verdict voids a run, and a short
 * real run adds up. */
#include "conformance/load/conn.h"
#include "conformance/load/processor.h"
#include "conformance/load/provider.h"
#include "conformance/load/reference.h"
#include "conformance/load/run.h"
#include "mockidp/idp.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

START_TEST(urls)
{
    static const struct {
        const char *text;
        int status;
        const char *host;
        const char *port;
        const char *path;
    } rows[] = {
        {"https://localhost/", -1, "", "", ""}, /* only plain http is driven */
        {"http://", -1, "", "", ""},
        {"http://:80/", -1, "", "", ""},
        {"http://host:123456789/", -1, "", "", ""},
        {"http://127.0.0.1:7071/api/auth-test?x=1", 0, "127.0.0.1", "7071", "/api/auth-test?x=1"},
        {"HTTP://localhost", 0, "localhost", "80", "/"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct load_url url = {{0}, {0}, {0}};
        char why[256] = "";
        ck_assert_msg(load_url_parse(rows[i].text, &url, why, sizeof why) == rows[i].status, "%s",
                      rows[i].text);
        if (rows[i].status == 0) {
            ck_assert_str_eq(url.host, rows[i].host);
            ck_assert_str_eq(url.port, rows[i].port);
            ck_assert_str_eq(url.path, rows[i].path);
        } else {
            ck_assert_str_ne(why, "");
        }
    }
}
END_TEST

START_TEST(answers)
{
    static const struct {
        const char *bytes;
        int status;
        const char *body;
    } rows[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok"},
        {"HTTP/1.1 401 Unauthorized\r\ncontent-length:0\r\n\r\n", 401, ""},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok", 0, ""}, /* more is to come */
        {"HTTP/1.1 200 OK\r\nContent-", 0, ""},                    /* the head is not complete */
        {"HTTP/1.1 200 OK\r\n\r\nok", -1, ""},                     /* its end cannot be known */
        {"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", -1, ""}, /* more than the buffer */
        {"SSH-2.0-OpenSSH_9.2\r\nContent-Length: 0\r\n\r\n", -1, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int pair[2];
        ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
        struct load_conn *conn = calloc(1, sizeof *conn);
        conn->fd = pair[0];
        ck_assert_int_eq(write(pair[1], rows[i].bytes, strlen(rows[i].bytes)),
                         (ssize_t)strlen(rows[i].bytes));
        const char *body = "";
        size_t body_len = 0;
        ck_assert_msg(load_conn_receive(conn, &body, &body_len) == rows[i].status, "row %zu", i);
        ck_assert_uint_eq(body_len, strlen(rows[i].body));
        ck_assert_mem_eq(body, rows[i].body, body_len);
        load_conn_close(conn);
        close(pair[1]);
        free(conn);
    }
}
END_TEST

START_TEST(verdicts_void_a_run)
{
    static const struct {
        uint64_t operations;
        uint64_t wrong;
        uint64_t errors;
        bool valid;
    } rows[] = {{0, 0, 0, false}, {10, 1, 0, false}, {10, 0, 1, false}, {10, 0, 0, true}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct load_report report = {.operations = rows[i].operations,
                                     .wrong_verdicts = rows[i].wrong,
                                     .errors = rows[i].errors};
        load_report_judge(&report);
        ck_assert_msg(report.valid == rows[i].valid, "row %zu", i);
        ck_assert_msg((report.invalid_because[0] == '\0') == rows[i].valid,
                      "row %zu gives a reason", i);
    }
}
END_TEST

START_TEST(two_threads_drive_the_core)
{
    struct load_options o = {.duration_s = 0.1, .threads = 2, .tokens = 8};
    struct load_report report = {0};
    char why[512] = "";
    ck_assert_msg(load_run_inproc(&o, &report, why, sizeof why) == 0, "%s", why);
    ck_assert_msg(report.valid, "%s", report.invalid_because);
    ck_assert_uint_gt(report.operations, 0);
    ck_assert_uint_eq(report.operations, load_histogram_count(report.service));
    ck_assert(report.ratio_to_openssl > 0 && report.openssl_verify_per_s > 0);
    json_t *object = load_report_json(&o, &report);
    ck_assert(json_is_true(json_object_get(object, "valid")));
    ck_assert_ptr_nonnull(json_object_get(json_object_get(object, "latency_us"), "p99_99"));
    json_decref(object);
    load_report_cleanup(&report);
}
END_TEST

/* ---- the mock under load ---- */

START_TEST(a_provider_that_is_not_there)
{
    struct load_options o = {
        .idp = "http://127.0.0.1:1", .duration_s = 0.1, .threads = 1, .connections = 1};
    const struct load_provider_servers alone = {.peer = NULL};
    struct load_provider_report report;
    char why[512] = "";
    ck_assert_int_eq(load_run_provider(&o, &alone, &report, why, sizeof why), -1);
    ck_assert_msg(strstr(why, "127.0.0.1:1") != NULL, "%s", why);
    o.idp = "https://127.0.0.1:1";
    ck_assert_int_eq(load_run_provider(&o, &alone, &report, why, sizeof why), -1);
    ck_assert_msg(strstr(why, "not an http:// URL") != NULL, "%s", why);
}
END_TEST

START_TEST(processes)
{
    static const char *const bad[] = {"", "0", "-1", "1x", ",", "1,", "99999999999"};
    struct load_processes p;
    char why[128];
    char own[32];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_msg(load_processes_parse(bad[i], &p, why, sizeof why) == -1, "'%s'", bad[i]);
        ck_assert_msg(strstr(why, "not a list") != NULL, "%s", why);
    }
    snprintf(own, sizeof own, "%ld", (long)getpid());
    ck_assert_int_eq(load_processes_parse(own, &p, why, sizeof why), 0);
    double before = load_processes_seconds(&p);
    struct load_reference *reference = load_reference_new(); /* makes a key: some work */
    ck_assert_msg(load_processes_seconds(&p) > before, "%f", before);
    load_reference_free(reference);
    snprintf(own, sizeof own, "%ld,%ld", (long)getpid(), (long)getpid());
    ck_assert_int_eq(load_processes_parse(own, &p, why, sizeof why), 0);
    ck_assert_uint_eq(p.count, 2);
}
END_TEST

START_TEST(a_process_that_has_ended)
{
    struct load_processes p;
    char why[128];
    char text[32];
    pid_t child = fork();
    if (child == 0) {
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    snprintf(text, sizeof text, "%ld", (long)child);
    ck_assert_int_eq(load_processes_parse(text, &p, why, sizeof why), -1);
    ck_assert_msg(strstr(why, "No such process") != NULL, "%s", why);
}
END_TEST

static struct idp *start_mock(void)
{
    char why[512] = "";
    const struct idp_options options = {.listen = "127.0.0.1:0", .log = "off"};
    struct idp *idp = idp_start(&options, why, sizeof why);
    ck_assert_msg(idp != NULL, "%s", why);
    return idp;
}

/* Each ratio is held against its goal; what is not known is not. */
START_TEST(a_ratio_below_its_goal_says_so)
{
    static const struct {
        const char *reason;
        double tokens[2]; /* to S, a second and a processor second */
        double keys[2];   /* to the peer */
        const char *tokens_line;
        const char *keys_line;
    } rows[] = {
        {"both below",
         {0.84, 0.5},
         {0.79, 0.1},
         "below: 0.84          below: 0.50   goal 0.85\n",
         "below: 0.79          below: 0.10   goal 0.80\n"},
        {"both reached",
         {0.85, 1.2},
         {0.8, 0.9},
         "        0.85                 1.20   goal 0.85\n",
         "        0.80                 0.90   goal 0.80\n"},
        {"one of each",
         {0.7, 0.9},
         {0.9, 0.7},
         " below: 0.70                 0.90   goal 0.85\n",
         "        0.90          below: 0.70   goal 0.80\n"},
        {"nothing known",
         {0, 0},
         {0, 0},
         "           -                    -   goal 0.85\n",
         "           -                    -   goal 0.80\n"},
    };
    const struct load_options o = {.idp = "http://127.0.0.1:1", .threads = 1, .connections = 1};
    const struct load_provider_report report = {
        .rounds = 1,
        .a_second = {.tokens_to_sign = rows[_i].tokens[0], .keys_to_peer = rows[_i].keys[0]},
        .a_processor_second = {.tokens_to_sign = rows[_i].tokens[1],
                               .keys_to_peer = rows[_i].keys[1]}};
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    load_provider_print(out, &o, &report);
    (void)fclose(out);
    ck_assert_msg(strstr(text, rows[_i].tokens_line) != NULL, "%s: %s", rows[_i].reason, text);
    ck_assert_msg(strstr(text, rows[_i].keys_line) != NULL, "%s: %s", rows[_i].reason, text);
    free(text);
}
END_TEST

START_TEST(a_provider_beside_a_peer)
{
    struct idp *idp = start_mock();
    char peer[256];
    char why[512] = "";
    struct load_options o = {
        .idp = idp_http_url(idp), .duration_s = 0.1, .threads = 2, .connections = 4};
    struct load_provider_report report;
    snprintf(peer, sizeof peer, "%s/contoso.test/discovery/v2.0/keys", o.idp);
    const struct load_provider_servers servers = {.peer = peer,
                                                  .idp_processes = load_processes_own()};
    ck_assert_msg(load_run_provider(&o, &servers, &report, why, sizeof why) == 0, "%s", why);
    ck_assert_uint_eq(report.errors, 0);
    const struct load_provider_rates *r = &report.a_second;
    ck_assert(r->sign > 0 && r->tokens > 0 && r->tokens_to_sign > 0);
    ck_assert(r->keys > 0 && r->peer > 0 && r->keys_to_peer > 0);
    r = &report.a_processor_second;
    ck_assert(r->sign > 0 && r->tokens > 0 && r->tokens_to_sign > 0 && r->keys > 0);
    ck_assert_msg(r->peer == 0 && r->keys_to_peer == 0, "nobody knows the peer's processes");
    json_t *object = load_provider_json(&o, &report);
    ck_assert(json_is_true(json_object_get(object, "valid")));
    json_decref(object);
    idp_stop(idp);
}
END_TEST

START_TEST(refusals_of_a_provider_void_the_run)
{
    struct idp *idp = start_mock();
    char peer[256];
    char why[512] = "";
    struct load_options o = {
        .idp = idp_http_url(idp), .duration_s = 0.1, .threads = 1, .connections = 1};
    struct load_provider_report report;
    snprintf(peer, sizeof peer, "%s/nowhere", o.idp);
    const struct load_provider_servers servers = {.peer = peer};
    ck_assert_msg(load_run_provider(&o, &servers, &report, why, sizeof why) == 0, "%s", why);
    ck_assert_uint_gt(report.errors, 0);
    json_t *object = load_provider_json(&o, &report);
    ck_assert(json_is_false(json_object_get(object, "valid")));
    json_decref(object);
    idp_stop(idp);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("load");
    TCase *tests = tcase_create("load");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, urls);
    tcase_add_test(tests, answers);
    tcase_add_test(tests, verdicts_void_a_run);
    tcase_add_test(tests, two_threads_drive_the_core);
    tcase_add_test(tests, processes);
    tcase_add_test(tests, a_process_that_has_ended);
    tcase_add_test(tests, a_provider_that_is_not_there);
    tcase_add_loop_test(tests, a_ratio_below_its_goal_says_so, 0, 4);
    tcase_add_test(tests, a_provider_beside_a_peer);
    tcase_add_test(tests, refusals_of_a_provider_void_the_run);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

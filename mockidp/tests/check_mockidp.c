/* The program: usage, ready file, signals, what it leaves behind and what it keeps. */
#include "mockidp/tests/support/mock.h"
#include "mockidp/tests/support/scratch.h"
#include "validator/tests/support/program.h"

#include <check.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- usage ---- */

static const struct {
    const char *reason;
    const char *argv[4];
    int status;
    const char *word; /* of standard error, or of standard output when the status is 0 */
} usages[] = {
    {"an unknown option", {"mockidp", "--lisen", "x"}, 2, "'--lisen'"},
    {"an option without its argument", {"mockidp", "--listen"}, 2, "'--listen'"},
    {"rules that are not there",
     {"mockidp", "--faults", "/nonexistent/rules.json"},
     2,
     "mockidp: --faults: /nonexistent/rules.json: No such file"},
    {"an argument too many", {"mockidp", "demo.json"}, 2, "'demo.json'"},
    {"no number of threads", {"mockidp", "--threads", "many"}, 2, "--threads"},
    {"too many threads", {"mockidp", "--threads", "65"}, 2, "--threads"},
    {"no clock", {"mockidp", "--clock", "noon"}, 2, "--clock"},
    {"no configuration", {"mockidp", "--config", "/nowhere"}, 2, "--config: /nowhere"},
    {"no host name", {"mockidp", "--as", "https://login.test"}, 2, "--as: 'https://login.test'"},
    {"a key without a certificate", {"mockidp", "--tls-key", "x"}, 2, "--tls-cert"},
    {"the version", {"mockidp", "--version"}, 0, "mockidp 0"},
    {"the help", {"mockidp", "--help"}, 0, "--rotate EVERY"},
};

START_TEST(usage_is_explained)
{
    struct program p = program_start(usages[_i].argv);
    char *out = program_read(p.out);
    char *err = program_read(p.err);
    int status = program_end(&p);
    ck_assert_msg(status == usages[_i].status, "%s: %d %s", usages[_i].reason, status, err);
    ck_assert_msg(strstr(status ? err : out, usages[_i].word) != NULL, "%s: %s%s",
                  usages[_i].reason, out, err);
    ck_assert_msg(*(status ? out : err) == '\0', "%s: said on the wrong side", usages[_i].reason);
    ck_assert_msg(!status || strchr(err, '\n') == err + strlen(err) - 1, "%s: not one line: %s",
                  usages[_i].reason, err);
    free(out);
    free(err);
}
END_TEST

/* ---- running ---- */

struct running {
    struct program program;
    char *dir;
    char *ready;
    json_t *json; /* the ready file */
};

/* Starts it with a ready file, a state folder or none, and two more arguments (or NULL). TMPDIR is
 * the scratch folder. */
static void run(struct running *r, const char *state, const char *option, const char *value)
{
    const char *argv[16] = {"mockidp", "--listen", "127.0.0.1:0",  "--listen-tls", "localhost:0",
                            "--log",   "off",      "--ready-file", r->ready};
    size_t n = 9;
    if (state) {
        argv[n++] = "--state";
        argv[n++] = state;
    }
    if (option) {
        argv[n++] = option;
        argv[n++] = value;
    }
    r->program = program_start(argv);
    /* it greets after the ready file was written */
    char *line = program_line(r->program.out);
    ck_assert_msg(strncmp(line, "mockidp: http://127.0.0.1:", 26) == 0, "%s", line);
    free(line);
    r->json = json_load_file(r->ready, 0, NULL);
    ck_assert_ptr_nonnull(r->json);
    ck_assert_int_eq(json_integer_value(json_object_get(r->json, "pid")), r->program.pid);
}

static void end(struct running *r)
{
    ck_assert_int_eq(program_stop(&r->program), 0);
    ck_assert_int_ne(access(r->ready, F_OK), 0);
    json_decref(r->json);
}

static void open_running(struct running *r)
{
    r->dir = scratch_make();
    r->ready = scratch_path(r->dir, "ready.json");
    ck_assert_int_eq(setenv("TMPDIR", r->dir, 1), 0);
}

static void close_running(struct running *r)
{
    (void)unsetenv("TMPDIR");
    free(r->ready);
    scratch_remove(r->dir);
}

static int entries;

static int count_entry(const char *path, const struct stat *st, int type)
{
    (void)path, (void)st, (void)type;
    entries++;
    return 0;
}

static int files_in(const char *dir)
{
    entries = -1; /* itself */
    ck_assert_int_eq(ftw(dir, count_entry, 8), 0);
    return entries;
}

START_TEST(a_signal_ends_it_and_nothing_is_left)
{
    struct running r;
    open_running(&r);
    run(&r, NULL, NULL, NULL);
    ck_assert_int_eq(access(text_at(r.json, "ca"), R_OK), 0);
    ck_assert_int_eq(files_in(r.dir), 3); /* the ready file, a folder, the CA in it */
    end(&r);
    ck_assert_int_eq(files_in(r.dir), 0);
    close_running(&r);
}
END_TEST

START_TEST(an_interrupt_ends_it_too)
{
    struct running r;
    open_running(&r);
    run(&r, NULL, NULL, NULL);
    ck_assert_int_eq(kill(r.program.pid, SIGINT), 0);
    ck_assert_int_eq(program_end(&r.program), 0);
    ck_assert_int_eq(files_in(r.dir), 0);
    json_decref(r.json);
    close_running(&r);
}
END_TEST

/* A tenant without keys: they are made, and are there the next time; so is the CA. */
#define KEYLESS                                                                                    \
    "{\"tenants\":[{\"alias\":\"t\",\"id\":\"11111111-1111-4111-8111-111111111111\","              \
    "\"name\":\"T\",\"domains\":[\"t.test\"],\"apps\":[]}]}"

/* The kids that it publishes; free it. */
static char *kids(const struct running *r)
{
    static struct wire_answer answer;
    enum { CAP = 200 };
    char *text = calloc(1, CAP);
    size_t len = 0;
    const json_t *key = NULL;
    size_t i = 0;
    ck_assert_ptr_nonnull(text);
    wire_get(wire_port(text_at(r->json, "http")), "/t.test/discovery/keys", "", &answer);
    ck_assert_int_eq(answer.status, 200);
    json_t *set = json_loads(answer.body, 0, NULL);
    ck_assert_uint_eq(json_array_size(json_object_get(set, "keys")), 2);
    json_array_foreach(json_object_get(set, "keys"), i, key)
    {
        len += (size_t)snprintf(text + len, CAP - len, "%s ", text_at(key, "kid"));
        ck_assert_uint_lt(len, CAP);
    }
    json_decref(set);
    return text;
}

START_TEST(a_state_folder_keeps_ca_and_keys)
{
    struct running r;
    open_running(&r);
    char *config = scratch_write(r.dir, "idp.json", KEYLESS);
    char *state = scratch_path(r.dir, "state");
    char *ca = scratch_path(state, "ca.pem");
    run(&r, state, "--config", config);
    ck_assert_str_eq(text_at(r.json, "ca"), ca);
    char *first_ca = scratch_read(ca);
    char *first_kids = kids(&r);
    end(&r);
    run(&r, state, "--config", config);
    char *second_ca = scratch_read(ca);
    char *second_kids = kids(&r);
    end(&r);
    ck_assert_ptr_nonnull(first_ca);
    ck_assert_str_eq(first_ca, second_ca);
    ck_assert_str_eq(first_kids, second_kids);
    run(&r, NULL, "--config", config); /* without it they are new */
    char *third_kids = kids(&r);
    end(&r);
    ck_assert_str_ne(first_kids, third_kids);
    free(first_ca);
    free(second_ca);
    free(first_kids);
    free(second_kids);
    free(third_kids);
    free(ca);
    free(state);
    free(config);
    close_running(&r);
}
END_TEST

START_TEST(a_hangup_reads_the_configuration_again)
{
    struct running r;
    open_running(&r);
    char *config = scratch_write(r.dir, "idp.json", KEYLESS);
    run(&r, NULL, "--config", config);
    free(scratch_write(r.dir, "idp.json", "{}"));
    ck_assert_int_eq(kill(r.program.pid, SIGHUP), 0);
    char *line = program_line(r.program.err);
    ck_assert_msg(strstr(line, "kept as it was") && strstr(line, "'tenants' is missing"), "%s",
                  line);
    free(line);
    free(scratch_write(r.dir, "idp.json", KEYLESS));
    ck_assert_int_eq(kill(r.program.pid, SIGHUP), 0);
    line = program_line(r.program.err);
    ck_assert_msg(strstr(line, "read again"), "%s", line);
    free(line);
    end(&r);
    free(config);
    close_running(&r);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("mockidp");
    TCase *tcase = tcase_create("mockidp");
    tcase_set_timeout(tcase, 60); /* keys are made */
    tcase_add_loop_test(tcase, usage_is_explained, 0, ROWS(usages));
    tcase_add_test(tcase, a_signal_ends_it_and_nothing_is_left);
    tcase_add_test(tcase, an_interrupt_ends_it_too);
    tcase_add_test(tcase, a_state_folder_keeps_ca_and_keys);
    tcase_add_test(tcase, a_hangup_reads_the_configuration_again);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

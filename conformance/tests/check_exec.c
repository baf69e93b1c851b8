/* Validators behind standard streams: good ones, and each way in which a program can be a bad one.
 */
#include "conformance/adapters/adapter.h"
#include "conformance/target.h"
#include "validator/tests/support/suite.h"

#include <curl/curl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TIMEOUT_MS 20000
#define SHORT_MS 400 /* for those that never answer */
#define PYTHON "/usr/bin/python3"

/* A program that answers each command with the expression of its row; `c` is the command. */
#define PROGRAM(answer)                                                                            \
    "import json, sys, os, time\n"                                                                 \
    "for line in sys.stdin:\n"                                                                     \
    "    c = json.loads(line)\n"                                                                   \
    "    if c['cmd'] == 'stop': sys.exit(0)\n"                                                     \
    "    if c['cmd'] != 'run': answer = {'ok': True}\n"                                            \
    "    else: answer = " answer "\n"                                                              \
    "    print(answer if isinstance(answer, str) else json.dumps(answer), flush=True)\n"

static struct cf_world *world;
static struct cf_target target;
static struct cf_adapter adapter;
static struct cf_answer answer;
static char why[512];

/* Opens a subject of the program `text`: for the interpreter's -c. */
static struct cf_subject *open_program(const char *protocol, const char *interpreter,
                                       const char *text)
{
    const struct cf_world_options options = {.seed = "exec", .stopped_clock = true};
    adapter = cf_adapter_exec;
    if (!world) { /* one a test */
        (void)curl_global_init(CURL_GLOBAL_DEFAULT);
        world = cf_world_open(&options, why, sizeof why);
    }
    ck_assert_msg(world != NULL, "%s", why);
    target = (struct cf_target){.json = json_pack("[sss]", interpreter, "-c", text),
                                .adapter = "exec",
                                .protocol = protocol,
                                .capabilities = "codes",
                                .timeout_ms = TIMEOUT_MS};
    target.start = target.json;
    target.error_map = NULL;
    adapter.settings = &target;
    why[0] = '\0';
    return adapter.open(&adapter, world, cf_profile_find(NULL), false, why, sizeof why);
}

static void close_program(struct cf_subject *subject)
{
    if (subject) {
        cf_adapter_exec.close(subject);
    }
    json_decref(target.json);
}

static int ask(struct cf_subject *subject, const char *authorization)
{
    const struct cf_request request = {.lines = {authorization}, .count = authorization != NULL};
    answer = (struct cf_answer){0};
    why[0] = '\0';
    return cf_adapter_exec.ask(subject, &request, &answer, why, sizeof why);
}

START_TEST(lines_that_are_no_answer)
{
    static const struct {
        const char *answer;
        const char *why;
    } rows[] = {
        {"os._exit(3)", "ended with status 3"},
        {"os.kill(os.getpid(), 9)", "ended by signal 9"},
        {"os.write(2, b'no \\xffkeys') and os._exit(1)", "ended with status 1; it said: no  keys"},
        {"time.sleep(60)", "did not answer within 400 ms"},
        {"os.close(1) or time.sleep(60)", "closed its output"},
        {"'garbage'", "no JSON object"},
        {"'[1]'", "no JSON object: another value"},
        {"'{\"seq\":1,\"seq\":1}'", "no JSON object"},
        {"{'seq': c['seq'] + 1, 'decision': 'accept'}", "answered seq 2 and was asked seq 1"},
        {"{'decision': 'accept'}", "answered seq 0"},
        {"{'seq': c['seq'], 'decision': 'perhaps'}", "neither accept nor reject: perhaps"},
        {"{'seq': c['seq']}", "neither accept nor reject"},
        {"{'seq': c['seq'], 'decision': 'accept', 'status': 401}", "status 401 does not go with"},
        {"{'seq': c['seq'], 'decision': 'reject', 'status': 9}", "status 9 does not go with"},
        {"{'seq': c['seq'], 'errored': 'a stack trace'}", "erred: a stack trace"},
        {"'x' * 70000", "a line of more than 65536 bytes"},
        {"'{}\\n{}'", "more than the one line"},
        {"[os.write(2, b'x' * 4096) for i in iter(int, 1)]", "did not answer within 400 ms"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char text[1024];
        (void)snprintf(text, sizeof text, PROGRAM("%s"), rows[i].answer);
        struct cf_subject *subject = open_program("lines", PYTHON, text);
        ck_assert_msg(subject != NULL, "%s: %s", rows[i].answer, why);
        target.timeout_ms = strstr(rows[i].why, "400 ms") ? SHORT_MS : TIMEOUT_MS;
        ck_assert_msg(ask(subject, "Bearer a.b.c") == -1, "%s", rows[i].answer);
        ck_assert_msg(strstr(why, rows[i].why) != NULL, "%s: %s", rows[i].answer, why);
        close_program(subject);
    }
    cf_world_close(world);
}
END_TEST

START_TEST(lines_that_cannot_start)
{
    static const struct {
        const char *interpreter;
        const char *text;
        const char *why;
    } rows[] = {
        {"/nonexistent/program", "", "/nonexistent/program: No such file or directory"},
        {"sh", "exit 4", "ended with status 4"},
        {"sh", "echo '{\"errored\":\"no such authority\"}'; cat >/dev/null",
         "set up: no such authority"},
        {"sh", "yes", "wrote more than the one line"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct cf_subject *subject = open_program("lines", rows[i].interpreter, rows[i].text);
        ck_assert_msg(subject == NULL, "%s", rows[i].text);
        ck_assert_msg(strstr(why, rows[i].why) != NULL, "%s: %s", rows[i].text, why);
        close_program(subject);
    }
    cf_world_close(world);
}
END_TEST

START_TEST(lines)
{
    struct cf_subject *subject = open_program(
        "lines", PYTHON,
        PROGRAM("{'seq': c['seq'], 'skipped': 'not mine'} if c['authorization'] is None else"
                " {'seq': c['seq'], 'decision': 'accept'} if c['authorization'] == 'Bearer a.b.c' "
                "else {'seq': c['seq'], 'decision': 'reject', 'status': 403, 'error': "
                "'%d %s' % (c['now'], c['authorization'].encode('latin-1').hex()), "
                "'challenge': 'Bearer'}"));
    ck_assert_msg(subject != NULL, "%s", why);
    ck_assert_int_eq(ask(subject, "Bearer a.b.c"), 0);
    ck_assert_int_eq(answer.status, 200);
    ck_assert(answer.status_unsaid && answer.challenge_unsaid);
    /* octets arrive as they are */
    char seen[64];
    ck_assert_int_eq(ask(subject, "\xff\xc3\xa9"), 0);
    (void)snprintf(seen, sizeof seen, "%lld ffc3a9", (long long)cf_world_now(world));
    ck_assert_int_eq(answer.status, 403);
    ck_assert_str_eq(answer.code, seen);
    ck_assert_str_eq(answer.challenge, "Bearer");
    ck_assert(!answer.status_unsaid && !answer.challenge_unsaid);
    ck_assert_int_eq(ask(subject, NULL), CF_ASK_SKIPPED);
    ck_assert_str_eq(why, "the program skipped this: not mine");
    close_program(subject);
    cf_world_close(world);
}
END_TEST

/* One token that kills the validator says nothing of the next. */
START_TEST(lines_after_an_end)
{
    struct cf_subject *subject =
        open_program("lines", PYTHON,
                     PROGRAM("{'seq': c['seq'], 'decision': 'reject'} if c['authorization'] != "
                             "'die' else os._exit(1)"));
    ck_assert_msg(subject != NULL, "%s", why);
    ck_assert_int_eq(ask(subject, "die"), -1);
    ck_assert_msg(ask(subject, "Bearer x") == 0, "%s", why);
    ck_assert_int_eq(answer.status, 401);
    close_program(subject);
    cf_world_close(world);
}
END_TEST

START_TEST(what_it_is_told)
{
    struct cf_subject *subject = open_program(
        "lines", PYTHON,
        "import json, os, sys\n"
        "start, told = json.loads(input()), None\n"
        "print('{}', flush=True)\n"
        "told = json.loads(input())\n"
        "print('{}', flush=True)\n"
        "E = os.environ\n"
        "same = all(told[name] == E['CONFORM_' + name.upper()] for name in"
        " ('authority', 'jwks', 'audience', 'issuer', 'scope'))\n"
        "good = start == {'cmd': 'start', 'version': 1} and same and told['settings']['scopes']\n"
        "seq = json.loads(input())['seq']\n"
        "print(json.dumps({'seq': seq, 'decision': 'accept' if good else 'reject'}), "
        "flush=True)\n");
    ck_assert_msg(subject != NULL, "%s", why);
    ck_assert_int_eq(ask(subject, "Bearer x"), 0);
    ck_assert_int_eq(answer.status, 200);
    close_program(subject);
    cf_world_close(world);
}
END_TEST

START_TEST(the_shim)
{
    static const struct {
        const char *text;
        int result;
        int status;
        const char *why;
    } rows[] = {
        {"test \"$(cat)\" = a.b.c", 0, 200, ""},
        {"test \"$(cat)\" = b", 0, 401, ""},
        {"exit 1", 0, 401, ""},
        {"test -n \"$CONFORM_JWKS\" -a -n \"$CONFORM_ISSUER\"", 0, 200, ""},
        {"echo no pss >&2; exit 89", CF_ASK_SKIPPED, 0, "no pss"},
        {"exit 2", -1, 0, "ended with status 2"},
        {"kill -11 $$", -1, 0, "ended by signal 11"},
        {"exec sleep 60", -1, 0, "did not end within 400 ms"},
        {"exec >&- 2>&-; exec sleep 60", -1, 0, "did not end within 400 ms"},
        {"yes", -1, 0, "wrote more than 1048576 bytes"},
        {"yes >&2", -1, 0, "did not end within 400 ms"},
        {"sleep 60 & exit 1", 0, 401, ""}, /* what it left behind holds its output */
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct cf_subject *subject = open_program("shim", "sh", rows[i].text);
        ck_assert_msg(subject != NULL, "%s", why);
        bool hangs = strstr(rows[i].why, "400 ms") || strstr(rows[i].text, "&");
        target.timeout_ms = hangs ? SHORT_MS : TIMEOUT_MS;
        int result = ask(subject, "Bearer a.b.c");
        ck_assert_msg(result == rows[i].result, "%s: %d %s", rows[i].text, result, why);
        ck_assert_msg(answer.status == rows[i].status, "%s: %d", rows[i].text, answer.status);
        ck_assert_msg(strstr(why, rows[i].why) != NULL, "%s: %s", rows[i].text, why);
        close_program(subject);
    }
    struct cf_subject *subject = open_program("shim", "sh", "test -z \"$(cat)\"");
    ck_assert_int_eq(ask(subject, "Bearer "), 0);
    ck_assert_int_eq(answer.status, 200);
    ck_assert_int_eq(ask(subject, "Basic eDp5"), CF_ASK_SKIPPED);
    ck_assert_int_eq(ask(subject, NULL), CF_ASK_SKIPPED);
    close_program(subject);
    cf_world_close(world);
}
END_TEST

/* As a shell would start it. */
START_TEST(a_script_that_names_no_interpreter)
{
    char path[] = "/tmp/check_exec.XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, "exit 1\n", 7), 7);
    ck_assert_int_eq(fchmod(fd, 0700), 0);
    ck_assert_int_eq(close(fd), 0);
    struct cf_subject *subject = open_program("shim", path, "");
    ck_assert_msg(subject != NULL, "%s", why);
    ck_assert_msg(ask(subject, "Bearer a.b.c") == 0, "%s", why);
    ck_assert_int_eq(answer.status, 401);
    close_program(subject);
    cf_world_close(world);
    ck_assert_int_eq(unlink(path), 0);
}
END_TEST

TEST_MAIN("exec", lines_that_are_no_answer, lines_that_cannot_start, lines, lines_after_an_end,
          what_it_is_told, the_shim, a_script_that_names_no_interpreter)

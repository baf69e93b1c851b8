/* The commands as a person types them: what they print, write and exit with. */
#include "conformance/report/report.h"
#include "validator/tests/support/program.h"
#include "validator/tests/support/suite.h"

#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WORDS_MAX 16

static char dir[] = "/tmp/check-commands-XXXXXX";

/* file returns a path in the folder of this test, one of four buffers. */
static const char *file(const char *name)
{
    static char paths[4][96];
    static unsigned turn;
    char *path = paths[turn++ % 4];
    (void)snprintf(path, sizeof paths[0], "%s/%s", dir, name);
    return path;
}

/* conform runs the program; its standard output in *out (or NULL), its standard error in *err. */
static int conform(const char *const words[WORDS_MAX], char **out, char **err)
{
    const char *argv[WORDS_MAX + 2] = {"conform"};
    for (size_t i = 0; i < WORDS_MAX && words[i]; i++) {
        argv[i + 1] = words[i];
    }
    struct program p = program_start(argv);
    char *texts[2] = {program_read(p.out), program_read(p.err)};
    int status = program_end(&p);
    char **wanted[2] = {out, err};
    for (int i = 0; i < 2; i++) {
        if (wanted[i]) {
            *wanted[i] = texts[i];
        } else {
            free(texts[i]);
        }
    }
    return status;
}

static void expect(const char *const words[WORDS_MAX], int status, const char *on_err)
{
    char *err = NULL;
    int got = conform(words, NULL, &err);
    ck_assert_msg(got == status, "%s %s: exit %d: %s", words[0], words[1] ? words[1] : "", got,
                  err);
    ck_assert_msg(strstr(err, on_err) != NULL, "%s", err);
    ck_assert_msg(status != 2 || strchr(err, '\n') == err + strlen(err) - 1, "one line: %s", err);
    free(err);
}

START_TEST(bad_usage)
{
    static const struct {
        const char *words[WORDS_MAX];
        const char *err;
    } rows[] = {
        {{"frobnicate"}, "'frobnicate'"},
        {{"run", "--colour", "x"}, "--colour"},
        {{"run", "--color", "blue"}, "'blue'"},
        {{"run", "--html", "/nonexistent/x.html", "TIM-04"}, "--html /nonexistent/x.html: No such"},
        {{"run", "--json", "/tmp", "TIM-04"}, "--json /tmp: Is a directory"},
        {{"run", "NOPE-99"}, "no case matches"},
        {{"run", "--target", "/nonexistent/t.json"}, "conform: /nonexistent/t.json: No such file"},
        {{"run", "--target", "/tmp"}, "conform: /tmp: Is a directory"},
        {{"run", "--expected", "/nonexistent/e.json"}, "conform: /nonexistent/e.json: No such"},
        {{"run", "TIM-04", "--idp-listen", "zzz"}, "conform: --idp-listen: 'zzz' is not ADDR:PORT"},
        {{"run", "TIM-04", "--idp-listen-tls", "zzz"}, "conform: --idp-listen-tls: 'zzz' is not"},
        {{"run", "--idp", "DSC-01", "--idp-listen-tls", "zzz"},
         "conform: --idp-listen-tls: 'zzz' is not"},
        {{"run", "--idp", "nowhere.json"}, "conform: nowhere.json: No such file or directory"},
        {{"diff", "one"}, "diff takes"},
        {{"diff", "/nonexistent/a", "/nonexistent/b"}, "/nonexistent/a"},
        {{"matrix", "/nonexistent/a"}, "matrix writes"},
        {{"matrix", "/nonexistent/a", "--html", "/dev/null"}, "/nonexistent/a"},
        {{"replay", "/nonexistent/a", "TIM-04"}, "/nonexistent/a"},
        {{"init", "ftp://x/"}, "ftp://x/"},
        {{"init"}, "init takes"},
        {{"run", "--idp", "--target", "http://127.0.0.1:1/"}, "--idp and --target"},
        {{"run", "--safe", "DSC-01"}, "--safe"},
        {{"run", "--idp", "/nonexistent/x.json"}, "/nonexistent/x.json"},
        {{"run", "--idp", "--safe", "RFT-01"}, "no case matches"},
        {{"run", "--idp", "TIM-04"}, "no case matches"},
        {{"explain", "--idp", "TIM-04"}, "no case TIM-04"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        expect(rows[i].words, 2, rows[i].err);
    }
}
END_TEST

/* loadgen names the option, too. */
START_TEST(bad_usage_of_loadgen)
{
    static const struct {
        const char *argv[6];
        const char *err;
    } rows[] = {
        {{"loadgen", "--nope"}, "loadgen: --nope: no such option (see --help)\n"},
        {{"loadgen", "--inproc", "--url"}, "loadgen: --url: it needs an argument (see --help)\n"},
        {{"loadgen", "--inproc", "--threads", "x"}, "loadgen: --threads: "},
        {{"loadgen", "--peer-pid", "1,x"}, "loadgen: --peer-pid: '1,x' is not a list of process"},
        {{"loadgen", "--inproc", "--closed", "--idp-pid", "1"},
         "loadgen: --peer, --idp-pid, --peer-pid: go with --idp alone"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct program p = program_start(rows[i].argv);
        char *err = program_read(p.err);
        ck_assert_msg(strncmp(err, rows[i].err, strlen(rows[i].err)) == 0, "row %zu: %s", i, err);
        ck_assert_int_eq(program_end(&p), 2);
        free(err);
    }
}
END_TEST

/* A report of one case, with every "from" of its text replaced. */
static void change(const char *source, const char *path, const char *from, const char *to)
{
    char line[65536];
    FILE *in = fopen(source, "r");
    FILE *out = fopen(path, "w");
    ck_assert(in && out);
    while (fgets(line, sizeof line, in)) {
        char *rest = line;
        for (char *at = strstr(rest, from); at; at = strstr(rest, from)) {
            (void)fprintf(out, "%.*s%s", (int)(at - rest), rest, to);
            rest = at + strlen(from);
        }
        (void)fputs(rest, out);
    }
    (void)fclose(in);
    (void)fclose(out);
}

START_TEST(reports_are_compared_and_merged)
{
    char why[400] = "";
    char *out = NULL;
    char good[96];
    char bad[96];
    (void)snprintf(good, sizeof good, "%s", file("good.json"));
    (void)snprintf(bad, sizeof bad, "%s", file("bad.json"));
    expect((const char *const[WORDS_MAX]){"run", "TIM-04", "--seed", "a", "--json", good}, 0, "");
    change(good, bad, "\"verdict\":\"PASS\"", "\"verdict\":\"FAIL\"");
    ck_assert_int_eq(conform((const char *const[WORDS_MAX]){"diff", good, good}, &out, NULL), 0);
    ck_assert_str_eq(out, "libbtv: 1 of 1 cases as before\n"
                          "0 worse, 0 better, 0 changed, 0 new, 0 gone\n");
    free(out);
    ck_assert_int_eq(conform((const char *const[WORDS_MAX]){"diff", good, bad}, &out, NULL), 1);
    ck_assert_ptr_nonnull(strstr(out, "worse   TIM-04 "));
    ck_assert_ptr_nonnull(strstr(out, ": PASS, now FAIL"));
    ck_assert_ptr_nonnull(strstr(out, "\n1 worse, 0 better, 0 changed, 0 new, 0 gone\n"));
    free(out);
    ck_assert_int_eq(conform((const char *const[WORDS_MAX]){"diff", bad, good}, NULL, NULL), 0);
    expect((const char *const[WORDS_MAX]){"matrix", good, bad, "--json", file("both.json"),
                                          "--html", file("both.html")},
           0, "");
    json_t *both = report_read(file("both.json"), why, sizeof why);
    ck_assert_msg(json_array_size(both) == 2, "%s", why);
    json_decref(both);
    struct stat status;
    ck_assert(stat(file("both.html"), &status) == 0 && status.st_size > 1000);
}
END_TEST

START_TEST(a_case_is_played_again)
{
    char *out = NULL;
    char report[96];
    char bad[96];
    (void)snprintf(report, sizeof report, "%s", file("again.json"));
    (void)snprintf(bad, sizeof bad, "%s", file("otherwise.json"));
    expect((const char *const[WORDS_MAX]){"run", "TIM-04", "--json", report}, 0, "");
    ck_assert_int_eq(
        conform((const char *const[WORDS_MAX]){"replay", report, "tim-04"}, &out, NULL), 0);
    ck_assert_ptr_nonnull(strstr(out, "\n    recorded  PASS"));
    ck_assert_ptr_nonnull(strstr(out, "\n    now       PASS"));
    ck_assert_ptr_nonnull(strstr(out, "actual  status 401, reason token_expired"));
    ck_assert_ptr_nonnull(strstr(out, "\nit came out as recorded\n"));
    free(out);
    change(report, bad, "\"verdict\":\"PASS\"", "\"verdict\":\"FAIL\"");
    ck_assert_int_eq(conform((const char *const[WORDS_MAX]){"replay", bad, "TIM-04"}, &out, NULL),
                     1);
    ck_assert_ptr_nonnull(strstr(out, "otherwise than recorded"));
    free(out);
    expect((const char *const[WORDS_MAX]){"replay", report, "TIM-99"}, 2, "no case TIM-99");
}
END_TEST

START_TEST(the_other_half)
{
    char *out = NULL;
    char report[96];
    (void)snprintf(report, sizeof report, "%s", file("issuer.json"));
    expect((const char *const[WORDS_MAX]){"run", "--idp", "http://127.0.0.1:1", "DSC-01"}, 3, "");
    expect((const char *const[WORDS_MAX]){"run", "--idp", "DSC-01", "--idp-listen-tls", "off"}, 0,
           "");
    ck_assert_int_eq(conform((const char *const[WORDS_MAX]){"run", "--idp", "RFT-01", "DSC-0*",
                                                            "--json", report},
                             &out, NULL),
                     0);
    ck_assert_ptr_nonnull(strstr(out, "10 cases against mockidp\n"));
    ck_assert_ptr_nonnull(strstr(out, "\n10 passed, 0 failed, 0 skipped\n"));
    free(out);
    ck_assert_int_eq(
        conform((const char *const[WORDS_MAX]){"replay", report, "RFT-01"}, &out, NULL), 0);
    ck_assert_ptr_nonnull(strstr(out, "\nit came out as recorded\n"));
    free(out);
    ck_assert_int_eq(conform((const char *const[WORDS_MAX]){"list", "--idp", "CCR-0*"}, &out, NULL),
                     0);
    ck_assert_ptr_nonnull(strstr(out, "CCR-01   MUST    1  "));
    ck_assert_ptr_nonnull(strstr(out, "\n9 cases, "));
    free(out);
    expect((const char *const[WORDS_MAX]){"list", "--idp", "--safe", "CCR-0*"}, 2,
           "no case matches");
    ck_assert_int_eq(
        conform((const char *const[WORDS_MAX]){"list", "--idp", "--safe", "DSC-22", "CCR-01"}, &out,
                NULL),
        0);
    ck_assert_ptr_nonnull(strstr(out, "\n1 cases, "));
    free(out);
    ck_assert_int_eq(conform((const char *const[WORDS_MAX]){"explain", "dsc-22"}, &out, NULL), 0);
    ck_assert_ptr_nonnull(strstr(out, "DSC-22 (MUST)  "));
    ck_assert_ptr_nonnull(strstr(out, "\nsource: entra.md §5.3\n"));
    ck_assert_ptr_nonnull(strstr(out, "\nsafe: yes\n"));
    free(out);
}
END_TEST

/* What a case rests on, what is right besides, and what others do. */
START_TEST(a_case_is_explained)
{
    static const char html[] = "<dt>others<dd>entra-emulator signs with a new key at once";
    static const char *const lines[] = {
        "KEY-42 (SHOULD)  ", "\nsource: Microsoft.IdentityModel: IDX40005\n",
        "\nothers: ", "python-jose",
        ": NON-STRICT, the issuer that a key is for is Entra's own member and not read\n"};
    char *out = NULL;
    ck_assert_int_eq(conform((const char *const[WORDS_MAX]){"explain", "KEY-42"}, &out, NULL), 0);
    for (size_t i = 0; i < ROWS(lines); i++) {
        ck_assert_msg(strstr(out, lines[i]) != NULL, "%s", lines[i]);
    }
    free(out);
    ck_assert_int_eq(conform((const char *const[WORDS_MAX]){"explain", "TIM-02"}, &out, NULL), 0);
    ck_assert_ptr_nonnull(strstr(out, "\nothers: Microsoft.IdentityModel forgives 300 seconds"));
    ck_assert_ptr_nonnull(strstr(out, "\nlegitimate variance: "));
    free(out);
    expect((const char *const[WORDS_MAX]){"run", "--idp", "JWK-20", "--html", file("o.html")}, 0,
           "");
    char *page = program_read(fopen(file("o.html"), "re"));
    ck_assert_ptr_nonnull(strstr(page, html));
    free(page);
}
END_TEST

/* With a seed the tokens of two runs differ in their times and the mock's port alone. */
START_TEST(a_seed_fixes_the_canary)
{
    char why[400] = "";
    json_t *runs[2] = {NULL, NULL};
    for (int i = 0; i < 2; i++) {
        expect((const char *const[WORDS_MAX]){"run", "CTL-01", "--seed", "s", "--json",
                                              file("seed.json")},
               0, "");
        runs[i] = report_read(file("seed.json"), why, sizeof why);
        ck_assert_msg(runs[i] != NULL, "%s", why);
    }
    const char *name[2];
    for (int i = 0; i < 2; i++) {
        const json_t *result =
            json_array_get(json_object_get(json_array_get(runs[i], 0), "cases"), 0);
        const json_t *step = json_array_get(
            json_object_get(json_array_get(json_object_get(result, "variants"), 0), "steps"), 0);
        const json_t *claims = json_object_get(json_object_get(step, "sent"), "claims");
        name[i] = json_string_value(json_object_get(claims, "uti"));
        ck_assert_ptr_nonnull(name[i]);
    }
    ck_assert_str_eq(name[0], name[1]);
    json_decref(runs[0]);
    json_decref(runs[1]);
}
END_TEST

START_TEST(a_target_file_is_written)
{
    static const char *const settings[] = {
        "AzureAd__Instance=https://localhost:9443/\n",
        "AzureAd__TenantId=c0ffee00-0000-4000-8000-000000000001\n",
        "AzureAd__ClientId=c0ffee00-0000-4000-8000-0000000000a1\n",
        "AzureAd__Audience=",
        "AzureAd__Scopes=access_as_user\n",
        "authority  https://localhost:9443/c0ffee00-0000-4000-8000-000000000001/v2.0\n",
        "JWKS URL   https://localhost:9443/c0ffee00-0000-4000-8000-000000000001/discovery/",
        "my.state/ca.pem\n",
    };
    struct stat status;
    char *out = NULL;
    char target[96];
    (void)snprintf(target, sizeof target, "%s", file("my.json"));
    const char *const words[WORDS_MAX] = {"init", "http://127.0.0.1:1/api?x=1", target,
                                          "--idp-listen-tls", "localhost:9443"};
    ck_assert_int_eq(conform(words, &out, NULL), 0);
    for (size_t i = 0; i < ROWS(settings); i++) {
        ck_assert_msg(strstr(out, settings[i]) != NULL, "%s: %s", settings[i], out);
    }
    free(out);
    ck_assert_int_eq(stat(file("my.state/ca.pem"), &status), 0);
    json_t *json = json_load_file(target, 0, NULL);
    ck_assert_str_eq(json_string_value(json_object_get(json, "url")), "http://127.0.0.1:1/api?x=1");
    ck_assert_str_eq(json_string_value(json_object_get(json, "name")), "127.0.0.1:1");
    json_decref(json);
    expect(words, 2, "there is such a file already");
    /* the file is one that a run takes, and an API that is not there is said to be so */
    const char *const run[WORDS_MAX] = {
        "run",          "TIM-04",      "--target",         target,
        "--idp-listen", "127.0.0.1:0", "--idp-listen-tls", "localhost:0"};
    ck_assert_int_eq(conform(run, &out, NULL), 3);
    ck_assert_ptr_nonnull(strstr(out, "nothing can be said of this target"));
    free(out);
}
END_TEST

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path);
}

int main(void)
{
    const TTest *const tests[] = {bad_usage,
                                  bad_usage_of_loadgen,
                                  reports_are_compared_and_merged,
                                  a_case_is_played_again,
                                  the_other_half,
                                  a_case_is_explained,
                                  a_seed_fixes_the_canary,
                                  a_target_file_is_written};
    if (!mkdtemp(dir)) {
        return EXIT_FAILURE;
    }
    Suite *suite = suite_create("commands");
    TCase *cases = tcase_create("commands");
    tcase_set_timeout(cases, 60);
    for (size_t i = 0; i < ROWS(tests); i++) {
        tcase_add_test(cases, tests[i]);
    }
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    (void)nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

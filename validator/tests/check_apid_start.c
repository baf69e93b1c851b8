/* How apid starts: where its settings come from, and what it refuses to start with. */
#include "validator/tests/support/apid.h"
#include "validator/tests/support/issuer.h"
#include "validator/tests/support/suite.h"

#include <jansson.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

START_TEST(options_win_over_the_environment_which_wins_over_the_file)
{
    char dir[] = "/tmp/check_apid.XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(dir));
    char *config = test_text("%s/apid.json", dir);
    char *ready = test_text("%s/ready.json", dir);
    FILE *f = fopen(config, "w");
    ck_assert_ptr_nonnull(f);
    fputs("{\"scopes\": [\"of.the.file\"], \"audience\": \"of-the-file\", \"client_id\": \"x\"}",
          f);
    fclose(f);
    setenv("AzureAd__Scopes", "of.the.environment", 1);
    setenv("AzureAd__Audience", "of-the-environment", 1);
    apid_set_up(false, (const char *const[]){"--config", config, "--scope", "of.the.option",
                                             "--ready-file", ready, NULL});
    json_t *said = json_load_file(ready, 0, NULL);
    ck_assert_str_eq(json_string_value(json_object_get(said, "http")), apid.url);
    ck_assert_int_eq(json_integer_value(json_object_get(said, "pid")), apid.program.pid);
    json_decref(said);
    char *token = http_authority_token(
        &apid.authority, "\"scp\":\"of.the.file\",\"aud\":\"of-the-environment\",", NULL);
    apid_call(token);
    ck_assert_msg(apid_head_has("scope=\"of.the.option\""), "%s", apid.head);
    free(token);
    token = http_authority_token(&apid.authority,
                                 "\"scp\":\"of.the.option\",\"aud\":\"of-the-environment\",", NULL);
    apid_call(token);
    ck_assert_int_eq(apid.status, 200);
    free(token);
    apid_tear_down();
    ck_assert_msg(access(ready, F_OK) != 0, "the ready file goes with the program");
    unlink(config);
    rmdir(dir);
    free(config);
    free(ready);
}
END_TEST

START_TEST(roles_alone_need_no_scope)
{
    apid_set_up(false, (const char *const[]){"--roles", "Tasks.Read.All", NULL});
    char *token = http_authority_token(&apid.authority, "", NULL);
    apid_call(token);
    ck_assert_msg(apid.status == 403, "a user's scope is no role: %ld", apid.status);
    free(token);
    token = http_authority_token(&apid.authority,
                                 "\"roles\":[\"Tasks.Read.All\"],\"idtyp\":\"app\",", "scp");
    apid_call(token);
    ck_assert_msg(apid.status == 200, "%s", apid.body);
    free(token);
    apid_tear_down();
}
END_TEST

/* Writes the time of --clock-file as its user must: beside, and renamed. */
static void set_clock(const char *path, int64_t seconds)
{
    char *beside = test_text("%s.new", path);
    FILE *f = fopen(beside, "w");
    ck_assert_ptr_nonnull(f);
    fprintf(f, "%lld\n", (long long)seconds);
    fclose(f);
    ck_assert_int_eq(rename(beside, path), 0);
    free(beside);
}

START_TEST(the_time_of_the_clock_file_decides)
{
    char clock[] = "/tmp/check_apid_clock.XXXXXX";
    close(mkstemp(clock));
    int64_t now = time(NULL);
    set_clock(clock, now);
    apid_set_up(false, (const char *const[]){"--clock-file", clock, NULL});
    char *warning = program_line(apid.program.err);
    ck_assert_msg(strstr(warning, "for tests") && strstr(warning, clock), "'%s'", warning);
    char *token = http_authority_token(&apid.authority, "", NULL); /* for an hour */
    apid_call(token);
    ck_assert_msg(apid.status == 200, "%s", apid.body);
    set_clock(clock, now + 7200);
    apid_call(token);
    ck_assert_str_eq(apid_member("error"), "token_expired");
    FILE *f = fopen(clock, "w"); /* no time at all: it stands still */
    fclose(f);
    apid_call(token);
    ck_assert_str_eq(apid_member("error"), "token_expired");
    set_clock(clock, now);
    apid_call(token);
    ck_assert_msg(apid.status == 200, "%s", apid.body);
    apid_tear_down();
    unlink(clock);
    free(warning);
    free(token);
}
END_TEST

/* The refresh that a request sets going is waited for, though no keys are there yet. */
START_TEST(a_dead_authority_that_comes_back_is_asked_by_the_next_request)
{
    char clock[] = "/tmp/check_apid_clock.XXXXXX";
    close(mkstemp(clock));
    int64_t now = time(NULL);
    set_clock(clock, now);
    apid_set_up(true, (const char *const[]){"--clock-file", clock, "--key-wait-ms", "20000", NULL});
    char *token = http_authority_token(&apid.authority, "", NULL);
    apid_call(token); /* waits for the first fetch, which fails */
    ck_assert_int_eq(apid.status, 503);
    unsigned asked = http_authority_asked(&apid.authority);
    http_authority_set_down(&apid.authority, false);
    apid_call(token);
    ck_assert_msg(apid.status == 503 && http_authority_asked(&apid.authority) == asked,
                  "within its back-off a dead authority is left alone");
    apid_request("GET", "/health", NULL, NULL);
    ck_assert_int_eq(apid.status, 503);
    set_clock(clock, now + 3000);
    apid_call(token);
    ck_assert_msg(apid.status == 200, "%s", apid.body);
    apid_request("GET", "/health", NULL, NULL);
    ck_assert_int_eq(apid.status, 200);
    apid_tear_down();
    unlink(clock);
    free(token);
}
END_TEST

static const struct {
    const char *argv[6];
    int status;
    const char *says;
} usages[] = {
    {{"apid", "--nonsense"}, 2, "--nonsense"},
    {{"apid", "--listen", "7071"}, 2, "--listen"},
    {{"apid", "--listen", "127.0.0.1:65536"}, 2, "--listen"},
    {{"apid", "--listen", "::1:80"}, 2, "--listen"},
    {{"apid", "--log", "loud"}, 2, "--log"},
    {{"apid", "--threads", "0"}, 2, "--threads"},
    {{"apid", "--threads", "65"}, 2, "--threads"},
    {{"apid", "--threads", "2x"}, 2, "--threads"},
    {{"apid", "--connections", "0"}, 2, "--connections"},
    {{"apid", "--connections", "99999999999"}, 2, "--connections"},
    {{"apid", "--request-timeout", ""}, 2, "--request-timeout"},
    {{"apid", "--drain-timeout", "3601"}, 2, "--drain-timeout"},
    {{"apid", "--clock-file", "/nonexistent/clock"},
     2,
     "--clock-file: /nonexistent/clock: No such"},
    {{"apid", "--clock-file", "/dev/null"}, 2, "--clock-file: /dev/null: it does not hold"},
    {{"apid", "--clock-file", "/dev/null", "--listen", "0.0.0.0:0"}, 2, "--clock-file: for tests"},
    {{"apid", "--clock-file", "/dev/null", "--listen", "127.evil.test:0"},
     2,
     "--clock-file: for tests"},
    {{"apid", "--instance", "http://login.test/"}, 2, "--instance"},
    {{"apid", "--ready-file"}, 2, "--ready-file"},
    {{"apid", "now"}, 2, "now"},
    {{"apid", "--client-id", TEST_CLIENT}, 2, "apid: --tenant-id: without a tenant"},
    {{"apid", "--tenant-id", TEST_TENANT}, 2, "--client-id: "},
    {{"apid", "--config", "/nonexistent/c.json"}, 2, "--config /nonexistent/c.json: No such"},
    {{"apid", "--config", "/dev/null"}, 2, "--config /dev/null: "},
    {{"apid", "--tenant-id", TEST_TENANT, "--client-id=x", "--refresh-interval=86400"},
     2,
     "--last-known-good: must exceed"},
    {{"apid", "--algorithms", "none", "--tenant-id", TEST_TENANT, "--client-id=x"},
     2,
     "--algorithms"},
};

START_TEST(a_bad_start_is_named_in_one_line)
{
    for (size_t i = 0; i < sizeof usages / sizeof usages[0]; i++) {
        const char *argv[7] = {NULL};
        memcpy(argv, usages[i].argv, sizeof usages[i].argv);
        struct program p = program_start(argv);
        char *line = program_line(p.err);
        char *rest = program_read(p.err);
        ck_assert_msg(strstr(line, usages[i].says) != NULL, "row %zu: '%s'", i, line);
        ck_assert_msg(*rest == '\0', "row %zu: '%s'", i, rest);
        ck_assert_msg(program_end(&p) == usages[i].status, "row %zu: '%s'", i, line);
        free(line);
        free(rest);
    }
}
END_TEST

TEST_MAIN("apid: start", options_win_over_the_environment_which_wins_over_the_file,
          roles_alone_need_no_scope, the_time_of_the_clock_file_decides,
          a_dead_authority_that_comes_back_is_asked_by_the_next_request,
          a_bad_start_is_named_in_one_line)

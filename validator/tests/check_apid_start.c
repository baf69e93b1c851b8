/* How apid starts: where its settings come from, and what it refuses to start with. */
#include "validator/tests/support/apid.h"
#include "validator/tests/support/issuer.h"
#include "validator/tests/support/suite.h"

#include <jansson.h>
#include <string.h>
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
    {{"apid", "--instance", "http://login.test/"}, 2, "--instance"},
    {{"apid", "--ready-file"}, 2, "--ready-file"},
    {{"apid", "now"}, 2, "now"},
    {{"apid", "--client-id", TEST_CLIENT}, 1, "tenant_id"},
    {{"apid", "--tenant-id", TEST_TENANT}, 1, "client_id"},
    {{"apid", "--algorithms", "none", "--tenant-id", TEST_TENANT, "--client-id=x"},
     1,
     "algorithms"},
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
          roles_alone_need_no_scope, a_bad_start_is_named_in_one_line)

/* Options of apid and btv: what they refuse and in which words, and which source of a setting wins.
 */
#include "validator/core/caller.h"
#include "validator/core/command_line.h"
#include "validator/tests/support/authority.h"
#include "validator/tests/support/issuer.h"
#include "validator/tests/support/suite.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WORDS_MAX 8
#define OUTPUT_CAP 16384

static const char *listen_at;
static const char *quiet;
static const struct btv_option own[] = {
    {"listen", "ADDR:PORT", "where it listens", &listen_at},
    {"quiet", NULL, "says less", &quiet},
};

static struct btv_command_line line;
static char output[OUTPUT_CAP]; /* of the last call, both streams */

static FILE *catch_output(int saved[2])
{
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    (void)fflush(NULL);
    for (int fd = 1; fd <= 2; fd++) {
        saved[fd - 1] = dup(fd);
        ck_assert_int_eq(dup2(fileno(file), fd), fd);
    }
    return file;
}

static void release_output(FILE *file, const int saved[2])
{
    (void)fflush(NULL);
    for (int fd = 1; fd <= 2; fd++) {
        (void)dup2(saved[fd - 1], fd);
        (void)close(saved[fd - 1]);
    }
    rewind(file);
    output[fread(output, 1, sizeof output - 1, file)] = '\0';
    (void)fclose(file);
}

/* Reads words that are separated by spaces, and when that goes well applies them to `c`. */
static int run(const char *words, bool own_only, struct btv_config *c)
{
    char *copy = test_text("prog %s", words);
    char *argv[WORDS_MAX + 1] = {NULL};
    int argc = 0;
    int saved[2];
    for (char *word = strtok(copy, " "); word && argc < WORDS_MAX; word = strtok(NULL, " ")) {
        argv[argc++] = word;
    }
    listen_at = NULL;
    quiet = NULL;
    line = (struct btv_command_line){.program = "prog",
                                     .synopsis = "prog [OPTION…] [FILE]",
                                     .own = own,
                                     .own_count = ROWS(own),
                                     .own_only = own_only};
    FILE *file = catch_output(saved);
    int status = btv_command_line_read(&line, argc, argv);
    if (status == BTV_GO_ON && c) {
        status = btv_command_line_config(&line, c);
    }
    release_output(file, saved);
    /* what was read is borrowed from argv */
    listen_at = listen_at ? test_text("%s", listen_at) : NULL;
    free(copy);
    return status;
}

/* A file with `text`, whose name is written to `path`. */
static void write_file(char path[64], const char *text, size_t len)
{
    (void)snprintf(path, 64, "/tmp/check-command-line-XXXXXX");
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, len), (ssize_t)len);
    (void)close(fd);
}

static const struct {
    const char *words;
    bool own_only;
    int status;
    const char *says;
} refusals[] = {
    {"--nothing", false, BTV_EXIT_USAGE, "prog: unknown option '--nothing'"},
    {"-x", false, BTV_EXIT_USAGE, "prog: unknown option '-x'"},
    {"--listen", false, BTV_EXIT_USAGE, "'--listen' needs an argument"},
    {"--tenant-id", false, BTV_EXIT_USAGE, "'--tenant-id' needs an argument"},
    {"--quiet=no", false, BTV_EXIT_USAGE, "unknown option"},
    {"--tenant-id x", true, BTV_EXIT_USAGE, "unknown option"},
    {"--config x", true, BTV_EXIT_USAGE, "unknown option"},
    {"--skew 601", false, BTV_EXIT_USAGE, "prog: --skew: "},
    {"--skew-s 60", false, BTV_EXIT_USAGE, "unknown option '--skew-s'"},
    {"--instance http://login.test/", false, BTV_EXIT_USAGE, "prog: --instance: not an https URL"},
    {"--config /nonexistent", false, BTV_EXIT_USAGE, "prog: --config /nonexistent: No such file"},
    {"--config /", false, BTV_EXIT_USAGE, "prog: --config /: cannot be read"},
    {"--help", false, 0, "Usage: prog [OPTION…] [FILE]"},
    {"--help", false, 0, "--listen ADDR:PORT"},
    {"--help", false, 0, "--skew NUMBER"},
    {"--help", true, 0, "--quiet"},
    {"--version", false, 0, "prog " ETB_VERSION "\n"},
    {"--version", true, 0, "prog " ETB_VERSION "\n"},
};

START_TEST(what_is_wrong_is_named)
{
    for (size_t i = 0; i < ROWS(refusals); i++) {
        struct btv_config *c = btv_config_new();
        int status = run(refusals[i].words, refusals[i].own_only, c);
        ck_assert_msg(status == refusals[i].status, "%s: exit status %d", refusals[i].words,
                      status);
        ck_assert_msg(strstr(output, refusals[i].says), "%s: %s", refusals[i].words, output);
        ck_assert_msg(status != BTV_EXIT_USAGE || strchr(output, '\n') == strrchr(output, '\n'),
                      "%s: more than a line", refusals[i].words);
        free((void *)(uintptr_t)listen_at);
        btv_config_free(c);
    }
    (void)run("--help", true, NULL);
    ck_assert_ptr_null(strstr(output, "--tenant-id"));
    ck_assert_ptr_null(strstr(output, "--config"));
}
END_TEST

START_TEST(a_file_is_refused_by_its_name)
{
    static const struct {
        const char *text;
        const char *says;
    } rows[] = {
        {"", "not a JSON object"},
        {"{\"skew_s\":601}", "skew_s: "},
        {"{\"nothing\":1}", "nothing: there is no such setting"},
    };
    char path[64];
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct btv_config *c = btv_config_new();
        write_file(path, rows[i].text, strlen(rows[i].text));
        char *words = test_text("--config %s", path);
        ck_assert_int_eq(run(words, false, c), BTV_EXIT_USAGE);
        ck_assert_msg(strstr(output, path) && strstr(output, rows[i].says), "%s: %s", rows[i].text,
                      output);
        free(words);
        btv_config_free(c);
        (void)unlink(path);
    }
    char *large = calloc(1, 65537);
    char why[128] = "";
    size_t len = 0;
    ck_assert_ptr_nonnull(large);
    write_file(path, large, 65537);
    ck_assert_ptr_null(btv_read_file(path, 65536, &len, why, sizeof why));
    ck_assert_ptr_nonnull(strstr(why, "too large"));
    free(large);
    large = btv_read_file(path, 65537, &len, why, sizeof why);
    ck_assert(large && len == 65537 && large[len] == '\0');
    free(large);
    (void)unlink(path);
}
END_TEST

/* Defaults, the file, the environment, options: the later wins. */
START_TEST(the_nearer_source_wins)
{
    static const char json[] = "{\"tenant_id\":\"file\",\"client_id\":\"file\",\"skew_s\":1,"
                               "\"audience\":\"file\"}";
    char path[64];
    struct btv_config *c = btv_config_new();
    write_file(path, json, strlen(json));
    ck_assert_int_eq(setenv("AzureAd__TenantId", "environment", 1), 0);
    ck_assert_int_eq(setenv("AzureAd__ClientId", "environment", 1), 0);
    char *words = test_text("--config %s --tenant-id option --listen [::1]:0 --quiet rest", path);
    ck_assert_msg(run(words, false, c) == BTV_GO_ON, "%s", output);
    ck_assert_str_eq(output, "");
    ck_assert_str_eq(btv_config_text(c, BTV_SET_TENANT_ID), "option");
    ck_assert_str_eq(btv_config_text(c, BTV_SET_CLIENT_ID), "environment");
    ck_assert_str_eq(btv_config_text(c, BTV_SET_AUDIENCE), "file");
    ck_assert_int_eq(btv_config_number(c, BTV_SET_SKEW_S), 1);
    ck_assert_str_eq(btv_config_text(c, BTV_SET_SCOPES), "access_as_user");
    ck_assert_str_eq(listen_at, "[::1]:0");
    ck_assert_str_eq(quiet, "");
    ck_assert_int_eq(line.first_operand, 8);
    free((void *)(uintptr_t)listen_at);
    btv_config_free(c);

    c = btv_config_new();
    ck_assert_int_eq(run("--roles A.B", false, c), BTV_GO_ON);
    ck_assert_ptr_null(btv_config_text(c, BTV_SET_SCOPES)); /* roles are a need too */
    ck_assert_int_eq(setenv("AzureAd__Instance", "http://login.test/", 1), 0);
    ck_assert_int_eq(run("--roles A.B", false, c), BTV_EXIT_USAGE);
    ck_assert_ptr_nonnull(strstr(output, "AzureAd__Instance"));
    btv_config_free(c);
    free(words);
    (void)unlink(path);
}
END_TEST

/* Who called, in a word: the first claim that says something. */
START_TEST(a_caller_has_a_name)
{
    static const struct {
        const char *changes;
        const char *without;
        const char *name;
    } rows[] = {
        {"", NULL, "Alice"},
        {"\"name\":\"\",\"preferred_username\":\"alice@test\",", NULL, "alice@test"},
        {"\"upn\":\"alice@upn\",", "name", "alice@upn"},
        {"", "name", "client"},
        {"\"azp\":\"\",\"appid\":\"app\",", "name", "app"},
        {"\"azp\":\"\",", "name", "unknown"},
    };
    struct authority authority;
    authority_init(&authority, 1);
    struct btv_validator *v = authority_validator(&authority, NULL);
    struct btv_result *r = btv_result_new();
    ck_assert_str_eq(btv_caller(r), "unknown"); /* nothing was accepted */
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *value = authority_token(0, rows[i].changes, rows[i].without);
        ck_assert(btv_validate(v, value, strlen(value), r) == BTV_OK);
        ck_assert_str_eq(btv_caller(r), rows[i].name);
        free(value);
    }
    btv_result_free(r);
    btv_validator_free(v);
    authority_cleanup(&authority);
}
END_TEST

TEST_MAIN("command_line", what_is_wrong_is_named, a_file_is_refused_by_its_name,
          the_nearer_source_wins, a_caller_has_a_name)

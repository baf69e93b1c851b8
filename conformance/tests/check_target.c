/* Target files: what is refused, and what follows from them. */
#include "conformance/adapters/adapter.h"
#include "conformance/expected.h"
#include "conformance/target.h"
#include "validator/tests/support/suite.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct cf_target *load(const char *text, char *why, size_t cap)
{
    char path[] = "/tmp/check-target-XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_eq((int)write(fd, text, strlen(text)), (int)strlen(text));
    (void)close(fd);
    struct cf_target *target = cf_target_load(path, why, cap);
    (void)unlink(path);
    return target;
}

START_TEST(faults_are_named)
{
    static const struct {
        const char *text;
        const char *why;
    } rows[] = {
        {"{", "line 1"},
        {"{}", "/url"},
        {"{\"url\":\"ftp://x\"}", "/url"},
        {"{\"url\":\"http://x\",\"addapter\":\"http\"}", "/addapter"},
        {"{\"url\":\"http://x\",\"adapter\":\"carrier pigeon\"}", "/adapter"},
        {"{\"url\":\"http://127.0.0.1:{port}/\"}", "/url: {port}"},
        {"{\"url\":\"http://x\",\"start\":[]}", "/start"},
        {"{\"url\":\"http://x\",\"start\":[1]}", "/start"},
        {"{\"url\":\"http://x\",\"disabled\":[]}", "/disabled"},
        {"{\"url\":\"http://x\",\"paths\":{}}", "/paths"},
        {"{\"url\":\"http://x\",\"paths\":{\"third\":\"/x\"}}", "/paths"},
        {"{\"url\":\"http://x\",\"paths\":{\"second\":\"x\"}}", "/paths"},
        {"{\"adapter\":\"exec\",\"start\":[\"x\"],\"paths\":{\"second\":\"/x\"}}", "/paths"},
        {"{\"adapter\":\"exec\"}", "/start"},
        {"{\"adapter\":\"exec\",\"start\":[\"x\"],\"protocol\":\"morse\"}", "/protocol"},
        {"{\"url\":\"http://x\",\"capabilities\":[\"clock\"]}", "/capabilities"},
        {"{\"adapter\":\"exec\",\"start\":[\"x\"],\"protocol\":\"shim\","
         "\"capabilities\":[\"clock\"]}",
         "/capabilities"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char why[512] = "";
        struct cf_target *target = load(rows[i].text, why, sizeof why);
        ck_assert_msg(target == NULL, "%s", rows[i].text);
        ck_assert_msg(strstr(why, rows[i].why) != NULL, "%s: %s", rows[i].text, why);
    }
}
END_TEST

START_TEST(what_follows)
{
    char why[512] = "";
    struct cf_target *target = load(
        "{\"url\":\"http://127.0.0.1:{port}/\",\"start\":[\"x\"],\"capabilities\":[\"codes\"]}",
        why, sizeof why);
    ck_assert_msg(target != NULL, "%s", why);
    ck_assert(cf_has(target->capabilities, "codes"));
    ck_assert(cf_has(target->capabilities, "restart"));
    ck_assert(cf_has(target->capabilities, "http"));
    ck_assert(!cf_has(target->capabilities, "clock"));
    ck_assert(!cf_has(target->capabilities, "star"));
    ck_assert_str_eq(target->listen, "127.0.0.1:8080");
    ck_assert_str_eq(target->listen_tls, "localhost:8443");
    cf_target_free(target);
    target = load("{\"adapter\":\"exec\",\"start\":[\"x\"],\"capabilities\":[\"clock\"]}", why,
                  sizeof why);
    ck_assert_msg(target != NULL, "%s", why);
    ck_assert(cf_has(target->capabilities, "restart"));
    ck_assert(cf_has(target->capabilities, "clock"));
    ck_assert(!cf_has(target->capabilities, "http"));
    ck_assert_str_eq(target->protocol, "lines");
    cf_target_free(target);
    target = load("{\"url\":\"http://127.0.0.1:{port}/\",\"start\":[\"x\",\"{clock}\"]}", why,
                  sizeof why);
    ck_assert_msg(target != NULL, "%s", why);
    ck_assert_msg(cf_has(target->capabilities, "clock"), "it reads the time from a file");
    cf_target_free(target);
    target = load("{\"url\":\"http://x/\",\"paths\":{\"second\":\"/2\",\"optional\":\"/o\"}}", why,
                  sizeof why);
    ck_assert_msg(target != NULL, "%s", why);
    ck_assert(cf_has(target->capabilities, "second-route"));
    ck_assert(cf_has(target->capabilities, "optional-auth"));
    ck_assert_str_eq(target->folder, "/tmp");
    cf_target_free(target);
    target = cf_target_load("http://127.0.0.1:1/x", why, sizeof why);
    ck_assert_ptr_nonnull(target);
    ck_assert(!cf_has(target->capabilities, "restart"));
    ck_assert_str_eq(target->name, "http://127.0.0.1:1/x");
    cf_target_free(target);
}
END_TEST

/* Every target file of the project loads, and every baseline has a target. */
START_TEST(ours)
{
    glob_t files;
    ck_assert_int_eq(glob("fixtures/targets/*.json", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        char why[512] = "";
        char file[256];
        const char *path = files.gl_pathv[i];
        const char *baseline = strstr(path, ".expected.json");
        (void)snprintf(file, sizeof file, "%.*s.json",
                       (int)(baseline ? baseline - path : (ssize_t)strlen(path) - 5), path);
        json_t *rows = baseline ? cf_expected_load(path, why, sizeof why) : NULL;
        struct cf_target *target = cf_target_load(file, why, sizeof why);
        ck_assert_msg(target && (rows || !baseline), "%s: %s", path, why);
        cf_target_free(target);
        json_decref(rows);
    }
    ck_assert_uint_gt(files.gl_pathc, 3);
    globfree(&files);
}
END_TEST

TEST_MAIN("target", faults_are_named, what_follows, ours)

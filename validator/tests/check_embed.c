/* The example of the README as a program, against the mock: it lets in, refuses, and says why it
 * does not start. */
#include "validator/tests/support/issuer.h"
#include "validator/tests/support/program.h"
#include "validator/tests/support/suite.h"

#include <curl/curl.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

static struct program mock;
static char folder[] = "/tmp/check-embed-XXXXXX";
static char *ready_file;
static char *url; /* of the mock */

static void start_mock(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ready_file = test_text("%s/ready.json", folder);
    const char *const argv[] = {
        "mockidp",      "--listen", "127.0.0.1:0", "--listen-tls", "localhost:0",
        "--ready-file", ready_file, "--log",       "off",          NULL};
    mock = program_start(argv);
    free(program_line(mock.out)); /* once it says something, it listens */
    json_t *ready = json_load_file(ready_file, 0, NULL);
    const char *http = json_string_value(json_object_get(ready, "http"));
    ck_assert_msg(http != NULL, "%s says no http address", ready_file);
    url = test_text("%s", http);
    json_decref(ready);
}

static void stop_mock(void)
{
    ck_assert_int_eq(program_stop(&mock), 0);
    (void)unlink(ready_file);
    (void)rmdir(folder);
    free(ready_file);
    free(url);
    curl_global_cleanup();
}

static size_t keep(char *data, size_t size, size_t n, void *ctx)
{
    return fwrite(data, size, n, ctx) * size;
}

/* The Authorization value of a token of the http origin, newly allocated; `more` members of its
 * recipe. */
static char *bake(const char *more)
{
    char *recipe = test_text("{\"for\":{\"origin\":\"%s\"}%s}", url, more);
    char *body = NULL;
    size_t len = 0;
    FILE *file = open_memstream(&body, &len);
    char *where = test_text("%s/_admin/tokens", url);
    CURL *curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_URL, where);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, recipe);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, file);
    ck_assert_int_eq(curl_easy_perform(curl), CURLE_OK);
    curl_easy_cleanup(curl);
    (void)fclose(file);
    json_t *answer = json_loadb(body, len, 0, NULL);
    const char *value = json_string_value(json_object_get(answer, "authorization"));
    ck_assert_msg(value != NULL, "%s", body);
    char *copy = test_text("%s", value);
    json_decref(answer);
    free(body);
    free(recipe);
    free(where);
    return copy;
}

/* Runs the example; its exit status, and both outputs in *out and *err, newly allocated. */
static int embed(const char *value, char **out, char **err)
{
    const char *const argv[] = {"examples/embed", value, NULL};
    struct program p = program_start(argv);
    *out = program_read(p.out);
    *err = program_read(p.err);
    return program_end(&p);
}

static const struct {
    const char *more; /* of the recipe; NULL: no header */
    int status;
    const char *out;
    const char *err;
} rows[] = {
    {NULL, 1, "HTTP 401\nWWW-Authenticate: Bearer\n", "no_credentials"},
    {",\"mutate\":[{\"flip_bit\":{\"bit\":9}}]", 1,
     "HTTP 401\nWWW-Authenticate: Bearer error=\"invalid_token\"", "signature_invalid"},
    {",\"sign\":{\"alg\":\"none\"}", 1, "HTTP 401\n", "alg_not_allowed"},
    {",\"claims\":{\"set\":{\"aud\":\"other\"}}", 1, "HTTP 401\n", "audience_mismatch audience: "},
    {",\"claims\":{\"set\":{\"exp\":{\"now\":-400}}}", 1, "HTTP 401\n", "token_expired"},
    {",\"claims\":{\"set\":{\"scp\":\"other\"}}", 1,
     "HTTP 403\nWWW-Authenticate: Bearer error=\"insufficient_scope\"", "scope_missing"},
    {"", 0, "HTTP 200\n\nHello c0ffee00-0000-4000-8000-00000000a11c\n", ""},
};

START_TEST(the_example_refuses_and_lets_in)
{
    char *instance = NULL;
    start_mock();
    instance = test_text("%s/", url);
    (void)setenv("AzureAd__Instance", instance, 1);
    (void)setenv("AzureAd__TenantId", "c0ffee00-0000-4000-8000-000000000001", 1);
    (void)setenv("AzureAd__ClientId", "c0ffee00-0000-4000-8000-0000000000a1", 1);
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *out = NULL;
        char *err = NULL;
        char *value = rows[i].more ? bake(rows[i].more) : NULL;
        int status = embed(value, &out, &err);
        ck_assert_msg(status == rows[i].status, "row %zu: exit status %d: %s", i, status, err);
        ck_assert_msg(strncmp(out, rows[i].out, strlen(rows[i].out)) == 0, "row %zu: %s", i, out);
        ck_assert_msg(strncmp(err, rows[i].err, strlen(rows[i].err)) == 0, "row %zu: %s", i, err);
        free(value);
        free(out);
        free(err);
    }
    free(instance);
    stop_mock();
}
END_TEST

START_TEST(the_example_says_what_it_lacks)
{
    char *out = NULL;
    char *err = NULL;
    (void)unsetenv("AzureAd__TenantId");
    (void)setenv("AzureAd__ClientId", "c0ffee00-0000-4000-8000-0000000000a1", 1);
    ck_assert_int_eq(embed(NULL, &out, &err), 2);
    ck_assert_msg(strncmp(err, "tenant_id: ", 11) == 0, "%s", err);
    ck_assert_str_eq(out, "");
    free(out);
    free(err);
}
END_TEST

TEST_MAIN("embed", the_example_refuses_and_lets_in, the_example_says_what_it_lacks)

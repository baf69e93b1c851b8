/* Every kind of token against fixtures/golden/tokens: the requests of each file are sent to a mock,
 * and what comes back is compared member by member, order included. A file needs no line here. */
#include "mockidp/tests/support/browser.h"
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"
#include "mockidp/tests/support/signer.h"

#include <check.h>
#include <dirent.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "fixtures/golden/tokens/"

static struct dirent **files;

/* ---- comparing ---- */

/* struct place is where two documents are compared: a path of names for messages. */
struct place {
    const char *file;
    const char *origin;
    char path[400];
};

static void compare(const struct place *at, const json_t *want, const json_t *got);

static struct place below(const struct place *at, const char *name)
{
    struct place deeper = *at;
    size_t len = strlen(deeper.path);
    (void)snprintf(deeper.path + len, sizeof deeper.path - len, "/%s", name);
    return deeper;
}

/* {"now":-300}: Unix seconds, so far from the clock; {"now":[3600,5400]}: between. */
static void compare_time(const struct place *at, const json_t *want, const json_t *got)
{
    bool range = json_is_array(want);
    json_int_t least = json_integer_value(range ? json_array_get(want, 0) : want);
    json_int_t most = json_integer_value(range ? json_array_get(want, 1) : want);
    json_int_t value =
        json_is_string(got) ? strtoll(json_string_value(got), NULL, 10) : json_integer_value(got);
    value -= KITCHEN_NOW;
    ck_assert_msg((json_is_integer(got) || json_is_string(got)) && value >= least && value <= most,
                  "%s%s: now%+lld", at->file, at->path, (long long)value);
}

/* {"match":"^…$"}: a text that this extended regular expression matches. */
static void compare_shape(const struct place *at, const char *shape, const json_t *got)
{
    regex_t expression;
    ck_assert_msg(regcomp(&expression, shape, REG_EXTENDED | REG_NOSUB) == 0, "%s%s: %s", at->file,
                  at->path, shape);
    int status = json_is_string(got) ? regexec(&expression, json_string_value(got), 0, NULL, 0) : 1;
    regfree(&expression);
    ck_assert_msg(status == 0, "%s%s: '%s' is not %s", at->file, at->path,
                  json_is_string(got) ? json_string_value(got) : "(no text)", shape);
}

/* {"between":[3599,5398]}: a number. */
static void compare_number(const struct place *at, const json_t *want, const json_t *got)
{
    json_int_t value = json_integer_value(got);
    ck_assert_msg(json_is_integer(got) && value >= json_integer_value(json_array_get(want, 0)) &&
                      value <= json_integer_value(json_array_get(want, 1)),
                  "%s%s: %lld", at->file, at->path, (long long)value);
}

static void compare_names(const struct place *at, const json_t *want, const json_t *got)
{
    char *names[2] = {NULL, NULL};
    const json_t *const objects[2] = {want, got};
    for (size_t i = 0; i < 2; i++) {
        size_t len = 0;
        const char *name = NULL;
        json_t *value = NULL;
        FILE *out = open_memstream(&names[i], &len);
        ck_assert_ptr_nonnull(out);
        json_object_foreach((json_t *)(uintptr_t)objects[i], name, value)
        {
            (void)fprintf(out, " %s", name);
        }
        ck_assert_int_eq(fclose(out), 0);
    }
    ck_assert_msg(json_is_object(got) && strcmp(names[0], names[1]) == 0,
                  "%s%s: members are\n%s, not\n%s", at->file, at->path, names[1], names[0]);
    free(names[0]);
    free(names[1]);
}

static void compare_object(const struct place *at, const json_t *want, const json_t *got)
{
    const char *name = NULL;
    json_t *value = NULL;
    if (json_object_size(want) == 1 && json_object_get(want, "now")) {
        compare_time(at, json_object_get(want, "now"), got);
        return;
    }
    if (json_object_size(want) == 1 && json_object_get(want, "between")) {
        compare_number(at, json_object_get(want, "between"), got);
        return;
    }
    if (json_object_size(want) == 1 && json_object_get(want, "match")) {
        compare_shape(at, text_at(want, "match"), got);
        return;
    }
    compare_names(at, want, got);
    json_object_foreach((json_t *)(uintptr_t)want, name, value)
    {
        struct place deeper = below(at, name);
        compare(&deeper, value, json_object_get(got, name));
    }
}

static void compare(const struct place *at, const json_t *want, const json_t *got)
{
    if (json_is_object(want)) {
        compare_object(at, want, got);
        return;
    }
    const char *const names[] = {"origin", at->origin, NULL};
    char *text = json_is_string(want) ? signer_replace(json_string_value(want), names) : NULL;
    json_t *meant = text ? json_string(text) : json_incref((json_t *)(uintptr_t)want);
    char *shown = got ? json_dumps(got, JSON_ENCODE_ANY) : NULL;
    ck_assert_msg(json_equal(meant, got), "%s%s: %s", at->file, at->path, shown ? shown : "(none)");
    free(shown);
    free(text);
    json_decref(meant);
}

static void compare_token(const struct place *at, const json_t *want, const char *token)
{
    static const char *const parts[] = {"header", "claims"};
    ck_assert_msg(token != NULL, "%s%s: there is no such token", at->file, at->path);
    for (size_t i = 0; i < 2; i++) {
        json_t *got = token_json(token, i);
        struct place deeper = below(at, parts[i]);
        const json_t *part = json_object_get(want, parts[i]);
        if (part) {
            compare(&deeper, part, got);
        }
        json_decref(got);
    }
}

/* ---- asking ---- */

/* struct answer is what the requests of a file brought, newly allocated. */
struct answer {
    char *location;  /* of /authorize */
    char *tokens[2]; /* access token, ID token */
    json_t *body;    /* of the token endpoint, or NULL */
};

static const char *const kinds[] = {"access_token", "id_token"};

static void authorize(struct idp *idp, const char *path, struct answer *out)
{
    const struct wire_answer *answer = mock_ask(idp, "GET", path, "", NULL);
    out->location = browser_header(answer, "Location");
    ck_assert_msg(out->location != NULL, "%s: %d: %.600s", path, answer->status, answer->body);
    for (size_t i = 0; i < 2; i++) {
        out->tokens[i] = browser_parameter(out->location, kinds[i]);
    }
}

/* What a machine asks for itself: a GET with a header line. */
static json_t *ask_as_machine(struct idp *idp, const json_t *request, int *status)
{
    char header[200];
    (void)snprintf(header, sizeof header, "%s\r\n", text_at(request, "header"));
    const struct wire_answer *answer = mock_ask(idp, "GET", text_at(request, "path"), header, NULL);
    *status = answer->status;
    return json_loads(answer->body, 0, NULL);
}

/* {code} in a form is the code that /authorize gave, {assertion} the access token of the form
 * before. */
static void redeem(struct idp *idp, const json_t *request, struct answer *out)
{
    int status = 0;
    char *code = out->location ? browser_parameter(out->location, "code") : NULL;
    const char *const names[] = {"code", code ? code : "", "assertion",
                                 out->tokens[0] ? out->tokens[0] : "", NULL};
    char *form = signer_replace(text_at(request, "form"), names);
    json_decref(out->body);
    out->body = json_object_get(request, "form")
                    ? mock_form(idp, text_at(request, "path"), form, &status)
                    : ask_as_machine(idp, request, &status);
    ck_assert_msg(status == 200, "%s: %s", form, text_at(out->body, "error_description"));
    for (size_t i = 0; i < 2; i++) {
        const char *token = json_string_value(json_object_get(out->body, kinds[i]));
        free(out->tokens[i]);
        out->tokens[i] = token ? strdup(token) : NULL;
    }
    free(form);
    free(code);
}

static void ask(struct idp *idp, const json_t *golden, struct answer *out)
{
    const char *path = json_string_value(json_object_get(golden, "authorize"));
    const json_t *requests = json_object_get(golden, "token");
    const json_t *request = NULL;
    size_t i = 0;
    if (path) {
        authorize(idp, path, out);
    }
    json_array_foreach(requests, i, request)
    {
        redeem(idp, request, out);
    }
}

static void close_answer(struct answer *answer)
{
    free(answer->location);
    free(answer->tokens[0]);
    free(answer->tokens[1]);
    json_decref(answer->body);
}

START_TEST(tokens_are_the_golden_ones)
{
    json_error_t error;
    char file[300];
    struct answer answer = {.location = NULL};
    (void)snprintf(file, sizeof file, FOLDER "%s", files[_i]->d_name);
    json_t *golden = json_load_file(file, JSON_REJECT_DUPLICATES, &error);
    ck_assert_msg(golden != NULL, "%s: line %d: %s", file, error.line, error.text);
    ck_assert_msg(strstr(text_at(golden, "source"), "entra.md §"), "%s names no source", file);
    const struct idp_options options = {
        .listen = "127.0.0.1:0",
        .clock = KITCHEN_TIME,
        .seed = "golden",
        .sign_in = "auto",
        .config_file = json_string_value(json_object_get(golden, "directory"))};
    struct idp *idp = mock_start_with(&options);
    struct place at = {files[_i]->d_name, idp_http_url(idp), ""};
    ask(idp, golden, &answer);
    size_t compared = 0;
    for (size_t i = 0; i < 2; i++) {
        const json_t *want = json_object_get(golden, kinds[i]);
        struct place deeper = below(&at, kinds[i]);
        if (want) {
            compare_token(&deeper, want, answer.tokens[i]);
            compared++;
        }
    }
    ck_assert_msg(compared > 0, "%s compares no token", file);
    if (json_object_get(golden, "answer")) {
        struct place deeper = below(&at, "answer");
        compare(&deeper, json_object_get(golden, "answer"), answer.body);
    }
    close_answer(&answer);
    idp_stop(idp);
    json_decref(golden);
}
END_TEST

static int is_json(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot && strcmp(dot, ".json") == 0;
}

int main(void)
{
    enum { KINDS_MIN = 25 };
    int count = scandir(FOLDER, &files, is_json, alphasort);
    if (count < KINDS_MIN) {
        (void)fprintf(stderr, "%s holds %d files: some kind of token is missing\n", FOLDER, count);
        return 1;
    }
    Suite *suite = suite_create("golden_tokens");
    TCase *tcase = tcase_create("tokens");
    tcase_add_loop_test(tcase, tokens_are_the_golden_ones, 0, count);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    for (int i = 0; i < count; i++) {
        free(files[i]);
    }
    free((void *)files);
    return failed == 0 ? 0 : 1;
}

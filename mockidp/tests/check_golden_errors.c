/* Every refusal as Entra sends it: fixtures/golden/errors.json says the request, the status and the
 * document, which is compared member by member and in its order. No refusal of the table is without
 * such a request. */
#include "mockidp/errors/oauth_error.h"
#include "mockidp/pages/template.h"
#include "mockidp/tests/support/golden_values.h"
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"
#include "mockidp/tests/support/visitor.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_NAME "fixtures/golden/errors.json"

static json_t *entries; /* of the file */
static struct golden golden;

static const char *text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

/* ---- the request ---- */

static void encode(FILE *out, const char *value)
{
    for (; *value; value++) {
        (void)fprintf(out, "%%%02X", (unsigned char)*value);
    }
}

/* form_of writes an object as a form, its values filled in; newly allocated. */
static char *form_of(const json_t *object)
{
    char *form = NULL;
    size_t len = 0;
    const char *name = NULL;
    json_t *value = NULL;
    FILE *out = open_memstream(&form, &len);
    ck_assert_ptr_nonnull(out);
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        char *filled = golden_fill(&golden, json_string_value(value));
        (void)fprintf(out, "%s%s=", ftell(out) > 0 ? "&" : "", name);
        encode(out, filled);
        free(filled);
    }
    ck_assert_int_eq(fclose(out), 0);
    return form;
}

static void sign_in(struct visitor *v, const char *upn)
{
    char form[200];
    const struct wire_answer *page =
        visitor_open(v, "/fabrikam.test/oauth2/v2.0/authorize?response_type=code&scope=openid"
                        "&client_id=c0ffee00-0000-4000-8000-0000000000b1");
    (void)snprintf(form, sizeof form, "&username=%s&password=Passw0rd!", upn);
    free(visitor_arrives(visitor_answer(v, page, form)));
}

static const struct wire_answer *play(const json_t *entry)
{
    char path[3000];
    char headers[800] = "";
    struct visitor v = {.idp = golden.idp};
    const json_t *form = json_object_get(entry, "form");
    const char *origin = text(json_object_get(entry, "headers"), "Origin");
    char *query = form_of(json_object_get(entry, "query"));
    char *body = form ? form_of(form) : NULL;
    (void)snprintf(path, sizeof path, "%s%s%s", text(entry, "path"), *query ? "?" : "", query);
    if (text(entry, "session")) {
        sign_in(&v, text(entry, "session"));
    }
    if (json_object_get(entry, "advance")) {
        char seconds[60];
        (void)snprintf(seconds, sizeof seconds, "{'seconds':%lld}",
                       (long long)json_integer_value(json_object_get(entry, "advance")));
        json_decref(mock_admin(golden.idp, "POST", "/_admin/clock/advance", seconds, NULL));
    }
    (void)snprintf(headers, sizeof headers, "%s%s%s%s%s", v.cookies, body ? BROWSER_FORM : "",
                   origin ? "Origin: " : "", origin ? origin : "", origin ? "\r\n" : "");
    const struct wire_answer *answer =
        mock_ask(golden.idp, text(entry, "method"), path, headers, body);
    if (text(entry, "answer")) {
        answer = visitor_answer(&v, visitor_open(&v, path), text(entry, "answer"));
    }
    free(body);
    free(query);
    return answer;
}

/* ---- the answer ---- */

/* note_ids takes from a description what is another each time. */
static void note_ids(const char *description)
{
    static const struct {
        const char *mark;
        const char *name;
        int len;
    } ids[] = {{" Trace ID: ", "trace_id", 36},
               {" Correlation ID: ", "correlation_id", 36},
               {" Timestamp: ", "timestamp", 20}};
    char value[40];
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        const char *at = description ? strstr(description, ids[i].mark) : NULL;
        ck_assert_msg(at != NULL, "no%sin %s", ids[i].mark, description);
        (void)snprintf(value, sizeof value, "%.*s", at ? ids[i].len : 0,
                       at ? at + strlen(ids[i].mark) : "");
        ck_assert_msg((int)strlen(value) == ids[i].len, "%s", description);
        golden_set(&golden, ids[i].name, value);
    }
}

static void compare(const json_t *entry, const char *member, const json_t *got)
{
    char *want = json_dumps(json_object_get(entry, member), JSON_COMPACT);
    char *have = json_dumps(got, JSON_COMPACT);
    note_ids(text(got, "error_description"));
    char *filled = golden_fill(&golden, want);
    ck_assert_msg(strcmp(filled, have) == 0, "%s (%s):\n%s\n%s", text(entry, "title"),
                  text(entry, "section"), filled, have);
    free(filled);
    free(have);
    free(want);
}

static void compare_body(const json_t *entry, const struct wire_answer *answer)
{
    char line[200];
    const char *name = NULL;
    json_t *value = NULL;
    json_t *body = json_loadb(answer->body, answer->body_len, 0, NULL);
    ck_assert_msg(body != NULL, "%s: %s", text(entry, "title"), answer->body);
    compare(entry, "body", body);
    (void)snprintf(line, sizeof line, "x-ms-request-id: %s", text(body, "trace_id"));
    ck_assert_msg(wire_header(answer, line), "%s", text(entry, "title"));
    json_object_foreach(json_object_get(entry, "response_headers"), name, value)
    {
        (void)snprintf(line, sizeof line, "%s: %s\r\n", name, json_string_value(value));
        ck_assert_msg(strstr(answer->text, line) != NULL, "%s: no %s", text(entry, "title"), line);
    }
    json_decref(body);
}

static void compare_redirect(const json_t *entry, const struct wire_answer *answer)
{
    json_t *got = json_object();
    char *location = browser_header(answer, "Location");
    const char *where = text(entry, "location");
    ck_assert_msg(location && strncmp(location, where, strlen(where)) == 0, "%s: %s",
                  text(entry, "title"), location);
    char *names = browser_names(location);
    char *rest = names;
    for (char *name = strtok_r(names, " ", &rest); name; name = strtok_r(NULL, " ", &rest)) {
        char *value = browser_parameter(location, name);
        json_object_set_new(got, name, json_string(value));
        free(value);
    }
    compare(entry, "parameters", got);
    free(names);
    free(location);
    json_decref(got);
}

static void compare_page(const json_t *entry, const struct wire_answer *answer)
{
    char *want = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&want, &len);
    ck_assert_ptr_nonnull(out);
    page_escape(out, text(entry, "page"));
    ck_assert_int_eq(fclose(out), 0);
    ck_assert_msg(strstr(answer->body, want) != NULL, "%s: %s", text(entry, "title"), answer->body);
    ck_assert(!wire_header(answer, "Location"));
    free(want);
}

START_TEST(refusals_are_the_golden_ones)
{
    const json_t *entry = json_array_get(entries, (size_t)_i);
    golden_start(&golden, text(entry, "sign_in") ? text(entry, "sign_in") : "auto");
    const struct wire_answer *answer = play(entry);
    ck_assert_msg(answer->status == json_integer_value(json_object_get(entry, "status")),
                  "%s: %d %s", text(entry, "title"), answer->status, answer->body);
    if (json_object_get(entry, "body")) {
        compare_body(entry, answer);
    } else if (json_object_get(entry, "parameters")) {
        compare_redirect(entry, answer);
    } else {
        compare_page(entry, answer);
    }
    golden_stop(&golden);
}
END_TEST

/* ---- the table ---- */

static const int numbers[] = {
#define AADSTS(number, error, status, suberror, text) number,
#include "mockidp/errors/aadsts.def"
#undef AADSTS
};

START_TEST(no_refusal_of_the_table_is_without_a_request)
{
    char mark[40];
    char *all = json_dumps(entries, JSON_COMPACT);
    (void)snprintf(mark, sizeof mark, "\"AADSTS%d: ", numbers[_i]);
    ck_assert_msg(strstr(all, mark) != NULL, "no request is refused with %d", numbers[_i]);
    ck_assert(oauth_error_known(numbers[_i]));
    free(all);
}
END_TEST

START_TEST(every_entry_cites_its_section)
{
    const json_t *entry = json_array_get(entries, (size_t)_i);
    ck_assert_msg(text(entry, "section") && text(entry, "title"), "entry %d", _i);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    json_error_t error;
    json_t *file = json_load_file(FILE_NAME, JSON_REJECT_DUPLICATES, &error);
    if (!file) {
        (void)fprintf(stderr, "%s: line %d: %s\n", FILE_NAME, error.line, error.text);
        return 1;
    }
    entries = json_object_get(file, "errors");
    Suite *suite = suite_create("golden_errors");
    TCase *tcase = tcase_create("refusals");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, refusals_are_the_golden_ones, 0, (int)json_array_size(entries));
    tcase_add_loop_test(tcase, every_entry_cites_its_section, 0, (int)json_array_size(entries));
    tcase_add_loop_test(tcase, no_refusal_of_the_table_is_without_a_request, 0, ROWS(numbers));
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    json_decref(file);
    return failed == 0 ? 0 : 1;
}

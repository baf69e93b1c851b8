/* The journal: bounded, counted, filtered, and without secrets. Also how a line of it is logged. */
#include "mockidp/admin/journal.h"
#include "mockidp/platform/log.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct journal *journal;

static void add(const char *endpoint, const char *tenant, const char *client)
{
    struct journal_entry entry = {.endpoint = endpoint, .version = "v2", .status = 200};

    journal_note_tenant(&entry, tenant);
    journal_note_client(&entry, client);
    journal_add(journal, &entry);
}

static void setup(void)
{
    journal = journal_new(4);
    add("discovery", "c0ffee00", "");
    add("jwks", "c0ffee00", "");
    add("token", "C0FFEE00", "d1");
    add("jwks", "fab00000", "");
    add("jwks", "c0ffee00", "");
}

static void teardown(void)
{
    journal_free(journal);
}

static const struct {
    const char *reason;
    struct journal_filter filter;
    size_t entries;
    int jwks;
    int token;
    int discovery;
} rows[] = {
    {"a filter that matches nothing", {.endpoint = "userinfo"}, 0, 0, 0, 0},
    {"all entries kept; the counts know the dropped one", {.since = 0}, 4, 3, 1, 1},
    {"one endpoint", {.endpoint = "jwks"}, 3, 3, 0, 0},
    {"since the fourth", {.since = 4}, 1, 1, 0, 0},
    {"a tenant in any case, among those kept", {.tenant = "C0ffee00"}, 3, 2, 1, 0},
    {"a client", {.client = "D1"}, 1, 0, 1, 0},
    {"two filters at once", {.endpoint = "jwks", .tenant = "fab00000"}, 1, 1, 0, 0},
};

static int count_of(json_t *shown, const char *endpoint)
{
    return (int)json_integer_value(json_object_get(json_object_get(shown, "counts"), endpoint));
}

START_TEST(entries_are_filtered_and_counted)
{
    json_t *shown = journal_json(journal, &rows[_i].filter);

    ck_assert_ptr_nonnull(shown);
    ck_assert_msg(json_array_size(json_object_get(shown, "entries")) == rows[_i].entries, "%s",
                  rows[_i].reason);
    ck_assert_msg(count_of(shown, "jwks") == rows[_i].jwks, "%s", rows[_i].reason);
    ck_assert_msg(count_of(shown, "token") == rows[_i].token, "%s", rows[_i].reason);
    ck_assert_msg(count_of(shown, "discovery") == rows[_i].discovery, "%s", rows[_i].reason);
    ck_assert_int_eq(json_integer_value(json_object_get(shown, "last")), 5);
    ck_assert_int_eq(json_integer_value(json_object_get(shown, "dropped")), 1);
    json_decref(shown);
}
END_TEST

/* Adds so many entries with a path of `len` letters; what is shown then, a new reference. */
static json_t *fill(size_t count, size_t len)
{
    struct journal_entry entry = {.endpoint = "jwks", .version = "v2", .status = 200};
    const struct journal_filter all = {.since = 0};

    memset(entry.path, 'p', len);
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(entry.detail, sizeof entry.detail, "%zu", i);
        journal_add(journal, &entry);
    }
    return journal_json(journal, &all);
}

START_TEST(the_last_ones_are_kept)
{
    enum { CAPACITY = 3000, ADDED = 10001 };
    journal_free(journal);
    journal = journal_new(CAPACITY);
    json_t *shown = fill(ADDED, 60);
    const json_t *entries = json_object_get(shown, "entries");
    const json_t *entry = NULL;
    size_t i = 0;

    ck_assert_uint_eq(json_array_size(entries), CAPACITY);
    ck_assert_int_eq(json_integer_value(json_object_get(shown, "dropped")), ADDED - CAPACITY);
    ck_assert_int_eq(count_of(shown, "jwks"), ADDED);
    json_array_foreach(entries, i, entry)
    {
        char expected[20];
        (void)snprintf(expected, sizeof expected, "%zu", ADDED - CAPACITY + i);
        ck_assert_str_eq(json_string_value(json_object_get(entry, "detail")), expected);
        ck_assert_int_eq(json_integer_value(json_object_get(entry, "seq")),
                         (json_int_t)(ADDED - CAPACITY + i + 1));
    }
    json_decref(shown);
}
END_TEST

START_TEST(long_entries_do_not_take_more)
{
    journal_free(journal);
    journal = journal_new(30000);
    json_t *shown = fill(30000, 250);
    size_t kept = json_array_size(json_object_get(shown, "entries"));

    ck_assert_uint_gt(kept, 5000); /* 2.5 MiB of some 300 octets each */
    ck_assert_uint_lt(kept, 10000);
    ck_assert_int_eq(json_integer_value(json_object_get(shown, "dropped")),
                     (json_int_t)(30000 - kept));
    json_decref(shown);
}
END_TEST

START_TEST(clearing_begins_anew)
{
    struct journal_filter all = {.since = 0};

    journal_clear(journal);
    add("jwks", "t", "");
    json_t *shown = journal_json(journal, &all);
    json_t *first = json_array_get(json_object_get(shown, "entries"), 0);
    ck_assert_int_eq(json_integer_value(json_object_get(first, "seq")), 1);
    ck_assert_int_eq(count_of(shown, "jwks"), 1);
    ck_assert_int_eq(count_of(shown, "token"), 0);
    json_decref(shown);
}
END_TEST

START_TEST(notes_are_cut_and_printable)
{
    struct journal_entry entry = {.endpoint = "token", .version = ""};
    static char text[1000];

    int len = snprintf(text, sizeof text, "a\x1b[2J\"\xc3\xa9");
    memset(text + len, 'x', sizeof text - 1 - (size_t)len);
    journal_note_client(&entry, text);
    ck_assert_uint_eq(strlen(entry.client), sizeof entry.client - 1);
    ck_assert_int_eq(strncmp(entry.client, "a?[2J\"??x", 9), 0);
    journal_note_client(&entry, NULL);
    ck_assert_int_eq(entry.client[0], 'a');
    journal_note_client(NULL, "x");
    json_t *shown = journal_entry_json(&entry);
    ck_assert_ptr_nonnull(shown); /* cut UTF-8 would not be a JSON string */
    json_decref(shown);
}
END_TEST

START_TEST(a_secret_is_kept_as_a_hash)
{
    char hash[24];

    journal_hash("abc", 3, hash, sizeof hash); /* FIPS 180-4, the example of SHA-256 */
    ck_assert_str_eq(hash, "sha256:ba7816bf8f01cfea");
}
END_TEST

START_TEST(lines_are_json_or_pairs)
{
    json_t *object = json_pack("{s:s, s:i, s:s, s:s}", "path", "/a", "status", 200, "client", "",
                               "detail", "a b\"");
    enum log_format format = LOG_OFF;

    ck_assert(!log_format_parse("xml", &format));
    ck_assert(log_format_parse(NULL, &format));
    ck_assert_ptr_null(log_render(format, object));
    ck_assert(log_format_parse("text", &format));
    char *line = log_render(format, object);
    ck_assert_str_eq(line, "path=/a status=200 detail=\"a b\\\"\"\n");
    free(line);
    ck_assert(log_format_parse("json", &format));
    line = log_render(format, object);
    ck_assert_str_eq(line,
                     "{\"path\":\"/a\",\"status\":200,\"client\":\"\",\"detail\":\"a b\\\"\"}\n");
    free(line);
    json_decref(object);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("journal");
    TCase *tests = tcase_create("journal");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_loop_test(tests, entries_are_filtered_and_counted, 0,
                        (int)(sizeof rows / sizeof *rows));
    tcase_add_test(tests, the_last_ones_are_kept);
    tcase_add_test(tests, long_entries_do_not_take_more);
    tcase_add_test(tests, clearing_begins_anew);
    tcase_add_test(tests, notes_are_cut_and_printable);
    tcase_add_test(tests, a_secret_is_kept_as_a_hash);
    tcase_add_test(tests, lines_are_json_or_pairs);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

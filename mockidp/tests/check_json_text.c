/* JSON as text is what jansson writes, and is given up when memory runs out. */
#include "mockidp/platform/json_text.h"
#include "mockidp/tests/support/kitchen.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* As kitchen_json reads them. */
static const char *const rows[] = {
    "{}",
    "[]",
    "{'a':{}}",
    "[[],{},[{'a':[]}]]",
    "{'b':1,'a':-1,'c':0,'z':9007199254740993,'n':-9223372036854775808}",
    "[1.5,-0.0,1e300,2.0,0.1]",
    "[true,false,null]",
    "{'':'','quote \\' \\\" back \\\\\\\\ slash /':'x'}",
    "['\\u0001\\u001f\\u007f\\u00e9\\u20ac\\ud83d\\ude00','tab\\tline\\nreturn\\rfeed\\fback\\b']",
    "{'token_type':'Bearer','access_token':'eyJ0eXAiOiJKV1Qi.eyJhdWQi.c2ln'}",
};

static void must_equal(const json_t *value, const char *what)
{
    size_t len = 0;
    char *expected = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    char *got = json_text_of(value, &len);
    ck_assert_ptr_nonnull(expected);
    ck_assert_ptr_nonnull(got);
    ck_assert_msg(strcmp(got, expected) == 0, "%s: %s, not %s", what, got, expected);
    ck_assert_uint_eq(len, strlen(expected));
    free(got);
    free(expected);
}

START_TEST(as_jansson_writes_it)
{
    json_t *value = kitchen_json(rows[_i]);
    must_equal(value, rows[_i]);
    json_decref(value);
}
END_TEST

/* At each place: texts are looked at eight octets at a time. */
START_TEST(every_character)
{
    for (int c = 0; c < 0x80; c++) {
        for (size_t at = 0; at < 19; at++) {
            char text[19];
            memset(text, 'x', sizeof text);
            text[at] = (char)c;
            json_t *value = json_stringn(text, sizeof text);
            must_equal(value, "a character");
            json_decref(value);
        }
    }
    json_t *value = json_string("no ASCII at all: \xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xc3\xbf");
    must_equal(value, "octets above 127");
    json_decref(value);
}
END_TEST

/* json_text_make takes what json_string takes. */
START_TEST(every_octet_is_taken_or_not)
{
    for (int c = 1; c <= 0xff; c++) {
        for (size_t at = 0; at < 19; at++) {
            char text[20] = "xxxxxxxxxxxxxxxxxxx";
            text[at] = (char)c;
            json_t *want = json_string(text);
            json_t *got = json_text_make(text);
            ck_assert_msg(!want == !got && (!want || json_equal(want, got)), "%02x at %zu",
                          (unsigned)c, at);
            json_decref(want);
            json_decref(got);
        }
    }
    json_t *got = json_text_make("caf\xc3\xa9 cr\xc3\xa8me");
    ck_assert_str_eq(json_string_value(got), "caf\xc3\xa9 cr\xc3\xa8me");
    json_decref(got);
}
END_TEST

START_TEST(long_ones_grow)
{
    json_t *list = json_array();
    char long_text[5000];
    memset(long_text, 'a', sizeof long_text);
    for (size_t i = 0; i < 40; i++) {
        json_array_append_new(list, json_stringn(long_text, i * 127));
    }
    must_equal(list, "growing strings");
    json_decref(list);
}
END_TEST

START_TEST(pieces_go_together)
{
    struct json_text text = {.data = NULL};
    size_t len = 0;
    json_text_raw(&text, "{", 1);
    json_text_string(&text, "a\"", 2);
    json_text_raw(&text, ":1}", 3);
    char *got = json_text_take(&text, &len);
    ck_assert_str_eq(got, "{\"a\\\"\":1}");
    ck_assert_uint_eq(len, 9);
    free(got);
    got = json_text_take(&text, NULL); /* it is empty again */
    ck_assert_str_eq(got, "");
    free(got);
    text = (struct json_text){.failed = true};
    json_text_raw(&text, "x", 1);
    ck_assert_ptr_null(json_text_take(&text, &len));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json_text");
    TCase *tests = tcase_create("json_text");
    tcase_add_loop_test(tests, as_jansson_writes_it, 0, (int)(sizeof rows / sizeof *rows));
    tcase_add_test(tests, every_character);
    tcase_add_test(tests, every_octet_is_taken_or_not);
    tcase_add_test(tests, long_ones_grow);
    tcase_add_test(tests, pieces_go_together);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

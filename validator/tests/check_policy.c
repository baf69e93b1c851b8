/* Words and details: what the checks of the policy lean on. */
#include "validator/policy/policy.h"
#include "validator/tests/support/suite.h"

static const struct {
    const char *text;
    size_t count;
    const char *words[3];
} rows[] = {
    {NULL, 0, {NULL}},      {"", 0, {NULL}},
    {" ", 0, {NULL}},       {"a", 1, {"a"}},
    {" a", 1, {"a"}},       {"a ", 1, {"a"}},
    {"a b", 2, {"a", "b"}}, {"  aa   b  c ", 3, {"aa", "b", "c"}},
    {"a\tb", 1, {"a\tb"}},  {"a a", 2, {"a", "a"}},
};

START_TEST(words_are_cut_at_spaces)
{
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct btv_words w;
        ck_assert_int_eq(btv_words_init(&w, rows[i].text), 0);
        ck_assert_msg(w.count == rows[i].count, "'%s': %zu", rows[i].text, w.count);
        for (size_t k = 0; k < w.count; k++) {
            ck_assert_msg(jose_span_is(w.items[k], rows[i].words[k]), "'%s'", rows[i].text);
        }
        btv_words_cleanup(&w);
        ck_assert(w.count == 0 && !w.items && !w.text);
    }
}
END_TEST

START_TEST(details_say_what_was_expected_and_found)
{
    struct btv_detail d = {""};
    btv_detail_set(&d, "issuer", jose_span_of("a"), jose_span_of("b"));
    ck_assert_str_eq(d.text, "issuer: expected a, found b");
    btv_detail_set(&d, "issuer", jose_span_of("a"), jose_span(NULL, 0));
    ck_assert_str_eq(d.text, "issuer: expected a, found none");
    btv_detail_set(&d, "issuer", jose_span_of("a"), jose_span_of(""));
    ck_assert_str_eq(d.text, "issuer: expected a, found ");
}
END_TEST

START_TEST(a_hostile_claim_cannot_write_into_a_log)
{
    struct btv_detail d = {""};
    char huge[5000];
    memset(huge, 'x', sizeof huge);
    btv_detail_set(&d, "aud", jose_span_of("a\r\nb"), jose_span_of("\x1b[2J\x7f\xc3\xa9"));
    ck_assert_str_eq(d.text, "aud: expected a??b, found ?[2J???");
    btv_detail_set(&d, "aud", jose_span(huge, 120), jose_span(huge, sizeof huge));
    ck_assert_uint_eq(strlen(d.text), strlen("aud: expected , found ...") + 240);
}
END_TEST

TEST_MAIN("policy", words_are_cut_at_spaces, details_say_what_was_expected_and_found,
          a_hostile_claim_cannot_write_into_a_log)

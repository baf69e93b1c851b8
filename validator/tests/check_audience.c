/* An audience is a name, compared to the letter. */
#include "validator/policy/audience.h"
#include "validator/tests/support/suite.h"

static const struct {
    const char *accepted;
    const char *claims;
    enum btv_error error;
    const char *why;
} rows[] = {
    {"api", "{}", BTV_AUDIENCE_MISMATCH, "no audience"},
    {"api", "{\"aud\":null}", BTV_AUDIENCE_MISMATCH, "null"},
    {"api", "{\"aud\":\"\"}", BTV_AUDIENCE_MISMATCH, "an empty one"},
    {"api", "{\"aud\":\"other\"}", BTV_AUDIENCE_MISMATCH, "another"},
    {"api", "{\"aud\":\"API\"}", BTV_AUDIENCE_MISMATCH, "another case"},
    {"api", "{\"aud\":\"api/\"}", BTV_AUDIENCE_MISMATCH, "a slash more"},
    {"api", "{\"aud\":\"ap\"}", BTV_AUDIENCE_MISMATCH, "a prefix"},
    {"api", "{\"aud\":\"api other\"}", BTV_AUDIENCE_MISMATCH, "words in a string"},
    {"api", "{\"aud\":\"api://api\"}", BTV_AUDIENCE_MISMATCH, "the URI of it"},
    {"api", "{\"aud\":7}", BTV_AUDIENCE_MISMATCH, "a number"},
    {"api", "{\"aud\":{\"api\":1}}", BTV_AUDIENCE_MISMATCH, "an object"},
    {"api", "{\"aud\":[]}", BTV_AUDIENCE_MISMATCH, "an empty array"},
    {"api", "{\"aud\":[\"other\",\"more\"]}", BTV_AUDIENCE_MISMATCH, "others in an array"},
    {"api", "{\"aud\":[\"api\",1]}", BTV_CLAIMS_MALFORMED, "a number behind the right one"},
    {"api", "{\"aud\":[null,\"api\"]}", BTV_CLAIMS_MALFORMED, "null before the right one"},
    {"api", "{\"aud\":[[\"api\"]]}", BTV_CLAIMS_MALFORMED, "an array in an array"},
    {"a b", "{\"aud\":\"a b\"}", BTV_AUDIENCE_MISMATCH, "the whole list as one name"},
    {"api", "{\"aud\":\"api\"}", BTV_OK, "a string"},
    {"api", "{\"aud\":\"\\u0061pi\"}", BTV_OK, "an escape"},
    {"api", "{\"aud\":[\"api\"]}", BTV_OK, "an array of one"},
    {"api", "{\"aud\":[\"other\",\"api\"]}", BTV_OK, "an array of more (RFC 7519 §4.1.3)"},
    {"a b", "{\"aud\":\"b\"}", BTV_OK, "the second that is accepted"},
};

START_TEST(one_of_the_accepted_must_be_there)
{
    static struct jose_claims claims;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct btv_words accepted;
        struct btv_detail why = {""};
        ck_assert_int_eq(btv_words_init(&accepted, rows[i].accepted), 0);
        ck_assert(jose_claims_parse(jose_span_of(rows[i].claims), &claims) == BTV_OK);
        enum btv_error e = btv_check_audience(&accepted, &claims, &why);
        ck_assert_msg(e == rows[i].error, "%s: %s", rows[i].why, btv_error_code(e));
        ck_assert_msg(e != BTV_AUDIENCE_MISMATCH || strstr(why.text, "audience: expected a"),
                      "%s: %s", rows[i].why, why.text);
        btv_words_cleanup(&accepted);
    }
}
END_TEST

TEST_MAIN("audience", one_of_the_accepted_must_be_there)

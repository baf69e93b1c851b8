/* Strict JSON: what two readers could read differently is refused. */
#include "validator/jose/json.h"
#include "validator/tests/support/issuer.h"
#include "validator/tests/support/suite.h"

#include <stdio.h>

static struct jose_json_member members[JOSE_JSON_MEMBERS];
static size_t count;

static bool read_object(const char *text)
{
    return jose_json_object(jose_span_of(text), members, JOSE_JSON_MEMBERS, &count);
}

static const struct {
    const char *text;
    const char *why;
} refusals[] = {
    {"", "nothing"},
    {" ", "only space"},
    {"[]", "an array is no object"},
    {"\"a\"", "a string is no object"},
    {"null", "null is no object"},
    {"{", "no end"},
    {"{\"a\"", "ends behind a name"},
    {"{\"a\":", "ends behind a colon"},
    {"{\"a\":1", "ends behind a value"},
    {"{\"a\":1,", "ends behind a comma"},
    {"{\"a\":1,}", "a comma before the end"},
    {"{,\"a\":1}", "a comma at the start"},
    {"{\"a\":1 \"b\":2}", "no comma"},
    {"{\"a\" 1}", "no colon"},
    {"{a:1}", "a name without quotes"},
    {"{'a':1}", "single quotes"},
    {"{1:1}", "a number as name"},
    {"{\"a\":1}x", "bytes behind"},
    {"{\"a\":1}{}", "a second object behind"},
    {"{\"a\":1}\f", "a form feed is no space"},
    {"{\"a\":1/**/}", "a comment"},
    {"\xef\xbb\xbf{}", "a byte-order mark"},
    {"{\"a\":1,\"a\":1}", "a member twice"},
    {"{\"a\":1,\"\\u0061\":1}", "a member twice, one escaped"},
    {"{\"\\u0041\":1,\"\\u0041\":1}", "a member twice, both escaped"},
    {"{\"b\":{\"a\":1,\"a\":2}}", "a member twice, deeper"},
    {"{\"b\":[{\"a\":1,\"a\":2}]}", "a member twice, in an array"},
    {"{\"\":1,\"\":2}", "the empty name twice"},
    {"{\"\xf0\x9f\x98\x80\":1,\"\\ud83d\\ude00\":2}", "a surrogate pair is the same name"},
    {"{\"a\":[1,]}", "a comma before the bracket"},
    {"{\"a\":[,]}", "only a comma"},
    {"{\"a\":[1 2]}", "no comma in an array"},
    {"{\"a\":[1}", "the wrong bracket"},
    {"{\"a\":tru}", "half a word"},
    {"{\"a\":True}", "another case"},
    {"{\"a\":nul", "ends in a word"},
    {"{\"a\":}", "no value"},
    {"{\"a\":NaN}", "not a number"},
    {"{\"a\":Infinity}", "infinity"},
    {"{\"a\":+1}", "a plus sign"},
    {"{\"a\":-}", "only a sign"},
    {"{\"a\":01}", "a leading zero"},
    {"{\"a\":-01}", "a leading zero behind the sign"},
    {"{\"a\":1.}", "no digit behind the point"},
    {"{\"a\":.5}", "no digit before the point"},
    {"{\"a\":1e}", "no exponent"},
    {"{\"a\":1e+}", "only the sign of an exponent"},
    {"{\"a\":0x10}", "hexadecimal"},
    {"{\"a\":1e309}", "beyond the greatest double"},
    {"{\"a\":-1e309}", "beyond the least"},
    {"{\"a\":1e99999999999999999999}", "an exponent beyond every integer"},
    {"{\"a\":1.8e308}", "just beyond the greatest double"},
    {"{\"a\":0.018e310}", "the same, written with zeros before"},
    {"{\"a\":\"\t\"}", "a tab in a string"},
    {"{\"a\":\"\n\"}", "a line feed in a string"},
    {"{\"a\":\"\\a\"}", "an unknown escape"},
    {"{\"a\":\"\\", "ends behind a backslash"},
    {"{\"a\":\"x", "ends in a string"},
    {"{\"a\":\"\\u12\"}", "two hexadecimal digits"},
    {"{\"a\":\"\\u12g4\"}", "no hexadecimal digit"},
    {"{\"a\":\"\\u00", "ends in an escape"},
    {"{\"a\":\"\\u0000\"}", "NUL would end a C string"},
    {"{\"a\":\"\\ud800\"}", "half a surrogate pair"},
    {"{\"a\":\"\\ud800x\"}", "half a pair and a letter"},
    {"{\"a\":\"\\ud800\\n0000\"}", "half a pair and another escape"},
    {"{\"a\":\"\\ud800\\ud800\"}", "two first halves"},
    {"{\"a\":\"\\udc00\"}", "a second half alone"},
    {"{\"a\":\"\x80\"}", "UTF-8: a continuation alone"},
    {"{\"a\":\"\xc3\"}", "UTF-8: one byte short"},
    {"{\"a\":\"\xe2\x82\"}", "UTF-8: two of three bytes"},
    {"{\"a\":\"\xc0\xaf\"}", "UTF-8: a longer form of /"},
    {"{\"a\":\"\xe0\x80\xaf\"}", "UTF-8: a longer form of three"},
    {"{\"a\":\"\xf0\x80\x80\xaf\"}", "UTF-8: a longer form of four"},
    {"{\"a\":\"\xed\xa0\x80\"}", "UTF-8: a surrogate"},
    {"{\"a\":\"\xf4\x90\x80\x80\"}", "UTF-8: beyond U+10FFFF"},
    {"{\"a\":\"\xf5\x80\x80\x80\"}", "UTF-8: no such first byte"},
    {"{\"a\":\"\xff\"}", "UTF-8: no such byte"},
};

START_TEST(what_is_not_strict_is_refused)
{
    for (size_t i = 0; i < ROWS(refusals); i++) {
        count = 99;
        ck_assert_msg(!read_object(refusals[i].text), "%s", refusals[i].why);
        ck_assert_msg(count == 0, "%s: a count is left behind", refusals[i].why);
    }
    ck_assert_msg(!jose_json_object(jose_span("{\"a\0\":1}", 8), members, 8, &count), "a NUL");
    ck_assert_msg(!jose_json_object(jose_span(NULL, 0), members, 8, &count), "no text at all");
}
END_TEST

static const char *const acceptances[] = {
    "{}",
    " \t\r\n{ } \n",
    "{\"a\":1}",
    "{ \"a\" : [ 1 , { \"a\" : [ ] } , { \"a\" : null } ] , \"b\" : { } }",
    "{\"\":1}",
    "{\"a\":-0,\"b\":0.5e-3,\"c\":1E+2,\"d\":0e99999,\"e\":1e-999,\"f\":1.7976931348623156e308}",
    "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u20aC\\ud83d\\ude00\"}",
    "{\"a\":\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xed\x9f\xbf\xf4\x8f\xbf\xbf\x7f\"}",
    "{\"a\":true,\"b\":false,\"c\":null}",
};

START_TEST(what_is_strict_is_read)
{
    for (size_t i = 0; i < ROWS(acceptances); i++) {
        ck_assert_msg(read_object(acceptances[i]), "%s", acceptances[i]);
    }
}
END_TEST

static char *nested(unsigned depth, char open, char close)
{
    char *text = calloc(1, (size_t)depth * 2 + 16);
    char *p = text + sprintf(text, "{\"a\":");
    memset(p, open, depth - 1);
    memset(p + depth - 1, close, depth - 1);
    p[(size_t)2 * (depth - 1)] = '}';
    return text;
}

START_TEST(depth_and_size_are_limited)
{
    char *deep = nested(JOSE_JSON_DEPTH, '[', ']');
    char *deeper = nested(JOSE_JSON_DEPTH + 1, '[', ']');
    char *deepest = nested(200000, '[', ']');
    ck_assert(read_object(deep));
    ck_assert(!read_object(deeper));
    ck_assert(!read_object(deepest));
    free(deep);
    free(deeper);
    free(deepest);
    char *text = strdup("{\"z\":{");
    for (unsigned i = 0; i < JOSE_JSON_MEMBERS; i++) {
        char *longer = test_text("%s%s\"%u\":0", text, i ? "," : "", i);
        free(text);
        text = longer;
        char *whole = test_text("%s}}", text);
        bool wanted = i + 2 <= JOSE_JSON_MEMBERS; /* with "z", the ancestor's */
        ck_assert_msg(read_object(whole) == wanted, "%u members", i + 1);
        free(whole);
    }
    free(text);
    ck_assert_msg(!jose_json_object(jose_span_of("{\"a\":1,\"b\":2}"), members, 1, &count),
                  "more members than the caller has room for");
    ck_assert(jose_json_object(jose_span_of("{\"a\":{\"x\":1,\"y\":2}}"), members, 1, &count));
}
END_TEST

static const struct jose_json_value *value_of(const char *json_value)
{
    static char *text;
    free(text);
    text = test_text("{\"v\":%s}", json_value);
    ck_assert_msg(read_object(text), "%s", json_value);
    return jose_json_find(members, count, "v");
}

START_TEST(members_are_found_by_their_decoded_names)
{
    ck_assert(read_object("{\"\\u0069ss\":\"x\",\"aud\":[1],\"a\\/b\":true}"));
    ck_assert_uint_eq(count, 3);
    ck_assert_int_eq(jose_json_find(members, count, "iss")->type, JOSE_JSON_STRING);
    ck_assert_int_eq(jose_json_find(members, count, "aud")->type, JOSE_JSON_ARRAY);
    ck_assert_int_eq(jose_json_find(members, count, "a/b")->type, JOSE_JSON_TRUE);
    ck_assert_ptr_null(jose_json_find(members, count, "is"));
    ck_assert_ptr_null(jose_json_find(members, count, "isss"));
    ck_assert_ptr_null(jose_json_find(members, 0, "iss"));
}
END_TEST

static const struct {
    const char *json;
    const char *decoded;
} strings[] = {
    {"\"\"", ""},
    {"\"plain\"", "plain"},
    {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"},
    {"\"\\u0041\\u007f\"", "A\x7f"},
    {"\"\\u0080\\u07ff\"", "\xc2\x80\xdf\xbf"},
    {"\"\\u0800\\uFFFD\"", "\xe0\xa0\x80\xef\xbf\xbd"},
    {"\"\\ud800\\udc00\\uDBFF\\uDFFF\"", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"},
    {"\"\\ud83d\\ude00!\"", "\xf0\x9f\x98\x80!"},
};

START_TEST(strings_are_decoded_and_compared)
{
    for (size_t i = 0; i < ROWS(strings); i++) {
        char out[64];
        size_t len = 0;
        const struct jose_json_value *v = value_of(strings[i].json);
        size_t wanted = strlen(strings[i].decoded);
        ck_assert_msg(jose_json_is(v, jose_span_of(strings[i].decoded)), "%s", strings[i].json);
        ck_assert_msg(jose_json_copy(v, out, sizeof out, &len), "%s", strings[i].json);
        ck_assert_msg(len == wanted && strcmp(out, strings[i].decoded) == 0, "%s", strings[i].json);
        ck_assert_msg(!jose_json_copy(v, out, wanted, &len), "%s: no room for the end",
                      strings[i].json);
        ck_assert_msg(jose_json_copy(v, out, wanted + 1, &len), "%s: room to the byte",
                      strings[i].json);
        ck_assert(!jose_json_is(v, jose_span_of("something else")));
    }
    size_t len = 0;
    char out[4];
    ck_assert(!jose_json_copy(value_of("\"\""), out, 0, &len));
    ck_assert_msg(!jose_json_copy(value_of("1"), out, 4, &len), "a number is no string");
    ck_assert(!jose_json_is(value_of("1"), jose_span_of("1")));
    ck_assert_msg(!jose_json_is(value_of("\"\\u0061b\""), jose_span_of("a")), "longer");
    ck_assert_msg(!jose_json_is(value_of("\"\\u0061\""), jose_span_of("ab")), "shorter");
}
END_TEST

static const struct {
    const char *object;
    bool same;
} pairs[] = {
    {"{\"x\":\"a\",\"y\":\"b\"}", false},
    {"{\"x\":\"a\",\"y\":\"\\u0062\"}", false},
    {"{\"x\":\"\\u0061\",\"y\":\"ab\"}", false},
    {"{\"x\":1,\"y\":1}", false},
    {"{\"x\":\"1\",\"y\":1}", false},
    {"{\"x\":\"a\",\"y\":\"a\"}", true},
    {"{\"x\":\"\\u0061\",\"y\":\"a\"}", true},
    {"{\"x\":\"\\/\",\"y\":\"\\u002f\"}", true},
};

START_TEST(two_strings_are_compared)
{
    for (size_t i = 0; i < ROWS(pairs); i++) {
        ck_assert(read_object(pairs[i].object));
        const struct jose_json_value *x = jose_json_find(members, count, "x");
        const struct jose_json_value *y = jose_json_find(members, count, "y");
        ck_assert_msg(jose_json_same(x, y) == pairs[i].same, "%s", pairs[i].object);
        ck_assert_msg(jose_json_same(y, x) == pairs[i].same, "%s", pairs[i].object);
    }
}
END_TEST

START_TEST(arrays_are_stepped_through)
{
    static const enum jose_json_type types[] = {JOSE_JSON_STRING, JOSE_JSON_NUMBER, JOSE_JSON_ARRAY,
                                                JOSE_JSON_OBJECT, JOSE_JSON_TRUE,   JOSE_JSON_NULL};
    struct jose_json_value item;
    size_t offset = 0;
    size_t seen = 0;
    ck_assert(!jose_json_array_next(value_of("[]"), &offset, &item));
    offset = 0;
    ck_assert(!jose_json_array_next(value_of("[ ]"), &offset, &item));
    const struct jose_json_value *array =
        value_of("[ \"a,]\" , 1, [2,[3]] ,{\"b\":[4]},true,null ]");
    for (offset = 0; jose_json_array_next(array, &offset, &item); seen++) {
        ck_assert_msg(seen < ROWS(types) && item.type == types[seen], "item %zu", seen);
    }
    ck_assert_uint_eq(seen, ROWS(types));
    ck_assert(!jose_json_array_next(array, &offset, &item));
}
END_TEST

static const struct {
    const char *json;
    bool good;
    int64_t seconds;
    const char *why;
} dates[] = {
    {"\"1700000000\"", false, 0, "a string"},
    {"null", false, 0, "null"},
    {"true", false, 0, "true"},
    {"[1]", false, 0, "an array"},
    {"9223372036854775807", false, 0, "no room for arithmetic on it"},
    {"9223372036854775808", false, 0, "63 bits and one"},
    {"-9223372036854775808", false, 0, "the same below"},
    {"99999999999999999999", false, 0, "twenty digits"},
    {"1e19", false, 0, "the same by exponent"},
    {"1e308", false, 0, "far beyond"},
    {"0", true, 0, "zero"},
    {"-0", true, 0, "minus zero"},
    {"1700000000", true, 1700000000, "an integer"},
    {"-1", true, -1, "before 1970"},
    {"1700000000.0", true, 1700000000, "a fraction of nothing"},
    {"1700000000.999", true, 1700000000, "the floor"},
    {"-0.5", true, -1, "the floor below zero"},
    {"-1.0", true, -1, "a whole number below zero"},
    {"1.7e9", true, 1700000000, "an exponent"},
    {"17000000000e-1", true, 1700000000, "a negative exponent"},
    {"17000000005E-1", true, 1700000000, "a negative exponent and a rest"},
    {"1e-999999", true, 0, "next to nothing"},
    {"-1e-999999", true, -1, "next to nothing, below"},
    {"0e99999", true, 0, "zero at any exponent"},
    {"0.0000000017e18", true, 1700000000, "zeros behind the point"},
    {"9223372036854775806", true, INT64_MAX - 1, "the greatest"},
    {"-9223372036854775806.5", true, -INT64_MAX, "the least"},
};

START_TEST(numeric_dates_are_floored)
{
    for (size_t i = 0; i < ROWS(dates); i++) {
        int64_t seconds = 0;
        bool good = jose_json_seconds(value_of(dates[i].json), &seconds);
        ck_assert_msg(good == dates[i].good, "%s", dates[i].why);
        ck_assert_msg(!good || seconds == dates[i].seconds, "%s: %lld", dates[i].why,
                      (long long)seconds);
    }
}
END_TEST

TEST_MAIN("json", what_is_not_strict_is_refused, what_is_strict_is_read, depth_and_size_are_limited,
          members_are_found_by_their_decoded_names, strings_are_decoded_and_compared,
          two_strings_are_compared, arrays_are_stepped_through, numeric_dates_are_floored)

/* Strict base64url: every other spelling of the same bytes is refused. */
#include "validator/jose/b64url.h"
#include "validator/tests/support/suite.h"

static const struct {
    const char *in;
    const char *why;
} refusals[] = {
    {"Zg==", "padding"},
    {"Zg=", "half a padding"},
    {"Zm8=", "padding after three"},
    {"Z", "no byte has six bits"},
    {"Zm9vY", "one character behind four"},
    {"Zh", "bits behind the byte are set (2 characters)"},
    {"Zm9", "bits behind the bytes are set (3 characters)"},
    {"Zm9vZh", "the same behind a whole group"},
    {"+_8A", "the other alphabet: +"},
    {"/w", "the other alphabet: /"},
    {"Zm 9v", "a space"},
    {"Zm9v\n", "a line feed at the end"},
    {" Zm9v", "a space before"},
    {"Zm.v", "a dot"},
    {"Zm\xc3\xbcv", "bytes above 127"},
    {"\x80m9v", "the first character of a group"},
    {"Z*9v", "the second"},
    {"Zm*v", "the third"},
    {"Zm9*", "the fourth"},
    {"*g", "the first of two"},
    {"Z*", "the second of two"},
    {"Zm*", "the third of three"},
};

START_TEST(other_spellings_are_refused)
{
    for (size_t i = 0; i < ROWS(refusals); i++) {
        unsigned char out[16];
        size_t len = 99;
        ck_assert_msg(!jose_b64url_decode(jose_span_of(refusals[i].in), out, sizeof out, &len),
                      "%s", refusals[i].why);
        ck_assert_msg(len == 0, "%s: a length is left behind", refusals[i].why);
    }
    unsigned char out[16];
    size_t len = 0;
    ck_assert_msg(!jose_b64url_decode(jose_span("Zm\0v", 4), out, sizeof out, &len), "a NUL");
}
END_TEST

/* RFC 4648 §10, without padding, and what its alphabet adds. */
static const struct {
    const char *in;
    const char *bytes;
    size_t len;
} acceptances[] = {
    {"", "", 0},
    {"Zg", "f", 1},
    {"Zm8", "fo", 2},
    {"Zm9v", "foo", 3},
    {"Zm9vYg", "foob", 4},
    {"Zm9vYmE", "fooba", 5},
    {"Zm9vYmFy", "foobar", 6},
    {"-_8", "\xfb\xff", 2},
    {"AAAA", "\0\0\0", 3},
    {"____", "\xff\xff\xff", 3},
};

START_TEST(the_one_spelling_is_decoded)
{
    for (size_t i = 0; i < ROWS(acceptances); i++) {
        unsigned char out[16];
        size_t len = 99;
        ck_assert_msg(jose_b64url_decode(jose_span_of(acceptances[i].in), out, sizeof out, &len),
                      "%s", acceptances[i].in);
        ck_assert_msg(len == acceptances[i].len && memcmp(out, acceptances[i].bytes, len) == 0,
                      "%s", acceptances[i].in);
    }
}
END_TEST

START_TEST(the_capacity_is_kept)
{
    unsigned char out[4] = {0, 0, 0, 0xee};
    size_t len = 0;
    ck_assert(!jose_b64url_decode(jose_span_of("Zm9vYg"), out, 3, &len));
    ck_assert(jose_b64url_decode(jose_span_of("Zm9v"), out, 3, &len));
    ck_assert_msg(out[3] == 0xee, "a byte behind the capacity was written");
    ck_assert(jose_b64url_decode(jose_span(NULL, 0), out, 0, &len));
    for (size_t n = 0; n < 64; n++) {
        ck_assert_msg(JOSE_B64URL_CAP(n) >= n * 3 / 4, "%zu characters", n);
    }
}
END_TEST

/* Counts in both directions: of all three-character texts, exactly one stands for each two bytes.
 */
START_TEST(each_value_has_one_spelling)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/= .";
    static unsigned char seen[65536];
    unsigned accepted = 0;
    for (size_t i = 0; i < (sizeof alphabet - 1) * (sizeof alphabet - 1) * (sizeof alphabet - 1);
         i++) {
        const size_t n = sizeof alphabet - 1;
        const char text[3] = {alphabet[i % n], alphabet[i / n % n], alphabet[i / n / n]};
        unsigned char out[2];
        size_t len = 0;
        if (jose_b64url_decode(jose_span(text, 3), out, sizeof out, &len)) {
            ck_assert_uint_eq(len, 2);
            ck_assert_msg(seen[out[0] << 8 | out[1]]++ == 0, "%.3s is a second spelling", text);
            accepted++;
        }
    }
    ck_assert_uint_eq(accepted, 65536);
}
END_TEST

TEST_MAIN("b64url", other_spellings_are_refused, the_one_spelling_is_decoded, the_capacity_is_kept,
          each_value_has_one_spelling)

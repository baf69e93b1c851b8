/* Three parts between two dots, and nothing else. */
#include "validator/jose/compact.h"
#include "validator/tests/support/suite.h"

static const struct {
    const char *token;
    enum btv_error error;
    const char *why;
} refusals[] = {
    {"", BTV_TOKEN_MALFORMED, "nothing"},
    {"a", BTV_TOKEN_MALFORMED, "one part"},
    {"a.b", BTV_TOKEN_MALFORMED, "two parts"},
    {"a.b.c.d", BTV_TOKEN_MALFORMED, "four parts"},
    {"a.b.c.d.e", BTV_TOKEN_ENCRYPTED, "five parts are a JWE (RFC 7516 §9)"},
    {"....", BTV_TOKEN_ENCRYPTED, "five empty parts"},
    {"a.b.c.d.e.f", BTV_TOKEN_MALFORMED, "six parts"},
    {"..", BTV_TOKEN_MALFORMED, "three empty parts"},
    {".b.c", BTV_TOKEN_MALFORMED, "no header"},
    {"a..c", BTV_TOKEN_MALFORMED, "no payload"},
    {"0123456789.12345.12345", BTV_TOKEN_TOO_LARGE, "22 bytes where 21 are allowed"},
};

START_TEST(other_numbers_of_parts_are_refused)
{
    for (size_t i = 0; i < ROWS(refusals); i++) {
        struct jose_compact c;
        enum btv_error e = jose_compact_split(jose_span_of(refusals[i].token), 21, &c);
        ck_assert_msg(e == refusals[i].error, "%s: %s", refusals[i].why, btv_error_code(e));
    }
    struct jose_compact c;
    ck_assert(jose_compact_split(jose_span(NULL, 0), 21, &c) == BTV_TOKEN_MALFORMED);
}
END_TEST

START_TEST(parts_point_into_the_token)
{
    struct jose_compact c;
    ck_assert(jose_compact_split(jose_span_of("head.pay.sign"), 13, &c) == BTV_OK);
    ck_assert(jose_span_is(c.header, "head"));
    ck_assert(jose_span_is(c.payload, "pay"));
    ck_assert(jose_span_is(c.signature, "sign"));
    ck_assert(jose_span_is(c.signing_input, "head.pay"));
    ck_assert_msg(jose_compact_split(jose_span_of("a.b."), 100, &c) == BTV_OK,
                  "an empty signature is for the algorithm to refuse");
    ck_assert_uint_eq(c.signature.len, 0);
}
END_TEST

START_TEST(the_limit_goes_before_the_structure)
{
    struct jose_compact c;
    char dots[64];
    memset(dots, '.', sizeof dots);
    ck_assert(jose_compact_split(jose_span(dots, sizeof dots), 63, &c) == BTV_TOKEN_TOO_LARGE);
    ck_assert(jose_compact_split(jose_span(dots, sizeof dots), 64, &c) == BTV_TOKEN_MALFORMED);
    ck_assert_msg(jose_compact_split(jose_span("a.b\0.c.", 7), 64, &c) == BTV_TOKEN_MALFORMED,
                  "a NUL ends nothing");
}
END_TEST

TEST_MAIN("compact", other_numbers_of_parts_are_refused, parts_point_into_the_token,
          the_limit_goes_before_the_structure)

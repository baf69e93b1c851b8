/* Boundaries to the second, and dates that are no dates. */
#include "validator/policy/lifetime.h"
#include "validator/tests/support/suite.h"

static const struct {
    const char *claims;
    int64_t now;
    int64_t skew_s;
    enum btv_error error;
    const char *why;
} rows[] = {
    {"{}", 1000, 0, BTV_LIFETIME_MALFORMED, "no exp: it would never end"},
    {"{\"exp\":null}", 1000, 0, BTV_LIFETIME_MALFORMED, "exp is null"},
    {"{\"exp\":\"2000\"}", 1000, 0, BTV_LIFETIME_MALFORMED, "exp is a string"},
    {"{\"exp\":true}", 1000, 0, BTV_LIFETIME_MALFORMED, "exp is true"},
    {"{\"exp\":[2000]}", 1000, 0, BTV_LIFETIME_MALFORMED, "exp is an array"},
    {"{\"exp\":1e19}", 1000, 0, BTV_LIFETIME_MALFORMED, "exp is beyond 64 bits"},
    {"{\"exp\":9223372036854775807}", 1000, 600, BTV_LIFETIME_MALFORMED, "exp fills 63 bits"},
    {"{\"exp\":9223372036854775808}", 1000, 0, BTV_LIFETIME_MALFORMED, "exp fills 64 bits"},
    {"{\"exp\":1e308}", 1000, 0, BTV_LIFETIME_MALFORMED, "exp is as large as numbers are"},
    {"{\"exp\":2000,\"nbf\":\"1\"}", 1000, 0, BTV_LIFETIME_MALFORMED, "nbf is a string"},
    {"{\"exp\":2000,\"nbf\":-1e19}", 1000, 0, BTV_LIFETIME_MALFORMED, "nbf is beyond 64 bits"},
    {"{\"exp\":2000,\"iat\":\"1\"}", 1000, 0, BTV_LIFETIME_MALFORMED, "iat is a string"},
    {"{\"exp\":2000,\"iat\":false}", 1000, 0, BTV_LIFETIME_MALFORMED, "iat is false"},
    {"{\"exp\":2000,\"nbf\":2001}", 2500, 600, BTV_LIFETIME_MALFORMED, "ends before it begins"},
    {"{\"exp\":1000,\"nbf\":1001}", 9000, 0, BTV_TOKEN_EXPIRED,
     "expired before ends before it begins"},
    {"{\"exp\":1000}", 1000, 0, BTV_TOKEN_EXPIRED, "now is exp: on or after (RFC 7519 §4.1.4)"},
    {"{\"exp\":1000.999}", 1000, 0, BTV_TOKEN_EXPIRED, "within the second of exp"},
    {"{\"exp\":1000}", 1300, 300, BTV_TOKEN_EXPIRED, "now is exp and the skew"},
    {"{\"exp\":1000}", 1600, 600, BTV_TOKEN_EXPIRED, "now is exp and the greatest skew"},
    {"{\"exp\":1e-300}", 1000, 0, BTV_TOKEN_EXPIRED, "next to nothing"},
    {"{\"exp\":0}", 1000, 0, BTV_TOKEN_EXPIRED, "1970"},
    {"{\"exp\":-5}", 1000, 600, BTV_TOKEN_EXPIRED, "before 1970"},
    {"{\"exp\":-9223372036854775806}", 1000, 600, BTV_TOKEN_EXPIRED, "long before 1970"},
    {"{\"exp\":1000,\"nbf\":1000}", 1000, 0, BTV_TOKEN_EXPIRED, "a moment that is over"},
    {"{\"exp\":2000,\"nbf\":1001}", 1000, 0, BTV_TOKEN_NOT_YET_VALID, "a second early"},
    {"{\"exp\":2000,\"nbf\":1301}", 1000, 300, BTV_TOKEN_NOT_YET_VALID, "a second beyond the skew"},
    {"{\"exp\":9e18,\"nbf\":8e18}", 1000, 600, BTV_TOKEN_NOT_YET_VALID, "in another age"},
    {"{\"exp\":1001}", 1000, 0, BTV_OK, "the last second"},
    {"{\"exp\":1001}", 1300, 300, BTV_OK, "the last second of the skew"},
    {"{\"exp\":2000,\"nbf\":1000}", 1000, 0, BTV_OK, "the first second"},
    {"{\"exp\":2000,\"nbf\":1300}", 1000, 300, BTV_OK, "the first second of the skew"},
    {"{\"exp\":2000,\"nbf\":1000.9}", 1000, 0, BTV_OK, "whole seconds decide"},
    {"{\"exp\":2e3}", 1000, 0, BTV_OK, "an exponent"},
    {"{\"exp\":20000000e-4}", 1999, 0, BTV_OK, "an exponent below zero"},
    {"{\"exp\":0.00002e8,\"nbf\":-0.0}", 1999, 0, BTV_OK, "a fraction and an exponent"},
    {"{\"exp\":1000}", 1599, 600, BTV_OK, "the last second of the greatest skew"},
    {"{\"exp\":2000,\"iat\":5000}", 1000, 0, BTV_OK, "issued in the future: no rule says when"},
    {"{\"exp\":2000,\"iat\":-1.5,\"nbf\":-1}", 1000, 0, BTV_OK, "long ago"},
    {"{\"exp\":9223372036854775806}", 1000, 600, BTV_OK, "for ever: the issuer's choice"},
};

START_TEST(each_lifetime_has_its_verdict)
{
    static struct jose_claims claims;
    for (size_t i = 0; i < ROWS(rows); i++) {
        ck_assert(jose_claims_parse(jose_span_of(rows[i].claims), &claims) == BTV_OK);
        enum btv_error e = btv_check_lifetime(&claims, rows[i].now, rows[i].skew_s);
        ck_assert_msg(e == rows[i].error, "%s: %s", rows[i].why, btv_error_code(e));
    }
}
END_TEST

TEST_MAIN("lifetime", each_lifetime_has_its_verdict)

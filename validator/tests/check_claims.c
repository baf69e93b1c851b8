/* A payload is one strict object; the well-known claims are found however they are spelled. */
#include "validator/jose/claims.h"
#include "validator/tests/support/suite.h"

static struct jose_claims claims;

static enum btv_error parse(const char *json)
{
    return jose_claims_parse(jose_span_of(json), &claims);
}

static const struct {
    const char *json;
    const char *why;
} refusals[] = {
    {"", "nothing"},
    {"null", "null"},
    {"\"x\"", "a string: a JWS of text, not a JWT"},
    {"[{\"iss\":\"x\"}]", "an array"},
    {"{\"iss\":\"x\"", "cut off"},
    {"{\"iss\":\"x\",\"iss\":\"y\"}", "iss twice: RFC 7519 §4"},
    {"{\"iss\":\"x\",\"\\u0069ss\":\"y\"}", "iss twice, escaped"},
    {"{\"a\":{\"iss\":\"x\",\"iss\":\"y\"}}", "twice, deeper"},
    {"{\"iss\":\"x\"}\n\"", "bytes behind"},
    {"{\"iss\":\"\xff\"}", "no UTF-8"},
};

START_TEST(what_is_no_object_is_refused)
{
    for (size_t i = 0; i < ROWS(refusals); i++) {
        ck_assert(parse("{\"iss\":\"the one before\"}") == BTV_OK);
        ck_assert_msg(parse(refusals[i].json) == BTV_CLAIMS_MALFORMED, "%s", refusals[i].why);
        ck_assert_msg(!claims.iss && claims.count == 0, "%s: a claim is left behind",
                      refusals[i].why);
    }
}
END_TEST

START_TEST(known_claims_have_their_places)
{
    ck_assert(parse("{\"iss\":\"1\",\"aud\":\"2\",\"exp\":3,\"nbf\":4,\"iat\":5,\"tid\":\"6\","
                    "\"ver\":\"7\",\"scp\":\"8\",\"roles\":[9],\"azp\":\"10\",\"appid\":\"11\","
                    "\"idtyp\":\"12\"}") == BTV_OK);
#define X(name) ck_assert_msg(claims.name == jose_claims_find(&claims, #name), "%s", #name);
    JOSE_CLAIMS(X)
#undef X
    ck_assert(jose_span_is(claims.iss->text, "1"));
    ck_assert(jose_span_is(claims.idtyp->text, "12"));
    ck_assert(parse("{}") == BTV_OK);
#define X(name) ck_assert_msg(claims.name == NULL, "%s", #name);
    JOSE_CLAIMS(X)
#undef X
}
END_TEST

START_TEST(names_are_compared_decoded_and_to_the_letter)
{
    ck_assert(parse("{\"\\u0061ud\":\"x\",\"ISS\":1,\"expp\":2,\"ex\":3,\"o\\u0069d\":\"y\"}") ==
              BTV_OK);
    ck_assert_ptr_nonnull(claims.aud);
    ck_assert_ptr_null(claims.iss);
    ck_assert_ptr_null(claims.exp);
    ck_assert_ptr_nonnull(jose_claims_find(&claims, "oid"));
    ck_assert_ptr_null(jose_claims_find(&claims, "nothing"));
}
END_TEST

TEST_MAIN("claims", what_is_no_object_is_refused, known_claims_have_their_places,
          names_are_compared_decoded_and_to_the_letter)

/* What a JOSE header must say and must not ask for. */
#include "validator/jose/header.h"
#include "validator/tests/support/issuer.h"
#include "validator/tests/support/suite.h"

static const struct {
    const char *json;
    enum btv_error error;
    const char *why;
} rows[] = {
    {"", BTV_HEADER_MALFORMED, "nothing"},
    {"[]", BTV_HEADER_MALFORMED, "an array"},
    {"{}", BTV_HEADER_MALFORMED, "no alg"},
    {"{\"alg\":null}", BTV_HEADER_MALFORMED, "alg is null"},
    {"{\"alg\":[\"RS256\"]}", BTV_HEADER_MALFORMED, "alg is an array"},
    {"{\"Alg\":\"RS256\"}", BTV_HEADER_MALFORMED, "names have a case"},
    {"{\"alg\":\"RS256\",\"alg\":\"none\"}", BTV_HEADER_MALFORMED, "alg twice"},
    {"{\"alg\":\"RS256\",\"al\\u0067\":\"none\"}", BTV_HEADER_MALFORMED, "alg twice, escaped"},
    {"{\"alg\":\"RS256\"},", BTV_HEADER_MALFORMED, "bytes behind"},
    {"{\"alg\":\"RS256\",\"kid\":1}", BTV_HEADER_MALFORMED, "kid is a number"},
    {"{\"alg\":\"RS256\",\"kid\":null}", BTV_HEADER_MALFORMED, "kid is null"},
    {"{\"alg\":\"RS256\",\"kid\":{}}", BTV_HEADER_MALFORMED, "kid is an object"},
    {"{\"alg\":\"RS256\",\"zip\":\"DEF\"}", BTV_HEADER_MALFORMED, "zip: a JWS is not compressed"},
    {"{\"alg\":\"RS256\",\"zip\":null}", BTV_HEADER_MALFORMED, "zip in any form"},
    {"{\"alg\":\"RS256\",\"b64\":false}", BTV_HEADER_MALFORMED, "RFC 7797: another signing input"},
    {"{\"alg\":\"RS256\",\"b64\":\"true\"}", BTV_HEADER_MALFORMED, "b64 is a string"},
    {"{\"alg\":\"RS256\",\"crit\":[]}", BTV_CRIT_UNSUPPORTED, "an empty crit (RFC 7515 §4.1.11)"},
    {"{\"alg\":\"RS256\",\"crit\":[\"exp\"],\"exp\":1}", BTV_CRIT_UNSUPPORTED, "an extension"},
    {"{\"alg\":\"RS256\",\"crit\":[\"b64\"],\"b64\":true}", BTV_CRIT_UNSUPPORTED,
     "b64 is no exception"},
    {"{\"alg\":\"RS256\",\"crit\":\"b64\"}", BTV_CRIT_UNSUPPORTED, "crit is a string"},
    {"{\"alg\":\"RS256\",\"crit\":false}", BTV_CRIT_UNSUPPORTED, "crit is false"},
    {"{\"alg\":\"dir\",\"enc\":\"A256GCM\"}", BTV_TOKEN_ENCRYPTED, "the header of a JWE"},
    {"{\"alg\":\"RS256\",\"enc\":null}", BTV_TOKEN_ENCRYPTED, "enc in any form"},
    {"{\"alg\":\"RS256\",\"enc\":\"x\",\"crit\":[\"y\"]}", BTV_CRIT_UNSUPPORTED, "crit before enc"},
    {"{\"alg\":\"RS256\"}", BTV_OK, "the least"},
    {"{\"alg\":\"none\"}", BTV_OK, "which algorithms are taken is the policy's to say"},
    {"{\"alg\":\"RS256\",\"typ\":7}", BTV_OK, "which types are taken, too"},
    {"{\"alg\":\"RS256\",\"b64\":true}", BTV_OK, "b64 as it is without"},
    {"{\"alg\":\"RS256\",\"x\":{\"crit\":[]},\"jku\":\"https://evil.test/\",\"jwk\":{\"kty\":1},"
     "\"x5c\":[1],\"x5u\":7,\"x5t\":null}",
     BTV_OK, "what the token says of its own key is not read"},
};

START_TEST(each_header_has_its_verdict)
{
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct jose_header h;
        enum btv_error e = jose_header_parse(jose_span_of(rows[i].json), &h);
        ck_assert_msg(e == rows[i].error, "%s: %s", rows[i].why, btv_error_code(e));
    }
}
END_TEST

START_TEST(what_it_says_is_handed_on)
{
    struct jose_header h;
    ck_assert(jose_header_parse(jose_span_of("{\"alg\":\"RS256\"}"), &h) == BTV_OK);
    ck_assert(!h.has_kid && !h.has_typ);
    ck_assert_ptr_null(h.kid.text.data);
    ck_assert(
        jose_header_parse(jose_span_of("{\"typ\":\"JWT\",\"kid\":\"\",\"alg\":\"RS\\u003256\"}"),
                          &h) == BTV_OK);
    ck_assert_msg(h.has_kid && h.kid.text.len == 0, "an empty kid is a kid");
    ck_assert(h.has_typ && jose_json_is(&h.typ, jose_span_of("JWT")));
    ck_assert(jose_json_is(&h.alg, jose_span_of("RS256")));
}
END_TEST

START_TEST(members_are_limited)
{
    char *text = strdup("{\"alg\":\"RS256\"");
    for (unsigned i = 2; i <= JOSE_HEADER_MEMBERS + 1; i++) {
        char *longer = test_text("%s,\"x%u\":0", text, i);
        free(text);
        text = longer;
        char *whole = test_text("%s}", text);
        struct jose_header h;
        enum btv_error e = jose_header_parse(jose_span_of(whole), &h);
        ck_assert_msg((e == BTV_OK) == (i <= JOSE_HEADER_MEMBERS), "%u members", i);
        free(whole);
    }
    free(text);
}
END_TEST

TEST_MAIN("header", each_header_has_its_verdict, what_it_says_is_handed_on, members_are_limited)

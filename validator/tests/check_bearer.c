/* Which bytes of an Authorization header are the token. */
#include "validator/policy/bearer.h"
#include "validator/tests/support/suite.h"

static const struct {
    const char *value;
    enum btv_error error;
    const char *why;
} refusals[] = {
    {"", BTV_NO_CREDENTIALS, "an empty value"},
    {" \t ", BTV_NO_CREDENTIALS, "blanks"},
    {"Bearer", BTV_NO_CREDENTIALS, "a scheme alone"},
    {"Bearer   ", BTV_NO_CREDENTIALS, "a scheme and blanks"},
    {"bearer\t", BTV_NO_CREDENTIALS, "a scheme and a tab at the end"},
    {"Basic dXNlcjpwYXNz", BTV_NO_CREDENTIALS, "another scheme"},
    {"DPoP a.b.c", BTV_NO_CREDENTIALS, "another scheme for tokens"},
    {"Bearerx a.b.c", BTV_NO_CREDENTIALS, "a longer scheme"},
    {"Beare a.b.c", BTV_NO_CREDENTIALS, "a shorter scheme"},
    {"Token Bearer a.b.c", BTV_NO_CREDENTIALS, "the scheme as second word"},
    {"a.b.c", BTV_BEARER_MALFORMED, "a token without a scheme"},
    {"Bearera.b.c", BTV_BEARER_MALFORMED, "no space"},
    {"Bearer:a.b.c", BTV_BEARER_MALFORMED, "a colon"},
    {"Bearer=a.b.c", BTV_BEARER_MALFORMED, "an equals sign"},
    {"Bearer,a.b.c", BTV_BEARER_MALFORMED, "a comma"},
    {"Bearer\ta.b.c", BTV_BEARER_MALFORMED, "a tab for the space"},
    {"Bearer \ta.b.c", BTV_BEARER_MALFORMED, "a tab behind the space"},
    {"Bearer a.b.c d.e.f", BTV_TOKEN_MALFORMED, "two tokens"},
    {"Bearer Bearer a.b.c", BTV_TOKEN_MALFORMED, "the scheme twice"},
    {"Bearer a.b.c, Bearer d.e.f", BTV_TOKEN_MALFORMED, "two headers folded into one"},
    {"Bearer a.b.c\td", BTV_TOKEN_MALFORMED, "a tab inside"},
};

START_TEST(other_values_are_refused)
{
    struct jose_span token;
    for (size_t i = 0; i < ROWS(refusals); i++) {
        enum btv_error e = btv_bearer_token(jose_span_of(refusals[i].value), &token);
        ck_assert_msg(e == refusals[i].error, "%s: %s", refusals[i].why, btv_error_code(e));
    }
    ck_assert_msg(btv_bearer_token(jose_span(NULL, 0), &token) == BTV_NO_CREDENTIALS, "no header");
}
END_TEST

static const struct {
    const char *value;
    const char *token;
    const char *why;
} acceptances[] = {
    {"Bearer a.b.c", "a.b.c", "as it should be"},
    {"bearer a.b.c", "a.b.c", "schemes have no case (RFC 9110 §11.1)"},
    {"BEARER a.b.c", "a.b.c", "capitals"},
    {"Bearer    a.b.c", "a.b.c", "1*SP"},
    {" \tBearer a.b.c\t ", "a.b.c", "blanks around are not of the value"},
    {"Bearer x", "x", "what a token is, others decide"},
    {"Bearer \"a.b.c\"", "\"a.b.c\"", "quotes are for the next step to refuse"},
    {"Bearer a.b.c,d", "a.b.c,d", "so is a comma"},
};

START_TEST(the_token_is_found)
{
    for (size_t i = 0; i < ROWS(acceptances); i++) {
        struct jose_span token = {NULL, 0};
        enum btv_error e = btv_bearer_token(jose_span_of(acceptances[i].value), &token);
        ck_assert_msg(e == BTV_OK && jose_span_is(token, acceptances[i].token), "%s: %s, %.*s",
                      acceptances[i].why, btv_error_code(e), (int)token.len, token.data);
    }
}
END_TEST

TEST_MAIN("bearer", other_values_are_refused, the_token_is_found)

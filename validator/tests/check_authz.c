/* Scopes are for users' tokens, roles for apps' own; neither stands in for the other. */
#include "validator/policy/authz.h"
#include "validator/tests/support/issuer.h"
#include "validator/tests/support/suite.h"

static const struct {
    const char *scopes;
    const char *roles;
    const char *clients;
    const char *claims;
    bool all;
    enum btv_error error;
    const char *why;
} rows[] = {
    {"read", NULL, NULL, "{}", false, BTV_SCOPE_MISSING, "neither scp nor roles"},
    {NULL, NULL, NULL, "{}", false, BTV_SCOPE_MISSING, "the same where nothing is asked for"},
    {NULL, NULL, NULL, "{\"scp\":\"\"}", false, BTV_SCOPE_MISSING, "an empty scp permits nothing"},
    {NULL, NULL, NULL, "{\"scp\":\"   \"}", false, BTV_SCOPE_MISSING, "blanks permit nothing"},
    {NULL, NULL, NULL, "{\"roles\":[]}", false, BTV_SCOPE_MISSING, "no role permits nothing"},
    {NULL, NULL, NULL, "{\"roles\":null}", false, BTV_SCOPE_MISSING, "roles is null"},
    {NULL, NULL, NULL, "{\"roles\":\"Read\"}", false, BTV_SCOPE_MISSING, "roles is a string"},
    {NULL, NULL, NULL, "{\"roles\":[\"\",1]}", false, BTV_SCOPE_MISSING, "no name among them"},
    {NULL, NULL, NULL, "{\"roles\":[\"Read\"],\"idtyp\":\"user\"}", false, BTV_SCOPE_MISSING,
     "a user's token without scp: an ID token or worse"},
    {"read", NULL, NULL, "{\"scp\":\"write\"}", false, BTV_SCOPE_MISSING, "another scope"},
    {"read", NULL, NULL, "{\"scp\":\"Read\"}", false, BTV_SCOPE_MISSING, "another case"},
    {"read", NULL, NULL, "{\"scp\":\"read.all\"}", false, BTV_SCOPE_MISSING, "a longer word"},
    {"read", NULL, NULL, "{\"scp\":\"rea d\"}", false, BTV_SCOPE_MISSING, "cut in two"},
    {"read", NULL, NULL, "{\"scp\":\"a,read\"}", false, BTV_SCOPE_MISSING, "commas do not cut"},
    {"read", NULL, NULL, "{\"scp\":\"a\\tread\"}", false, BTV_SCOPE_MISSING, "nor do tabs"},
    {"read", NULL, NULL, "{\"scp\":\"a\\nread\"}", false, BTV_SCOPE_MISSING, "nor line feeds"},
    {"read", NULL, NULL, "{\"roles\":[\"read\"]}", false, BTV_SCOPE_MISSING, "a role of that name"},
    {"read", NULL, NULL, "{\"scp\":[\"read\"]}", false, BTV_CLAIMS_MALFORMED, "scp is an array"},
    {"read", NULL, NULL, "{\"scp\":null}", false, BTV_CLAIMS_MALFORMED, "scp is null"},
    {"read write", NULL, NULL, "{\"scp\":\"read\"}", true, BTV_SCOPE_MISSING, "one of all"},
    {NULL, "Read", NULL, "{\"scp\":\"Read\",\"roles\":[\"Read\"]}", false, BTV_ROLE_MISSING,
     "a user's roles do not make an app's token"},
    {NULL, "Read", NULL, "{\"roles\":[\"read\"]}", false, BTV_ROLE_MISSING, "another case"},
    {NULL, "Read", NULL, "{\"roles\":\"Read\"}", false, BTV_ROLE_MISSING, "roles is a string"},
    {NULL, "Read", NULL, "{\"roles\":[[\"Read\"]]}", false, BTV_ROLE_MISSING, "an array deeper"},
    {NULL, "Read", NULL, "{\"roles\":[\"Read Write\"]}", false, BTV_ROLE_MISSING,
     "words in a role are one name"},
    {NULL, "Read", NULL, "{}", false, BTV_ROLE_MISSING, "no roles"},
    {NULL, "Read", NULL, "{\"roles\":[\"Read\"],\"idtyp\":\"user\"}", false, BTV_ROLE_MISSING,
     "a user's token"},
    {NULL, "Read Write", NULL, "{\"roles\":[\"Read\"]}", true, BTV_ROLE_MISSING, "one of all"},
    {"read", NULL, "app", "{\"scp\":\"read\"}", false, BTV_CLIENT_NOT_ALLOWED, "no azp"},
    {"read", NULL, "app", "{\"scp\":\"read\",\"azp\":\"App\"}", false, BTV_CLIENT_NOT_ALLOWED,
     "another case"},
    {"read", NULL, "app", "{\"scp\":\"read\",\"azp\":\"x\",\"appid\":\"app\"}", false,
     BTV_CLIENT_NOT_ALLOWED, "appid is not the client of a v2 token"},
    {"read", NULL, "app", "{\"ver\":\"1.0\",\"scp\":\"read\",\"azp\":\"app\"}", false,
     BTV_CLIENT_NOT_ALLOWED, "azp is not the client of a v1 token"},
    {"read", NULL, "app", "{\"scp\":\"x\",\"azp\":\"x\"}", false, BTV_CLIENT_NOT_ALLOWED,
     "the client before the scope"},
    {"read", NULL, NULL, "{\"scp\":\"read\",\"cnf\":{}}", false, BTV_TYP_NOT_ALLOWED,
     "bound to a key (RFC 7800): no bearer token"},
    {NULL, NULL, NULL, "{\"scp\":\"anything\"}", false, BTV_OK, "nothing is asked for"},
    {NULL, NULL, NULL, "{\"roles\":[\"Any\"]}", false, BTV_OK, "nothing is asked for, an app"},
    {NULL, NULL, NULL, "{\"roles\":[1,\"Any\"],\"idtyp\":\"app\"}", false, BTV_OK, "one name"},
    {"read", NULL, NULL, "{\"scp\":\"read\"}", false, BTV_OK, "the scope"},
    {"read", NULL, NULL, "{\"scp\":\" write  read \"}", false, BTV_OK, "among spaces"},
    {"read", NULL, NULL, "{\"scp\":\"wr\\u0069te\\u0020re\\u0061d\"}", false, BTV_OK, "escapes"},
    {"read write", NULL, NULL, "{\"scp\":\"write\"}", false, BTV_OK, "any of two"},
    {"read write", NULL, NULL, "{\"scp\":\"write x read\"}", true, BTV_OK, "all of two"},
    {NULL, "Read", NULL, "{\"roles\":[\"Other\",\"Read\"]}", false, BTV_OK, "the role"},
    {NULL, "Read", NULL, "{\"roles\":[1,\"Re\\u0061d\"]}", false, BTV_OK, "an escape"},
    {NULL, "Read Write", NULL, "{\"roles\":[\"Write\",\"Read\"]}", true, BTV_OK, "all of two"},
    {"read", "Read", NULL, "{\"scp\":\"read\"}", false, BTV_OK, "a user where apps may come too"},
    {"read", "Read", NULL, "{\"roles\":[\"Read\"]}", false, BTV_OK, "an app where users may, too"},
    {"read", NULL, "app web", "{\"scp\":\"read\",\"azp\":\"web\"}", false, BTV_OK, "a v2 client"},
    {"read", NULL, "app", "{\"ver\":\"1.0\",\"scp\":\"read\",\"appid\":\"app\"}", false, BTV_OK,
     "a v1 client"},
    {"read", NULL, NULL, "{\"scp\":\"read\",\"idtyp\":\"app\"}", false, BTV_SCOPE_MISSING,
     "an app's token satisfies no scope, whatever it claims"},
    {NULL, "Read", NULL, "{\"scp\":\"x\",\"roles\":[\"Read\"],\"idtyp\":\"user\"}", false,
     BTV_ROLE_MISSING, "a user's satisfies no app permission"},
    {NULL, "Read", NULL, "{\"roles\":[\"Read\"],\"idtyp\":\"device\"}", false, BTV_ROLE_MISSING,
     "what is no app is none"},
    {NULL, "Read", NULL, "{\"roles\":[\"Read\"],\"idtyp\":[\"app\"]}", false, BTV_ROLE_MISSING,
     "idtyp in an array"},
    {NULL, "Read", NULL, "{\"roles\":[\"Read\"],\"idtyp\":\"App\"}", false, BTV_ROLE_MISSING,
     "another case"},
    {NULL, "Read", NULL, "{\"scp\":\"x\",\"roles\":[\"Read\"],\"idtyp\":\"app\"}", false, BTV_OK,
     "idtyp goes before scp"},
    {"read", NULL, NULL, "{\"scp\":\"read\",\"idtyp\":\"user\"}", false, BTV_OK, "a user's"},
};

static enum btv_error check(size_t i, const char *claims_json)
{
    static struct jose_claims claims;
    struct btv_words scopes;
    struct btv_words roles;
    struct btv_words clients;
    struct btv_detail why = {""};
    ck_assert(btv_words_init(&scopes, rows[i].scopes) == 0 &&
              btv_words_init(&roles, rows[i].roles) == 0 &&
              btv_words_init(&clients, rows[i].clients) == 0);
    const struct btv_need need = {&scopes, &roles, &clients, rows[i].all, NULL};
    ck_assert_msg(jose_claims_parse(jose_span_of(claims_json), &claims) == BTV_OK, "%s",
                  claims_json);
    enum btv_token_version version =
        strstr(claims_json, "\"ver\":\"1.0\"") ? BTV_TOKEN_V1 : BTV_TOKEN_V2;
    enum btv_error e = btv_check_authz(&need, version, &claims, &why);
    btv_words_cleanup(&scopes);
    btv_words_cleanup(&roles);
    btv_words_cleanup(&clients);
    return e;
}

START_TEST(each_token_permits_what_it_says)
{
    for (size_t i = 0; i < ROWS(rows); i++) {
        enum btv_error e = check(i, rows[i].claims);
        ck_assert_msg(e == rows[i].error, "%s: %s", rows[i].why, btv_error_code(e));
    }
}
END_TEST

START_TEST(a_huge_scp_permits_nothing)
{
    size_t row = 0;
    while (rows[row].error != BTV_OK || !rows[row].scopes) {
        row++;
    }
    char *filler = malloc(9001);
    memset(filler, 'x', 9000);
    filler[9000] = '\0';
    char *plain = test_text("{\"scp\":\"%s read\"}", filler);
    char *escaped = test_text("{\"scp\":\"%s \\u0072ead\"}", filler);
    ck_assert_msg(check(row, plain) == BTV_OK, "no copy is made, so no limit is met");
    ck_assert_msg(check(row, escaped) == BTV_SCOPE_MISSING, "escapes and over 8 KiB");
    free(filler);
    free(plain);
    free(escaped);
}
END_TEST

/* What "c1" asks of a user's token with the scope. */
static const struct {
    const char *claims;
    enum btv_error error;
    const char *why;
} contexts[] = {
    {"{\"scp\":\"read\"}", BTV_CONTEXT_MISSING, "no context"},
    {"{\"scp\":\"read\",\"acrs\":[\"c2\",\"C1\",1]}", BTV_CONTEXT_MISSING, "other contexts"},
    {"{\"scp\":\"read\",\"acrs\":\"c1 c2\"}", BTV_CONTEXT_MISSING, "a string is one context"},
    {"{\"scp\":\"read\",\"acrs\":{\"c1\":1}}", BTV_CONTEXT_MISSING, "an object"},
    {"{\"scp\":\"read\",\"xms_cc\":[\"cp2\",\"cp11\"]}", BTV_CONTEXT_MISSING,
     "a client of other capabilities"},
    {"{\"scp\":\"read\",\"xms_cc\":[\"x\",\"CP1\"]}", BTV_CLAIMS_INSUFFICIENT,
     "a client that takes challenges"},
    {"{\"scp\":\"read\",\"xms_cc\":\"cp1\"}", BTV_CLAIMS_INSUFFICIENT,
     "its one capability as a string"},
    {"{\"scp\":\"x\",\"xms_cc\":[\"cp1\"]}", BTV_SCOPE_MISSING, "the scope before the context"},
    {"{\"scp\":\"read\",\"acrs\":[\"c2\",\"c1\"]}", BTV_OK, "the context among others"},
    {"{\"scp\":\"read\",\"acrs\":\"c1\"}", BTV_OK, "as a string"},
};

START_TEST(a_context_can_be_asked_for)
{
    static struct jose_claims claims;
    struct btv_words scopes;
    struct btv_words none = {0};
    ck_assert_int_eq(btv_words_init(&scopes, "read"), 0);
    const struct btv_need need = {&scopes, &none, &none, false, "c1"};
    for (size_t i = 0; i < ROWS(contexts); i++) {
        struct btv_detail why = {""};
        ck_assert(jose_claims_parse(jose_span_of(contexts[i].claims), &claims) == BTV_OK);
        enum btv_error e = btv_check_authz(&need, BTV_TOKEN_V2, &claims, &why);
        ck_assert_msg(e == contexts[i].error, "%s: %s", contexts[i].why, btv_error_code(e));
    }
    btv_words_cleanup(&scopes);
}
END_TEST

TEST_MAIN("authz", each_token_permits_what_it_says, a_huge_scp_permits_nothing,
          a_context_can_be_asked_for)

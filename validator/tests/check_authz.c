/* Scopes are for users' tokens, roles for apps' own; neither stands in for the other. */
#include "validator/policy/authz.h"
#include "validator/tests/support/issuer.h"
#include "validator/tests/support/suite.h"

static const struct {
    const char *scopes;
    const char *roles;
    const char *clients;
    bool all;
    const char *claims;
    enum btv_error error;
    const char *why;
} rows[] = {
    {"read", NULL, NULL, false, "{}", BTV_SCOPE_MISSING, "neither scp nor roles"},
    {NULL, NULL, NULL, false, "{}", BTV_SCOPE_MISSING, "the same where nothing is asked for"},
    {NULL, NULL, NULL, false, "{\"scp\":\"\"}", BTV_SCOPE_MISSING, "an empty scp permits nothing"},
    {NULL, NULL, NULL, false, "{\"scp\":\"   \"}", BTV_SCOPE_MISSING, "blanks permit nothing"},
    {NULL, NULL, NULL, false, "{\"roles\":[]}", BTV_SCOPE_MISSING, "no role permits nothing"},
    {NULL, NULL, NULL, false, "{\"roles\":null}", BTV_SCOPE_MISSING, "roles is null"},
    {NULL, NULL, NULL, false, "{\"roles\":\"Read\"}", BTV_SCOPE_MISSING, "roles is a string"},
    {NULL, NULL, NULL, false, "{\"roles\":[\"\",1]}", BTV_SCOPE_MISSING, "no name among them"},
    {NULL, NULL, NULL, false, "{\"roles\":[\"Read\"],\"idtyp\":\"user\"}", BTV_SCOPE_MISSING,
     "a user's token without scp: an ID token or worse"},
    {"read", NULL, NULL, false, "{\"scp\":\"write\"}", BTV_SCOPE_MISSING, "another scope"},
    {"read", NULL, NULL, false, "{\"scp\":\"Read\"}", BTV_SCOPE_MISSING, "another case"},
    {"read", NULL, NULL, false, "{\"scp\":\"read.all\"}", BTV_SCOPE_MISSING, "a longer word"},
    {"read", NULL, NULL, false, "{\"scp\":\"rea d\"}", BTV_SCOPE_MISSING, "cut in two"},
    {"read", NULL, NULL, false, "{\"scp\":\"a,read\"}", BTV_SCOPE_MISSING, "commas do not cut"},
    {"read", NULL, NULL, false, "{\"scp\":\"a\\tread\"}", BTV_SCOPE_MISSING, "nor do tabs"},
    {"read", NULL, NULL, false, "{\"scp\":\"a\\nread\"}", BTV_SCOPE_MISSING, "nor line feeds"},
    {"read", NULL, NULL, false, "{\"roles\":[\"read\"]}", BTV_SCOPE_MISSING, "a role of that name"},
    {"read", NULL, NULL, false, "{\"scp\":[\"read\"]}", BTV_CLAIMS_MALFORMED, "scp is an array"},
    {"read", NULL, NULL, false, "{\"scp\":null}", BTV_CLAIMS_MALFORMED, "scp is null"},
    {"read write", NULL, NULL, true, "{\"scp\":\"read\"}", BTV_SCOPE_MISSING, "one of all"},
    {NULL, "Read", NULL, false, "{\"scp\":\"Read\",\"roles\":[\"Read\"]}", BTV_ROLE_MISSING,
     "a user's roles do not make an app's token"},
    {NULL, "Read", NULL, false, "{\"roles\":[\"read\"]}", BTV_ROLE_MISSING, "another case"},
    {NULL, "Read", NULL, false, "{\"roles\":\"Read\"}", BTV_ROLE_MISSING, "roles is a string"},
    {NULL, "Read", NULL, false, "{\"roles\":[[\"Read\"]]}", BTV_ROLE_MISSING, "an array deeper"},
    {NULL, "Read", NULL, false, "{\"roles\":[\"Read Write\"]}", BTV_ROLE_MISSING,
     "words in a role are one name"},
    {NULL, "Read", NULL, false, "{}", BTV_ROLE_MISSING, "no roles"},
    {NULL, "Read", NULL, false, "{\"roles\":[\"Read\"],\"idtyp\":\"user\"}", BTV_ROLE_MISSING,
     "a user's token"},
    {NULL, "Read Write", NULL, true, "{\"roles\":[\"Read\"]}", BTV_ROLE_MISSING, "one of all"},
    {"read", NULL, "app", false, "{\"scp\":\"read\"}", BTV_CLIENT_NOT_ALLOWED, "no azp"},
    {"read", NULL, "app", false, "{\"scp\":\"read\",\"azp\":\"App\"}", BTV_CLIENT_NOT_ALLOWED,
     "another case"},
    {"read", NULL, "app", false, "{\"scp\":\"read\",\"azp\":\"x\",\"appid\":\"app\"}",
     BTV_CLIENT_NOT_ALLOWED, "appid is not the client of a v2 token"},
    {"read", NULL, "app", false, "{\"ver\":\"1.0\",\"scp\":\"read\",\"azp\":\"app\"}",
     BTV_CLIENT_NOT_ALLOWED, "azp is not the client of a v1 token"},
    {"read", NULL, "app", false, "{\"scp\":\"x\",\"azp\":\"x\"}", BTV_CLIENT_NOT_ALLOWED,
     "the client before the scope"},
    {"read", NULL, NULL, false, "{\"scp\":\"read\",\"cnf\":{}}", BTV_TYP_NOT_ALLOWED,
     "bound to a key (RFC 7800): no bearer token"},
    {NULL, NULL, NULL, false, "{\"scp\":\"anything\"}", BTV_OK, "nothing is asked for"},
    {NULL, NULL, NULL, false, "{\"roles\":[\"Any\"]}", BTV_OK, "nothing is asked for, an app"},
    {NULL, NULL, NULL, false, "{\"roles\":[1,\"Any\"],\"idtyp\":\"app\"}", BTV_OK, "one name"},
    {"read", NULL, NULL, false, "{\"scp\":\"read\"}", BTV_OK, "the scope"},
    {"read", NULL, NULL, false, "{\"scp\":\" write  read \"}", BTV_OK, "among spaces"},
    {"read", NULL, NULL, false, "{\"scp\":\"wr\\u0069te\\u0020re\\u0061d\"}", BTV_OK, "escapes"},
    {"read write", NULL, NULL, false, "{\"scp\":\"write\"}", BTV_OK, "any of two"},
    {"read write", NULL, NULL, true, "{\"scp\":\"write x read\"}", BTV_OK, "all of two"},
    {NULL, "Read", NULL, false, "{\"roles\":[\"Other\",\"Read\"]}", BTV_OK, "the role"},
    {NULL, "Read", NULL, false, "{\"roles\":[1,\"Re\\u0061d\"]}", BTV_OK, "an escape"},
    {NULL, "Read Write", NULL, true, "{\"roles\":[\"Write\",\"Read\"]}", BTV_OK, "all of two"},
    {"read", "Read", NULL, false, "{\"scp\":\"read\"}", BTV_OK, "a user where apps may come too"},
    {"read", "Read", NULL, false, "{\"roles\":[\"Read\"]}", BTV_OK, "an app where users may, too"},
    {"read", NULL, "app web", false, "{\"scp\":\"read\",\"azp\":\"web\"}", BTV_OK, "a v2 client"},
    {"read", NULL, "app", false, "{\"ver\":\"1.0\",\"scp\":\"read\",\"appid\":\"app\"}", BTV_OK,
     "a v1 client"},
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
    const struct btv_need need = {&scopes, &roles, &clients, rows[i].all};
    ck_assert_msg(jose_claims_parse(jose_span_of(claims_json), &claims) == BTV_OK, "%s",
                  claims_json);
    enum btv_error e = btv_check_authz(&need, &claims, &why);
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

TEST_MAIN("authz", each_token_permits_what_it_says, a_huge_scp_permits_nothing)

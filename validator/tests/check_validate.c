/* The whole pipeline: each fault alone gets its code, and of two faults the earlier step's wins. */
#include "validator/tests/support/authority.h"
#include "validator/tests/support/issuer.h"
#include "validator/tests/support/suite.h"

#include <stdio.h>
#include <string.h>

static struct authority authority;
static struct btv_validator *validator;
static struct btv_result *result;

static void set_up(const char *const *settings)
{
    authority_init(&authority, 1);
    validator = authority_validator(&authority, settings);
    result = btv_result_new();
    ck_assert_ptr_nonnull(result);
}

static void tear_down(void)
{
    btv_result_free(result);
    btv_validator_free(validator);
    authority_cleanup(&authority);
}

static enum btv_error validate(const char *value)
{
    return btv_validate(validator, value, value ? strlen(value) : 0, result);
}

START_TEST(good_token_is_accepted)
{
    set_up(NULL);
    char *token = authority_token(0, "", NULL);
    ck_assert_msg(validate(token) == BTV_OK, "%s %s", btv_error_code(btv_result_error(result)),
                  btv_result_detail(result));
    ck_assert_int_eq(btv_result_http_status(result), 200);
    ck_assert_ptr_null(btv_result_challenge(result));
    ck_assert_str_eq(btv_result_claim(result, "name"), "Alice");
    ck_assert_str_eq(btv_result_claim(result, "exp"), "1700003600");
    ck_assert_ptr_null(btv_result_claim(result, "absent"));
    ck_assert_ptr_nonnull(strstr(btv_result_claims_json(result), "\"tid\""));
    ck_assert(validate(token + strlen("Bearer ")) != BTV_OK);
    ck_assert(btv_validate_token(validator, token + 7, strlen(token) - 7, result) == BTV_OK);
    free(token);
    tear_down();
}
END_TEST

/* A row: changed claims, a claim left out, and the one error that must come of it. */
static const struct {
    const char *changes;
    const char *without;
    enum btv_error error;
    int status;
    const char *why;
} claim_rows[] = {
    {"\"iss\":\"https://login.test/other/v2.0\",", NULL, BTV_ISSUER_MISMATCH, 401,
     "another issuer"},
    {"\"iss\":\"" TEST_ISSUER "/\",", NULL, BTV_ISSUER_MISMATCH, 401, "a slash more"},
    {"\"iss\":[\"" TEST_ISSUER "\"],", NULL, BTV_ISSUER_MISMATCH, 401, "an array is no issuer"},
    {"\"iss\":\"" TEST_V1_ISSUER "\",", NULL, BTV_ISSUER_MISMATCH, 401, "v1 at a v2 API"},
    {"", "iss", BTV_ISSUER_MISMATCH, 401, "no issuer"},
    {"\"tid\":\"99999999-2222-3333-4444-555555555555\",", NULL, BTV_TENANT_NOT_ALLOWED, 401,
     "another tenant"},
    {"", "tid", BTV_TENANT_NOT_ALLOWED, 401, "no tenant"},
    {"\"ver\":\"1.0\",", NULL, BTV_ISSUER_MISMATCH, 401, "ver against the issuer"},
    {"\"aud\":\"someone-else\",", NULL, BTV_AUDIENCE_MISMATCH, 401, "another audience"},
    {"\"aud\":\"" TEST_CLIENT "x\",", NULL, BTV_AUDIENCE_MISMATCH, 401, "a longer audience"},
    {"\"aud\":[\"x\",1],", NULL, BTV_CLAIMS_MALFORMED, 401, "a number among audiences"},
    {"", "aud", BTV_AUDIENCE_MISMATCH, 401, "no audience"},
    {"\"exp\":1699999700,", NULL, BTV_TOKEN_EXPIRED, 401,
     "exp + skew is now: on or after (RFC 7519 §4.1.4)"},
    {"\"exp\":\"1700003600\",", NULL, BTV_LIFETIME_MALFORMED, 401, "exp is a string"},
    {"\"exp\":1e400,", NULL, BTV_CLAIMS_MALFORMED, 401, "exp is beyond every number"},
    {"\"exp\":1e300,", NULL, BTV_LIFETIME_MALFORMED, 401, "exp is beyond 64 bits"},
    {"", "exp", BTV_LIFETIME_MALFORMED, 401, "no exp"},
    {"\"nbf\":1700000301,", NULL, BTV_TOKEN_NOT_YET_VALID, 401, "a second beyond the skew"},
    {"\"nbf\":null,", NULL, BTV_LIFETIME_MALFORMED, 401, "nbf is null"},
    {"\"nbf\":1700009999,\"exp\":1700009998,", NULL, BTV_LIFETIME_MALFORMED, 401,
     "ends before it begins"},
    {"\"scp\":\"other\",", NULL, BTV_SCOPE_MISSING, 403, "another scope"},
    {"\"scp\":\"access_as_user2 xaccess_as_user\",", NULL, BTV_SCOPE_MISSING, 403, "longer words"},
    {"\"scp\":\"ACCESS_AS_USER\",", NULL, BTV_SCOPE_MISSING, 403, "another case"},
    {"\"scp\":\" \",", NULL, BTV_SCOPE_MISSING, 403, "an empty scp"},
    {"\"scp\":[\"access_as_user\"],", NULL, BTV_CLAIMS_MALFORMED, 401, "an array is no scp"},
    {"", "scp", BTV_SCOPE_MISSING, 403, "neither scp nor roles"},
    {"\"roles\":[\"access_as_user\"],", "scp", BTV_SCOPE_MISSING, 403,
     "a role named like the scope"},
    {"\"cnf\":{\"kid\":\"x\"},", NULL, BTV_TYP_NOT_ALLOWED, 401, "bound to a key: no bearer token"},
    {"\"aud\":\"" TEST_CLIENT "\",\"\\u0061ud\":\"x\",", NULL, BTV_CLAIMS_MALFORMED, 401,
     "a claim twice, escaped"},
    {"\"aud\":[\"" TEST_CLIENT "\"],", NULL, BTV_OK, 200, "an array of one"},
    {"\"exp\":1699999701,", NULL, BTV_OK, 200, "a second within the skew"},
    {"\"exp\":1.7000036005e9,", NULL, BTV_OK, 200, "an exponent"},
    {"\"nbf\":1700000300,", NULL, BTV_OK, 200, "now + skew is nbf"},
    {"", "nbf", BTV_OK, 200, "no nbf"},
    {"\"scp\":\"a  access_as_user b\",", NULL, BTV_OK, 200, "one of several, two spaces"},
    {"\"\\u0069ss\":\"https:\\/\\/login.test\\/" TEST_TENANT "\\/v2.0\",", "iss", BTV_OK, 200,
     "escapes"},
    {"\"big\":1180591620717411303424,\"deep\":[{\"a\":null}],", NULL, BTV_OK, 200,
     "unknown claims of any type"},
};

START_TEST(each_claim_fault_has_its_code)
{
    set_up(NULL);
    for (size_t i = 0; i < sizeof claim_rows / sizeof claim_rows[0]; i++) {
        char *token = authority_token(0, claim_rows[i].changes, claim_rows[i].without);
        enum btv_error e = validate(token);
        ck_assert_msg(e == claim_rows[i].error, "%s: %s, not %s", claim_rows[i].why,
                      btv_error_code(e), btv_error_code(claim_rows[i].error));
        ck_assert_msg(btv_result_http_status(result) == claim_rows[i].status, "%s",
                      claim_rows[i].why);
        ck_assert_msg((btv_result_claims_json(result) != NULL) == (e == BTV_OK), "%s: claims",
                      claim_rows[i].why);
        free(token);
    }
    tear_down();
}
END_TEST

static const struct {
    const char *header;
    enum btv_error error;
    const char *why;
} header_rows[] = {
    {"{\"alg\":\"none\",\"kid\":\"k0\"}", BTV_ALG_NOT_ALLOWED, "none"},
    {"{\"alg\":\"HS256\",\"kid\":\"k0\"}", BTV_ALG_NOT_ALLOWED, "a symmetric algorithm"},
    {"{\"alg\":\"RS384\",\"kid\":\"k0\"}", BTV_ALG_NOT_ALLOWED, "known, but not on the list"},
    {"{\"alg\":\"rs256\",\"kid\":\"k0\"}", BTV_ALG_NOT_ALLOWED, "another case"},
    {"{\"kid\":\"k0\"}", BTV_HEADER_MALFORMED, "no alg"},
    {"{\"alg\":1,\"kid\":\"k0\"}", BTV_HEADER_MALFORMED, "alg is a number"},
    {"[]", BTV_HEADER_MALFORMED, "no object"},
    {"{\"alg\":\"RS256\",\"kid\":\"k0\"}x", BTV_HEADER_MALFORMED, "trailing bytes"},
    {"{\"alg\":\"none\",\"alg\":\"RS256\",\"kid\":\"k0\"}", BTV_HEADER_MALFORMED, "alg twice"},
    {"{\"alg\":\"RS256\"}", BTV_KID_MISSING, "no kid: keys are not tried"},
    {"{\"alg\":\"RS256\",\"kid\":1}", BTV_HEADER_MALFORMED, "kid is a number"},
    {"{\"alg\":\"RS256\",\"kid\":\"K0\"}", BTV_KID_UNKNOWN, "another case"},
    {"{\"alg\":\"RS256\",\"kid\":\"k0\",\"crit\":[\"x\"],\"x\":1}", BTV_CRIT_UNSUPPORTED,
     "an unknown extension"},
    {"{\"alg\":\"RS256\",\"kid\":\"k0\",\"crit\":null}", BTV_CRIT_UNSUPPORTED,
     "crit of a wrong type"},
    {"{\"alg\":\"RS256\",\"kid\":\"k0\",\"b64\":false}", BTV_HEADER_MALFORMED,
     "an unencoded payload"},
    {"{\"alg\":\"RS256\",\"kid\":\"k0\",\"zip\":\"DEF\"}", BTV_HEADER_MALFORMED,
     "a compressed payload"},
    {"{\"alg\":\"RS256\",\"kid\":\"k0\",\"enc\":\"A256GCM\"}", BTV_TOKEN_ENCRYPTED,
     "an encrypted payload"},
    {"{\"alg\":\"RS256\",\"kid\":\"k0\",\"typ\":\"dpop+jwt\"}", BTV_TYP_NOT_ALLOWED,
     "another kind of token"},
    {"{\"alg\":\"RS256\",\"kid\":\"k0\",\"typ\":1}", BTV_TYP_NOT_ALLOWED, "typ is a number"},
    {"{\"alg\":\"RS\\u003256\",\"kid\":\"k0\"}", BTV_OK, "an escape in alg"},
    {"{\"alg\":\"RS256\",\"kid\":\"k0\",\"typ\":\"at+jwt\",\"x\":{}}", BTV_OK,
     "RFC 9068, and an unknown member"},
    {"{\"alg\":\"RS256\",\"kid\":\"k0\",\"jku\":\"https://evil.test/\"}", BTV_OK,
     "jku is not followed"},
};

START_TEST(each_header_fault_has_its_code)
{
    static const char *const patient[] = {"refresh_cooldown_s", "3600", NULL};
    set_up(patient);
    for (size_t i = 0; i < sizeof header_rows / sizeof header_rows[0]; i++) {
        char *claims = test_claims("", NULL);
        char *jws = test_jws(test_key(0), header_rows[i].header, claims);
        enum btv_error e = btv_validate_token(validator, jws, strlen(jws), result);
        ck_assert_msg(e == header_rows[i].error, "%s: %s, not %s", header_rows[i].why,
                      btv_error_code(e), btv_error_code(header_rows[i].error));
        free(claims);
        free(jws);
    }
    tear_down();
}
END_TEST

START_TEST(of_two_faults_the_earlier_step_wins)
{
    static const struct {
        const char *header;
        const char *changes;
        bool break_signature;
        enum btv_error error;
        const char *why;
    } rows[] = {
        {"{\"alg\":\"none\",\"kid\":\"k9\"}", "", false, BTV_ALG_NOT_ALLOWED, "alg before kid"},
        {"{\"alg\":\"RS256\",\"kid\":\"k9\"}", "\"exp\":1,\"nbf\":1,", false, BTV_KID_UNKNOWN,
         "kid before expired"},
        {"{\"alg\":\"RS256\",\"kid\":\"k0\"}", "\"exp\":1,\"nbf\":1,", true, BTV_SIGNATURE_INVALID,
         "a bad signature never reports expired"},
        {"{\"alg\":\"RS256\",\"kid\":\"k0\"}", "\"scp\":\"x\",", true, BTV_SIGNATURE_INVALID,
         "nor a missing scope"},
        {"{\"alg\":\"RS256\",\"kid\":\"k0\"}", "\"iss\":\"x\",\"aud\":\"x\",", false,
         BTV_ISSUER_MISMATCH, "issuer before audience"},
        {"{\"alg\":\"RS256\",\"kid\":\"k0\"}", "\"aud\":\"x\",\"exp\":1,\"nbf\":1,", false,
         BTV_AUDIENCE_MISMATCH, "audience before lifetime"},
        {"{\"alg\":\"RS256\",\"kid\":\"k0\"}", "\"exp\":1,\"nbf\":1,\"scp\":\"x\",", false,
         BTV_TOKEN_EXPIRED, "an expired token without the scope is 401, not 403"},
    };
    set_up(NULL);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *claims = test_claims(rows[i].changes, NULL);
        char *jws = test_jws(test_key(0), rows[i].header, claims);
        char *middle = strrchr(jws, '.') + 100;
        if (rows[i].break_signature) {
            *middle = *middle == 'A' ? 'B' : 'A';
        }
        enum btv_error e = btv_validate_token(validator, jws, strlen(jws), result);
        ck_assert_msg(e == rows[i].error, "%s: %s", rows[i].why, btv_error_code(e));
        free(claims);
        free(jws);
    }
    tear_down();
}
END_TEST

START_TEST(structure_and_size)
{
    static const struct {
        const char *value;
        enum btv_error error;
    } rows[] = {
        {NULL, BTV_NO_CREDENTIALS},
        {"", BTV_NO_CREDENTIALS},
        {"Bearer", BTV_NO_CREDENTIALS},
        {"Bearer ", BTV_NO_CREDENTIALS},
        {"Basic dXNlcg==", BTV_NO_CREDENTIALS},
        {"abc.def.ghi", BTV_BEARER_MALFORMED},
        {"Bearer\tabc", BTV_BEARER_MALFORMED},
        {"Bearer:a.b.c", BTV_BEARER_MALFORMED},
        {"Bearer a b", BTV_TOKEN_MALFORMED},
        {"Bearer null", BTV_TOKEN_MALFORMED},
        {"Bearer a.b", BTV_TOKEN_MALFORMED},
        {"Bearer .b.c", BTV_TOKEN_MALFORMED},
        {"Bearer a..c", BTV_TOKEN_MALFORMED},
        {"Bearer a.b.c.d", BTV_TOKEN_MALFORMED},
        {"Bearer a.b.c.d.e", BTV_TOKEN_ENCRYPTED},
        {"Bearer {}.b.c", BTV_HEADER_MALFORMED},
    };
    set_up(NULL);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum btv_error e = validate(rows[i].value);
        ck_assert_msg(e == rows[i].error, "'%s': %s", rows[i].value ? rows[i].value : "(none)",
                      btv_error_code(e));
    }
    size_t size = 70000;
    char *large = malloc(size);
    memset(large, 'a', size);
    ck_assert(btv_validate_token(validator, large, size, result) == BTV_TOKEN_TOO_LARGE);
    free(large);
    tear_down();
}
END_TEST

START_TEST(challenges)
{
    set_up(NULL);
    validate(NULL);
    ck_assert_str_eq(btv_result_challenge(result), "Bearer");
    validate("Bearer x");
    ck_assert_ptr_nonnull(strstr(btv_result_challenge(result),
                                 "Bearer error=\"invalid_token\", error_description=\""));
    char *token = authority_token(0, "\"scp\":\"x\",", NULL);
    validate(token);
    ck_assert_ptr_nonnull(strstr(btv_result_challenge(result), "error=\"insufficient_scope\""));
    ck_assert_ptr_nonnull(strstr(btv_result_challenge(result), "scope=\"access_as_user\""));
    free(token);
    tear_down();
}
END_TEST

START_TEST(v1_tokens_when_accepted)
{
    static const char *const settings[] = {"v1", "accept", NULL};
    set_up(settings);
    char *token = authority_token(
        0, "\"iss\":\"" TEST_V1_ISSUER "\",\"ver\":\"1.0\",\"aud\":\"api://" TEST_CLIENT "\",",
        NULL);
    ck_assert_msg(validate(token) == BTV_OK, "%s", btv_result_detail(result));
    free(token);
    token = authority_token(0, "\"iss\":\"" TEST_V1_ISSUER "\",\"ver\":\"1.0\",", NULL);
    ck_assert_msg(validate(token) == BTV_AUDIENCE_MISMATCH, "the v2 audience in a v1 token");
    free(token);
    tear_down();
}
END_TEST

START_TEST(routes_authorize_on_their_own)
{
    static const struct {
        const char *changes;
        const char *without;
        struct btv_requirement need;
        enum btv_error error;
    } rows[] = {
        {"\"scp\":\"access_as_user read\",", NULL, {"read write", NULL, NULL, false, NULL}, BTV_OK},
        {"\"scp\":\"access_as_user read\",",
         NULL,
         {"read write", NULL, NULL, true, NULL},
         BTV_SCOPE_MISSING},
        {"\"roles\":[\"Read.All\"],",
         NULL,
         {NULL, "Read.All", NULL, false, NULL},
         BTV_ROLE_MISSING}, /* a user's token */
        {"\"azp\":\"a\",",
         NULL,
         {"access_as_user", NULL, "b c", false, NULL},
         BTV_CLIENT_NOT_ALLOWED},
        {"\"azp\":\"c\",", NULL, {"access_as_user", NULL, "b c", false, NULL}, BTV_OK},
    };
    set_up(NULL);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *token = authority_token(0, rows[i].changes, rows[i].without);
        ck_assert(validate(token) == BTV_OK);
        ck_assert_msg(btv_authorize(&rows[i].need, result) == rows[i].error, "row %zu", i);
        ck_assert_int_eq(btv_result_http_status(result), btv_error_http_status(rows[i].error));
        free(token);
    }
    validate("Bearer x");
    ck_assert_msg(btv_authorize(&rows[0].need, result) == BTV_TOKEN_MALFORMED,
                  "a refused token stays refused");
    tear_down();
}
END_TEST

START_TEST(apps_need_roles)
{
    static const char *const settings[] = {"roles", "Tasks.Read.All", NULL};
    set_up(settings);
    char *app =
        authority_token(0, "\"roles\":[\"Other\",\"Tasks.Read.All\"],\"idtyp\":\"app\",", "scp");
    char *poor = authority_token(0, "\"roles\":[\"tasks.read.all\"],", "scp");
    char *text = authority_token(0, "\"roles\":\"Tasks.Read.All\",", "scp");
    char *user = authority_token(0, "\"scp\":\"Tasks.Read.All\",", NULL);
    ck_assert(validate(app) == BTV_OK);
    ck_assert(validate(poor) == BTV_ROLE_MISSING);
    ck_assert(validate(text) == BTV_ROLE_MISSING);
    ck_assert(validate(user) == BTV_SCOPE_MISSING);
    free(app);
    free(poor);
    free(text);
    free(user);
    tear_down();
}
END_TEST

TEST_MAIN("validate", good_token_is_accepted, each_claim_fault_has_its_code,
          each_header_fault_has_its_code, of_two_faults_the_earlier_step_wins, structure_and_size,
          challenges, v1_tokens_when_accepted, routes_authorize_on_their_own, apps_need_roles)

/*
 * The order of the steps is contract. Every two faults are put into one token, and the earlier
 * step's must be the answer: a bad signature never reports what the claims say.
 */
#include "btv/validator.h"
#include "validator/tests/support/authority.h"
#include "validator/tests/support/issuer.h"
#include "validator/tests/support/suite.h"

#include <string.h>

/* Faults in the order of the steps; what is NULL stays good. Every two of them can be combined, but
 * for two algorithms. */
static const struct fault {
    const char *crit; /* header members */
    const char *alg;
    const char *typ;
    const char *kid;
    const char *claims; /* members in front of the good ones */
    bool break_signature;
    enum btv_error error;
    const char *why;
} faults[] = {
    {"\"crit\":[\"x\"],", NULL, NULL, NULL, "", false, BTV_CRIT_UNSUPPORTED, "crit"},
    {NULL, "none", NULL, NULL, "", false, BTV_ALG_NOT_ALLOWED, "alg"},
    {NULL, NULL, "dpop+jwt", NULL, "", false, BTV_TYP_NOT_ALLOWED, "typ"},
    {NULL, NULL, NULL, "k9", "", false, BTV_KID_UNKNOWN, "kid"},
    {NULL, "ES256", NULL, NULL, "", false, BTV_KEY_UNSUITABLE, "a key of another kind"},
    {NULL, NULL, NULL, NULL, "", true, BTV_SIGNATURE_INVALID, "signature"},
    {NULL, NULL, NULL, NULL, "\"x\":1,\"x\":2,", false, BTV_CLAIMS_MALFORMED, "a claim twice"},
    {NULL, NULL, NULL, NULL, "\"iss\":\"x\",", false, BTV_ISSUER_MISMATCH, "issuer"},
    {NULL, NULL, NULL, NULL, "\"tid\":\"x\",", false, BTV_TENANT_NOT_ALLOWED, "tenant"},
    {NULL, NULL, NULL, NULL, "\"ver\":\"1.0\",", false, BTV_ISSUER_MISMATCH, "version"},
    {NULL, NULL, NULL, NULL, "\"aud\":\"x\",", false, BTV_AUDIENCE_MISMATCH, "audience"},
    {NULL, NULL, NULL, NULL, "\"iat\":\"x\",", false, BTV_LIFETIME_MALFORMED,
     "a date is no number"},
    {NULL, NULL, NULL, NULL, "\"exp\":1,\"nbf\":1,", false, BTV_TOKEN_EXPIRED, "expired"},
    {NULL, NULL, NULL, NULL, "\"azp\":\"x\",", false, BTV_CLIENT_NOT_ALLOWED, "client"},
    {NULL, NULL, NULL, NULL, "\"cnf\":{},", false, BTV_TYP_NOT_ALLOWED, "bound to a key"},
    {NULL, NULL, NULL, NULL, "\"scp\":\"x\",", false, BTV_SCOPE_MISSING, "scope"},
    {NULL, NULL, NULL, NULL, "\"acrs\":[],", false, BTV_CONTEXT_MISSING, "context"},
};

static struct authority authority;
static struct btv_validator *validator;
static struct btv_result *result;

static const char *either(const char *a, const char *b, const char *good)
{
    return a ? a : b ? b : good;
}

/* Makes a token with both faults (which may be the same) and returns its verdict. */
static enum btv_error verdict_on(const struct fault *a, const struct fault *b)
{
    char *header = test_text("{%s\"alg\":\"%s\",\"typ\":\"%s\",\"kid\":\"%s\"}",
                             either(a->crit, b->crit, ""), either(a->alg, b->alg, "RS256"),
                             either(a->typ, b->typ, "JWT"), either(a->kid, b->kid, "k0"));
    bool context = strstr(a->claims, "acrs") || strstr(b->claims, "acrs");
    char *changes = test_text("%s%s%s", a->claims, a == b ? "" : b->claims,
                              context ? "" : "\"acrs\":[\"c1\"],");
    char *claims = test_claims(changes, NULL);
    char *jws = test_jws(test_key(0), header, claims);
    char *middle = strrchr(jws, '.') + 100;
    if (a->break_signature || b->break_signature) {
        *middle = *middle == 'A' ? 'B' : 'A';
    }
    enum btv_error e = btv_validate_token(validator, jws, strlen(jws), result);
    free(header);
    free(changes);
    free(claims);
    free(jws);
    return e;
}

static void set_up(void)
{
    static const char *const settings[] = {"clients",    "client",      "refresh_cooldown_s",
                                           "3600",       "acrs",        "c1",
                                           "algorithms", "RS256 ES256", NULL};
    authority_init(&authority, 1);
    validator = authority_validator(&authority, settings);
    result = btv_result_new();
}

static void tear_down(void)
{
    btv_result_free(result);
    btv_validator_free(validator);
    authority_cleanup(&authority);
}

START_TEST(of_every_two_faults_the_earlier_wins)
{
    set_up();
    for (size_t i = 0; i < ROWS(faults); i++) {
        for (size_t k = i; k < ROWS(faults); k++) {
            if (i != k && faults[i].alg && faults[k].alg) {
                continue; /* one header has one alg */
            }
            enum btv_error e = verdict_on(&faults[i], &faults[k]);
            ck_assert_msg(e == faults[i].error, "%s and %s: %s", faults[i].why, faults[k].why,
                          btv_error_code(e));
            ck_assert_msg(verdict_on(&faults[k], &faults[i]) == e, "%s and %s, turned round",
                          faults[k].why, faults[i].why);
        }
    }
    tear_down();
}
END_TEST

START_TEST(without_a_fault_it_is_accepted)
{
    static const struct fault none = {NULL, NULL, NULL, NULL, "", false, BTV_OK, "none"};
    set_up();
    ck_assert(verdict_on(&none, &none) == BTV_OK);
    tear_down();
}
END_TEST

/* Sizes and structure come before everything that is said inside. */
START_TEST(the_form_goes_before_the_content)
{
    set_up();
    char *huge = malloc(70000);
    memset(huge, '.', 70000);
    ck_assert(btv_validate_token(validator, huge, 70000, result) == BTV_TOKEN_TOO_LARGE);
    ck_assert(btv_validate_token(validator, "!.!.!.!.!", 9, result) == BTV_TOKEN_ENCRYPTED);
    ck_assert(btv_validate_token(validator, "!.!", 3, result) == BTV_TOKEN_MALFORMED);
    ck_assert(btv_validate_token(validator, "!.!.!", 5, result) == BTV_HEADER_MALFORMED);
    memset(huge, 'A', 12004);
    huge[12000] = '.';
    huge[12002] = '.';
    ck_assert_msg(btv_validate_token(validator, huge, 12004, result) == BTV_HEADER_MALFORMED,
                  "a header beyond 8 KiB");
    free(huge);
    tear_down();
}
END_TEST

/* A signature is no proof that the payload is a JSON object. */
START_TEST(a_signed_payload_must_be_an_object)
{
    set_up();
    char *good = test_jws(test_key(0), "{\"alg\":\"RS256\",\"kid\":\"k0\"}", "[]");
    ck_assert(btv_validate_token(validator, good, strlen(good), result) == BTV_CLAIMS_MALFORMED);
    free(good);
    good = test_jws(test_key(0), "{\"alg\":\"RS256\",\"kid\":\"k0\"}", "{\"a\":\"\xff\"}");
    ck_assert(btv_validate_token(validator, good, strlen(good), result) == BTV_CLAIMS_MALFORMED);
    free(good);
    tear_down();
}
END_TEST

TEST_MAIN("precedence", of_every_two_faults_the_earlier_wins, without_a_fault_it_is_accepted,
          the_form_goes_before_the_content, a_signed_payload_must_be_an_object)

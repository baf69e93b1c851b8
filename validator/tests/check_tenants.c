/* The whole pipeline with more than one tenant, version or authority: the key chooses the issuer.
 */
#include "validator/tests/support/authority.h"
#include "validator/tests/support/issuer.h"
#include "validator/tests/support/suite.h"

#include <stdio.h>
#include <string.h>

#define OTHER "99999999-2222-3333-4444-555555555555"
#define THIRD "77777777-2222-3333-4444-555555555555"
#define MSA "9188040d-6c67-4c5b-b112-36a304b66dad"
#define OF(tenant) "\"iss\":\"" TEST_INSTANCE tenant "/v2.0\",\"tid\":\"" tenant "\","
#define V1_OF(tenant)                                                                              \
    "\"iss\":\"https://sts.windows.net/" tenant "/\",\"tid\":\"" tenant "\",\"ver\":\"1.0\","      \
    "\"aud\":\"api://" TEST_CLIENT "\","
#define B2C "\"iss\":\"" TEST_B2C_ISSUER "\",\"ver\":\"1.0\","

static const char two_tenants[] = TEST_TENANT " " OTHER;
static const char b2c_issuer[] = TEST_B2C_ISSUER;
static struct authority authority;
static struct btv_validator *validator;
static struct btv_result *result;
static char told_tenant[64];

static void on_event(void *ctx, const struct btv_event *event)
{
    (void)ctx;
    if (event->kind == BTV_EVENT_VALIDATION) {
        snprintf(told_tenant, sizeof told_tenant, "%s", event->tenant ? event->tenant : "none");
    }
}

/* Returns a newly allocated key set of up to four keys; each is {kid, issuer or NULL}, and its
 * number the place. */
static char *key_set(const char *const keys[4][2], bool marked)
{
    char *text = strdup("{\"keys\":[");
    for (int i = 0; i < 4 && keys[i][0]; i++) {
        char *extra =
            marked && keys[i][1] ? test_text(",\"issuer\":\"%s\"", keys[i][1]) : strdup("");
        char *jwk = test_jwk(test_key(i), keys[i][0], extra);
        char *longer = test_text("%s%s%s", text, i ? "," : "", jwk);
        free(extra);
        free(jwk);
        free(text);
        text = longer;
    }
    char *whole = test_text("%s]}", text);
    free(text);
    return whole;
}

static void set_up(const char *const *settings, const char *const keys[4][2])
{
    char why[256] = "";
    struct btv_config *c = btv_config_new();
    authority_init(&authority, 1);
    free(authority.jwks);
    authority.jwks = key_set(keys, true);
    authority.jwks_v1 = key_set(keys, false); /* as Entra's: v1 does not say whose a key is */
    ck_assert(btv_config_set(c, "instance", TEST_INSTANCE, why, sizeof why) == 0);
    ck_assert(btv_config_set(c, "client_id", TEST_CLIENT, why, sizeof why) == 0);
    ck_assert(btv_config_set(c, "scopes", "access_as_user", why, sizeof why) == 0);
    for (size_t i = 0; settings[i]; i += 2) {
        ck_assert_msg(btv_config_set(c, settings[i], settings[i + 1], why, sizeof why) == 0, "%s",
                      why);
    }
    btv_config_clock(c, authority_clock, &authority);
    btv_config_fetch(c, authority_fetch, &authority);
    btv_config_event(c, on_event, NULL);
    validator = btv_validator_new(c, why, sizeof why);
    ck_assert_msg(validator != NULL, "%s", why);
    btv_config_free(c);
    ck_assert_int_eq(btv_validator_start(validator, 10000), 0);
    result = btv_result_new();
}

static void tear_down(void)
{
    btv_result_free(result);
    btv_validator_free(validator);
    authority_cleanup(&authority);
}

/* The verdict on a token with a kid, signed by key number `n`. */
static enum btv_error verdict_on(const char *kid, int n, const char *changes, const char *without)
{
    char *header = test_text("{\"alg\":\"RS256\",\"kid\":\"%s\"}", kid);
    char *claims = test_claims(changes, without);
    char *jws = test_jws(test_key(n), header, claims);
    enum btv_error e = btv_validate_token(validator, jws, strlen(jws), result);
    free(header);
    free(claims);
    free(jws);
    return e;
}

struct row {
    const char *kid;
    int key;
    const char *changes;
    const char *without;
    enum btv_error error;
    const char *why;
};

static void check(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        enum btv_error e = verdict_on(rows[i].kid, rows[i].key, rows[i].changes, rows[i].without);
        ck_assert_msg(e == rows[i].error, "%s: %s (%s)", rows[i].why, btv_error_code(e),
                      btv_result_detail(result));
    }
    tear_down();
}

static const char *const common_keys[4][2] = {{"all", TEST_INSTANCE "{tenantid}/v2.0"},
                                              {"own", TEST_ISSUER},
                                              {"msa", TEST_INSTANCE MSA "/v2.0"},
                                              {"nobody", NULL}};

START_TEST(of_many_tenants_those_that_are_listed)
{
    static const char *const settings[] = {"tenant_id", "organizations", "tenants", two_tenants,
                                           NULL};
    static const struct row rows[] = {
        {"all", 0, OF(THIRD), NULL, BTV_TENANT_NOT_ALLOWED, "a tenant that is not listed"},
        {"all", 0, OF(THIRD) "\"aud\":\"x\",\"exp\":1,", NULL, BTV_TENANT_NOT_ALLOWED,
         "the tenant before the audience and the lifetime"},
        {"all", 0, OF(THIRD) "\"ver\":\"1.0\",", NULL, BTV_TENANT_NOT_ALLOWED, "and before ver"},
        {"msa", 2, OF(THIRD), NULL, BTV_ISSUER_MISMATCH, "the key's owner before the tenant"},
        {"all", 0, OF(MSA), NULL, BTV_TENANT_NOT_ALLOWED, "personal accounts"},
        {"msa", 2, OF(MSA), NULL, BTV_TENANT_NOT_ALLOWED, "with their own key"},
        {"msa", 2, "", NULL, BTV_ISSUER_MISMATCH, "their key for a company"},
        {"own", 1, OF(OTHER), NULL, BTV_ISSUER_MISMATCH, "one tenant's key for another"},
        {"nobody", 3, "", NULL, BTV_ISSUER_MISMATCH, "a key that does not say whose it is"},
        {"own", 0, "", NULL, BTV_SIGNATURE_INVALID, "a kid of another key"},
        {"all", 0, "\"tid\":\"" OTHER "\",", NULL, BTV_ISSUER_MISMATCH, "iss against tid"},
        {"all", 0, V1_OF(TEST_TENANT), NULL, BTV_ISSUER_MISMATCH, "v1 where it is refused"},
        {"all", 0, "", NULL, BTV_OK, "a listed tenant"},
        {"own", 1, "", NULL, BTV_OK, "with its own key"},
        {"all", 0, OF(OTHER), NULL, BTV_OK, "another listed one"},
    };
    set_up(settings, common_keys);
    check(rows, ROWS(rows));
    ck_assert_str_eq(told_tenant, OTHER);
}
END_TEST

START_TEST(any_tenant_for_who_says_so)
{
    static const char *const settings[] = {"tenant_id", "common", "tenants", "any",
                                           "v1",        "accept", NULL};
    static const struct row rows[] = {
        {"msa", 2, OF(THIRD), NULL, BTV_ISSUER_MISMATCH, "a key for personal accounts"},
        {"msa", 2, V1_OF(THIRD), NULL, BTV_ISSUER_MISMATCH, "in a v1 token, too"},
        {"nobody", 3, V1_OF(THIRD), NULL, BTV_ISSUER_MISMATCH, "a key of nobody in a v1 token"},
        {"own", 1, V1_OF(OTHER), NULL, BTV_ISSUER_MISMATCH, "one tenant's key, in a v1 token"},
        {"all", 0, "\"iss\":\"x\",\"tid\":\"common\",", NULL, BTV_TENANT_NOT_ALLOWED,
         "tid fills the template of iss, so it goes first"},
        {"all", 0, "\"iss\":\"x\",", NULL, BTV_ISSUER_MISMATCH, "a tid, and another issuer"},
        {"all", 0, V1_OF(THIRD), NULL, BTV_OK, "v1"},
        {"all", 0, OF(THIRD), NULL, BTV_OK, "any tenant"},
        {"own", 1, V1_OF(TEST_TENANT), NULL, BTV_OK, "a tenant's own key, v1"},
        {"msa", 2, OF(MSA), NULL, BTV_OK, "a personal account, with common"},
    };
    set_up(settings, common_keys);
    check(rows, ROWS(rows));
}
END_TEST

/* KEY-38: tenants may use one kid, but no key of theirs signs for the other. */
START_TEST(a_kid_of_two_tenants_never_crosses_over)
{
    static const char *const settings[] = {"tenant_id", "common", "tenants", "any", NULL};
    static const char *const keys[4][2] = {
        {"shared", TEST_ISSUER}, {"shared", TEST_INSTANCE OTHER "/v2.0"}, {"x", NULL}, {NULL}};
    static const struct row rows[] = {
        {"shared", 1, "", NULL, BTV_ISSUER_MISMATCH, "the second's key for the first"},
        {"shared", 0, OF(OTHER), NULL, BTV_ISSUER_MISMATCH, "the first's key for the second"},
        {"shared", 3, "", NULL, BTV_SIGNATURE_INVALID, "nobody's key"},
        {"shared", 3, OF(OTHER), NULL, BTV_SIGNATURE_INVALID, "nobody's key for the second"},
        {"shared", 0, "", NULL, BTV_OK, "the first's own"},
        {"shared", 1, OF(OTHER), NULL, BTV_OK, "the second's own"},
    };
    set_up(settings, keys);
    check(rows, ROWS(rows));
}
END_TEST

START_TEST(both_versions_side_by_side)
{
    static const char *const settings[] = {"tenant_id", TEST_TENANT, "v1", "accept", NULL};
    static const struct row rows[] = {
        {"all", 0, V1_OF(OTHER), NULL, BTV_ISSUER_MISMATCH, "another tenant's v1"},
        {"all", 0, V1_OF(TEST_TENANT), NULL, BTV_OK, "v1"},
        {"all", 0, "\"ver\":\"1.0\",", NULL, BTV_ISSUER_MISMATCH, "v1 by its ver alone"},
        {"all", 0, "\"aud\":\"api://" TEST_CLIENT "\",", NULL, BTV_AUDIENCE_MISMATCH,
         "the audience of v1 in a v2 token"},
        {"msa", 2, V1_OF(TEST_TENANT), NULL, BTV_ISSUER_MISMATCH, "a key for personal accounts"},
        {"nobody", 3, V1_OF(TEST_TENANT), NULL, BTV_OK, "v1 documents do not say whose a key is"},
        {"all", 0, "", NULL, BTV_OK, "v2"},
        {"all", 0, "", "ver", BTV_OK, "v2 by its issuer"},
    };
    set_up(settings, common_keys);
    check(rows, ROWS(rows));
}
END_TEST

START_TEST(an_issuer_by_its_name)
{
    static const char *const settings[] = {
        "tenant_id",
        TEST_TENANT,
        "issuers",
        b2c_issuer,
        "metadata_urls",
        "https://login.test/b2c/.well-known/openid-configuration?p=b2c_1_sign_in",
        NULL};
    static const struct row rows[] = {
        {"all", 0, B2C, "tid", BTV_ISSUER_MISMATCH, "a key that is marked as Entra's"},
        {"nobody", 3, B2C "\"tid\":\"" OTHER "\",", NULL, BTV_TENANT_NOT_ALLOWED,
         "a tid that is not the issuer's"},
        {"nobody", 3, "\"iss\":\"https://contoso.b2clogin.test/" OTHER "/v2.0/\",", "tid",
         BTV_ISSUER_MISMATCH, "another B2C tenant"},
        {"nobody", 3, "", "tid", BTV_TENANT_NOT_ALLOWED, "Entra's tokens need a tid still"},
        {"nobody", 3, B2C, "tid", BTV_OK, "B2C: no tid, ver 1.0, keys without an issuer"},
        {"all", 0, "", NULL, BTV_OK, "Entra beside it"},
    };
    set_up(settings, common_keys);
    check(rows, ROWS(rows));
}
END_TEST

START_TEST(an_issuer_by_its_name_alone)
{
    static const char *const settings[] = {
        "issuers", b2c_issuer, "metadata_urls",
        "https://login.test/b2c/.well-known/openid-configuration", NULL};
    static const struct row rows[] = {
        {"nobody", 3, "", NULL, BTV_ISSUER_MISMATCH, "Entra's token"},
        {"nobody", 3, B2C, "tid", BTV_OK, "B2C's"},
    };
    set_up(settings, common_keys);
    check(rows, ROWS(rows));
    ck_assert_str_eq(told_tenant, "none");
}
END_TEST

/* Entra, "Claims challenges": only a client that can step up is asked to. */
START_TEST(a_route_asks_for_a_context)
{
    static const char *const settings[] = {"tenant_id", TEST_TENANT, NULL};
    static const struct btv_requirement need = {.scopes = "access_as_user", .acrs = "c1"};
    static const struct btv_requirement none = {.scopes = "access_as_user", .acrs = ""};
    set_up(settings, common_keys);
    ck_assert(verdict_on("all", 0, "\"xms_cc\":[\"cp1\"],", NULL) == BTV_OK);
    ck_assert(btv_authorize(&need, result) == BTV_CLAIMS_INSUFFICIENT);
    ck_assert_int_eq(btv_result_http_status(result), 401);
    const char *challenge = btv_result_challenge(result);
    ck_assert_ptr_nonnull(challenge);
    ck_assert_msg(strstr(challenge,
                         "Bearer realm=\"\", authorization_uri=\"" TEST_INSTANCE TEST_TENANT
                         "/oauth2/v2.0/authorize\", "
                         "error=\"insufficient_claims\", "),
                  "%s", challenge);
    /* {"access_token":{"acrs":{"essential":true,"value":"c1"}}} */
    ck_assert_msg(strstr(challenge, ", claims=\"eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOn"
                                    "RydWUsInZhbHVlIjoiYzEifX19\""),
                  "%s", challenge);
    ck_assert_msg(btv_authorize(&none, result) == BTV_OK, "another route asks for none");
    ck_assert(verdict_on("all", 0, "", NULL) == BTV_OK);
    ck_assert(btv_authorize(&need, result) == BTV_CONTEXT_MISSING);
    ck_assert_int_eq(btv_result_http_status(result), 403);
    ck_assert_msg(!strstr(btv_result_challenge(result), "claims="), "%s",
                  btv_result_challenge(result));
    ck_assert(verdict_on("all", 0, "\"acrs\":[\"c1\"],", NULL) == BTV_OK);
    ck_assert(btv_authorize(&need, result) == BTV_OK);
    tear_down();
}
END_TEST

START_TEST(all_or_any_by_configuration)
{
    static const char *const settings[] = {
        "tenant_id", TEST_TENANT, "scopes", "read write", "match", "all", "acrs", "c1", NULL};
    static const struct row rows[] = {
        {"all", 0, "\"scp\":\"read\",\"acrs\":[\"c1\"],", NULL, BTV_SCOPE_MISSING, "one of two"},
        {"all", 0, "\"scp\":\"write read\",", NULL, BTV_CONTEXT_MISSING, "both, no context"},
        {"all", 0, "\"scp\":\"write read\",\"acrs\":[\"c1\"],", NULL, BTV_OK, "both"},
    };
    set_up(settings, common_keys);
    check(rows, ROWS(rows));
}
END_TEST

TEST_MAIN("tenants", of_many_tenants_those_that_are_listed, any_tenant_for_who_says_so,
          a_kid_of_two_tenants_never_crosses_over, both_versions_side_by_side,
          an_issuer_by_its_name, an_issuer_by_its_name_alone, a_route_asks_for_a_context,
          all_or_any_by_configuration)

/* The issuer, the key's issuer, the tenant and the version must all name the configured authority.
 */
#include "validator/policy/issuer.h"
#include "validator/tests/support/issuer.h"
#include "validator/tests/support/suite.h"

#define OTHER "99999999-2222-3333-4444-555555555555"
#define V2 "\"iss\":\"" TEST_ISSUER "\""
#define V1 "\"iss\":\"" TEST_V1_ISSUER "\""
#define TID "\"tid\":\"" TEST_TENANT "\""
#define KEY_V2 TEST_INSTANCE "{tenantid}/v2.0"

#define MSA "9188040d-6c67-4c5b-b112-36a304b66dad"
#define B2C "\"iss\":\"" TEST_B2C_ISSUER "\""

static const struct btv_policy policy = {.tenant_id = (char[]){TEST_TENANT}};

/* An authority of the first two is its tenant's; of the others `policy` tells who is allowed. */
static const struct btv_authority v2 = {
    .kind = BTV_ONE_TENANT, .version = BTV_TOKEN_V2, .issuer = (char[]){TEST_ISSUER}};
static const struct btv_authority v1 = {.kind = BTV_ONE_TENANT,
                                        .version = BTV_TOKEN_V1,
                                        .issuer = (char[]){TEST_V1_ISSUER},
                                        .key_issuer = (char[]){TEST_ISSUER}};
static const struct btv_authority many = {
    .kind = BTV_MANY_TENANTS, .version = BTV_TOKEN_V2, .issuer = (char[]){KEY_V2}};
static const struct btv_authority many_v1 = {.kind = BTV_MANY_TENANTS,
                                             .version = BTV_TOKEN_V1,
                                             .issuer =
                                                 (char[]){"https://sts.windows.net/{tenantid}/"},
                                             .key_issuer = (char[]){KEY_V2}};
static const struct btv_authority b2c = {
    .kind = BTV_NAMED_ISSUER, .version = BTV_TOKEN_V2, .issuer = (char[]){TEST_B2C_ISSUER}};

static const struct {
    const struct btv_authority *authority;
    const char *claims;
    const char *key_issuer;
    enum btv_error error;
    const char *why;
} rows[] = {
    {&v2, "{" TID "}", "", BTV_ISSUER_MISMATCH, "no issuer"},
    {&v2, "{\"iss\":\"\"," TID "}", "", BTV_ISSUER_MISMATCH, "an empty issuer"},
    {&v2, "{\"iss\":null," TID "}", "", BTV_ISSUER_MISMATCH, "null"},
    {&v2, "{\"iss\":[\"" TEST_ISSUER "\"]," TID "}", "", BTV_ISSUER_MISMATCH, "an array"},
    {&v2, "{\"iss\":\"" TEST_ISSUER "/\"," TID "}", "", BTV_ISSUER_MISMATCH, "a slash more"},
    {&v2, "{\"iss\":\"" TEST_ISSUER "\\n\"," TID "}", "", BTV_ISSUER_MISMATCH, "a line feed more"},
    {&v2, "{\"iss\":\"https://LOGIN.test/" TEST_TENANT "/v2.0\"," TID "}", "", BTV_ISSUER_MISMATCH,
     "another case of the host: ordinal"},
    {&v2, "{\"iss\":\"http://login.test/" TEST_TENANT "/v2.0\"," TID "}", "", BTV_ISSUER_MISMATCH,
     "http"},
    {&v2, "{\"iss\":\"" TEST_INSTANCE OTHER "/v2.0\",\"tid\":\"" OTHER "\"}", "",
     BTV_ISSUER_MISMATCH, "another tenant, consistent in itself"},
    {&v2, "{\"iss\":\"" TEST_INSTANCE "{tenantid}/v2.0\"," TID "}", "", BTV_ISSUER_MISMATCH,
     "the template itself"},
    {&v2, "{" V1 "," TID "}", "", BTV_ISSUER_MISMATCH, "v1 where it is refused"},
    {&v1, "{\"iss\":\"https://sts.windows.net/" TEST_TENANT "\"," TID "}", "", BTV_ISSUER_MISMATCH,
     "v1 without its slash"},
    {&v2, "{" V2 "," TID "}", TEST_INSTANCE OTHER "/v2.0", BTV_ISSUER_MISMATCH,
     "the key is another tenant's"},
    {&v2, "{" V2 "," TID "}", "https://evil.test/{tenantid}/v2.0", BTV_ISSUER_MISMATCH,
     "the key is another authority's"},
    {&v2, "{" V2 "," TID "}", "https://sts.windows.net/{tenantid}/", BTV_ISSUER_MISMATCH,
     "the key is for v1 only, where v1 is refused"},
    {&v2, "{" V2 "}", "", BTV_TENANT_NOT_ALLOWED, "no tenant"},
    {&v2, "{" V2 ",\"tid\":\"" OTHER "\"}", "", BTV_TENANT_NOT_ALLOWED, "another tenant"},
    {&v2, "{" V2 ",\"tid\":\"" TEST_TENANT "x\"}", "", BTV_TENANT_NOT_ALLOWED, "a longer tenant"},
    {&v2, "{" V2 ",\"tid\":[\"" TEST_TENANT "\"]}", "", BTV_TENANT_NOT_ALLOWED,
     "a tenant in an array"},
    {&v2, "{" V2 "," TID ",\"ver\":\"1.0\"}", "", BTV_ISSUER_MISMATCH, "v1 by its ver"},
    {&v2, "{" V2 "," TID ",\"ver\":2.0}", "", BTV_ISSUER_MISMATCH, "ver is a number"},
    {&v1, "{" V1 "," TID ",\"ver\":\"2.0\"}", "", BTV_ISSUER_MISMATCH, "v2 by its ver"},
    {&v2, "{" V2 "," TID "}", "", BTV_OK, "no ver, a key without an issuer"},
    {&v2, "{" V2 "," TID ",\"ver\":\"2.0\"}", KEY_V2, BTV_OK, "the key's template"},
    {&v2, "{" V2 "," TID "}", TEST_ISSUER, BTV_OK, "the key's tenant by name"},
    {&v1, "{" V2 "," TID "}", KEY_V2, BTV_ISSUER_MISMATCH, "v2 by a key of the v1 document"},
    {&v1, "{" V1 "," TID ",\"ver\":\"1.0\"}", KEY_V2, BTV_OK, "v1 is signed with the same keys"},
    {&v1, "{" V1 "," TID "}", "https://sts.windows.net/{tenantid}/", BTV_OK,
     "v1 by a key of the v1 document"},
    {&many, "{" V2 "}", KEY_V2, BTV_TENANT_NOT_ALLOWED, "many: no tid fills the template"},
    {&many, "{" V2 ",\"tid\":\"common\"}", KEY_V2, BTV_TENANT_NOT_ALLOWED, "many: a word"},
    {&many, "{\"iss\":\"" KEY_V2 "\",\"tid\":\"{tenantid}\"}", KEY_V2, BTV_TENANT_NOT_ALLOWED,
     "many: the template itself"},
    {&many, "{\"iss\":\"" TEST_INSTANCE "/v2.0\",\"tid\":\"\"}", KEY_V2, BTV_TENANT_NOT_ALLOWED,
     "many: an empty tid"},
    {&many, "{\"iss\":\"" TEST_ISSUER "?/v2.0\",\"tid\":\"" TEST_TENANT "/v2.0?\"}", KEY_V2,
     BTV_TENANT_NOT_ALLOWED, "many: a tid with a path in it"},
    {&many, "{" V2 ",\"tid\":[\"" TEST_TENANT "\"]}", KEY_V2, BTV_TENANT_NOT_ALLOWED,
     "many: a tid in an array"},
    {&many, "{" V2 "," TID ",\"TID\":\"" OTHER "\"}", KEY_V2, BTV_TENANT_NOT_ALLOWED,
     "many: a second tid in capitals"},
    {&many, "{" V2 ",\"tid\":\"" OTHER "\"}", KEY_V2, BTV_ISSUER_MISMATCH, "many: iss against tid"},
    {&many, "{\"iss\":\"https://evil.test/" TEST_TENANT "/v2.0\"," TID "}", KEY_V2,
     BTV_ISSUER_MISMATCH, "many: another host"},
    {&many, "{\"iss\":\"" TEST_INSTANCE "x/" TEST_TENANT "/v2.0\"," TID "}", KEY_V2,
     BTV_ISSUER_MISMATCH, "many: a longer path"},
    {&many, "{" V1 "," TID "}", KEY_V2, BTV_ISSUER_MISMATCH, "many: v1"},
    {&many, "{" V2 "," TID "}", "", BTV_ISSUER_MISMATCH, "many: a key that is nobody's"},
    {&many, "{" V2 "," TID "}", TEST_INSTANCE MSA "/v2.0", BTV_ISSUER_MISMATCH,
     "many: a key for personal accounts signs for a company"},
    {&many, "{" V2 "," TID "}", TEST_INSTANCE OTHER "/v2.0", BTV_ISSUER_MISMATCH,
     "many: another tenant's key"},
    {&many, "{\"iss\":\"" TEST_INSTANCE OTHER "/v2.0\",\"tid\":\"" OTHER "\"}", KEY_V2,
     BTV_TENANT_NOT_ALLOWED, "many: a tenant that is not listed"},
    {&many, "{" V2 "," TID ",\"ver\":\"1.0\"}", KEY_V2, BTV_ISSUER_MISMATCH, "many: ver"},
    {&many_v1, "{" V1 "," TID "}", TEST_INSTANCE MSA "/v2.0", BTV_ISSUER_MISMATCH,
     "many, v1: a key for personal accounts"},
    {&many_v1, "{" V1 "," TID "}", "", BTV_ISSUER_MISMATCH, "many, v1: a key that is nobody's"},
    {&b2c, "{\"iss\":\"" TEST_ISSUER "\"}", "", BTV_ISSUER_MISMATCH, "named: another issuer"},
    {&b2c, "{" B2C "}", KEY_V2, BTV_ISSUER_MISMATCH, "named: a key of another issuer"},
    {&b2c, "{" B2C ",\"tid\":\"" OTHER "\"}", "", BTV_TENANT_NOT_ALLOWED,
     "named: a tid that the issuer is not of"},
    {&b2c, "{" B2C ",\"tid\":7}", "", BTV_TENANT_NOT_ALLOWED, "named: a tid that is no string"},
    {&b2c, "{" B2C ",\"tid\":\"v2.0\"}", "", BTV_TENANT_NOT_ALLOWED,
     "named: a segment that is no GUID"},
    {&many, "{" V2 "," TID ",\"ver\":\"2.0\"}", KEY_V2, BTV_OK, "many: a key of all"},
    {&many, "{" V2 "," TID "}", TEST_ISSUER, BTV_OK, "many: the tenant's own key"},
    {&many_v1, "{" V1 "," TID "}", KEY_V2, BTV_OK, "many, v1: a key of all"},
    {&many_v1, "{" V1 "," TID "}", TEST_ISSUER, BTV_OK, "many, v1: the tenant's own key"},
    {&b2c, "{" B2C ",\"ver\":\"1.0\"}", "", BTV_OK, "named: B2C has no tid, and writes 1.0"},
    {&b2c, "{" B2C "," TID "}", TEST_B2C_ISSUER, BTV_OK, "named: the tid of its issuer"},
};

static enum btv_error check(const struct btv_policy *p, const struct btv_authority *authority,
                            const char *key_issuer, const char *text, struct btv_detail *why)
{
    static struct jose_claims claims;
    ck_assert_msg(jose_claims_parse(jose_span_of(text), &claims) == BTV_OK, "%s", text);
    return btv_check_issuer(p, authority, key_issuer, &claims, why);
}

START_TEST(everything_names_one_authority)
{
    struct btv_policy listed = policy;
    ck_assert_int_eq(btv_words_init(&listed.tenants, MSA " " TEST_TENANT), 0);
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct btv_detail why = {""};
        enum btv_error e =
            check(&listed, rows[i].authority, rows[i].key_issuer, rows[i].claims, &why);
        ck_assert_msg(e == rows[i].error, "%s: %s", rows[i].why, btv_error_code(e));
        ck_assert_msg((e == BTV_OK) == (why.text[0] == '\0'), "%s: '%s'", rows[i].why, why.text);
    }
    btv_words_cleanup(&listed.tenants);
}
END_TEST

START_TEST(any_tenant_is_taken_knowingly)
{
    static const char other[] = "{\"iss\":\"" TEST_INSTANCE OTHER "/v2.0\",\"tid\":\"" OTHER "\"}";
    static const char person[] = "{\"iss\":\"" TEST_INSTANCE MSA "/v2.0\",\"tid\":\"" MSA "\"}";
    struct btv_policy any = {.any_tenant = true};
    struct btv_detail why = {""};
    ck_assert(check(&policy, &many, KEY_V2, other, &why) == BTV_TENANT_NOT_ALLOWED);
    ck_assert(check(&any, &many, KEY_V2, other, &why) == BTV_OK);
    ck_assert(check(&any, &many, KEY_V2, person, &why) == BTV_OK);
    any.work_only = true;
    ck_assert(check(&any, &many, KEY_V2, other, &why) == BTV_OK);
    ck_assert_msg(check(&any, &many, KEY_V2, person, &why) == BTV_TENANT_NOT_ALLOWED,
                  "organizations has no personal accounts");
}
END_TEST

static const struct {
    const char *template_text;
    const char *issuer;
    bool matches;
} matches[] = {
    {"https://a/{tenantid}/v2.0", "https://a/t/v2.0", true},
    {"https://a/t/v2.0", "https://a/t/v2.0", true},
    {"{tenantid}", "t", true},
    {"https://a/{tenantid}/v2.0", "https://a//v2.0", false},
    {"https://a/{tenantid}/v2.0", "https://a/t/v2.0/", false},
    {"https://a/{tenantid}/v2.0", "https://a/tt/v2.0", false},
    {"https://a/{tenantid}/v2.0", "https://a/{tenantid}/v2.0", false},
    {"https://a/{tenantid}/v2.0", "https://a/t", false},
    {"https://a/{tenantid}/v2.0", "https://a", false},
    {"https://a/{tenantid}/v2.0", "", false},
    {"https://a/{TenantId}/v2.0", "https://a/t/v2.0", false},
    {"https://a/t/v2.0", "https://a/T/v2.0", false},
    {"", "https://a/t/v2.0", false},
};

START_TEST(templates_match_to_the_letter)
{
    for (size_t i = 0; i < ROWS(matches); i++) {
        ck_assert_msg(btv_issuer_matches(matches[i].template_text, "t", matches[i].issuer) ==
                          matches[i].matches,
                      "%s and %s", matches[i].template_text, matches[i].issuer);
    }
}
END_TEST

TEST_MAIN("issuer", everything_names_one_authority, any_tenant_is_taken_knowingly,
          templates_match_to_the_letter)

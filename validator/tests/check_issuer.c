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

static const struct btv_policy v2_only = {.tenant_id = (char[]){TEST_TENANT},
                                          .issuer_v2 = (char[]){TEST_ISSUER}};
static const struct btv_policy both = {.tenant_id = (char[]){TEST_TENANT},
                                       .issuer_v2 = (char[]){TEST_ISSUER},
                                       .issuer_v1 = (char[]){TEST_V1_ISSUER}};

static const struct {
    const struct btv_policy *policy;
    const char *claims;
    const char *key_issuer;
    enum btv_error error;
    enum btv_token_version version;
    const char *why;
} rows[] = {
    {&v2_only, "{" TID "}", "", BTV_ISSUER_MISMATCH, 0, "no issuer"},
    {&v2_only, "{\"iss\":\"\"," TID "}", "", BTV_ISSUER_MISMATCH, 0, "an empty issuer"},
    {&v2_only, "{\"iss\":null," TID "}", "", BTV_ISSUER_MISMATCH, 0, "null"},
    {&v2_only, "{\"iss\":[\"" TEST_ISSUER "\"]," TID "}", "", BTV_ISSUER_MISMATCH, 0, "an array"},
    {&v2_only, "{\"iss\":\"" TEST_ISSUER "/\"," TID "}", "", BTV_ISSUER_MISMATCH, 0,
     "a slash more"},
    {&v2_only, "{\"iss\":\"" TEST_ISSUER "\\n\"," TID "}", "", BTV_ISSUER_MISMATCH, 0,
     "a line feed more"},
    {&v2_only, "{\"iss\":\"https://LOGIN.test/" TEST_TENANT "/v2.0\"," TID "}", "",
     BTV_ISSUER_MISMATCH, 0, "another case of the host: ordinal"},
    {&v2_only, "{\"iss\":\"http://login.test/" TEST_TENANT "/v2.0\"," TID "}", "",
     BTV_ISSUER_MISMATCH, 0, "http"},
    {&v2_only, "{\"iss\":\"" TEST_INSTANCE OTHER "/v2.0\",\"tid\":\"" OTHER "\"}", "",
     BTV_ISSUER_MISMATCH, 0, "another tenant, consistent in itself"},
    {&v2_only, "{\"iss\":\"" TEST_INSTANCE "{tenantid}/v2.0\"," TID "}", "", BTV_ISSUER_MISMATCH, 0,
     "the template itself"},
    {&v2_only, "{" V1 "," TID "}", "", BTV_ISSUER_MISMATCH, 0, "v1 where it is refused"},
    {&both, "{\"iss\":\"https://sts.windows.net/" TEST_TENANT "\"," TID "}", "",
     BTV_ISSUER_MISMATCH, 0, "v1 without its slash"},
    {&v2_only, "{" V2 "," TID "}", TEST_INSTANCE OTHER "/v2.0", BTV_ISSUER_MISMATCH, 0,
     "the key is another tenant's"},
    {&v2_only, "{" V2 "," TID "}", "https://evil.test/{tenantid}/v2.0", BTV_ISSUER_MISMATCH, 0,
     "the key is another authority's"},
    {&v2_only, "{" V2 "," TID "}", "https://sts.windows.net/{tenantid}/", BTV_ISSUER_MISMATCH, 0,
     "the key is for v1 only, where v1 is refused"},
    {&v2_only, "{" V2 "}", "", BTV_TENANT_NOT_ALLOWED, 0, "no tenant"},
    {&v2_only, "{" V2 ",\"tid\":\"" OTHER "\"}", "", BTV_TENANT_NOT_ALLOWED, 0, "another tenant"},
    {&v2_only, "{" V2 ",\"tid\":\"" TEST_TENANT "x\"}", "", BTV_TENANT_NOT_ALLOWED, 0,
     "a longer tenant"},
    {&v2_only, "{" V2 ",\"tid\":[\"" TEST_TENANT "\"]}", "", BTV_TENANT_NOT_ALLOWED, 0,
     "a tenant in an array"},
    {&v2_only, "{" V2 "," TID ",\"ver\":\"1.0\"}", "", BTV_ISSUER_MISMATCH, 0, "v1 by its ver"},
    {&v2_only, "{" V2 "," TID ",\"ver\":2.0}", "", BTV_ISSUER_MISMATCH, 0, "ver is a number"},
    {&both, "{" V1 "," TID ",\"ver\":\"2.0\"}", "", BTV_ISSUER_MISMATCH, 0, "v2 by its ver"},
    {&v2_only, "{" V2 "," TID "}", "", BTV_OK, BTV_TOKEN_V2, "no ver, a key without an issuer"},
    {&v2_only, "{" V2 "," TID ",\"ver\":\"2.0\"}", KEY_V2, BTV_OK, BTV_TOKEN_V2,
     "the key's template"},
    {&v2_only, "{" V2 "," TID "}", TEST_ISSUER, BTV_OK, BTV_TOKEN_V2, "the key's tenant by name"},
    {&both, "{" V2 "," TID "}", KEY_V2, BTV_OK, BTV_TOKEN_V2, "v2 where both are taken"},
    {&both, "{" V1 "," TID ",\"ver\":\"1.0\"}", KEY_V2, BTV_OK, BTV_TOKEN_V1,
     "v1 is signed with the same keys"},
    {&both, "{" V1 "," TID "}", "https://sts.windows.net/{tenantid}/", BTV_OK, BTV_TOKEN_V1,
     "v1 by a key of the v1 document"},
};

START_TEST(everything_names_one_authority)
{
    static struct jose_claims claims;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct btv_detail why = {""};
        enum btv_token_version version = 0;
        ck_assert_msg(jose_claims_parse(jose_span_of(rows[i].claims), &claims) == BTV_OK, "%s",
                      rows[i].why);
        enum btv_error e =
            btv_check_issuer(rows[i].policy, &claims, rows[i].key_issuer, &version, &why);
        ck_assert_msg(e == rows[i].error, "%s: %s", rows[i].why, btv_error_code(e));
        ck_assert_msg(e != BTV_OK || version == rows[i].version, "%s: the version", rows[i].why);
        ck_assert_msg((e == BTV_OK) == (why.text[0] == '\0'), "%s: '%s'", rows[i].why, why.text);
    }
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

TEST_MAIN("issuer", everything_names_one_authority, templates_match_to_the_letter)

/* What a configuration may say, and that no validator can be built that would accept anything. */
#include "validator/core/config.h"
#include "validator/tests/support/issuer.h"
#include "validator/tests/support/suite.h"

#include <stdio.h>

static char why[512];
static const char b2c_issuer[] = TEST_B2C_ISSUER;

static const struct {
    const char *name;
    const char *value;
    const char *why;
} refusals[] = {
    {"tenant", TEST_TENANT, "no such setting"},
    {"", "x", "no name"},
    {"TENANT_ID", TEST_TENANT, "names have a case"},
    {"tenant_idx", TEST_TENANT, "a longer name"},
    {"tenant_id", NULL, "no value"},
    {"tenant_id", "", "empty"},
    {"tenant_id", "   ", "blank"},
    {"tenant_id", "a\nb", "a line feed"},
    {"client_id", "", "an empty audience"},
    {"audience", " ", "a blank audience"},
    {"audience", "api://\xc3\xa9", "not ASCII"},
    {"scopes", "", "an empty scope"},
    {"scopes", "a\"b", "a quote would end the challenge"},
    {"scopes", "a\\b", "so would a backslash"},
    {"scopes", "a\r\nX: y", "a second header"},
    {"clients", "", "an empty list of clients would allow any"},
    {"algorithms", "", "no algorithm"},
    {"instance", "", "empty"},
    {"instance", "login.test", "no scheme"},
    {"instance", "http://login.test/", "http beyond this machine"},
    {"instance", "HTTP://login.test/", "the same in capitals"},
    {"instance", "ftp://login.test/", "another scheme"},
    {"instance", "file:///etc/passwd", "a file"},
    {"instance", "https://", "no host"},
    {"instance", "https://user@login.test/", "user info"},
    {"instance", "https://login.test/?a", "a query"},
    {"instance", "https://login.test/#a", "a fragment"},
    {"instance", "https://login.test /", "a space"},
    {"v1_issuer", "http://sts.test/", "http"},
    {"v1", "yes", "neither word"},
    {"v1", "Accept", "words have a case"},
    {"match", "accept", "a word of another setting"},
    {"tenants", " ", "an empty list of tenants"},
    {"skew_s", "601", "over ten minutes"},
    {"skew_s", "-1", "negative"},
    {"skew_s", "", "no digit"},
    {"skew_s", "300s", "a unit"},
    {"skew_s", " 300", "a space"},
    {"skew_s", "3e2", "an exponent"},
    {"skew_s", "0x10", "hexadecimal"},
    {"skew_s", "99999999999999999999", "beyond every integer"},
    {"refresh_interval_s", "59", "below its range"},
    {"refresh_interval_s", "604801", "above it"},
    {"refresh_cooldown_s", "0", "no cooldown: unknown kids would flood the authority"},
    {"last_known_good_s", "1209601", "keys for ever"},
    {"key_wait_ms", "30001", "too long a wait"},
    {"http_timeout_ms", "99", "too short a wait"},
    {"max_token_bytes", "1023", "no token would fit"},
    {"max_token_bytes", "262145", "more than is read"},
};

START_TEST(faults_are_named_where_they_are_made)
{
    struct btv_config *c = btv_config_new();
    for (size_t i = 0; i < ROWS(refusals); i++) {
        why[0] = '\0';
        ck_assert_msg(btv_config_set(c, refusals[i].name, refusals[i].value, why, sizeof why) == -1,
                      "%s: %s", refusals[i].name, refusals[i].why);
        ck_assert_msg(strncmp(why, refusals[i].name, strlen(refusals[i].name)) == 0 &&
                          strstr(why, ": "),
                      "%s: '%s'", refusals[i].why, why);
        ck_assert(btv_config_set(c, refusals[i].name, refusals[i].value, NULL, 0) == -1);
    }
    char huge[4200];
    memset(huge, 'x', sizeof huge);
    huge[4097] = '\0';
    ck_assert(btv_config_set(c, "scopes", huge, why, sizeof why) == -1);
    huge[4096] = '\0';
    ck_assert(btv_config_set(c, "scopes", huge, why, sizeof why) == 0);
    ck_assert(btv_config_set(c, "skew_s", "999", why, 8) == -1);
    ck_assert_uint_eq(strlen(why), 7);
    btv_config_free(c);
    btv_config_free(NULL);
}
END_TEST

START_TEST(defaults_and_values)
{
    struct btv_config *c = btv_config_new();
    for (unsigned i = 0; i < BTV_SETTING_COUNT; i++) {
        const char *name = btv_setting_name(i);
        const char *text = btv_config_text(c, i);
        ck_assert(btv_setting_find(name, strlen(name)) == i);
        ck_assert_msg(!text || btv_config_set(c, name, text, why, sizeof why) == 0,
                      "the default of %s is not valid: %s", name, why);
    }
    ck_assert_int_eq(btv_config_number(c, BTV_SET_SKEW_S), 300);
    ck_assert(btv_config_set(c, "skew_s", "0", why, sizeof why) == 0);
    ck_assert(btv_config_set(c, "skew_s", "600", why, sizeof why) == 0);
    ck_assert(btv_config_set(c, "skew_s", "601", why, sizeof why) == -1);
    ck_assert_msg(btv_config_number(c, BTV_SET_SKEW_S) == 600, "a fault changes nothing");
    btv_config_free(c);
}
END_TEST

static const struct {
    const char *json;
    const char *fault; /* how `why` begins; NULL: it is taken */
} documents[] = {
    {"", "configuration"},
    {"[]", "configuration"},
    {"{\"skew_s\":1,\"skew_s\":2}", "configuration"},
    {"{\"skew_s\":1} // no comments", "configuration"},
    {"{\"nothing\":1}", "nothing"},
    {"{\"skew_s\":601}", "skew_s"},
    {"{\"skew_s\":3e2}", "skew_s"},
    {"{\"skew_s\":true}", "skew_s"},
    {"{\"skew_s\":null}", "skew_s"},
    {"{\"skew_s\":{}}", "skew_s"},
    {"{\"scopes\":[]}", "scopes"},
    {"{\"scopes\":[\"a\",1]}", "scopes"},
    {"{\"scopes\":[\"a b\"]}", "scopes"},
    {"{\"scopes\":[\"a\\u0020b\"]}", "scopes"},
    {"{\"scopes\":[\"a\",\"\"]}", "scopes"},
    {"{\"scopes\":[\"\",\"a\"]}", "scopes"},
    {"{\"a_name_that_is_longer_than_any_setting_could_ever_be_in_this_library\":1}",
     "configuration"},
    {"{\"instance\":\"http://login.test/\"}", "instance"},
    {"{}", NULL},
    {"{\"skew_s\":60,\"scopes\":[\"a\",\"b\"],\"roles\":\"c d\",\"tenant_id\":\"\\u0061\"}", NULL},
};

START_TEST(json_is_read_strictly)
{
    for (size_t i = 0; i < ROWS(documents); i++) {
        struct btv_config *c = btv_config_new();
        why[0] = '\0';
        int status =
            btv_config_load_json(c, documents[i].json, strlen(documents[i].json), why, sizeof why);
        ck_assert_msg((status == 0) == (documents[i].fault == NULL), "%s: %s", documents[i].json,
                      why);
        ck_assert_msg(!documents[i].fault ||
                          strncmp(why, documents[i].fault, strlen(documents[i].fault)) == 0,
                      "%s: %s", documents[i].json, why);
        if (strstr(documents[i].json, "\"skew_s\":60,")) {
            ck_assert_int_eq(btv_config_number(c, BTV_SET_SKEW_S), 60);
            ck_assert_str_eq(btv_config_text(c, BTV_SET_SCOPES), "a b");
            ck_assert_str_eq(btv_config_text(c, BTV_SET_ROLES), "c d");
            ck_assert_str_eq(btv_config_text(c, BTV_SET_TENANT_ID), "a");
        }
        btv_config_free(c);
    }
}
END_TEST

START_TEST(json_values_are_limited)
{
    struct btv_config *c = btv_config_new();
    char *text = malloc(20001);
    memset(text, '1', 20000);
    text[20000] = '\0';
    char *rows[] = {test_text("{\"skew_s\":%.*s}", 300, text),
                    test_text("{\"scopes\":\"%s\"}", text),
                    test_text("{\"scopes\":[\"%.*s\",\"%.*s\"]}", 4190, text, 20, text)};
    for (size_t i = 0; i < ROWS(rows); i++) {
        ck_assert_msg(btv_config_load_json(c, rows[i], strlen(rows[i]), why, sizeof why) == -1,
                      "row %zu", i);
        free(rows[i]);
    }
    memset(text, '0', 20000);
    memcpy(text, "{\"skew_s\":0.", 12);
    text[19999] = '}';
    ck_assert(btv_config_load_json(c, text, 20000, why, sizeof why) == -1);
    free(text);
    btv_config_free(c);
}
END_TEST

static const char *look_up(void *ctx, const char *name)
{
    const char *const *pairs = ctx;
    for (; *pairs; pairs += 2) {
        if (strcmp(pairs[0], name) == 0) {
            return pairs[1];
        }
    }
    return NULL;
}

START_TEST(the_names_of_azure_apps)
{
    const char *good[] = {"AzureAd__TenantId",
                          TEST_TENANT,
                          "AzureAd__ClientId",
                          TEST_CLIENT,
                          "AzureAd__Scopes",
                          "access_as_user",
                          "AzureAd__Instance",
                          TEST_INSTANCE,
                          "AzureAd__Audience",
                          "api://a",
                          "AzureAd__Tenants",
                          "any",
                          "AzureAd__Issuers",
                          b2c_issuer,
                          "AzureAd__MetadataUrls",
                          "https://b2c.test/m",
                          "AzureAd__Roles",
                          "R",
                          "AzureAd__Clients",
                          "c",
                          "TenantId",
                          "ignored",
                          NULL};
    const char *bad[] = {"AzureAd__Instance", "http://login.test/", NULL};
    struct btv_config *c = btv_config_new();
    ck_assert(btv_config_load_env(c, look_up, bad, why, sizeof why) == -1);
    ck_assert_msg(strncmp(why, "AzureAd__Instance: ", 19) == 0, "%s", why);
    ck_assert(btv_config_load_env(c, look_up, good, why, sizeof why) == 0);
    ck_assert_str_eq(btv_config_text(c, BTV_SET_TENANT_ID), TEST_TENANT);
    ck_assert_str_eq(btv_config_text(c, BTV_SET_CLIENT_ID), TEST_CLIENT);
    ck_assert_str_eq(btv_config_text(c, BTV_SET_AUDIENCE), "api://a");
    ck_assert_str_eq(btv_config_text(c, BTV_SET_SCOPES), "access_as_user");
    ck_assert_str_eq(btv_config_text(c, BTV_SET_INSTANCE), TEST_INSTANCE);
    ck_assert_str_eq(btv_config_text(c, BTV_SET_TENANTS), "any");
    ck_assert_str_eq(btv_config_text(c, BTV_SET_ISSUERS), TEST_B2C_ISSUER);
    ck_assert_str_eq(btv_config_text(c, BTV_SET_METADATA_URLS), "https://b2c.test/m");
    ck_assert_str_eq(btv_config_text(c, BTV_SET_ROLES), "R");
    ck_assert_str_eq(btv_config_text(c, BTV_SET_CLIENTS), "c");
    btv_config_free(c);
}
END_TEST

/* Settings, one NAME=VALUE each, from which no validator may come, and the setting that is named.
 */
static const struct {
    const char *set[4];
    const char *fault; /* NULL: a validator comes of it */
    const char *why;
} builds[] = {
    {{NULL}, "tenant_id", "nothing at all"},
    {{"client_id=" TEST_CLIENT}, "tenant_id", "any issuer"},
    {{"tenant_id=" TEST_TENANT}, "client_id", "any audience"},
    {{"tenant_id=" TEST_TENANT, "scopes=read"}, "client_id", "a scope names no API"},
    {{"tenant_id=" TEST_TENANT, "client_id=a b"}, "client_id", "two audiences by accident"},
    {{"issuers=" TEST_B2C_ISSUER, "client_id=a"}, "metadata_urls", "an issuer without keys"},
    {{"metadata_urls=https://b2c.test/m", "client_id=a"}, "tenant_id", "keys without an issuer"},
    {{"issuers=" TEST_B2C_ISSUER, "metadata_urls=https://b2c.test/m"}, "client_id", "any audience"},
    {{"issuers=https://b2c.test/{tenantid}/", "metadata_urls=https://b2c.test/m", "client_id=a"},
     "issuers",
     "a template would be anyone's"},
    {{"issuers=contoso", "metadata_urls=https://b2c.test/m", "client_id=a"}, "issuers", "no URL"},
    {{"issuers=" TEST_B2C_ISSUER, "metadata_urls=http://b2c.test/m", "client_id=a"},
     "metadata_urls",
     "keys over http"},
    {{"issuers=" TEST_B2C_ISSUER, "metadata_urls=https://b2c.test/m", "client_id=a", "v1=accept"},
     "v1",
     "no tenant whose v1 tokens they would be"},
    {{"issuers=" TEST_B2C_ISSUER, "metadata_urls=https://b2c.test/m", "client_id=a", "tenants=any"},
     "tenants",
     "any tenant of an issuer that has none"},
    {{"issuers=https://a.test/1 https://a.test/2 https://a.test/3 https://a.test/4 "
      "https://a.test/5 https://a.test/6 https://a.test/7 https://a.test/8",
      "metadata_urls=https://a.test/1 https://a.test/2 https://a.test/3 https://a.test/4 "
      "https://a.test/5 https://a.test/6 https://a.test/7 https://a.test/8",
      "client_id=a", "tenant_id=" TEST_TENANT},
     "issuers",
     "nine in all"},
    {{"tenant_id=" TEST_TENANT, "client_id=a", "tenants=any"}, "tenants", "one tenant or any?"},
    {{"tenant_id=common", "client_id=a", "tenants=any " TEST_TENANT}, "tenants", "any, or one?"},
    {{"tenant_id=common", "client_id=a", "tenants=contoso.test"}, "tenants", "a domain"},
    {{"tenant_id=common", "client_id=a", "tenants=*"}, "tenants", "a star is no word of ours"},
    {{"tenant_id=common", "client_id=a", "tenants=" TEST_TENANT TEST_TENANT},
     "tenants",
     "too long"},
    {{"tenant_id=organizations", "client_id=a", "tenants=9188040d-6c67-4c5b-b112-36a304b66dad"},
     "tenants",
     "personal accounts are in no organization"},
    {{"tenant_id=common", "client_id=a", "v1=accept", "v1_issuer=https://sts.test/x/"},
     "tenant_id",
     "nobody is named still"},
    {{"tenant_id=" TEST_TENANT, "client_id=a", "v1=accept",
      "v1_issuer=https://sts.test/{tenantid}/"},
     "v1_issuer",
     "a template of one"},
    {{"tenant_id=" TEST_TENANT, "audience=a", "app_keys=accept"}, "app_keys", "keys of no app"},
    {{"tenant_id=" TEST_TENANT, "client_id=a&x", "app_keys=accept"}, "app_keys", "no GUID"},
    {{"issuers=" TEST_B2C_ISSUER, "metadata_urls=https://b2c.test/m", "client_id=a",
      "app_keys=accept"},
     "app_keys",
     "those addresses are written whole"},
    {{"tenant_id=" TEST_TENANT, "client_id=a", "acrs=c1 c2"}, "acrs", "two words"},
    {{"tenant_id=" TEST_TENANT, "client_id=a", "acrs=c\"1"}, "acrs", "a quote"},
    {{"tenant_id=common", "client_id=a"}, "tenant_id", "any tenant"},
    {{"tenant_id=organizations", "client_id=a"}, "tenant_id", "any tenant of work accounts"},
    {{"tenant_id=consumers", "client_id=a"}, "tenant_id", "any personal account"},
    {{"tenant_id=contoso.test", "client_id=a"}, "tenant_id", "tid never holds a domain"},
    {{"tenant_id={tenantid}", "client_id=a"}, "tenant_id", "a template"},
    {{"tenant_id=" TEST_TENANT "0", "client_id=a"}, "tenant_id", "a digit more"},
    {{"tenant_id=11111111-2222-3333-4444-55555555555", "client_id=a"}, "tenant_id", "one less"},
    {{"tenant_id=11111111x2222-3333-4444-555555555555", "client_id=a"}, "tenant_id", "no dash"},
    {{"tenant_id=g1111111-2222-3333-4444-555555555555", "client_id=a"}, "tenant_id", "no digit"},
    {{"tenant_id=" TEST_TENANT, "client_id=a", "algorithms=none"}, "algorithms", "none"},
    {{"tenant_id=" TEST_TENANT, "client_id=a", "algorithms=RS256 none"}, "algorithms", "and none"},
    {{"tenant_id=" TEST_TENANT, "client_id=a", "algorithms=HS256"}, "algorithms", "HMAC"},
    {{"tenant_id=" TEST_TENANT, "client_id=a", "algorithms=rs256"}, "algorithms", "unknown"},
    {{"tenant_id=" TEST_TENANT, "client_id=a", "refresh_interval_s=86400"},
     "last_known_good_s",
     "keys would end before they are renewed"},
    {{"tenant_id=" TEST_TENANT, "client_id=" TEST_CLIENT, "app_keys=accept", "v1=accept"},
     NULL,
     "keys of its own"},
    {{"tenant_id=" TEST_TENANT, "client_id=a"}, NULL, "the least"},
    {{"tenant_id=" TEST_TENANT, "audience=api://a b"}, NULL, "audiences for a client id"},
    {{"tenant_id=common", "client_id=a", "tenants=" TEST_TENANT}, NULL, "one of many"},
    {{"tenant_id=Organizations", "client_id=a", "tenants=Any"}, NULL, "knowingly any"},
    {{"tenant_id=common", "client_id=a", "tenants=any", "v1=accept"}, NULL, "v1 of many"},
    {{"issuers=" TEST_B2C_ISSUER, "metadata_urls=https://b2c.test/m?p=x", "client_id=a"},
     NULL,
     "an issuer by name"},
    {{"issuers=" TEST_B2C_ISSUER, "metadata_urls=https://b2c.test/m", "client_id=a",
      "tenant_id=" TEST_TENANT},
     NULL,
     "beside a tenant"},
    {{"tenant_id=" TEST_TENANT, "client_id=a", "match=all", "acrs=c1"}, NULL, "a context"},
    {{"tenant_id=AAAAAAAA-2222-3333-4444-555555555555", "client_id=a"}, NULL, "capitals"},
    {{"tenant_id=" TEST_TENANT, "client_id=a", "algorithms=RS256 PS256 ES384"}, NULL, "three"},
    {{"tenant_id=" TEST_TENANT, "client_id=a", "instance=http://localhost:8080"}, NULL, "a mock"},
    {{"tenant_id=" TEST_TENANT, "client_id=a", "v1=accept", "v1_issuer=https://sts.test/x/"},
     NULL,
     "another v1 issuer"},
    {{"tenant_id=" TEST_TENANT, "client_id=a", "jwks_file=/k.json", "ca_file=/ca.pem"},
     NULL,
     "files are opened later"},
};

START_TEST(nothing_that_accepts_anything_can_be_built)
{
    for (size_t i = 0; i < ROWS(builds); i++) {
        struct btv_config *c = btv_config_new();
        for (size_t k = 0; k < 4 && builds[i].set[k]; k++) {
            char name[32] = "";
            const char *equals = strchr(builds[i].set[k], '=');
            snprintf(name, sizeof name, "%.*s", (int)(equals - builds[i].set[k]), builds[i].set[k]);
            ck_assert_msg(btv_config_set(c, name, equals + 1, why, sizeof why) == 0, "%s", why);
        }
        why[0] = '\0';
        struct btv_validator *v = btv_validator_new(c, why, sizeof why);
        btv_config_free(c);
        ck_assert_msg((v != NULL) == (builds[i].fault == NULL), "%s: %s", builds[i].why, why);
        ck_assert_msg(v || strncmp(why, builds[i].fault, strlen(builds[i].fault)) == 0, "%s: %s",
                      builds[i].why, why);
        btv_validator_free(v);
    }
}
END_TEST

START_TEST(without_keys_nothing_is_accepted)
{
    struct btv_config *c = btv_config_new();
    struct btv_stats stats;
    ck_assert(btv_config_set(c, "tenant_id", TEST_TENANT, why, sizeof why) == 0);
    ck_assert(btv_config_set(c, "client_id", TEST_CLIENT, why, sizeof why) == 0);
    struct btv_validator *v = btv_validator_new(c, why, sizeof why);
    struct btv_result *r = btv_result_new();
    btv_config_free(c);
    char *claims = test_claims("", NULL);
    char *jws = test_jws(test_key(0), "{\"alg\":\"RS256\",\"kid\":\"k0\"}", claims);
    ck_assert_msg(!btv_validator_ready(v), "it was never started");
    ck_assert(btv_validate_token(v, jws, strlen(jws), r) == BTV_KEYS_UNAVAILABLE);
    ck_assert_int_eq(btv_result_http_status(r), 503);
    ck_assert_int_gt(btv_result_retry_after_s(r), 0);
    btv_validator_stats(v, &stats);
    ck_assert_uint_eq(stats.verdicts[BTV_KEYS_UNAVAILABLE], 1);
    ck_assert_uint_eq(stats.fetches + stats.keys + (uint64_t)stats.last_success, 0);
    free(claims);
    free(jws);
    btv_result_free(r);
    btv_validator_free(v);
    btv_validator_free(NULL);
}
END_TEST

TEST_MAIN("config", faults_are_named_where_they_are_made, defaults_and_values,
          json_is_read_strictly, json_values_are_limited, the_names_of_azure_apps,
          nothing_that_accepts_anything_can_be_built, without_keys_nothing_is_accepted)

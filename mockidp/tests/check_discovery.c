/* What a client reads before it trusts: the documents byte for byte against fixtures/golden, and
 * who is asked for. */
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"
#include "mockidp/tests/support/scratch.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GOLDEN "fixtures/golden/"
#define ORIGIN "{origin}"
#define INSTANCE                                                                                   \
    "/common/discovery/instance?authorization_endpoint="                                           \
    "https%3A%2F%2Flogin.windows.net%2Fcommon"

static struct idp *idp;

static void start(void)
{
    idp = mock_start();
}

static void stop(void)
{
    idp_stop(idp);
}

/* The text with every `from` replaced by `to`; free it. */
static char *replaced(const char *text, const char *from, const char *to)
{
    char *out = NULL;
    size_t len = 0;
    FILE *stream = open_memstream(&out, &len);
    ck_assert_ptr_nonnull(stream);
    for (const char *at = NULL; (at = strstr(text, from)); text = at + strlen(from)) {
        (void)fprintf(stream, "%.*s%s", (int)(at - text), text, to);
    }
    (void)fputs(text, stream);
    ck_assert_int_eq(fclose(stream), 0);
    return out;
}

static const struct {
    const char *file;
    const char *path;
} golden[] = {
    {"discovery-v2.json", "/" CONTOSO "/v2.0/.well-known/openid-configuration"},
    {"discovery-v1.json", "/" CONTOSO "/.well-known/openid-configuration"},
    {"discovery-common-v2.json", "/common/v2.0/.well-known/openid-configuration"},
    {"discovery-common-v1.json", "/common/.well-known/openid-configuration"},
    {"discovery-organizations-v2.json", "/organizations/v2.0/.well-known/openid-configuration"},
    {"discovery-organizations-v1.json", "/organizations/.well-known/openid-configuration"},
    {"discovery-consumers-v2.json", "/consumers/v2.0/.well-known/openid-configuration"},
    {"discovery-consumers-v1.json", "/consumers/.well-known/openid-configuration"},
    {"jwks-consumers-v2.json", "/consumers/discovery/v2.0/keys"},
    {"jwks-v2.json", "/" CONTOSO "/discovery/v2.0/keys"},
    {"jwks-v1.json", "/" CONTOSO "/discovery/keys"},
    {"instance.json",
     "/common/discovery/instance?api-version=1.1&authorization_endpoint="
     "https%3A%2F%2Flogin.microsoftonline.com%2Fcommon%2Foauth2%2Fv2.0%2Fauthorize"},
};

/* Files in the repository end in a newline, answers do not; the host of the mock stands in URLs
 * and alone. With GOLDEN_UPDATE set the files are written instead. */
START_TEST(documents_are_the_golden_ones)
{
    char path[200];
    (void)snprintf(path, sizeof path, GOLDEN "%s", golden[_i].file);
    const struct wire_answer *answer = mock_ask(idp, "GET", golden[_i].path, "", NULL);
    ck_assert_int_eq(answer->status, 200);
    char *named = replaced(answer->body, idp_http_url(idp), ORIGIN);
    char *got = replaced(named, strrchr(idp_http_url(idp), ':'), ":{port}");
    if (getenv("GOLDEN_UPDATE")) {
        FILE *file = fopen(path, "w");
        ck_assert_msg(file && fprintf(file, "%s\n", got) > 0 && fclose(file) == 0, "%s", path);
    }
    char *want = scratch_read(path);
    ck_assert_msg(want != NULL, "%s is missing", path);
    want[strcspn(want, "\n")] = '\0';
    ck_assert_str_eq(got, want);
    free(want);
    free(got);
    free(named);
}
END_TEST

static const struct {
    const char *reason;
    const char *path;
    const char *member;
    const char *value; /* JSON with ' for ", {origin} in it replaced */
} members[] = {
    {"a domain answers with the GUID", "/contoso.test/v2.0/.well-known/openid-configuration",
     "issuer", "'{origin}/" CONTOSO "/v2.0'"},
    {"the other domain", "/contoso.onmicrosoft.com/v2.0/.well-known/openid-configuration",
     "token_endpoint", "'{origin}/" CONTOSO "/oauth2/v2.0/token'"},
    {"a domain in another case", "/Contoso.Test/v2.0/.well-known/openid-configuration", "issuer",
     "'{origin}/" CONTOSO "/v2.0'"},
    {"a GUID in another case",
     "/C0FFEE00-0000-4000-8000-000000000001/v2.0/.well-known/openid-configuration", "issuer",
     "'{origin}/" CONTOSO "/v2.0'"},
    {"another tenant", "/fabrikam.test/v2.0/.well-known/openid-configuration", "issuer",
     "'{origin}/" FABRIKAM "/v2.0'"},
    {"its region", "/fabrikam.test/v2.0/.well-known/openid-configuration", "tenant_region_scope",
     "'NA'"},
    {"common has none", "/common/v2.0/.well-known/openid-configuration", "tenant_region_scope",
     "null"},
    {"common's issuer is the template", "/common/v2.0/.well-known/openid-configuration", "issuer",
     "'{origin}/{tenantid}/v2.0'"},
    {"so is that of organizations", "/organizations/v2.0/.well-known/openid-configuration",
     "issuer", "'{origin}/{tenantid}/v2.0'"},
    {"whose URLs are its own", "/Organizations/v2.0/.well-known/openid-configuration", "jwks_uri",
     "'{origin}/organizations/discovery/v2.0/keys'"},
    {"personal accounts in another case", "/CONSUMERS/v2.0/.well-known/openid-configuration",
     "issuer", "'{origin}/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0'"},
    {"instance discovery as MSAL Python asks", INSTANCE "&api-version=1.0", "api-version", "'1.0'"},
    {"another version", INSTANCE "&api-version=1.2", "api-version", "'1.1'"},
    {"or none", INSTANCE, "api-version", "'1.1'"},
    {"the v1 issuer is Entra's literal", "/contoso.test/.well-known/openid-configuration", "issuer",
     "'https://sts.windows.net/" CONTOSO "/'"},
    {"an appid is echoed into jwks_uri",
     "/contoso.test/v2.0/.well-known/"
     "openid-configuration?appid=c0ffee00-0000-4000-8000-0000000000a1",
     "jwks_uri",
     "'{origin}/" CONTOSO "/discovery/v2.0/keys?appid=c0ffee00-0000-4000-8000-0000000000a1'"},
    {"in v1 too",
     "/contoso.test/.well-known/openid-configuration?appid=c0ffee00-0000-4000-8000-0000000000a1",
     "jwks_uri",
     "'{origin}/" CONTOSO "/discovery/keys?appid=c0ffee00-0000-4000-8000-0000000000a1'"},
    {"an appid that is none is not",
     "/contoso.test/v2.0/.well-known/openid-configuration?appid=a%22b", "jwks_uri",
     "'{origin}/" CONTOSO "/discovery/v2.0/keys'"},
    {"other parameters are ignored",
     "/contoso.test/v2.0/.well-known/openid-configuration?x-client-SKU=x&x-client-Ver=1",
     "jwks_uri", "'{origin}/" CONTOSO "/discovery/v2.0/keys'"},
};

#define AUTH_TEST_ID "c0ffee00-0000-4000-8000-0000000000a1"

/* Whose key set shows the key that an app with claims mapping has of its own. */
static const struct {
    const char *reason;
    const char *path;
    bool shown;
} app_keys[] = {
    {"of an app of the tenant", "/" CONTOSO "/discovery/v2.0/keys?appid=" AUTH_TEST_ID, true},
    {"in v1 too", "/" CONTOSO "/discovery/keys?appid=" AUTH_TEST_ID, true},
    {"by common", "/common/discovery/v2.0/keys?appid=" AUTH_TEST_ID, true},
    {"nobody asked", "/" CONTOSO "/discovery/v2.0/keys", false},
    {"of an app that nobody knows",
     "/" CONTOSO "/discovery/v2.0/keys?appid=c0ffee00-0000-4000-8000-00000000ffff", false},
    {"of another tenant's app",
     "/fabrikam.test/discovery/v2.0/keys?appid=c0ffee00-0000-4000-8000-0000000000d2", false},
};

START_TEST(an_app_has_a_key_of_its_own)
{
    int status = 0;
    json_t *recipe = json_loads("{\"sign\":{\"key\":\"app\"}}", 0, NULL);
    json_t *baked = idp_admin(idp, "POST", "/_admin/tokens", recipe, &status);
    const char *kid = json_string_value(json_object_get(json_object_get(baked, "header"), "kid"));
    json_t *set = mock_get(idp, app_keys[_i].path, NULL);
    const json_t *key = NULL;
    size_t i = 0;
    bool shown = false;
    ck_assert_ptr_nonnull(kid);
    json_array_foreach(json_object_get(set, "keys"), i, key)
    {
        shown = shown || strcmp(json_string_value(json_object_get(key, "kid")), kid) == 0;
    }
    ck_assert_msg(shown == app_keys[_i].shown, "%s", app_keys[_i].reason);
    ck_assert_msg(i > app_keys[_i].shown, "the tenant's keys are there besides");
    json_decref(set);
    json_decref(baked);
    json_decref(recipe);
}
END_TEST

START_TEST(members_follow_the_tenant)
{
    int status = 0;
    json_t *document = mock_get(idp, members[_i].path, &status);
    char *value = replaced(members[_i].value, ORIGIN, idp_http_url(idp));
    json_t *want = kitchen_json(value);
    ck_assert_int_eq(status, 200);
    char *got = json_dumps(json_object_get(document, members[_i].member), JSON_ENCODE_ANY);
    ck_assert_msg(json_equal(json_object_get(document, members[_i].member), want), "%s: %s",
                  members[_i].reason, got);
    free(got);
    free(value);
    json_decref(want);
    json_decref(document);
}
END_TEST

static const struct {
    const char *reason;
    const char *path;
    int status;
    const char *error;
    int code;
} refused[] = {
    {"an unknown GUID",
     "/00000000-0000-0000-0000-000000000000/v2.0/.well-known/openid-configuration", 400,
     "invalid_tenant", 90002},
    {"an unknown domain", "/nobody.test/.well-known/openid-configuration", 400, "invalid_tenant",
     90002},
    {"an alias is a word of recipes, not of URLs", "/contoso/v2.0/.well-known/openid-configuration",
     400, "invalid_tenant", 900023},
    {"a tenant that is not there",
     "/fab00000-0000-4000-8000-00000000dead/v2.0/.well-known/openid-configuration", 400,
     "invalid_tenant", 90002},
    {"the keys of nobody", "/nobody.test/discovery/v2.0/keys", 400, "invalid_tenant", 90002},
    {"a tenant that is not UTF-8", "/%FF/discovery/v2.0/keys", 400, "invalid_tenant", 900023},
    {"a tenant of more characters than a refusal shows",
     "/%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9"
     "%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9"
     "%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9"
     "%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9"
     "%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9"
     "%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9"
     "/discovery/v2.0/keys",
     400, "invalid_tenant", 900023},
    {"instance discovery of nothing", "/common/discovery/instance", 400, "invalid_instance", 50050},
    {"of no URL", "/common/discovery/instance?authorization_endpoint=login.test", 400,
     "invalid_instance", 50050},
    {"of a URL without a tenant",
     "/common/discovery/instance?authorization_endpoint=https%3A%2F%2Flogin.test%2F", 400,
     "invalid_instance", 50050},
    {"of a tenant that is no name",
     "/common/discovery/instance?authorization_endpoint=https%3A%2F%2Flogin.windows.net%2F%FF%2Fx",
     400, "invalid_instance", 50050},
    {"of a host that nobody knows",
     "/common/discovery/instance?authorization_endpoint=https%3A%2F%2Flogin.test%2Fcommon", 400,
     "invalid_instance", 50049},
};

START_TEST(others_are_refused_as_entra_does)
{
    int status = 0;
    json_t *answer = mock_get(idp, refused[_i].path, &status);
    ck_assert_msg(status == refused[_i].status, "%s: %d", refused[_i].reason, status);
    ck_assert_msg(strcmp(text_at(answer, "error"), refused[_i].error) == 0, "%s: %s",
                  refused[_i].reason, text_at(answer, "error"));
    ck_assert_msg(mock_code(answer) == refused[_i].code, "%s", refused[_i].reason);
    json_decref(answer);
}
END_TEST

/* A key set is stored once for all; a fault rule changes the answer of those that it strikes. */
START_TEST(what_a_rule_changed_is_changed_for_nobody_else)
{
    static const char path[] = "/" CONTOSO "/discovery/v2.0/keys";
    static const char *const acts[] = {"{'members':{'keys':[]}}", "{'decoy_keys':2}",
                                       "{'pad_bytes':9}", "{'headers':{'X-A':'1'}}",
                                       "{'status':201}"};
    char rules[200];
    char *before = strdup(mock_ask(idp, "GET", path, "", NULL)->body);
    (void)snprintf(rules, sizeof rules, "[{'match':{'endpoint':'jwks'},'act':%s}]", acts[_i]);
    json_decref(mock_admin(idp, "PUT", "/_admin/faults", rules, NULL));
    char *struck = strdup(mock_ask(idp, "GET", path, "", NULL)->text);
    json_decref(mock_admin(idp, "DELETE", "/_admin/faults", NULL, NULL));
    const struct wire_answer *after = mock_ask(idp, "GET", path, "", NULL);
    ck_assert_str_eq(after->body, before);
    ck_assert_int_eq(after->status, 200);
    ck_assert(wire_header(after, "Cache-Control: max-age=86400"));
    ck_assert_str_ne(after->text, struck);
    free(struck);
    free(before);
}
END_TEST

START_TEST(documents_may_be_cached_and_read_by_pages)
{
    static const char *const paths[] = {
        "/common/v2.0/.well-known/openid-configuration", "/common/.well-known/openid-configuration",
        "/" CONTOSO "/discovery/v2.0/keys", "/" CONTOSO "/discovery/keys",
        "/common/discovery/instance?authorization_endpoint=https%3A"
        "%2F%2Flogin.windows.net%2Fcommon"};
    static const char *const lines[] = {
        "Content-Type: application/json; charset=utf-8", "Cache-Control: max-age=86400, private",
        "Access-Control-Allow-Origin: *", "Access-Control-Allow-Methods: GET, OPTIONS",
        "X-Content-Type-Options: nosniff"};
    const struct wire_answer *answer = mock_ask(idp, "GET", paths[_i], "", NULL);
    ck_assert_int_eq(answer->status, 200);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        ck_assert_msg(wire_header(answer, lines[i]), "%s: no %s", paths[_i], lines[i]);
    }
    /* a page that sends a header of its own asks first */
    answer = mock_ask(idp, "OPTIONS", paths[_i],
                      "Origin: http://localhost:5173\r\nAccess-Control-Request-Method: GET\r\n"
                      "Access-Control-Request-Headers: x-a\r\n",
                      NULL);
    ck_assert_int_eq(answer->status, 200);
    ck_assert(wire_header(answer, "Access-Control-Allow-Origin: *"));
    ck_assert(wire_header(answer, "Access-Control-Allow-Methods: GET, OPTIONS"));
    ck_assert(wire_header(answer, "Access-Control-Allow-Headers: x-a"));
}
END_TEST

START_TEST(urls_follow_the_host_of_the_client)
{
    const struct wire_answer *answer =
        mock_ask(idp, "GET", "/common/v2.0/.well-known/openid-configuration",
                 "X-Forwarded-Host: evil.test\r\nX-Forwarded-Proto: https\r\n", NULL);
    ck_assert_ptr_null(strstr(answer->body, "evil.test"));
    ck_assert_ptr_nonnull(strstr(answer->body, idp_http_url(idp)));
}
END_TEST

#define CONSUMERS "9188040d-6c67-4c5b-b112-36a304b66dad"

static const struct {
    const char *path;
    size_t keys;
    size_t contoso;
    size_t personal;
    size_t shared;
} sets[] = {
    {"/common/discovery/v2.0/keys", 10, 3, 3, 1},
    {"/organizations/discovery/v2.0/keys", 7, 3, 0, 1},
    {"/consumers/discovery/v2.0/keys", 3, 0, 3, 0},
    {"/" CONSUMERS "/discovery/v2.0/keys", 3, 0, 3, 0},
    {"/contoso.test/discovery/v2.0/keys", 4, 4, 0, 0},
};

/* Each key names the issuer that it signs for: common shows all, organizations no personal ones.
 * The key that tenants share names whoever is asked. */
START_TEST(keys_belong_to_their_issuer)
{
    json_t *set = mock_get(idp, sets[_i].path, NULL);
    const json_t *keys = json_object_get(set, "keys");
    const json_t *key = NULL;
    size_t i = 0;
    size_t contoso = 0;
    size_t personal = 0;
    size_t shared = 0;
    json_array_foreach(keys, i, key)
    {
        contoso += strstr(text_at(key, "issuer"), "/" CONTOSO "/v2.0") != NULL;
        personal += strstr(text_at(key, "issuer"), "/" CONSUMERS "/v2.0") != NULL;
        shared += strstr(text_at(key, "issuer"), "/{tenantid}/v2.0") != NULL;
    }
    ck_assert_msg(json_array_size(keys) == sets[_i].keys && contoso == sets[_i].contoso &&
                      personal == sets[_i].personal && shared == sets[_i].shared,
                  "%s: %zu, %zu of Contoso, %zu personal, %zu shared", sets[_i].path,
                  json_array_size(keys), contoso, personal, shared);
    json_decref(set);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("discovery");
    TCase *tcase = tcase_create("discovery");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_loop_test(tcase, documents_are_the_golden_ones, 0, ROWS(golden));
    tcase_add_loop_test(tcase, an_app_has_a_key_of_its_own, 0, ROWS(app_keys));
    tcase_add_loop_test(tcase, members_follow_the_tenant, 0, ROWS(members));
    tcase_add_loop_test(tcase, others_are_refused_as_entra_does, 0, ROWS(refused));
    tcase_add_loop_test(tcase, documents_may_be_cached_and_read_by_pages, 0, 5);
    tcase_add_loop_test(tcase, what_a_rule_changed_is_changed_for_nobody_else, 0, 5);
    tcase_add_test(tcase, urls_follow_the_host_of_the_client);
    tcase_add_loop_test(tcase, keys_belong_to_their_issuer, 0, ROWS(sets));
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

/* What a configuration can say of tokens: the settings that fixtures/golden/tokens does not play,
 * and the faults, each named by its pointer. */
#include "mockidp/claims/claims.h"

#include "mockidp/config/config.h"
#include "mockidp/tests/support/browser.h"
#include "mockidp/tests/support/demo.h"
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"
#include "mockidp/tests/support/scratch.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- settings ---- */

#define V2 "/contoso.test/oauth2/v2.0/token"
#define PASSWORD                                                                                   \
    "grant_type=password&client_id=c0ffee00-0000-4000-8000-0000000000e1&password=Passw0rd!"
#define API "&scope=api://auth-test/access_as_user"
#define ALICE "&username=alice@contoso.test"

enum of { ROOT, CONTOSO_TENANT, AUTH_TEST, NATIVE };
enum from { ACCESS_TOKEN, ID_TOKEN, ANSWER };

static const struct {
    const char *reason;
    enum of of;
    const char *member;
    const char *value;
    const char *form;
    enum from from;
    const char *claim;
    const char *want; /* JSON with ' for "; NULL: absent */
} settings[] = {
    {"by default a user's access token has a name without the scope profile", ROOT,
     "profile_gates_access_tokens", "false", PASSWORD ALICE API, ACCESS_TOKEN, "name", "'Alice'"},
    {"it can be gated", ROOT, "profile_gates_access_tokens", "true", PASSWORD ALICE API,
     ACCESS_TOKEN, "name", NULL},
    {"so can oid", ROOT, "profile_gates_access_tokens", "true", PASSWORD ALICE API, ACCESS_TOKEN,
     "oid", NULL},
    {"and with the scope they are there", ROOT, "profile_gates_access_tokens", "true",
     PASSWORD ALICE API "%20profile", ACCESS_TOKEN, "oid",
     "'c0ffee00-0000-4000-8000-00000000a11c'"},
    {"an app's lifetime", AUTH_TEST, "access_token_lifetime_s", "86400", PASSWORD ALICE API,
     ACCESS_TOKEN, "exp", "1769947200"},
    {"is told to the client", AUTH_TEST, "access_token_lifetime_s", "86400", PASSWORD ALICE API,
     ANSWER, "expires_in", "86399"},
    {"two hours or more are to be renewed at half", AUTH_TEST, "access_token_lifetime_s", "7200",
     PASSWORD ALICE API, ANSWER, "refresh_in", "3599"},
    {"less are not", AUTH_TEST, "access_token_lifetime_s", "7199", PASSWORD ALICE API, ANSWER,
     "refresh_in", NULL},
    {"the tenant's lifetime", CONTOSO_TENANT, "access_token_lifetime_s", "900", PASSWORD ALICE API,
     ANSWER, "expires_in", "899"},
    {"is that of ID tokens, too", CONTOSO_TENANT, "access_token_lifetime_s", "900",
     PASSWORD ALICE "&scope=openid", ID_TOKEN, "exp", "1769861700"},
    {"an ID token lives by its client, not by the resource", AUTH_TEST, "access_token_lifetime_s",
     "900", PASSWORD ALICE API "%20openid", ID_TOKEN, "exp", "1769864400"},
    {"groups only where the manifest asks for them", AUTH_TEST, "group_membership_claims", "'None'",
     PASSWORD ALICE API, ACCESS_TOKEN, "groups", NULL},
    {"the overage names the cloud's own Graph", ROOT, "cloud", "'china'",
     PASSWORD "&username=overage@contoso.test" API, ACCESS_TOKEN, "_claim_sources",
     "{'src1':{'endpoint':'https://graph.chinacloudapi.cn/" CONTOSO
     "/users/c0ffee00-0000-4000-8000-000000000ee7/getMemberObjects'}}"},
    {"v1 tokens have the cloud's own issuer", ROOT, "cloud", "'china'",
     PASSWORD ALICE "&scope=api://legacy/user_impersonation", ACCESS_TOKEN, "iss",
     "'https://sts.chinacloudapi.cn/" CONTOSO "/'"},
    {"amr on request, of v2", AUTH_TEST, "optional_claims", "{'access_token':[{'name':'amr'}]}",
     PASSWORD ALICE API, ACCESS_TOKEN, "amr", "['pwd']"},
    {"unique_name, too", AUTH_TEST, "optional_claims", "{'access_token':[{'name':'unique_name'}]}",
     PASSWORD ALICE API "%20profile", ACCESS_TOKEN, "unique_name", "'alice@contoso.test'"},
    {"a client's ID token", NATIVE, "optional_claims", "{'id_token':[{'name':'acct'}]}",
     PASSWORD ALICE "&scope=openid", ID_TOKEN, "acct", "0"},
    {"what the user has no value for is absent", NATIVE, "optional_claims",
     "{'id_token':[{'name':'ctry'}]}", PASSWORD ALICE "&scope=openid", ID_TOKEN, "ctry", NULL},
};

static json_t *place_of(json_t *demo, enum of of)
{
    return of == ROOT             ? demo
           : of == CONTOSO_TENANT ? demo_contoso(demo)
           : of == AUTH_TEST      ? demo_app(demo, "auth-test")
                                  : demo_app(demo, "native");
}

static const struct idp_options options = {
    .listen = "127.0.0.1:0", .clock = KITCHEN_TIME, .seed = "claims", .sign_in = "auto"};

static void must_be(const char *reason, const json_t *got, const char *want)
{
    json_t *meant = want ? kitchen_json(want) : NULL;
    char *shown = got ? json_dumps(got, JSON_ENCODE_ANY) : NULL;
    ck_assert_msg(want ? json_equal(meant, got) : !got, "%s: %s", reason, shown ? shown : "(none)");
    free(shown);
    json_decref(meant);
}

START_TEST(settings_show_in_tokens)
{
    int status = 0;
    char *dir = scratch_make();
    json_t *demo = demo_json();
    demo_set(place_of(demo, settings[_i].of), settings[_i].member, settings[_i].value);
    struct idp *idp = demo_start(demo, dir, &options);
    json_t *body = mock_form(idp, V2, settings[_i].form, &status);
    ck_assert_msg(status == 200, "%s: %s", settings[_i].reason, text_at(body, "error_description"));
    const char *name = settings[_i].from == ID_TOKEN ? "id_token" : "access_token";
    json_t *claims = token_json(text_at(body, name), 1);
    const json_t *where = settings[_i].from == ANSWER ? body : claims;
    must_be(settings[_i].reason, json_object_get(where, settings[_i].claim), settings[_i].want);
    json_decref(claims);
    json_decref(body);
    idp_stop(idp);
    scratch_remove(dir);
}
END_TEST

/* ---- fragments ---- */

#define FRAGMENT                                                                                   \
    "/contoso.test/oauth2/v2.0/authorize?client_id=c0ffee00-0000-4000-8000-0000000000b1"           \
    "&redirect_uri=http%3A%2F%2Flocalhost%3A5000%2Fcallback&response_type=id_token&nonce=n"        \
    "&scope=openid&login_hint="

static const struct {
    const char *reason;
    const char *member;
    const char *value;
    const char *user;
    const char *claim;
    const char *want;
} fragments[] = {
    {"two groups fit", "hasgroups", "'boolean'", "alice", "hasgroups", NULL},
    {"unless fewer are to", "implicit_groups_max", "1", "alice", "hasgroups", "true"},
    {"201 are no overage here", "hasgroups", "'boolean'", "overage", "hasgroups", "true"},
    {"nor do they stand elsewhere", "hasgroups", "'boolean'", "overage", "_claim_names", NULL},
    {"as it was written once", "hasgroups", "'text'", "overage", "hasgroups", "'true'"},
};

START_TEST(a_fragment_has_room_for_few_groups)
{
    char path[600];
    char *dir = scratch_make();
    json_t *demo = demo_json();
    demo_set(demo, fragments[_i].member, fragments[_i].value);
    demo_set(demo_app(demo, "web"), "group_membership_claims", "'SecurityGroup'");
    struct idp *idp = demo_start(demo, dir, &options);
    (void)snprintf(path, sizeof path, "%s%s@contoso.test", FRAGMENT, fragments[_i].user);
    char *location = browser_header(mock_ask(idp, "GET", path, "", NULL), "Location");
    char *token = browser_parameter(location, "id_token");
    ck_assert_msg(token != NULL, "%s", location);
    json_t *claims = token_json(token, 1);
    must_be(fragments[_i].reason, json_object_get(claims, fragments[_i].claim), fragments[_i].want);
    json_decref(claims);
    free(token);
    free(location);
    idp_stop(idp);
    scratch_remove(dir);
}
END_TEST

/* ---- the sign-in ---- */

#define CODE                                                                                       \
    "/contoso.test/oauth2/v2.0/authorize?client_id=c0ffee00-0000-4000-8000-0000000000b1"           \
    "&redirect_uri=http%3A%2F%2Flocalhost%3A5000%2Fcallback&response_type=code"                    \
    "&scope=openid%20offline_access"
#define WEB "client_id=c0ffee00-0000-4000-8000-0000000000b1&client_secret=web-secret"
#define REDEEM                                                                                     \
    WEB "&grant_type=authorization_code&redirect_uri=http%3A%2F%2Flocalhost%3A5000%2Fcallback&"    \
        "code="
#define REFRESH WEB "&grant_type=refresh_token&refresh_token="

/* redeem posts a form and returns the refresh token of the answer, newly allocated; its ID token
 * must say that the user signed in at the kitchen's time, in the session of `sid`. */
static char *redeem(struct idp *idp, const char *form, const char *handle, char sid[64])
{
    char text[2000];
    int status = 0;
    (void)snprintf(text, sizeof text, "%s%s", form, handle);
    json_t *body = mock_form(idp, V2, text, &status);
    ck_assert_msg(status == 200, "%s", text_at(body, "error_description"));
    json_t *claims = token_json(text_at(body, "id_token"), 1);
    ck_assert_int_eq(json_integer_value(json_object_get(claims, "auth_time")), KITCHEN_NOW);
    ck_assert_int_gt(json_integer_value(json_object_get(claims, "iat")), KITCHEN_NOW - 300);
    ck_assert_msg(!*sid || strcmp(sid, text_at(claims, "sid")) == 0, "%s", text_at(claims, "sid"));
    (void)snprintf(sid, 64, "%s", text_at(claims, "sid"));
    char *refresh = strdup(text_at(body, "refresh_token"));
    json_decref(claims);
    json_decref(body);
    return refresh;
}

START_TEST(the_sign_in_is_remembered)
{
    char sid[64] = "";
    char *dir = scratch_make();
    json_t *demo = demo_json();
    demo_set(demo_app(demo, "web"), "optional_claims", "{'id_token':[{'name':'auth_time'}]}");
    struct idp *idp = demo_start(demo, dir, &options);
    char *code = browser_code(idp, CODE);
    json_decref(mock_admin(idp, "POST", "/_admin/clock/advance", "{'seconds':60}", NULL));
    char *first = redeem(idp, REDEEM, code, sid);
    json_decref(mock_admin(idp, "POST", "/_admin/clock/advance", "{'seconds':86400}", NULL));
    char *second = redeem(idp, REFRESH, first, sid);
    free(second);
    free(first);
    free(code);
    idp_stop(idp);
    scratch_remove(dir);
}
END_TEST

START_TEST(so_is_that_of_a_password)
{
    char sid[64] = "";
    char *dir = scratch_make();
    json_t *demo = demo_json();
    demo_set(demo_app(demo, "web"), "optional_claims", "{'id_token':[{'name':'auth_time'}]}");
    struct idp *idp = demo_start(demo, dir, &options);
    json_t *first = mock_form(idp, V2,
                              WEB "&grant_type=password&username=alice@contoso.test"
                                  "&password=Passw0rd!&scope=openid+offline_access",
                              NULL);
    json_decref(mock_admin(idp, "POST", "/_admin/clock/advance", "{'seconds':86400}", NULL));
    free(redeem(idp, REFRESH, text_at(first, "refresh_token"), sid));
    json_decref(first);
    idp_stop(idp);
    scratch_remove(dir);
}
END_TEST

/* ---- national clouds ---- */

#define DISCOVERY "/contoso.test/v2.0/.well-known/openid-configuration"
#define DISCOVERY_V1 "/common/.well-known/openid-configuration"

static const struct {
    const char *reason;
    const char *member;
    const char *value;
    const char *path;
    const char *name;
    const char *want;
} clouds[] = {
    {"US Government", "cloud", "'us-government'", DISCOVERY, "cloud_instance_name",
     "'microsoftonline.us'"},
    {"its Graph", "cloud", "'us-government'", DISCOVERY, "msgraph_host", "'graph.microsoft.us'"},
    {"its old Graph", "cloud", "'us-government'", DISCOVERY, "cloud_graph_host_name",
     "'graph.windows.net'"},
    {"its access control", "cloud", "'us-government'", DISCOVERY, "rbac_url",
     "'https://pasff.usgovcloudapi.net'"},
    {"its v1 issuer is the public one", "cloud", "'us-government'", DISCOVERY_V1, "issuer",
     "'https://sts.windows.net/{tenantid}/'"},
    {"China", "cloud", "'china'", DISCOVERY, "cloud_instance_name", "'partner.microsoftonline.cn'"},
    {"its Graph", "cloud", "'china'", DISCOVERY, "msgraph_host",
     "'microsoftgraph.chinacloudapi.cn'"},
    {"its v1 issuer", "cloud", "'china'", DISCOVERY_V1, "issuer",
     "'https://sts.chinacloudapi.cn/{tenantid}/'"},
    {"its user realm", "cloud", "'china'", "/common/userrealm/alice@contoso.test",
     "cloud_instance_name", "'partner.microsoftonline.cn'"},
    {"one member of another", "cloud_metadata", "{'msgraph_host':'dod-graph.microsoft.us'}",
     DISCOVERY, "msgraph_host", "'dod-graph.microsoft.us'"},
    {"and the rest as it is", "cloud_metadata", "{'msgraph_host':'dod-graph.microsoft.us'}",
     DISCOVERY, "cloud_instance_name", "'microsoftonline.com'"},
};

START_TEST(documents_name_their_cloud)
{
    char *dir = scratch_make();
    json_t *demo = demo_json();
    demo_set(demo, clouds[_i].member, clouds[_i].value);
    struct idp *idp = demo_start(demo, dir, &options);
    json_t *document = mock_get(idp, clouds[_i].path, NULL);
    must_be(clouds[_i].reason, json_object_get(document, clouds[_i].name), clouds[_i].want);
    json_decref(document);
    idp_stop(idp);
    scratch_remove(dir);
}
END_TEST

START_TEST(keys_and_regions_name_their_cloud)
{
    char *dir = scratch_make();
    json_t *demo = demo_json();
    demo_set(demo, "cloud", "'us-government'");
    demo_set(place_of(demo, CONTOSO_TENANT), "region_sub_scope", "'DOD'");
    struct idp *idp = demo_start(demo, dir, &options);
    json_t *set = mock_get(idp, "/contoso.test/discovery/v2.0/keys", NULL);
    const json_t *key = json_array_get(json_object_get(set, "keys"), 0);
    ck_assert_str_eq(text_at(key, "cloud_instance_name"), "microsoftonline.us");
    json_t *document = mock_get(idp, DISCOVERY, NULL);
    ck_assert_str_eq(text_at(document, "tenant_region_sub_scope"), "DOD");
    json_decref(document);
    json_decref(set);
    idp_stop(idp);
    scratch_remove(dir);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("claims");
    TCase *tcase = tcase_create("claims");
    tcase_add_loop_test(tcase, settings_show_in_tokens, 0, ROWS(settings));
    tcase_add_loop_test(tcase, a_fragment_has_room_for_few_groups, 0, ROWS(fragments));
    tcase_add_test(tcase, the_sign_in_is_remembered);
    tcase_add_test(tcase, so_is_that_of_a_password);
    tcase_add_loop_test(tcase, documents_name_their_cloud, 0, ROWS(clouds));
    tcase_add_test(tcase, keys_and_regions_name_their_cloud);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

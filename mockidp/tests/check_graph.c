/* Microsoft Graph under the host names of each cloud ("Microsoft Graph in national clouds"): whose
 * scopes a token is for, whose token userinfo takes, and where it says the picture is; and the
 * nonce that makes its tokens nobody else's business. */
#include "mockidp/tests/support/demo.h"
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"
#include "mockidp/tests/support/scratch.h"
#include "mockidp/tests/support/visitor.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define V2 "/contoso.test/oauth2/v2.0/token"
#define USER                                                                                       \
    "client_id=c0ffee00-0000-4000-8000-0000000000e1&grant_type=password"                           \
    "&username=alice@contoso.test&password=Passw0rd!&scope="
#define SCOPES "/User.Read+openid+profile"

static const struct {
    const char *reason;
    const char *member;
    const char *value;
    const char *resource;
    int code; /* AADSTS; 0: a token, which userinfo takes */
    const char *host;
} rows[] = {
    {"the public cloud", "cloud", "'public'", "https://graph.microsoft.com", 0,
     "graph.microsoft.com"},
    {"with a final slash", "cloud", "'public'", "https://graph.microsoft.com/", 0,
     "graph.microsoft.com"},
    {"in another case", "cloud", "'public'", "HTTPS://Graph.Microsoft.com", 0,
     "graph.microsoft.com"},
    {"by its id", "cloud", "'china'", "00000003-0000-0000-C000-000000000000", 0,
     "microsoftgraph.chinacloudapi.cn"},
    {"a host that begins so", "cloud", "'public'", "https://graph.microsoft.com.test", 500011, ""},
    {"a host that ends sooner", "cloud", "'public'", "https://graph.microsoft.co", 500011, ""},
    {"not over http", "cloud", "'public'", "http://graph.microsoft.com", 500011, ""},
    {"China", "cloud", "'china'", "https://microsoftgraph.chinacloudapi.cn", 0,
     "microsoftgraph.chinacloudapi.cn"},
    {"not the other cloud's", "cloud", "'china'", "https://graph.microsoft.com", 500011, ""},
    {"US Government", "cloud", "'us-government'", "https://graph.microsoft.us", 0,
     "graph.microsoft.us"},
    {"its Department of Defense", "cloud", "'us-government'", "https://dod-graph.microsoft.us", 0,
     "graph.microsoft.us"},
    {"nobody else's", "cloud", "'public'", "https://dod-graph.microsoft.us", 500011, ""},
    {"as the directory says", "cloud_metadata", "{'msgraph_host':'graph.test'}",
     "https://graph.test", 0, "graph.test"},
};

static void must_show_picture(struct idp *idp, const char *token, const char *host)
{
    char headers[4096];
    char picture[120];
    (void)snprintf(headers, sizeof headers, "Authorization: Bearer %s\r\n", token);
    (void)snprintf(picture, sizeof picture, "\"https://%s/v1.0/me/photo/$value\"", host);
    const struct wire_answer *answer = mock_ask(idp, "GET", "/oidc/userinfo", headers, NULL);
    ck_assert_msg(answer->status == 200 && strstr(answer->body, picture), "%d %s", answer->status,
                  answer->body);
}

START_TEST(each_cloud_has_its_graph)
{
    char form[400];
    char *dir = NULL;
    json_t *demo = demo_json();
    demo_set(demo, rows[_i].member, rows[_i].value);
    struct idp *idp = demo_open(demo, NULL, &dir);
    (void)snprintf(form, sizeof form, USER "%s" SCOPES, rows[_i].resource);
    json_t *answer = mock_form(idp, V2, form, NULL);
    ck_assert_msg(mock_code(answer) == rows[_i].code, "%s: %s", rows[_i].reason,
                  text_at(answer, "error_description"));
    if (rows[_i].code == 0) {
        json_t *claims = token_json(text_at(answer, "access_token"), 1);
        ck_assert_str_eq(text_at(claims, "aud"), rows[_i].resource);
        must_show_picture(idp, text_at(answer, "access_token"), rows[_i].host);
        json_decref(claims);
    }
    json_decref(answer);
    demo_close(idp, dir);
}
END_TEST

/* ---- delegated scopes: those that there are ---- */

static const struct {
    const char *reason;
    const char *added; /* by the directory; NULL: none */
    const char *scope;
    int code;
} scope_rows[] = {
    {"a scope of an API, its resource forgotten", NULL, "access_as_user", 70011},
    {"OpenID Connect's address", NULL, "openid+address", 70011},
    {"and its phone", NULL, "openid+phone", 70011},
    {"the form is not enough", NULL, "Bogus.Nothing", 70011},
    {"nor with the resource", NULL, "https://graph.microsoft.com/Bogus.Nothing", 70011},
    {"two of three", NULL, "User.Read+Bogus.Nothing+Mail.Read", 70011},
    {"one that there is", NULL, "User.Read", 0},
    {"in another case", NULL, "user.readbasic.all", 0},
    {"with the resource", NULL, "https://graph.microsoft.com/Files.ReadWrite.All", 0},
    {"one that the directory adds", "['Bogus.Nothing']", "Bogus.Nothing", 0},
    {"that one, too, in another case", "['Bogus.Nothing']", "bogus.nothing", 0},
    {"and no other", "['Bogus.Nothing']", "Bogus.Something", 70011},
    {"a directory may add any", "['*']", "https://graph.microsoft.com/whatever", 0},
    {"that can stand in a token", "['*']", "what%22ever", 70011},
};

START_TEST(graph_offers_what_there_is)
{
    char form[400];
    char *dir = NULL;
    json_t *demo = demo_json();
    if (scope_rows[_i].added) {
        demo_set(demo, "graph_scopes", scope_rows[_i].added);
    }
    struct idp *idp = demo_open(demo, NULL, &dir);
    (void)snprintf(form, sizeof form, USER "%s", scope_rows[_i].scope);
    json_t *answer = mock_form(idp, V2, form, NULL);
    ck_assert_msg(mock_code(answer) == scope_rows[_i].code, "%s: %s", scope_rows[_i].reason,
                  text_at(answer, "error_description"));
    json_decref(answer);
    demo_close(idp, dir);
}
END_TEST

/* /authorize has a number of its own, and names the resource. */
START_TEST(authorize_says_what_graph_has_not)
{
    char *dir = NULL;
    struct idp *idp = demo_open(demo_json(), NULL, &dir);
    struct visitor v = {.idp = idp};
    char *location = visitor_arrives(visitor_open(
        &v, "/contoso.test/oauth2/v2.0/authorize?response_type=code&scope=access_as_user"
            "&client_id=c0ffee00-0000-4000-8000-0000000000b1"));
    ck_assert_ptr_nonnull(strstr(location, "AADSTS650053"));
    ck_assert_ptr_nonnull(strstr(location, "resource%20%2700000003-0000-0000-c000-000000000000"));
    free(location);
    demo_close(idp, dir);
}
END_TEST

/* ---- app roles: those that the directory says ---- */

START_TEST(an_app_has_roles_of_graph)
{
    char *dir = NULL;
    json_t *demo = demo_json();
    demo_set(demo_app(demo, "daemon"), "granted", "{'graph':['User.Read.All','Mail.Send']}");
    demo_set(demo_app(demo, "daemon-noroles"), "requests_roles", "{'graph':['User.Read.All']}");
    struct idp *idp = demo_open(demo, NULL, &dir);
    json_t *answer = mock_form(idp, V2,
                               "client_id=c0ffee00-0000-4000-8000-0000000000d1"
                               "&client_secret=daemon-secret&grant_type=client_credentials"
                               "&scope=https://graph.microsoft.com/.default",
                               NULL);
    json_t *claims = token_json(text_at(answer, "access_token"), 1);
    const json_t *roles = json_object_get(claims, "roles");
    ck_assert_uint_eq(json_array_size(roles), 2);
    ck_assert_str_eq(json_string_value(json_array_get(roles, 0)), "User.Read.All");
    json_decref(claims);
    json_decref(answer);
    demo_close(idp, dir);
}
END_TEST

/* ---- the nonce in the header ---- */

#define DAEMON                                                                                     \
    "client_id=c0ffee00-0000-4000-8000-0000000000d1&client_secret=daemon-secret"                   \
    "&grant_type=client_credentials&scope=https://graph.microsoft.com/.default"

static const struct {
    const char *reason;
    const char *said; /* graph_nonce; NULL: nothing */
    const char *form;
    const char *token;
    bool has_one;
} nonces[] = {
    {"of a user", NULL, USER "openid+User.Read", "access_token", true},
    {"of an app", NULL, DAEMON, "access_token", true},
    {"an ID token has none", NULL, USER "openid+User.Read", "id_token", false},
    {"nor one for an API", NULL, USER "api://legacy/user_impersonation", "access_token", false},
    {"a directory may do without", "false", USER "openid+User.Read", "access_token", false},
    {"or say that it does not", "true", USER "openid+User.Read", "access_token", true},
};

/* With a nonce the signature is bad as the token is sent, and good over the nonce's hash. */
START_TEST(a_token_for_graph_cannot_be_checked)
{
    char *dir = NULL;
    struct kitchen kitchen;
    json_t *demo = demo_json();
    if (nonces[_i].said) {
        demo_set(demo, "graph_nonce", nonces[_i].said);
    }
    struct idp *idp = demo_open(demo, NULL, &dir);
    kitchen_open(&kitchen); /* it has the demo directory's keys */
    EVP_PKEY *pkey = kitchen_key(&kitchen, "current")->pkey;
    json_t *answer = mock_form(idp, V2, nonces[_i].form, NULL);
    const char *token = text_at(answer, nonces[_i].token);
    json_t *header = token_json(token, 0);
    bool has_one = json_object_get(header, "nonce") != NULL;
    ck_assert_msg(has_one == nonces[_i].has_one, "%s", nonces[_i].reason);
    ck_assert_msg(token_verifies(token, pkey, "RS256") != has_one, "%s", nonces[_i].reason);
    if (has_one) {
        char *hashed = token_with_hashed_nonce(token);
        ck_assert_msg(token_verifies(hashed, pkey, "RS256"), "%s", nonces[_i].reason);
        free(hashed);
    }
    json_decref(header);
    json_decref(answer);
    kitchen_close(&kitchen);
    demo_close(idp, dir);
}
END_TEST

/* change_nonce returns the token with another first character of the nonce, newly allocated. */
static char *change_nonce(const char *token)
{
    char *out = NULL;
    size_t len = 0;
    char *header = (char *)token_bytes(token, 0, &len);
    char *at = strstr(header, "\"nonce\":\"");
    ck_assert_ptr_nonnull(at);
    at += strlen("\"nonce\":\"");
    *at = *at == 'x' ? 'y' : 'x';
    char *part = text_of_base64url(header, len);
    ck_assert_int_gt(asprintf(&out, "%s%s", part, strchr(token, '.')), 0);
    free(part);
    free(header);
    return out;
}

/* userinfo is Graph's, and checks it: of another nonce the hash is another one. */
START_TEST(graph_itself_can)
{
    char *dir = NULL;
    char headers[4096];
    struct idp *idp = demo_open(demo_json(), NULL, &dir);
    json_t *answer = mock_form(idp, V2, USER "openid", NULL);
    const char *token = text_at(answer, "access_token");
    char *changed = change_nonce(token);
    (void)snprintf(headers, sizeof headers, "Authorization: Bearer %s\r\n", changed);
    const struct wire_answer *info = mock_ask(idp, "GET", "/oidc/userinfo", headers, NULL);
    ck_assert(info->status == 401 && strstr(info->body, "The signature does not verify."));
    (void)snprintf(headers, sizeof headers, "Authorization: Bearer %s\r\n", token);
    ck_assert_int_eq(mock_ask(idp, "GET", "/oidc/userinfo", headers, NULL)->status, 200);
    free(changed);
    json_decref(answer);
    demo_close(idp, dir);
}
END_TEST

/* All that Graph offers would be hundreds: it is what the registration asks for. */
START_TEST(all_of_graph_is_what_the_app_asks_for)
{
    static const struct {
        const char *requests;
        const char *path;
        const char *rest;
        const char *scp;
        const char *scope;
    } asked[] = {
        {NULL, "/contoso.test/oauth2/token", "&resource=https://graph.microsoft.com", "User.Read",
         "User.Read"},
        {"{'graph':['Mail.Read','User.Read']}", "/contoso.test/oauth2/token",
         "&resource=https://graph.microsoft.com", "Mail.Read User.Read", "Mail.Read User.Read"},
        {NULL, V2, "&scope=https://graph.microsoft.com/.default", "User.Read",
         "https://graph.microsoft.com/User.Read https://graph.microsoft.com/.default"},
        {"{'graph':['Mail.Read']}", V2, "&scope=https://graph.microsoft.com/.default", "Mail.Read",
         "https://graph.microsoft.com/Mail.Read https://graph.microsoft.com/.default"},
    };
    char form[400];
    char *dir = NULL;
    json_t *demo = demo_json();
    if (asked[_i].requests) {
        demo_set(demo_app(demo, "native"), "requests", asked[_i].requests);
    }
    struct idp *idp = demo_open(demo, NULL, &dir);
    (void)snprintf(form, sizeof form,
                   "client_id=c0ffee00-0000-4000-8000-0000000000e1&grant_type=password"
                   "&username=alice@contoso.test&password=Passw0rd!%s",
                   asked[_i].rest);
    json_t *answer = mock_form(idp, asked[_i].path, form, NULL);
    ck_assert_msg(mock_code(answer) == 0, "%s", text_at(answer, "error_description"));
    ck_assert_str_eq(text_at(answer, "scope"), asked[_i].scope);
    json_t *claims = token_json(text_at(answer, "access_token"), 1);
    ck_assert_str_eq(text_at(claims, "scp"), asked[_i].scp);
    json_decref(claims);
    json_decref(answer);
    demo_close(idp, dir);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("graph");
    TCase *tcase = tcase_create("clouds");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, each_cloud_has_its_graph, 0, sizeof rows / sizeof rows[0]);
    tcase_add_loop_test(tcase, all_of_graph_is_what_the_app_asks_for, 0, 4);
    tcase_add_loop_test(tcase, graph_offers_what_there_is, 0,
                        sizeof scope_rows / sizeof scope_rows[0]);
    tcase_add_test(tcase, authorize_says_what_graph_has_not);
    tcase_add_test(tcase, an_app_has_roles_of_graph);
    tcase_add_loop_test(tcase, a_token_for_graph_cannot_be_checked, 0,
                        sizeof nonces / sizeof nonces[0]);
    tcase_add_test(tcase, graph_itself_can);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

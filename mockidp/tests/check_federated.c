/* Federated credentials: an app proves itself with a token of an identity provider that the
 * directory trusts, here a second mock ("Workload identity federation"). */
#include "mockidp/tests/support/demo.h"
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"
#include "mockidp/tests/support/scratch.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAEMON "c0ffee00-0000-4000-8000-0000000000d1"
#define V2 "/" CONTOSO "/oauth2/v2.0/token"
#define FORM                                                                                       \
    "grant_type=client_credentials&scope=api://auth-test/.default"                                 \
    "&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#define SUBJECT "system:serviceaccount:default:worker"
#define AUDIENCE "api://AzureADTokenExchange"

static struct idp *issuer; /* the cluster's, say */
static struct idp *idp;
static char *dir;

/* trust gives the daemon credentials; {issuer} is the second mock's for Fabrikam, {own} our own. */
static void trust(json_t *demo, const char *credentials)
{
    char text[2000] = "";
    const char *at = credentials;
    for (const char *mark = NULL; (mark = strstr(at, "{issuer}")); at = mark + 8) {
        size_t used = strlen(text);
        (void)snprintf(text + used, sizeof text - used, "%.*s%s/" FABRIKAM "/v2.0",
                       (int)(mark - at), at, idp_http_url(issuer));
    }
    size_t used = strlen(text);
    (void)snprintf(text + used, sizeof text - used, "%s", at);
    demo_set(demo_app(demo, "daemon"), "federated_credentials", text);
}

static void start(void)
{
    json_t *demo = demo_json();
    issuer = mock_start();
    trust(demo, "[{'name':'worker','issuer':'{issuer}','subject':'" SUBJECT "'},"
                "{'issuer':'{issuer}','subject':'Two','audiences':['urn:a','urn:b']},"
                "{'issuer':'https://sts.windows.net/" FABRIKAM "/','subject':'own'},"
                "{'issuer':'http://127.0.0.1:1/nobody','subject':'" SUBJECT "'}]");
    idp = demo_open(demo, NULL, &dir);
}

static void stop(void)
{
    demo_close(idp, dir);
    idp_stop(issuer);
}

/* bake returns a token of the other mock: of its own issuer, for the exchange, unless the claims
 * say otherwise; newly allocated. */
static char *bake_at(struct idp *where, const char *base_url, const char *claims, const char *rest)
{
    char recipe[2000];
    int status = 0;
    (void)snprintf(recipe, sizeof recipe,
                   "{'base':'empty','for':{'tenant':'fabrikam'},'claims':{'set':{"
                   "'iss':'%s/" FABRIKAM "/v2.0','sub':'" SUBJECT "','aud':'" AUDIENCE
                   "','exp':{'now':600}%s}}%s}",
                   base_url, claims, rest);
    json_t *answer = mock_admin(where, "POST", "/_admin/tokens", recipe, &status);
    ck_assert_msg(status == 200, "%s: %s", recipe, text_at(answer, "error_description"));
    char *token = strdup(text_at(answer, "token"));
    json_decref(answer);
    return token;
}

static char *bake(const char *claims, const char *rest)
{
    return bake_at(issuer, idp_http_url(issuer), claims, rest);
}

static json_t *ask(struct idp *where, const char *assertion, const char *more, int *status)
{
    char form[8192];
    (void)snprintf(form, sizeof form, FORM "&client_assertion=%s%s", assertion, more);
    return mock_form(where, V2, form, status);
}

#define ID "&client_id=" DAEMON

static const struct {
    const char *reason;
    const char *claims; /* replacing, after a comma */
    const char *rest;   /* of the recipe */
    int code;           /* 0: granted */
    int status;
    const char *error;
    const char *word;
} rows[] = {
    {"issuer, subject and audience are the credential's", "", "", 0, 200, "", ""},
    {"the second credential", ",'sub':'Two','aud':'urn:b'", "", 0, 200, "", ""},
    {"one audience of several", ",'aud':['x','" AUDIENCE "']", "", 0, 200, "", ""},
    {"times as texts", ",'exp':'1769861400','nbf':'1769860800'", "", 0, 200, "", ""},
    {"another issuer", ",'iss':'https://elsewhere.test'", "", 700211, 401, "invalid_client",
     "presented assertion issuer 'https://elsewhere.test'. Please check"},
    {"the issuer with a slash", ",'iss':'http://127.0.0.1:1/nobody/'", "", 700211, 401,
     "invalid_client", "assertion issuer"},
    {"another subject", ",'sub':'system:serviceaccount:default:other'", "", 700213, 401,
     "invalid_client", "subject 'system:serviceaccount:default:other'"},
    {"the subject in another case", ",'sub':'SYSTEM:serviceaccount:default:worker'", "", 700213,
     401, "invalid_client", "assertion subject"},
    {"another audience", ",'aud':'urn:a'", "", 700212, 401, "invalid_client", "audience 'urn:a'"},
    {"the audience of the other credential's subject", ",'sub':'Two'", "", 700212, 401,
     "invalid_client", "assertion audience '" AUDIENCE "'"},
    {"no audience", ",'aud':1", "", 700212, 401, "invalid_client", "audience ''"},
    {"an issuer that does not answer", ",'iss':'http://127.0.0.1:1/nobody'", "", 50166, 400,
     "invalid_request", "Request to External OIDC endpoint failed."},
    {"a key that the issuer does not publish", "", ",'sign':{'key':'rogue'}", 7000272, 401,
     "invalid_client", "could not be found in the metadata of identity provider http://127."},
    {"another signature under its kid", "", ",'mutate':[{'flip_bit':{'part':'signature','bit':7}}]",
     700027, 401, "invalid_client", "invalid signature"},
    {"another algorithm", "", ",'sign':{'alg':'PS256'}", 50027, 401, "invalid_client",
     "The algorithm is not RS256."},
    {"none", "", ",'sign':{'alg':'none'}", 50027, 401, "invalid_client", "RS256"},
    {"expired", ",'exp':{'now':-300}", "", 700024, 401, "invalid_client",
     "expiry time of assertion 2026-01-31T11:55:00Z"},
    {"not yet valid", ",'nbf':{'now':301}", "", 700024, 401, "invalid_client", "valid from"},
};

START_TEST(assertions_are_judged)
{
    int status = 0;
    char *token = bake(rows[_i].claims, rows[_i].rest);
    json_t *answer = ask(idp, token, ID, &status);
    int code = mock_code(answer);
    const char *text = text_at(answer, "error_description");
    ck_assert_msg(code == rows[_i].code && status == rows[_i].status, "%s: %d %d %s",
                  rows[_i].reason, status, code, text);
    if (code) {
        ck_assert_msg(strcmp(text_at(answer, "error"), rows[_i].error) == 0, "%s: %s",
                      rows[_i].reason, text_at(answer, "error"));
        ck_assert_msg(strstr(text, rows[_i].word) != NULL, "%s: %s", rows[_i].reason, text);
    } else {
        json_t *claims = token_json(text_at(answer, "access_token"), 1);
        ck_assert_str_eq(text_at(claims, "azp"), DAEMON);
        ck_assert_str_eq(text_at(claims, "azpacr"), "2");
        json_decref(claims);
    }
    json_decref(answer);
    free(token);
}
END_TEST

START_TEST(an_app_without_credentials_has_no_matching_record)
{
    int status = 0;
    char *token = bake("", "");
    json_t *answer = ask(idp, token, "&client_id=c0ffee00-0000-4000-8000-0000000000d2", &status);
    ck_assert_int_eq(mock_code(answer), 700211);
    json_decref(answer);
    free(token);
}
END_TEST

/* What goes wrong at the issuer is its failure to answer, whatever it says. */
START_TEST(a_bad_issuer_gives_no_keys)
{
    static const char *const rules[] = {
        "[{'match':{'endpoint':'discovery'},'act':{'members':{'issuer':'https://evil.test'}}}]",
        "[{'match':{'endpoint':'discovery'},'act':{'members':{'jwks_uri':'file:///x'}}}]",
        "[{'match':{'endpoint':'discovery'},'act':{'status':404}}]",
        "[{'match':{'endpoint':'discovery'},'act':{'redirect':'{origin}/x'}}]",
        "[{'match':{'endpoint':'jwks'},'act':{'status':500}}]",
        "[{'match':{'endpoint':'jwks'},'act':{'body':'{}'}}]",
        "[{'match':{'endpoint':'jwks'},'act':{'reset':true}}]",
    };
    int status = 0;
    char *token = bake("", "");
    json_decref(mock_admin(issuer, "PUT", "/_admin/faults", rules[_i], NULL));
    json_t *answer = ask(idp, token, ID, &status);
    ck_assert_int_eq(status, 400);
    ck_assert_int_eq(mock_code(answer), 50166);
    json_decref(answer);
    free(token);
}
END_TEST

/* The mock is the issuer itself: of a managed identity, say. It does not ask over the network. */
START_TEST(our_own_tokens_are_checked_with_our_own_keys)
{
    static const char *const rests[] = {"", ",'sign':{'key':'rogue'}"};
    int status = 0;
    char *token = bake_at(idp, idp_http_url(idp),
                          ",'iss':'https://sts.windows.net/" FABRIKAM "/','sub':'own'", rests[_i]);
    json_t *answer = ask(idp, token, ID, &status);
    ck_assert_int_eq(status, _i == 0 ? 200 : 401);
    json_decref(answer);
    json_t *journal = mock_admin(idp, "GET", "/_admin/journal?endpoint=jwks", NULL, NULL);
    ck_assert(json_is_array(json_object_get(journal, "entries")));
    ck_assert_uint_eq(json_array_size(json_object_get(journal, "entries")), 0);
    json_decref(journal);
    free(token);
}
END_TEST

/* Over TLS the issuer's CA is named in the credential; without it nobody vouches for the keys. */
START_TEST(the_ca_is_the_credentials)
{
    char credentials[1000];
    char ca[600] = "";
    int status = 0;
    const struct idp_options tls = {
        .listen_tls = "localhost:0", .clock = KITCHEN_TIME, .seed = "mock"};
    const struct idp_options plain = {
        .listen = "127.0.0.1:0", .clock = KITCHEN_TIME, .seed = "mock"};
    struct idp *secure = mock_start_with(&tls);
    json_t *demo = demo_json();
    char *folder = scratch_make();
    if (_i == 0) {
        (void)snprintf(ca, sizeof ca, ",'ca':'%s'", idp_ca_file(secure));
    }
    (void)snprintf(credentials, sizeof credentials,
                   "[{'issuer':'%s/" FABRIKAM "/v2.0','subject':'" SUBJECT "'%s}]",
                   idp_https_url(secure), ca);
    demo_set(demo_app(demo, "daemon"), "federated_credentials", credentials);
    struct idp *trusting = demo_start(demo, folder, &plain);
    char *token = bake_at(secure, idp_https_url(secure), "", "");
    json_t *answer = ask(trusting, token, ID, &status);
    ck_assert_int_eq(status, _i == 0 ? 200 : 400);
    json_decref(answer);
    free(token);
    idp_stop(trusting);
    idp_stop(secure);
    scratch_remove(folder);
}
END_TEST

/* A fault of the configuration is named when it is read; no client ever hears of it. */
START_TEST(bad_credentials_are_faults_of_the_configuration)
{
    static const char *const bad[][2] = {
        {"[{'issuer':'http://elsewhere.test','subject':'x'}]", "federated_credentials/0/issuer"},
        {"[{'issuer':'http://localhost.evil.test','subject':'x'}]",
         "federated_credentials/0/issuer"},
        {"[{'issuer':'https://','subject':'x'}]", "federated_credentials/0/issuer"},
        {"[{'issuer':'https://a.test?x','subject':'x'}]", "federated_credentials/0/issuer"},
        {"[{'issuer':'https://a.test'}]", "'subject' is missing"},
        {"[{'issuer':'https://a.test','subject':'x','ca':'nothing.pem'}]",
         "federated_credentials/0/ca"},
        {"[{'issuer':'https://a.test','subject':'x','ca':'directory.json'}]",
         "holds no PEM certificate"},
    };
    json_t *demo = demo_json();
    demo_set(demo_app(demo, "daemon"), "federated_credentials", bad[_i][0]);
    demo_refused(demo, bad[_i][1]);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("federated");
    TCase *tcase = tcase_create("federated");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, assertions_are_judged, 0, ROWS(rows));
    tcase_add_test(tcase, an_app_without_credentials_has_no_matching_record);
    tcase_add_loop_test(tcase, a_bad_issuer_gives_no_keys, 0, 7);
    tcase_add_loop_test(tcase, our_own_tokens_are_checked_with_our_own_keys, 0, 2);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("configuration");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, the_ca_is_the_credentials, 0, 2);
    tcase_add_loop_test(tcase, bad_credentials_are_faults_of_the_configuration, 0, 7);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

/* What stands beside an app in Service Fabric ("How to leverage a Service Fabric application's
 * managed identity to access Azure services") and in Azure Machine Learning, whose older form of
 * App Service has answers of its own. */
#include "mockidp/tests/support/demo.h"
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define FABRIC "/msi/token?api-version=2019-07-01-preview"
#define LEARNING "/msi/auth"
#define OLD "?api-version=2017-09-01"
#define SECRET "Secret: mock-identity-header\r\n"
#define RESOURCE "&resource=api://auth-test"
#define LEGACY "&resource=api://legacy"
#define MACHINE "c0ffee00-0000-4000-8000-0000000000f1"
#define IDENTITY "c0ffee00-0000-4000-8000-0000000000f2"

static struct idp *idp;

static void start(void)
{
    idp = mock_start();
}

static void stop(void)
{
    idp_stop(idp);
}

static json_t *ask(struct idp *server, const char *path, const char *headers, int *status)
{
    const struct wire_answer *answer = mock_ask(server, "GET", path, headers, NULL);
    json_t *json = json_loadb(answer->body, answer->body_len, 0, NULL);
    ck_assert_msg(json != NULL, "%s: %s", path, answer->text);
    *status = answer->status;
    return json;
}

/* ---- refusals ---- */

static const struct {
    const char *reason;
    const char *path;
    const char *headers;
    int status;
    const char *code;
    const char *message;
} refused[] = {
    {"no secret", FABRIC RESOURCE, "", 400, "SecretHeaderNotFound",
     "Secret is not found in the request headers."},
    {"App Service's header", FABRIC RESOURCE, "X-IDENTITY-HEADER: mock-identity-header\r\n", 400,
     "SecretHeaderNotFound", "Secret is not found in the request headers."},
    {"a wrong secret", FABRIC RESOURCE, "Secret: x\r\n", 404, "ManagedIdentityNotFound",
     "Managed identity not found for the specified application host."},
    {"no resource", FABRIC, SECRET, 400, "ArgumentNullOrEmpty",
     "The parameter 'resource' should not be null or empty string."},
    {"a resource that nobody knows", FABRIC "&resource=https://nobody.test/", SECRET, 500,
     "InternalServerError", "An error occurred."},
};

static void must_refuse(struct idp *server, const char *reason, const char *path,
                        const char *headers, int wanted, const char *code, const char *message)
{
    int status = 0;
    json_t *answer = ask(server, path, headers, &status);
    const json_t *error = json_object_get(answer, "error");
    ck_assert_msg(status == wanted, "%s: %d", reason, status);
    ck_assert_msg(strcmp(text_at(error, "code"), code) == 0, "%s: %s", reason,
                  text_at(error, "code"));
    ck_assert_msg(strcmp(text_at(error, "message"), message) == 0, "%s: %s", reason,
                  text_at(error, "message"));
    ck_assert_uint_eq(strlen(text_at(error, "correlationId")), 36);
    json_decref(answer);
}

START_TEST(service_fabric_refuses)
{
    must_refuse(idp, refused[_i].reason, refused[_i].path, refused[_i].headers, refused[_i].status,
                refused[_i].code, refused[_i].message);
}
END_TEST

START_TEST(an_application_may_have_no_identity)
{
    char *dir = NULL;
    json_t *demo = demo_json();
    json_object_del(demo_app(demo, "machine"), "managed_identity");
    json_object_del(demo_app(demo, "identity"), "managed_identity");
    struct idp *bare = demo_open(demo, NULL, &dir);
    must_refuse(bare, "no identity", FABRIC RESOURCE, SECRET, 404, "ManagedIdentityNotFound",
                "Managed identity not found for the specified application host.");
    demo_close(bare, dir);
}
END_TEST

START_TEST(machine_learning_refuses)
{
    static const char *const wrong[] = {"", "Secret: x\r\n",
                                        "X-IDENTITY-HEADER: mock-identity-header\r\n"};
    const struct wire_answer *answer = mock_ask(idp, "GET", LEARNING OLD RESOURCE, wrong[_i], NULL);
    ck_assert_int_eq(answer->status, 401);
    ck_assert_str_eq(answer->body, "Invalid secret token header: .");
}
END_TEST

START_TEST(machine_learning_names_what_is_missing)
{
    static const struct {
        const char *path;
        const char *message;
    } rows[] = {
        {LEARNING OLD, "The parameter resource is missing."},
        {LEARNING OLD RESOURCE "&clientid=undefined",
         "No User Assigned or Delegated Managed Identity found for specified "
         "ClientId/ResourceId/PrincipalId."},
    };
    int status = 0;
    json_t *answer = ask(idp, rows[_i].path, SECRET, &status);
    ck_assert_int_eq(status, 400);
    ck_assert_str_eq(text_at(answer, "message"), rows[_i].message);
    json_decref(answer);
}
END_TEST

START_TEST(entra_speaks_through_machine_learning)
{
    int status = 0;
    json_t *answer = ask(idp, LEARNING OLD "&resource=https://nobody.test/", SECRET, &status);
    ck_assert_int_eq(status, 400);
    ck_assert_int_eq(mock_code(answer), 500011);
    json_decref(answer);
}
END_TEST

/* ---- who gets a token ---- */

static const struct {
    const char *reason;
    const char *path;
    const char *client;
    const char *want; /* the whole answer */
} granted[] = {
    {"Service Fabric", FABRIC LEGACY, MACHINE,
     "{\"token_type\":\"Bearer\",\"access_token\":\"{token}\",\"expires_on\":1769947200,"
     "\"resource\":\"api://legacy\"}"},
    {"Service Fabric, as MSAL.NET asks", "/msi/token?api-version=2020-05-01" LEGACY, MACHINE,
     "{\"token_type\":\"Bearer\",\"access_token\":\"{token}\",\"expires_on\":1769947200,"
     "\"resource\":\"api://legacy\"}"},
    {"Service Fabric: the cluster says whose", FABRIC LEGACY "&client_id=" IDENTITY, MACHINE,
     "{\"token_type\":\"Bearer\",\"access_token\":\"{token}\",\"expires_on\":1769947200,"
     "\"resource\":\"api://legacy\"}"},
    {"Machine Learning", LEARNING OLD LEGACY "&clientid=" MACHINE, MACHINE,
     "{\"access_token\":\"{token}\",\"expires_in\":86399,\"expires_on\":1769947200,"
     "\"resource\":\"api://legacy\",\"token_type\":\"Bearer\"}"},
    {"Machine Learning: a user-assigned one", LEARNING "/" OLD LEGACY "&clientid=" IDENTITY,
     IDENTITY,
     "{\"access_token\":\"{token}\",\"expires_in\":86399,\"expires_on\":1769947200,"
     "\"resource\":\"api://legacy\",\"token_type\":\"Bearer\"}"},
    {"Machine Learning: without a version, and nobody named", LEARNING "?resource=api://legacy",
     MACHINE,
     "{\"access_token\":\"{token}\",\"expires_in\":86399,\"expires_on\":1769947200,"
     "\"resource\":\"api://legacy\",\"token_type\":\"Bearer\"}"},
};

START_TEST(apps_get_tokens)
{
    int status = 0;
    json_t *answer = ask(idp, granted[_i].path, SECRET, &status);
    ck_assert_msg(status == 200, "%s: %d", granted[_i].reason, status);
    json_t *claims = token_json(text_at(answer, "access_token"), 1);
    ck_assert_msg(strcmp(text_at(claims, "appid"), granted[_i].client) == 0, "%s: %s",
                  granted[_i].reason, text_at(claims, "appid"));
    json_object_set_new(answer, "access_token", json_string("{token}"));
    char *text = json_dumps(answer, JSON_COMPACT);
    ck_assert_str_eq(text, granted[_i].want);
    free(text);
    json_decref(claims);
    json_decref(answer);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("service_fabric");
    TCase *tcase = tcase_create("service_fabric");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, service_fabric_refuses, 0, ROWS(refused));
    tcase_add_test(tcase, an_application_may_have_no_identity);
    tcase_add_loop_test(tcase, machine_learning_refuses, 0, 3);
    tcase_add_loop_test(tcase, machine_learning_names_what_is_missing, 0, 2);
    tcase_add_test(tcase, entra_speaks_through_machine_learning);
    tcase_add_loop_test(tcase, apps_get_tokens, 0, ROWS(granted));
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

/* Managed identities: the metadata service of a virtual machine and the endpoint of App Service, as
 * they answer and as they refuse ("How to use managed identities … to acquire an access token",
 * "How to use managed identities for App Service and Azure Functions"). */
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"
#include "mockidp/tests/support/scratch.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IMDS "/metadata/identity/oauth2/token"
#define V "?api-version=2018-02-01"
#define META "Metadata: true\r\n"
#define APP "/msi/token"
#define W "?api-version=2019-08-01"
#define SECRET "X-IDENTITY-HEADER: mock-identity-header\r\n"
#define RESOURCE "&resource=api://auth-test"
#define MACHINE "c0ffee00-0000-4000-8000-0000000000f1"
#define IDENTITY "c0ffee00-0000-4000-8000-0000000000f2"
#define OBJECT "c0ffee00-0000-4000-8000-0000000000f3"
#define GROUP                                                                                      \
    "/subscriptions/c0ffee00-0000-4000-8000-00000000005b/resourcegroups/test/providers/Microsoft."
#define OWN_ID GROUP "ManagedIdentity/userAssignedIdentities/identity"
#define MACHINE_ID GROUP "Compute/virtualMachines/machine"

static struct idp *idp;

static void start(void)
{
    idp = mock_start();
}

static void stop(void)
{
    idp_stop(idp);
}

/* ---- who gets a token ---- */

static const struct {
    const char *reason;
    const char *path;
    const char *headers;
    const char *client;
} granted[] = {
    {"IMDS: the machine's own", IMDS V RESOURCE, META, MACHINE},
    {"IMDS: the header in another case", IMDS V RESOURCE, "metadata: TRUE\r\n", MACHINE},
    {"IMDS: a trailing slash", IMDS "/" V RESOURCE, META, MACHINE},
    {"IMDS: a later version", IMDS "?api-version=2021-12-13" RESOURCE, META, MACHINE},
    {"IMDS: by client id", IMDS V RESOURCE "&client_id=" IDENTITY, META, IDENTITY},
    {"IMDS: by the machine's client id", IMDS V RESOURCE "&client_id=" MACHINE, META, MACHINE},
    {"IMDS: by object id", IMDS V RESOURCE "&object_id=" OBJECT, META, IDENTITY},
    {"IMDS: by principal id", IMDS V RESOURCE "&principal_id=" OBJECT, META, IDENTITY},
    {"IMDS: by resource id", IMDS V RESOURCE "&mi_res_id=" OWN_ID, META, IDENTITY},
    {"IMDS: by its older name", IMDS V RESOURCE "&msi_res_id=" OWN_ID, META, IDENTITY},
    {"IMDS: unknown parameters", IMDS V RESOURCE "&bypass_cache=true", META, MACHINE},
    {"App Service: its own", APP W RESOURCE, SECRET, MACHINE},
    {"App Service: a trailing slash", APP "/" W RESOURCE, SECRET, MACHINE},
    {"App Service: by client id", APP W RESOURCE "&client_id=" IDENTITY, SECRET, IDENTITY},
    {"App Service: by principal id", APP W RESOURCE "&principal_id=" OBJECT, SECRET, IDENTITY},
    {"App Service: by object id", APP W RESOURCE "&object_id=" OBJECT, SECRET, IDENTITY},
    {"App Service: by resource id", APP W RESOURCE "&mi_res_id=" OWN_ID, SECRET, IDENTITY},
    {"App Service, old form", APP "?api-version=2017-09-01" RESOURCE "&clientid=" IDENTITY,
     "secret: mock-identity-header\r\n", IDENTITY},
};

static json_t *ask(const char *path, const char *headers, int *status)
{
    const struct wire_answer *answer = mock_ask(idp, "GET", path, headers, NULL);
    json_t *json = json_loadb(answer->body, answer->body_len, 0, NULL);
    ck_assert_msg(json != NULL, "%s: %s", path, answer->text);
    *status = answer->status;
    return json;
}

START_TEST(identities_get_tokens)
{
    int status = 0;
    json_t *answer = ask(granted[_i].path, granted[_i].headers, &status);
    ck_assert_msg(status == 200, "%s: %d", granted[_i].reason, status);
    json_t *claims = token_json(text_at(answer, "access_token"), 1);
    ck_assert_msg(strcmp(text_at(answer, "client_id"), granted[_i].client) == 0, "%s: %s",
                  granted[_i].reason, text_at(answer, "client_id"));
    ck_assert_str_eq(text_at(claims, "azp"), granted[_i].client);
    ck_assert_str_eq(text_at(claims, "azpacr"), "2");
    ck_assert_str_eq(text_at(claims, "xms_mirid"),
                     strcmp(granted[_i].client, MACHINE) == 0 ? MACHINE_ID : OWN_ID);
    ck_assert_int_eq(json_integer_value(json_object_get(claims, "exp")), KITCHEN_NOW + 86400);
    json_decref(claims);
    json_decref(answer);
}
END_TEST

/* ---- exactly what stands in an answer ---- */

/* without_token returns the body as text, with {token} for the token; newly allocated. */
static char *without_token(const char *path, const char *headers)
{
    int status = 0;
    json_t *answer = ask(path, headers, &status);
    ck_assert_int_eq(status, 200);
    json_object_set_new(answer, "access_token", json_string("{token}"));
    char *text = json_dumps(answer, JSON_COMPACT);
    json_decref(answer);
    return text;
}

START_TEST(answers_are_as_they_are_documented)
{
    static const struct {
        const char *path;
        const char *headers;
        const char *want;
    } rows[] = {
        {IMDS V "&resource=https://management.azure.com/", META,
         "{\"access_token\":\"{token}\",\"client_id\":\"" MACHINE "\",\"expires_in\":\"86399\","
         "\"expires_on\":\"1769947200\",\"ext_expires_in\":\"86399\",\"not_before\":\"1769860500\","
         "\"resource\":\"https://management.azure.com/\",\"token_type\":\"Bearer\"}"},
        {APP W "&resource=https://management.azure.com", SECRET,
         "{\"access_token\":\"{token}\",\"expires_on\":\"1769947200\","
         "\"resource\":\"https://management.azure.com\",\"token_type\":\"Bearer\","
         "\"client_id\":\"" MACHINE "\"}"},
        {APP "?api-version=2017-09-01&resource=api://legacy", "secret: mock-identity-header\r\n",
         "{\"access_token\":\"{token}\",\"expires_on\":\"02/01/2026 12:00:00 +00:00\","
         "\"resource\":\"api://legacy\",\"token_type\":\"Bearer\",\"client_id\":\"" MACHINE "\"}"},
    };
    char *text = without_token(rows[_i].path, rows[_i].headers);
    ck_assert_str_eq(text, rows[_i].want);
    free(text);
}
END_TEST

START_TEST(a_machine_says_that_it_copes_with_withdrawn_tokens)
{
    static const struct {
        const char *path;
        bool has;
    } rows[] = {{APP W "&resource=api://evaluated&xms_cc=cp1", true},
                {APP W "&resource=api://evaluated&xms_cc=cp2", false},
                {APP W "&resource=api://evaluated", false},
                {APP W "&resource=api://legacy&xms_cc=cp1", false}};
    int status = 0;
    json_t *answer = ask(rows[_i].path, SECRET, &status);
    ck_assert_int_eq(status, 200);
    json_t *claims = token_json(text_at(answer, "access_token"), 1);
    ck_assert_msg((json_object_get(claims, "xms_cc") != NULL) == rows[_i].has, "%s", rows[_i].path);
    json_decref(claims);
    json_decref(answer);
}
END_TEST

START_TEST(a_v1_resource_gets_a_v1_token)
{
    int status = 0;
    json_t *answer = ask(IMDS V "&resource=https://management.azure.com/", META, &status);
    json_t *claims = token_json(text_at(answer, "access_token"), 1);
    ck_assert_str_eq(text_at(claims, "aud"), "https://management.azure.com/");
    ck_assert_str_eq(text_at(claims, "iss"), "https://sts.windows.net/" CONTOSO "/");
    ck_assert_str_eq(text_at(claims, "appid"), MACHINE);
    ck_assert_str_eq(text_at(claims, "ver"), "1.0");
    ck_assert_str_eq(text_at(claims, "sub"), text_at(claims, "oid"));
    ck_assert_int_eq(json_integer_value(json_object_get(claims, "nbf")), KITCHEN_NOW - 300);
    json_decref(claims);
    json_decref(answer);
}
END_TEST

/* Who asks http://169.254.169.254 must not get a token of that issuer. */
START_TEST(the_issuer_is_the_mocks_not_the_metadata_services)
{
    char issuer[200];
    uint16_t port = wire_port(idp_http_url(idp));
    static struct wire_answer wire;
    int fd = wire_connect(port);
    ck_assert(wire_send(fd, "GET " IMDS V RESOURCE " HTTP/1.1\r\nHost: 169.254.169.254\r\n" META
                            "Connection: close\r\n\r\n"));
    wire_read(fd, &wire);
    json_t *answer = json_loadb(wire.body, wire.body_len, 0, NULL);
    json_t *claims = token_json(text_at(answer, "access_token"), 1);
    (void)snprintf(issuer, sizeof issuer, "%s/" CONTOSO "/v2.0", idp_http_url(idp));
    ck_assert_str_eq(text_at(claims, "iss"), issuer);
    json_decref(claims);
    json_decref(answer);
}
END_TEST

/* ---- refusals ---- */

static const struct {
    const char *reason;
    const char *path;
    const char *headers;
    int status;
    const char *error;       /* of IMDS; "" for App Service */
    const char *description; /* its error_description, or App Service's message */
} refused[] = {
    {"the probe, which sends no header", IMDS, "", 400, "invalid_request",
     "Required metadata header not specified"},
    {"no header", IMDS V RESOURCE, "", 400, "invalid_request",
     "Required metadata header not specified"},
    {"another value", IMDS V RESOURCE, "Metadata: yes\r\n", 400, "invalid_request",
     "Required metadata header not specified"},
    {"a forwarded request", IMDS V RESOURCE, META "X-Forwarded-For: 10.0.0.1\r\n", 400,
     "invalid_request", "Required metadata header not specified"},
    {"no version", IMDS "?resource=api://auth-test", META, 400,
     "Bad request. api-version is invalid or was not specified in the request. For more "
     "information refer to aka.ms/azureimds",
     "(none)"},
    {"a version before the first", IMDS "?api-version=2017-12-01" RESOURCE, META, 400,
     "Bad request. api-version is invalid or was not specified in the request. For more "
     "information refer to aka.ms/azureimds",
     "(none)"},
    {"no date", IMDS "?api-version=latest" RESOURCE, META, 400,
     "Bad request. api-version is invalid or was not specified in the request. For more "
     "information refer to aka.ms/azureimds",
     "(none)"},
    {"no resource", IMDS V, META, 400, "invalid_request",
     "Required query variable 'resource' is missing"},
    {"an unknown client", IMDS V RESOURCE "&client_id=c0ffee00-0000-4000-8000-0000000000d1", META,
     400, "invalid_request", "Identity not found"},
    {"an alias is no id", IMDS V RESOURCE "&client_id=machine", META, 400, "invalid_request",
     "Identity not found"},
    {"the client id as object id", IMDS V RESOURCE "&object_id=" IDENTITY, META, 400,
     "invalid_request", "Identity not found"},
    {"an unknown resource id", IMDS V RESOURCE "&mi_res_id=/x", META, 400, "invalid_request",
     "Identity not found"},
    {"two names", IMDS V RESOURCE "&client_id=" IDENTITY "&object_id=" OBJECT, META, 400,
     "invalid_request", "Identity not found"},
    {"App Service: no header", APP W RESOURCE, "", 401, "", "Unauthorized"},
    {"App Service: a wrong header", APP W RESOURCE, "X-IDENTITY-HEADER: x\r\n", 401, "",
     "Unauthorized"},
    {"App Service: the old header", APP W RESOURCE, "secret: mock-identity-header\r\n", 401, "",
     "Unauthorized"},
    {"App Service: no version", APP "?resource=x", SECRET, 400, "",
     "The api-version is missing or not supported."},
    {"App Service: IMDS' version", APP V RESOURCE, SECRET, 400, "",
     "The api-version is missing or not supported."},
    {"App Service: no resource", APP W, SECRET, 400, "", "The parameter resource is missing."},
    {"App Service: an unknown client", APP W RESOURCE "&client_id=x", SECRET, 400, "",
     "No User Assigned or Delegated Managed Identity found for specified "
     "ClientId/ResourceId/PrincipalId."},
};

START_TEST(requests_are_refused)
{
    int status = 0;
    json_t *answer = ask(refused[_i].path, refused[_i].headers, &status);
    bool imds = *refused[_i].error != '\0';
    ck_assert_msg(status == refused[_i].status, "%s: %d", refused[_i].reason, status);
    const char *text = text_at(answer, imds ? "error_description" : "message");
    ck_assert_msg(strcmp(text, refused[_i].description) == 0, "%s: %s", refused[_i].reason, text);
    if (imds) {
        ck_assert_msg(strcmp(text_at(answer, "error"), refused[_i].error) == 0, "%s",
                      refused[_i].reason);
    } else {
        ck_assert_int_eq(json_integer_value(json_object_get(answer, "statusCode")), status);
        ck_assert_uint_eq(strlen(text_at(answer, "correlationId")), 36);
    }
    json_decref(answer);
}
END_TEST

START_TEST(what_entra_refuses_comes_through)
{
    static const char *const rows[][2] = {{IMDS V "&resource=https://nobody.test/", META},
                                          {APP W "&resource=https://nobody.test/", SECRET}};
    int status = 0;
    json_t *answer = ask(rows[_i][0], rows[_i][1], &status);
    ck_assert_int_eq(status, 400);
    ck_assert_str_eq(text_at(answer, "error"), "invalid_resource");
    ck_assert_ptr_nonnull(strstr(text_at(answer, "error_description"),
                                 "AADSTS500011: The resource principal named "
                                 "https://nobody.test/ was not found in the tenant named Contoso"));
    json_decref(answer);
}
END_TEST

START_TEST(only_get_is_answered)
{
    ck_assert_int_eq(mock_ask(idp, "POST", IMDS V RESOURCE, META, "")->status, 405);
}
END_TEST

/* ---- other machines ---- */

#define TENANT                                                                                     \
    "{\"identity_header\":\"s3cret\",\"tenants\":[{\"alias\":\"t\",\"id\":\"" CONTOSO              \
    "\",\"name\":\"T\",\"domains\":[\"t.test\"],\"keys\":[],\"apps\":[{\"alias\":\"api\","         \
    "\"id\":\"c0ffee00-0000-4000-8000-0000000000a1\",\"name\":\"A\"}%s]}]}"
#define USER_ASSIGNED(n)                                                                           \
    ",{\"alias\":\"i" n "\",\"id\":\"c0ffee00-0000-4000-8000-00000000000" n                        \
    "\",\"name\":\"I\",\"managed_identity\":\"/x/userAssignedIdentities/" n "\"}"

static const struct {
    const char *reason;
    const char *apps;
    int status;
    const char *word;
} machines[] = {
    {"no identity", "", 400, "Identity not found"},
    {"one user-assigned identity needs no name", USER_ASSIGNED("1"), 200, "access_token"},
    {"of two one is named", USER_ASSIGNED("1") USER_ASSIGNED("2"), 400,
     "Multiple user assigned identities exist, please specify the clientId / resourceId of the "
     "identity in the token request"},
};

START_TEST(a_machine_has_the_identities_of_its_directory)
{
    char config[2000];
    char *dir = scratch_make();
    (void)snprintf(config, sizeof config, TENANT, machines[_i].apps);
    char *file = scratch_write(dir, "config.json", config);
    const struct idp_options options = {
        .listen = "127.0.0.1:0", .clock = KITCHEN_TIME, .seed = "mock", .config_file = file};
    struct idp *other = mock_start_with(&options);
    const struct wire_answer *answer =
        mock_ask(other, "GET", IMDS V "&resource=c0ffee00-0000-4000-8000-0000000000a1", META, NULL);
    ck_assert_msg(answer->status == machines[_i].status && strstr(answer->body, machines[_i].word),
                  "%s: %d %s", machines[_i].reason, answer->status, answer->body);
    answer = mock_ask(other, "GET", APP W RESOURCE, SECRET, NULL);
    ck_assert_int_eq(answer->status, 401);
    answer = mock_ask(other, "GET", APP W RESOURCE, "X-IDENTITY-HEADER: s3cret\r\n", NULL);
    ck_assert_int_eq(answer->status, 400);
    idp_stop(other);
    free(file);
    scratch_remove(dir);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("managed_identity");
    TCase *tcase = tcase_create("managed_identity");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, identities_get_tokens, 0, ROWS(granted));
    tcase_add_loop_test(tcase, answers_are_as_they_are_documented, 0, 3);
    tcase_add_test(tcase, a_v1_resource_gets_a_v1_token);
    tcase_add_loop_test(tcase, a_machine_says_that_it_copes_with_withdrawn_tokens, 0, 4);
    tcase_add_test(tcase, the_issuer_is_the_mocks_not_the_metadata_services);
    tcase_add_loop_test(tcase, requests_are_refused, 0, ROWS(refused));
    tcase_add_loop_test(tcase, what_entra_refuses_comes_through, 0, 2);
    tcase_add_test(tcase, only_get_is_answered);
    tcase_add_loop_test(tcase, a_machine_has_the_identities_of_its_directory, 0, ROWS(machines));
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

/* Azure Cloud Shell's endpoint: the tokens of the user whose shell it is ("Acquire a token in Azure
 * Cloud Shell"). */
#include "mockidp/tests/support/demo.h"
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define SHELL "/oauth2/token"
#define META "Metadata: true\r\n"
#define FORM "Content-Type: application/x-www-form-urlencoded\r\n"
#define RESOURCE "resource=api%3A%2F%2Fauth-test"
#define LEGACY "resource=api://legacy"
#define PORTAL "b677c290-cf4b-4a8e-a60e-91ba650a4abe"
#define IDENTITY "c0ffee00-0000-4000-8000-0000000000f2"

static struct idp *idp;
static char *dir;

static void start(void)
{
    idp = demo_open(demo_json(), NULL, &dir);
}

static void stop(void)
{
    demo_close(idp, dir);
}

/* reopen starts a mock of another directory, or one that signs another user in. */
static void reopen(json_t *demo, const char *sign_in)
{
    stop();
    idp = demo_open(demo, sign_in, &dir);
}

/* ask posts a form, or with a NULL form gets the path; it returns the answer, a new reference. */
static json_t *ask(const char *path, const char *headers, const char *form, int *status)
{
    const struct wire_answer *answer = mock_ask(idp, form ? "POST" : "GET", path, headers, form);
    json_t *json = json_loadb(answer->body, answer->body_len, 0, NULL);
    ck_assert_msg(json != NULL, "%s", answer->text);
    *status = answer->status;
    return json;
}

/* claims_for returns those of the token for a form, a new reference. */
static json_t *claims_for(const char *form)
{
    int status = 0;
    json_t *answer = ask(SHELL, META FORM, form, &status);
    ck_assert_msg(status == 200, "%s: %d", form, status);
    json_t *claims = token_json(text_at(answer, "access_token"), 1);
    json_decref(answer);
    return claims;
}

/* ---- refusals ---- */

#define UNSUPPORTED(audience) "Audience " audience " is not a supported MSI token audience."

static const struct {
    const char *reason;
    const char *path;
    const char *headers;
    const char *form; /* NULL: GET */
    const char *code;
    const char *message;
} refused[] = {
    {"no header", SHELL, FORM, RESOURCE, "bad_request_102",
     "Required metadata header not specified"},
    {"another value", SHELL, "Metadata: yes\r\n" FORM, RESOURCE, "bad_request_102",
     "Required metadata header not specified"},
    {"no header, as go-autorest once asked", SHELL "?api-version=2017-09-01&" RESOURCE, "", NULL,
     "bad_request_102", "Required metadata header not specified"},
    {"no resource", SHELL, META FORM, "", "AudienceNotSupported", UNSUPPORTED("")},
    {"no form", SHELL, META "Content-Type: application/json\r\n", RESOURCE, "AudienceNotSupported",
     UNSUPPORTED("")},
    {"a resource that nobody knows", SHELL, META FORM, "resource=https://nobody.test/",
     "AudienceNotSupported", UNSUPPORTED("https://nobody.test/")},
    {"one that JSON cannot hold", SHELL, META FORM, "resource=x%ff%22y", "AudienceNotSupported",
     UNSUPPORTED("x?\"y")},
    {"an alias is no resource", SHELL, META FORM, "resource=auth-test", "AudienceNotSupported",
     UNSUPPORTED("auth-test")},
};

START_TEST(others_are_refused)
{
    int status = 0;
    json_t *answer = ask(refused[_i].path, refused[_i].headers, refused[_i].form, &status);
    const json_t *error = json_object_get(answer, "error");
    ck_assert_msg(status == 400, "%s: %d", refused[_i].reason, status);
    ck_assert_msg(strcmp(text_at(error, "code"), refused[_i].code) == 0, "%s: %s",
                  refused[_i].reason, text_at(error, "code"));
    ck_assert_msg(strcmp(text_at(error, "message"), refused[_i].message) == 0, "%s: %s",
                  refused[_i].reason, text_at(error, "message"));
    json_decref(answer);
}
END_TEST

static const struct {
    const char *reason;
    const char *user;
    const char *code;
    const char *begins;
} unlucky[] = {
    {"a disabled account", "auto:disabled", "invalid_grant", "AADSTS50057: "},
    {"conditional access", "auto:blocked", "invalid_grant", "AADSTS53003: "},
};

START_TEST(what_entra_refuses_comes_through)
{
    int status = 0;
    reopen(demo_json(), unlucky[_i].user);
    json_t *answer = ask(SHELL, META FORM, RESOURCE, &status);
    const json_t *error = json_object_get(answer, "error");
    const char *message = text_at(error, "message");
    ck_assert_msg(status == 400, "%s: %d", unlucky[_i].reason, status);
    ck_assert_str_eq(text_at(error, "code"), unlucky[_i].code);
    ck_assert_msg(strncmp(message, unlucky[_i].begins, strlen(unlucky[_i].begins)) == 0, "%s: %s",
                  unlucky[_i].reason, message);
    json_decref(answer);
}
END_TEST

START_TEST(a_directory_without_users_has_no_shell)
{
    int status = 0;
    json_t *demo = demo_json();
    json_t *tenant = NULL;
    size_t i = 0;
    json_array_foreach(json_object_get(demo, "tenants"), i, tenant)
    {
        json_object_del(tenant, "users");
        json_object_del(tenant, "conditional_access");
        json_object_del(tenant, "defaults");
    }
    reopen(demo, NULL);
    json_t *answer = ask(SHELL, META FORM, RESOURCE, &status);
    ck_assert_int_eq(status, 404);
    ck_assert_str_eq(text_at(json_object_get(answer, "error"), "message"),
                     "The directory has no user");
    json_decref(answer);
}
END_TEST

/* A tenant may list the portal's client, and so say what was agreed to. */
START_TEST(a_listed_client_is_held_to_its_consent)
{
    int status = 0;
    json_t *demo = demo_json();
    json_t *contoso = demo_contoso(demo);
    json_array_append_new(json_object_get(contoso, "apps"),
                          kitchen_json("{'alias':'shell','id':'" PORTAL "','name':'Shell',"
                                       "'public':true,'consented':{'legacy':"
                                       "['user_impersonation']}}"));
    reopen(demo, NULL);
    json_decref(claims_for(LEGACY));
    json_t *answer = ask(SHELL, META FORM, RESOURCE, &status);
    ck_assert_int_eq(status, 400);
    ck_assert_ptr_nonnull(
        strstr(text_at(json_object_get(answer, "error"), "message"), "AADSTS65001: "));
    json_decref(answer);
}
END_TEST

/* ---- who gets a token ---- */

static const struct {
    const char *reason;
    const char *path;
    const char *headers;
    const char *form; /* NULL: GET */
} granted[] = {
    {"as clients ask", SHELL, META FORM, RESOURCE},
    {"the header in another case", SHELL, "metadata: TRUE\r\n" FORM, RESOURCE},
    {"as PowerShell's users ask", SHELL "?" RESOURCE, META, NULL},
    {"an identity is passed over", SHELL, META FORM, RESOURCE "&client_id=" IDENTITY},
    {"by whatever name", SHELL, META FORM,
     RESOURCE "&object_id=x&msi_res_id=/subscriptions/x&mi_res_id=y"},
};

START_TEST(the_shells_user_gets_a_token)
{
    int status = 0;
    json_t *answer = ask(granted[_i].path, granted[_i].headers, granted[_i].form, &status);
    ck_assert_msg(status == 200, "%s: %d", granted[_i].reason, status);
    json_t *claims = token_json(text_at(answer, "access_token"), 1);
    json_int_t lives = json_integer_value(json_object_get(claims, "exp")) - KITCHEN_NOW;
    ck_assert_str_eq(text_at(claims, "preferred_username"), "alice@contoso.test");
    ck_assert_str_eq(text_at(claims, "scp"), "access_as_user");
    ck_assert_str_eq(text_at(claims, "azp"), PORTAL);
    ck_assert_str_eq(text_at(claims, "azpacr"), "0");
    ck_assert_ptr_null(json_object_get(claims, "xms_mirid"));
    ck_assert_msg(lives >= 3600 && lives <= 5400, "%lld", (long long)lives);
    json_decref(claims);
    json_decref(answer);
}
END_TEST

/* MSAL Python and the Azure CLI take the user's name from it. */
START_TEST(a_v1_resource_gets_a_v1_token)
{
    json_t *claims = claims_for("resource=https://management.azure.com/");
    ck_assert_str_eq(text_at(claims, "iss"), "https://sts.windows.net/" CONTOSO "/");
    ck_assert_str_eq(text_at(claims, "aud"), "https://management.azure.com/");
    ck_assert_str_eq(text_at(claims, "appid"), PORTAL);
    ck_assert_str_eq(text_at(claims, "appidacr"), "0");
    ck_assert_str_eq(text_at(claims, "scp"), "user_impersonation");
    ck_assert_str_eq(text_at(claims, "unique_name"), "alice@contoso.test");
    json_decref(claims);
}
END_TEST

START_TEST(sign_in_auto_names_the_user)
{
    reopen(demo_json(), "auto:carol");
    json_t *claims = claims_for(RESOURCE);
    ck_assert_str_eq(text_at(claims, "preferred_username"), "carol@fabrikam.test");
    ck_assert_str_eq(text_at(claims, "tid"), FABRIKAM);
    json_decref(claims);
}
END_TEST

/* Strings, as the sample of the virtual machine's extension, which this endpoint stands for. */
START_TEST(an_answer_has_these_members)
{
    int status = 0;
    json_t *demo = demo_json();
    demo_set(demo_app(demo, "legacy"), "access_token_lifetime_s", "7200");
    reopen(demo, NULL);
    json_t *answer = ask(SHELL, META FORM, LEGACY, &status);
    json_object_set_new(answer, "access_token", json_string("{token}"));
    char *text = json_dumps(answer, JSON_COMPACT);
    ck_assert_str_eq(text, "{\"access_token\":\"{token}\",\"refresh_token\":\"\","
                           "\"expires_in\":\"7199\",\"expires_on\":\"1769868000\","
                           "\"not_before\":\"1769860500\",\"resource\":\"api://legacy\","
                           "\"token_type\":\"Bearer\"}");
    free(text);
    json_decref(answer);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("cloud_shell");
    TCase *tcase = tcase_create("cloud_shell");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, others_are_refused, 0, ROWS(refused));
    tcase_add_loop_test(tcase, what_entra_refuses_comes_through, 0, ROWS(unlucky));
    tcase_add_test(tcase, a_directory_without_users_has_no_shell);
    tcase_add_test(tcase, a_listed_client_is_held_to_its_consent);
    tcase_add_loop_test(tcase, the_shells_user_gets_a_token, 0, ROWS(granted));
    tcase_add_test(tcase, a_v1_resource_gets_a_v1_token);
    tcase_add_test(tcase, sign_in_auto_names_the_user);
    tcase_add_test(tcase, an_answer_has_these_members);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

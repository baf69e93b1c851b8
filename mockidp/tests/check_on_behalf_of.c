/* On behalf of: only a user's token, good, for the service itself, gets another ("OAuth 2.0
 * On-Behalf-Of flow"). Good and bad assertions are recipes. */
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define V2 "/contoso.test/oauth2/v2.0/token"
#define API "client_id=c0ffee00-0000-4000-8000-0000000000a1"
#define SECRET "&client_secret=auth-test-secret"
#define OBO "&grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer"
#define USE "&requested_token_use=on_behalf_of"
#define LEGACY "&scope=api://legacy/user_impersonation"
#define GOOD API SECRET OBO USE LEGACY

static struct idp *idp;

static void start(void)
{
    idp = mock_start();
}

static void stop(void)
{
    idp_stop(idp);
}

static const struct {
    const char *reason;
    const char *recipe;
    const char *form;
    int code; /* AADSTS, or 0: granted */
    const char *error;
    const char *word;
} rows[] = {
    {"a user's token for the service", "{}", GOOD, 0, "", ""},
    {"with the scopes of OpenID Connect", "{'for':{'user':'bob'}}",
     GOOD "+openid+profile+offline_access", 0, "", ""},
    {"the SDK of Microsoft Graph for PHP", "{}",
     API SECRET "&grant_type=urn:ietf:params:Oauth:grant-type:jwt-bearer" USE LEGACY, 0, "", ""},
    {"of another origin", "{'for':{'origin':'elsewhere'}}", GOOD, 50013, "invalid_grant", "issuer"},
    {"of another name of ours", "{'for':{'origin':'localhost'}}", GOOD, 0, "", ""},
    {"no use", "{}", API SECRET OBO LEGACY, 900144, "invalid_request", "'requested_token_use'"},
    {"another use", "{}", API SECRET OBO LEGACY "&requested_token_use=x", 9002313, "invalid_grant",
     ""},
    {"no secret", "{}", API OBO USE LEGACY, 7000218, "invalid_client", ""},
    {"no scope", "{}", API SECRET OBO USE, 900144, "invalid_request", "'scope'"},
    {"an unknown resource", "{}", API SECRET OBO USE "&scope=api://x/y", 500011, "invalid_resource",
     ""},
    {"another service", "{}",
     "client_id=c0ffee00-0000-4000-8000-0000000000d1&client_secret=daemon-secret" OBO USE LEGACY,
     500131, "invalid_grant", "in the assertion was 'c0ffee00-0000-4000-8000-0000000000a1'"},
    {"an app's token", "{'base':'app-v2'}", GOOD, 7000114, "unauthorized_client", ""},
    {"an ID token for it", "{'base':'id-v2','for':{'client':'auth-test'}}", GOOD, 7000114,
     "unauthorized_client", ""},
    {"without scp", "{'claims':{'remove':['scp']}}", GOOD, 7000114, "unauthorized_client", ""},
    {"expired", "{'claims':{'set':{'exp':{'now':-301}}}}", GOOD, 500133, "invalid_grant",
     "2026-01-31T11:54:59Z"},
    {"within the skew", "{'claims':{'set':{'exp':{'now':-299}}}}", GOOD, 0, "", ""},
    {"without expiry", "{'claims':{'remove':['exp']}}", GOOD, 500133, "invalid_grant", ""},
    {"another tenant's", "{'for':{'tenant':'fabrikam'}}", GOOD, 50013, "invalid_grant",
     "The key was not found."},
    {"another tenant's issuer", "{'claims':{'set':{'iss':{'tenant_issuer':'fabrikam'}}}}", GOOD,
     50013, "invalid_grant", "issuer"},
    {"a stranger's key", "{'sign':{'key':'rogue'}}", GOOD, 50013, "invalid_grant",
     "The key was not found."},
    {"the key that tenants share", "{'sign':{'key':'shared'}}", GOOD, 0, "", ""},
    {"a flipped bit", "{'mutate':[{'flip_bit':{'part':'signature','bit':7}}]}", GOOD, 50013,
     "invalid_grant", "does not verify"},
    {"another algorithm", "{'sign':{'alg':'PS256'}}", GOOD, 50013, "invalid_grant", "RS256"},
    {"none", "{'sign':{'alg':'none'}}", GOOD, 50013, "invalid_grant", "RS256"},
    {"without kid", "{'header':{'remove':['kid']}}", GOOD, 50013, "invalid_grant", "kid"},
    {"nobody", "{'claims':{'set':{'oid':'c0ffee00-0000-4000-8000-00000000dead'}}}", GOOD, 50034,
     "invalid_grant", "dead"},
    {"a user who needs a second factor", "{'for':{'user':'mfa'}}", GOOD, 50076,
     "interaction_required", ""},
    {"a disabled user", "{'for':{'user':'disabled'}}", GOOD, 50057, "invalid_grant", ""},
};

/* bake returns the token of a recipe, whose issuer is the origin that is asked; newly allocated. */
static char *bake(const char *text)
{
    int status = 0;
    json_t *recipe = kitchen_json(text);
    json_t *subject = json_object_get(recipe, "for");
    if (!subject) {
        subject = json_object();
        json_object_set_new(recipe, "for", subject);
    }
    const char *origin = json_string_value(json_object_get(subject, "origin"));
    char other[64];
    (void)snprintf(other, sizeof other, "http://localhost%s", strrchr(idp_http_url(idp), ':'));
    json_object_set_new(subject, "origin",
                        json_string(!origin                            ? idp_http_url(idp)
                                    : strcmp(origin, "localhost") == 0 ? other
                                                                       : "https://elsewhere.test"));
    json_t *answer = idp_admin(idp, "POST", "/_admin/tokens", recipe, &status);
    ck_assert_msg(status == 200, "%s: %s", text, text_at(answer, "error_description"));
    char *token = strdup(text_at(answer, "token"));
    json_decref(answer);
    json_decref(recipe);
    return token;
}

static json_t *ask(const char *form, const char *assertion, int *status)
{
    char text[8192];
    (void)snprintf(text, sizeof text, "%s&assertion=%s", form, assertion);
    return mock_form(idp, V2, text, status);
}

START_TEST(assertions_are_judged)
{
    int status = 0;
    char *token = bake(rows[_i].recipe);
    json_t *answer = ask(rows[_i].form, token, &status);
    int code = mock_code(answer);
    const char *text = text_at(answer, "error_description");
    ck_assert_msg(code == rows[_i].code, "%s: %d %s", rows[_i].reason, status, text);
    if (code) {
        ck_assert_msg(strcmp(text_at(answer, "error"), rows[_i].error) == 0, "%s: %s",
                      rows[_i].reason, text_at(answer, "error"));
        ck_assert_msg(strstr(text, rows[_i].word) != NULL, "%s: %s", rows[_i].reason, text);
    }
    json_decref(answer);
    free(token);
}
END_TEST

START_TEST(the_token_is_the_users_and_the_services)
{
    int status = 0;
    char *token = bake("{'for':{'user':'bob'}}");
    json_t *answer = ask(GOOD "+openid+profile+offline_access&client_info=1", token, &status);
    ck_assert_int_eq(status, 200);
    json_t *claims = token_json(text_at(answer, "access_token"), 1);
    ck_assert_str_eq(text_at(claims, "aud"), "api://legacy");
    ck_assert_str_eq(text_at(claims, "appid"), "c0ffee00-0000-4000-8000-0000000000a1");
    ck_assert_str_eq(text_at(claims, "upn"), "bob@contoso.test");
    ck_assert_str_eq(text_at(claims, "scp"), "user_impersonation");
    ck_assert_ptr_nonnull(json_object_get(answer, "refresh_token"));
    ck_assert_ptr_nonnull(json_object_get(answer, "id_token"));
    ck_assert_ptr_nonnull(json_object_get(answer, "client_info"));
    json_decref(claims);
    json_decref(answer);
    free(token);
}
END_TEST

START_TEST(what_is_no_token_is_refused)
{
    static const char *const texts[] = {"x", "a.b.c", "..", "e30.e30."};
    int status = 0;
    json_t *answer = ask(GOOD, texts[_i], &status);
    ck_assert_int_eq(mock_code(answer), 50013);
    json_decref(answer);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("on_behalf_of");
    TCase *tcase = tcase_create("assertions");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_loop_test(tcase, assertions_are_judged, 0, ROWS(rows));
    tcase_add_loop_test(tcase, what_is_no_token_is_refused, 0, 4);
    tcase_add_test(tcase, the_token_is_the_users_and_the_services);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

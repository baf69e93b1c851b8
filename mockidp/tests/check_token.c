/* The token endpoint: what each grant answers, scope rules, client authentication, the v1 endpoint,
 * headers ("OAuth 2.0 client credentials flow", "resource owner password credentials"). */
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define V2 "/contoso.test/oauth2/v2.0/token"
#define V1 "/contoso.test/oauth2/token"
#define A1 "c0ffee00-0000-4000-8000-0000000000a1"
#define A2 "c0ffee00-0000-4000-8000-0000000000a2"
#define AAD_GRAPH "00000002-0000-0000-c000-000000000000"
#define WEB "client_id=c0ffee00-0000-4000-8000-0000000000b1"
#define DAEMON "client_id=c0ffee00-0000-4000-8000-0000000000d1"
#define NATIVE "client_id=c0ffee00-0000-4000-8000-0000000000e1"
#define SECRET "&client_secret=daemon-secret"
#define APP "&grant_type=client_credentials"
#define USER "&grant_type=password&username=alice@contoso.test&password=Passw0rd!"
#define FORM "Content-Type: application/x-www-form-urlencoded\r\n"

static struct idp *idp;

static void start(void)
{
    idp = mock_start();
}

static void stop(void)
{
    idp_stop(idp);
}

/* ---- what is granted ---- */

static const struct {
    const char *reason;
    const char *path;
    const char *form;
    const char *scope; /* of the answer; NULL: none */
    const char *names; /* of the answer's members, in their order */
    const char *aud;
    const char *ver; /* of the access token */
    const char *scp; /* NULL: none */
} granted[] = {
    {"an app for itself: four members, no scope", V2,
     DAEMON SECRET APP "&scope=api://auth-test/.default", NULL,
     "token_type expires_in ext_expires_in access_token", A1, "2.0", NULL},
    {"blanks around it", V2, DAEMON SECRET APP "&scope=+api://auth-test/.default+", NULL,
     "token_type expires_in ext_expires_in access_token", A1, "2.0", NULL},
    {"MSAL Go's words about a user are passed over", V2,
     DAEMON SECRET APP "&scope=openid+api://auth-test/.default+openid+offline_access+profile", NULL,
     "token_type expires_in ext_expires_in access_token", A1, "2.0", NULL},
    {"by the client id of the resource", V2, DAEMON SECRET APP "&scope=" A1 "/.default", NULL,
     "token_type expires_in ext_expires_in access_token", A1, "2.0", NULL},
    {"so may an app for itself", V2,
     "client_id=" A1 "&client_secret=auth-test-secret" APP "&scope=" A1 "/.default", NULL,
     "token_type expires_in ext_expires_in access_token", A1, "2.0", NULL},
    {"by its id in any case", V2,
     "client_id=" A1 "&client_secret=auth-test-secret" APP
     "&scope=C0FFEE00-0000-4000-8000-0000000000A1/.default",
     NULL, "token_type expires_in ext_expires_in access_token", A1, "2.0", NULL},
    {"of a v1 resource: its token is v1 with the URI as it was asked for", V2,
     DAEMON SECRET APP "&scope=api://legacy/.default", NULL,
     "token_type expires_in ext_expires_in access_token", "api://legacy", "1.0", NULL},
    {"by its client id, an SPN is the v1 endpoint's alone", V2 "?api-version=1.0",
     DAEMON SECRET APP "&scope=" A2 "/.default", NULL,
     "token_type expires_in ext_expires_in access_token", A2, "1.0", NULL},
    {"a final slash is kept", V2, DAEMON SECRET APP "&scope=api://legacy//.default", NULL,
     "token_type expires_in ext_expires_in access_token", "api://legacy/", "1.0", NULL},
    {"the v1 endpoint names the resource; all are strings", V1,
     DAEMON SECRET APP "&resource=api://legacy", NULL,
     "token_type expires_in ext_expires_in expires_on not_before resource access_token",
     "api://legacy", "1.0", NULL},
    {"ADAL asks by client id, and is answered with an SPN", V1 "?api-version=1.0",
     DAEMON SECRET APP "&resource=" A2, NULL,
     "token_type expires_in ext_expires_in expires_on not_before resource access_token", "spn:" A2,
     "1.0", NULL},
    {"by URI it is that", V1 "?api-version=1.0", DAEMON SECRET APP "&resource=api://legacy", NULL,
     "token_type expires_in ext_expires_in expires_on not_before resource access_token",
     "api://legacy", "1.0", NULL},
    {"and without the version the client id", V1, DAEMON SECRET APP "&resource=" A2, NULL,
     "token_type expires_in ext_expires_in expires_on not_before resource access_token", A2, "1.0",
     NULL},
    {"which without a resource is Azure AD Graph's", V1, DAEMON SECRET APP, NULL,
     "token_type expires_in ext_expires_in expires_on not_before resource access_token", AAD_GRAPH,
     "1.0", NULL},
    {"whatever the scope says", V1 "?api-version=1.0",
     DAEMON SECRET APP "&scope=api://auth-test/.default", NULL,
     "token_type expires_in ext_expires_in expires_on not_before resource access_token",
     "spn:" AAD_GRAPH, "1.0", NULL},
    {"by its address, too", V1, DAEMON SECRET APP "&resource=https://graph.windows.net", NULL,
     "token_type expires_in ext_expires_in expires_on not_before resource access_token",
     "https://graph.windows.net", "1.0", NULL},
    {"a v2 resource gets its v2 token from the v1 endpoint too", V1,
     DAEMON SECRET APP "&resource=api://auth-test", NULL,
     "token_type expires_in ext_expires_in expires_on not_before resource access_token", A1, "2.0",
     NULL},
    {"a client without roles is let in", V2,
     "client_id=c0ffee00-0000-4000-8000-0000000000d2&client_secret=daemon2-secret" APP
     "&scope=api://auth-test/.default",
     NULL, "token_type expires_in ext_expires_in access_token", A1, "2.0", NULL},
    {"a user's scope, as it was asked for", V2, NATIVE USER "&scope=api://auth-test/access_as_user",
     "api://auth-test/access_as_user", "token_type scope expires_in ext_expires_in access_token",
     A1, "2.0", "access_as_user"},
    {"a scope twice is one", V2,
     NATIVE USER "&scope=api://auth-test/access_as_user+api://auth-test/access_as_user",
     "api://auth-test/access_as_user", "token_type scope expires_in ext_expires_in access_token",
     A1, "2.0", "access_as_user"},
    {".default is all that the resource offers", V2, NATIVE USER "&scope=api://auth-test/.default",
     "api://auth-test/access_as_user api://auth-test/.default",
     "token_type scope expires_in ext_expires_in access_token", A1, "2.0", "access_as_user"},
    {"openid brings an ID token, offline_access is not listed", V2,
     NATIVE USER "&scope=openid+profile+offline_access+api://auth-test/access_as_user",
     "api://auth-test/access_as_user openid profile",
     "token_type scope expires_in ext_expires_in access_token refresh_token id_token", A1, "2.0",
     "access_as_user"},
    {"a name of Microsoft Graph in full", V2,
     NATIVE USER "&scope=https://graph.microsoft.com/User.Read",
     "https://graph.microsoft.com/User.Read",
     "token_type scope expires_in ext_expires_in access_token", "https://graph.microsoft.com",
     "1.0", "User.Read"},
    {"a bare name is Microsoft Graph's, a v1 resource", V2, NATIVE USER "&scope=User.Read",
     "User.Read", "token_type scope expires_in ext_expires_in access_token",
     "00000003-0000-0000-c000-000000000000", "1.0", "User.Read"},
    {"so are the scopes of OpenID Connect alone", V2, NATIVE USER "&scope=openid+profile",
     "openid profile", "token_type scope expires_in ext_expires_in access_token id_token",
     "00000003-0000-0000-c000-000000000000", "1.0", "openid profile"},
    {"client_info when it is asked for", V2,
     NATIVE USER "&scope=api://auth-test/access_as_user&client_info=1",
     "api://auth-test/access_as_user",
     "token_type scope expires_in ext_expires_in access_token client_info", A1, "2.0",
     "access_as_user"},
    {"a confidential client with its secret", V2,
     WEB "&client_secret=web-secret" USER "&scope=api://auth-test/access_as_user",
     "api://auth-test/access_as_user", "token_type scope expires_in ext_expires_in access_token",
     A1, "2.0", "access_as_user"},
    {"a user at the v1 endpoint", V1, NATIVE USER "&resource=api://legacy", "user_impersonation",
     "token_type expires_in ext_expires_in expires_on not_before resource access_token "
     "refresh_token scope",
     "api://legacy", "1.0", "user_impersonation"},
    {"whose ID token is v1", V1, NATIVE USER "&resource=api://legacy&scope=openid",
     "user_impersonation",
     "token_type expires_in ext_expires_in expires_on not_before resource access_token "
     "refresh_token scope id_token",
     "api://legacy", "1.0", "user_impersonation"},
    {"what MSAL adds is ignored", V2 "?client-request-id=x",
     DAEMON SECRET APP "&scope=api://auth-test/.default&x-client-SKU=MSAL&claims=%7B%7D", NULL,
     "token_type expires_in ext_expires_in access_token", A1, "2.0", NULL},
    {"a user's home is found at organizations", "/organizations/oauth2/v2.0/token",
     NATIVE USER "&scope=api://auth-test/access_as_user", "api://auth-test/access_as_user",
     "token_type scope expires_in ext_expires_in access_token", A1, "2.0", "access_as_user"},
    {"any case of the user's name", V2,
     NATIVE "&grant_type=password&username=Alice@CONTOSO.test&password=Passw0rd!"
            "&scope=api://auth-test/access_as_user",
     "api://auth-test/access_as_user", "token_type scope expires_in ext_expires_in access_token",
     A1, "2.0", "access_as_user"},
    {"any case of the grant", V2,
     DAEMON SECRET "&grant_type=Client_Credentials&scope=api://auth-test/.default", NULL,
     "token_type expires_in ext_expires_in access_token", A1, "2.0", NULL},
    {"any order, any case of the tenant", "/CONTOSO.test/oauth2/v2.0/token",
     "scope=api://auth-test/.default&grant_type=client_credentials" SECRET "&" DAEMON, NULL,
     "token_type expires_in ext_expires_in access_token", A1, "2.0", NULL},
};

static char *names_of(const json_t *object)
{
    enum { CAP = 400 };
    char *text = calloc(1, CAP);
    size_t len = 0;
    const char *name = NULL;
    json_t *value = NULL;
    ck_assert_ptr_nonnull(text);
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        len += (size_t)snprintf(text + len, CAP - len, "%s%s", len ? " " : "", name);
        ck_assert_uint_lt(len, CAP);
    }
    return text;
}

START_TEST(grants_are_answered)
{
    int status = 0;
    json_t *answer = mock_form(idp, granted[_i].path, granted[_i].form, &status);
    ck_assert_msg(status == 200, "%s: %d %s", granted[_i].reason, status,
                  text_at(answer, "error_description"));
    char *names = names_of(answer);
    ck_assert_msg(strcmp(names, granted[_i].names) == 0, "%s: %s", granted[_i].reason, names);
    free(names);
    const char *scope = json_string_value(json_object_get(answer, "scope"));
    ck_assert_msg(scope == granted[_i].scope || strcmp(scope, granted[_i].scope) == 0, "%s: %s",
                  granted[_i].reason, scope);
    json_t *claims = token_json(text_at(answer, "access_token"), 1);
    ck_assert_msg(strcmp(text_at(claims, "aud"), granted[_i].aud) == 0, "%s: %s",
                  granted[_i].reason, text_at(claims, "aud"));
    ck_assert_msg(strcmp(text_at(claims, "ver"), granted[_i].ver) == 0, "%s", granted[_i].reason);
    const char *scp = granted[_i].scp ? granted[_i].scp : "(none)";
    ck_assert_msg(strcmp(text_at(claims, "scp"), scp) == 0, "%s: %s", granted[_i].reason,
                  text_at(claims, "scp"));
    json_decref(claims);
    json_decref(answer);
}
END_TEST

START_TEST(an_app_only_token_lives_an_hour)
{
    json_t *answer = mock_form(idp, V2, DAEMON SECRET APP "&scope=api://auth-test/.default", NULL);
    json_t *claims = token_json(text_at(answer, "access_token"), 1);
    ck_assert_int_eq(json_integer_value(json_object_get(answer, "expires_in")), 3599);
    ck_assert_int_eq(json_integer_value(json_object_get(answer, "ext_expires_in")), 3599);
    ck_assert_int_eq(json_integer_value(json_object_get(claims, "exp")), KITCHEN_NOW + 3600);
    ck_assert_int_eq(json_integer_value(json_object_get(claims, "iat")), KITCHEN_NOW - 300);
    ck_assert_str_eq(text_at(claims, "azpacr"), "1");
    json_decref(claims);
    json_decref(answer);
}
END_TEST

/* Between 60 and 90 minutes, at random; the answer says what the token says. */
START_TEST(a_delegated_token_lives_an_hour_and_more)
{
    json_int_t first = 0;
    bool differs = false;
    for (int i = 0; i < 8; i++) {
        json_t *answer = mock_form(idp, V2, NATIVE USER "&scope=api://auth-test/.default", NULL);
        json_t *claims = token_json(text_at(answer, "access_token"), 1);
        json_int_t lives = json_integer_value(json_object_get(answer, "expires_in"));
        ck_assert_int_ge(lives, 3599);
        ck_assert_int_lt(lives, 5400);
        ck_assert_int_eq(json_integer_value(json_object_get(claims, "exp")),
                         KITCHEN_NOW + lives + 1);
        differs = differs || (first && lives != first);
        first = lives;
        json_decref(claims);
        json_decref(answer);
    }
    ck_assert(differs);
}
END_TEST

START_TEST(the_v1_endpoint_writes_strings)
{
    json_t *answer = mock_form(idp, V1, DAEMON SECRET APP "&resource=api://legacy", NULL);
    ck_assert_str_eq(text_at(answer, "expires_in"), "3599");
    ck_assert_str_eq(text_at(answer, "ext_expires_in"), "3599");
    ck_assert_str_eq(text_at(answer, "expires_on"), "1769864400");
    ck_assert_str_eq(text_at(answer, "not_before"), "1769860500");
    ck_assert_str_eq(text_at(answer, "resource"), "api://legacy");
    json_decref(answer);
    answer = mock_form(idp, V1 "?api-version=1.0", DAEMON SECRET APP "&resource=" A1, NULL);
    ck_assert_str_eq(text_at(answer, "resource"), "spn:" A1);
    json_decref(answer);
}
END_TEST

START_TEST(an_id_token_is_for_the_client)
{
    static const char *const forms[][4] = {
        {V2, NATIVE USER "&nonce=n%20%22&scope=openid", "2.0", "(none)"},
        {V2, NATIVE USER "&nonce=n%20%22&scope=openid+email", "2.0", "alice@contoso.test"},
        {V1, NATIVE USER "&nonce=n%20%22&resource=api://legacy&scope=openid", "1.0", "(none)"},
        {V1, NATIVE USER "&nonce=n%20%22&resource=api://legacy&scope=openid+email", "1.0",
         "(none)"}};
    json_t *answer = mock_form(idp, forms[_i][0], forms[_i][1], NULL);
    json_t *claims = token_json(text_at(answer, "id_token"), 1);
    ck_assert_str_eq(text_at(claims, "aud"), "c0ffee00-0000-4000-8000-0000000000e1");
    ck_assert_str_eq(text_at(claims, "nonce"), "n \"");
    ck_assert_str_eq(text_at(claims, "ver"), forms[_i][2]);
    ck_assert_str_eq(text_at(claims, "email"), forms[_i][3]);
    ck_assert_int_eq(json_integer_value(json_object_get(claims, "exp")), KITCHEN_NOW + 3600);
    json_decref(claims);
    json_decref(answer);
}
END_TEST

START_TEST(client_info_is_the_account)
{
    size_t len = 0;
    json_t *answer = mock_form(idp, V2, NATIVE USER "&scope=openid&client_info=1", NULL);
    unsigned char *text = bytes_of_base64url(text_at(answer, "client_info"), &len);
    ck_assert_str_eq((char *)text,
                     "{\"uid\":\"c0ffee00-0000-4000-8000-00000000a11c\",\"utid\":\"" CONTOSO "\"}");
    free(text);
    json_decref(answer);
}
END_TEST

START_TEST(the_issuer_is_the_origin_that_was_asked)
{
    char want[200];
    json_t *answer = mock_form(idp, V2, DAEMON SECRET APP "&scope=api://auth-test/.default", NULL);
    json_t *claims = token_json(text_at(answer, "access_token"), 1);
    (void)snprintf(want, sizeof want, "%s/" CONTOSO "/v2.0", idp_http_url(idp));
    ck_assert_str_eq(text_at(claims, "iss"), want);
    json_decref(claims);
    json_decref(answer);
}
END_TEST

/* ---- Basic (RFC 6749 §2.3.1): id and secret form-encoded, joined by a colon, in base64 ---- */

static const struct {
    const char *reason;
    const char *pair; /* in base64 */
    const char *form; /* without a grant_type: for an app itself */
    int status;
    int code;
} basics[] = {
    {"the right pair", "YzBmZmVlMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMGQxOmRhZW1vbi1zZWNyZXQ=", "",
     200, 0},
    {"form-encoded: daemon%2Dsecret",
     "YzBmZmVlMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMGQxOmRhZW1vbiUyRHNlY3JldA==", "", 200, 0},
    {"the id in the body, the secret in the header",
     "YzBmZmVlMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMGQxOmRhZW1vbi1zZWNyZXQ=", "&" DAEMON, 200, 0},
    {"the id in the body goes before another in the header",
     "YzBmZmVlMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMGQyOmRhZW1vbi1zZWNyZXQ=", "&" DAEMON, 200, 0},
    {"the wrong secret", "YzBmZmVlMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMGQxOndyb25n", "", 401,
     7000215},
    {"an empty secret", "YzBmZmVlMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMGQxOg==", "", 401, 7000218},
    {"a public client, whose secret is empty",
     "YzBmZmVlMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMGUxOg==",
     USER "&scope=api://auth-test/access_as_user", 200, 0},
    {"a public client with a secret", "YzBmZmVlMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMGUxOng=",
     USER "&scope=api://auth-test/access_as_user", 401, 700025},
    {"no colon", "ZGFlbW9u", "", 400, 900144},
    {"no base64", "!!!!", "", 400, 900144},
    {"nothing", "", "", 400, 900144},
    {"smuggled parameters: x&client_secret=y", "eCZjbGllbnRfc2VjcmV0PXk6eg==", "", 400, 900144},
};

START_TEST(basic_authentication_is_read)
{
    char headers[300];
    char form[300];
    (void)snprintf(headers, sizeof headers, FORM "Authorization: Basic %s\r\n", basics[_i].pair);
    bool app = strstr(basics[_i].form, "grant_type=") == NULL;
    (void)snprintf(form, sizeof form, "%s%s", app ? APP "&scope=api://auth-test/.default" : "",
                   basics[_i].form);
    const struct wire_answer *answer = mock_ask(idp, "POST", V2, headers, form);
    ck_assert_msg(answer->status == basics[_i].status, "%s: %.600s", basics[_i].reason,
                  answer->body);
    if (basics[_i].code) {
        char code[40];
        (void)snprintf(code, sizeof code, "\"error_codes\":[%d]", basics[_i].code);
        ck_assert_msg(strstr(answer->body, code) != NULL, "%s: %.300s", basics[_i].reason,
                      answer->body);
    }
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("token");
    TCase *tcase = tcase_create("token");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_loop_test(tcase, grants_are_answered, 0, ROWS(granted));
    tcase_add_test(tcase, an_app_only_token_lives_an_hour);
    tcase_add_test(tcase, a_delegated_token_lives_an_hour_and_more);
    tcase_add_test(tcase, the_v1_endpoint_writes_strings);
    tcase_add_loop_test(tcase, an_id_token_is_for_the_client, 0, 4);
    tcase_add_test(tcase, client_info_is_the_account);
    tcase_add_test(tcase, the_issuer_is_the_origin_that_was_asked);
    tcase_add_loop_test(tcase, basic_authentication_is_read, 0, ROWS(basics));
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

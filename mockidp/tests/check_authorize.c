/* /authorize with --sign-in auto: what comes back, where, and how refusals are told (OpenID Connect
 * Core 1.0 §3; entra: "Microsoft identity platform and OAuth 2.0 authorization code flow"). */
#include "mockidp/tests/support/browser.h"
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define V2 "/contoso.test/oauth2/v2.0/authorize?"
#define V1 "/contoso.test/oauth2/authorize?"
#define COMMON "/common/oauth2/v2.0/authorize?"
#define WEB "client_id=c0ffee00-0000-4000-8000-0000000000b1"
#define SPA "client_id=c0ffee00-0000-4000-8000-0000000000c1"
#define HERE "&redirect_uri=http://localhost:5000/callback"
#define API "&scope=openid+profile+api://auth-test/access_as_user"
#define CODE "&response_type=code"
#define GOOD WEB HERE API
#define CHALLENGE "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

static struct idp *idp;

static void start(void)
{
    idp = browser_start("auto");
}

static void stop(void)
{
    idp_stop(idp);
}

/* ---- what comes back ---- */

static const struct {
    const char *reason;
    const char *path;
    const char *to;    /* begin of the location */
    const char *names; /* of its parameters, in order */
} answers[] = {
    {"a code in the query", V2 GOOD CODE, "http://localhost:5000/callback?", "code session_state"},
    {"with the state", V2 GOOD CODE "&state=x", "http://localhost:5000/callback?",
     "code state session_state"},
    {"and client_info when it is asked for", V2 GOOD CODE "&client_info=1&state=",
     "http://localhost:5000/callback?", "code client_info session_state"},
    {"and the cloud when it is asked for", V2 GOOD CODE "&instance_aware=true",
     "http://localhost:5000/callback?",
     "code cloud_instance_name cloud_instance_host_name cloud_graph_host_name msgraph_host "
     "session_state"},
    {"other words ask for neither", V2 GOOD CODE "&client_info=2&instance_aware=false",
     "http://localhost:5000/callback?", "code session_state"},
    {"a code in the fragment", V2 GOOD CODE "&response_mode=fragment",
     "http://localhost:5000/callback#", "code session_state"},
    {"an ID token in the fragment", V2 GOOD "&response_type=id_token&nonce=n",
     "http://localhost:5000/callback#", "id_token session_state"},
    {"both", V2 GOOD "&response_type=code+id_token&nonce=n", "http://localhost:5000/callback#",
     "code id_token session_state"},
    {"in any order", V2 GOOD "&response_type=id_token+code&nonce=n",
     "http://localhost:5000/callback#", "code id_token session_state"},
    {"tokens", V2 GOOD "&response_type=id_token+token&nonce=n", "http://localhost:5000/callback#",
     "access_token token_type expires_in scope id_token session_state"},
    {"the v1 endpoint", V1 WEB HERE CODE "&resource=api://legacy",
     "http://localhost:5000/callback?", "code session_state"},
    {"the v1 endpoint without a resource", V1 WEB HERE CODE, "http://localhost:5000/callback?",
     "code session_state"},
    {"a page with its challenge",
     V2 SPA API CODE CHALLENGE "&redirect_uri=http://localhost:5173/&code_challenge_method=S256",
     "http://localhost:5173/?", "code session_state"},
    {"several resources: the first",
     V2 WEB HERE CODE
     "&scope=api://auth-test/access_as_user+api://legacy/user_impersonation+User.Read",
     "http://localhost:5000/callback?", "code session_state"},
    {"common is the tenant of the hint",
     COMMON GOOD CODE "&login_hint=carol@fabrikam.test"
                      "&redirect_uri=http://localhost:5000/signin-oidc",
     "http://localhost:5000/callback?", "code session_state"},
    {"common has personal accounts, too", COMMON GOOD CODE "&login_hint=pat@outlook.test",
     "http://localhost:5000/callback?", "code session_state"},
    {"consumers has them alone", "/consumers/oauth2/v2.0/authorize?" GOOD CODE,
     "http://localhost:5000/callback?", "code session_state"},
    {"silent, with a user at hand", V2 GOOD CODE "&prompt=none", "http://localhost:5000/callback?",
     "code session_state"},
    {"silent, as MSAL.NET says it", V2 GOOD CODE "&prompt=attempt_none",
     "http://localhost:5000/callback?", "code session_state"},
    {"no prompt", V2 GOOD CODE "&prompt=", "http://localhost:5000/callback?", "code session_state"},
    {"a prompt that only v1 knows", V1 WEB HERE CODE "&resource=api://legacy&prompt=admin_consent",
     "http://localhost:5000/callback?", "code session_state"},
    {"what is not known is passed over", V2 GOOD CODE "&prompt=create&x-client-SKU=x&claims=%7B",
     "http://localhost:5000/callback?", "code session_state"},
};

START_TEST(what_is_asked_for_comes_back)
{
    const struct wire_answer *answer = mock_ask(idp, "GET", answers[_i].path, "", NULL);
    ck_assert_msg(answer->status == 302, "%s: %d %.900s", answers[_i].reason, answer->status,
                  answer->text);
    ck_assert_msg(!wire_header(answer, "X-Frame-Options"), "%s", answers[_i].reason);
    ck_assert_msg(wire_header(answer, "Cache-Control: no-store, no-cache"), "%s",
                  answers[_i].reason);
    char *location = browser_header(answer, "Location");
    ck_assert_msg(location && strncmp(location, answers[_i].to, strlen(answers[_i].to)) == 0,
                  "%s: %s", answers[_i].reason, location);
    char *names = browser_names(location);
    ck_assert_msg(strcmp(names, answers[_i].names) == 0, "%s: %s", answers[_i].reason, location);
    free(names);
    free(location);
}
END_TEST

START_TEST(a_form_asks_as_a_query_does)
{
    static const char *const rows[][2] = {
        {"/contoso.test/oauth2/v2.0/authorize", GOOD CODE "&state=a%26b+c"},
        {"/contoso.test/oauth2/authorize", WEB HERE CODE "&resource=api://legacy&state=a%26b+c"}};
    const struct wire_answer *answer =
        mock_ask(idp, "POST", rows[_i][0], BROWSER_FORM, rows[_i][1]);
    char *location = browser_header(answer, "Location");
    ck_assert_msg(location != NULL, "%s: %.300s", rows[_i][0], answer->text);
    char *names = browser_names(location);
    char *state = browser_parameter(location, "state");
    ck_assert_str_eq(names, "code state session_state");
    ck_assert_str_eq(state, "a&b c");
    free(state);
    free(names);
    free(location);
}
END_TEST

START_TEST(the_state_goes_back_octet_by_octet)
{
    const struct wire_answer *answer =
        mock_ask(idp, "GET", V2 GOOD CODE "&state=%FF%C3%A9%0D%0A%2B", "", NULL);
    char *location = browser_header(answer, "Location");
    ck_assert(location && strstr(location, "&state=%FF%C3%A9%0D%0A%2B&"));
    free(location);
}
END_TEST

/* A redirect that no header holds is refused, and written down as that. */
START_TEST(a_state_that_is_too_long_is_refused)
{
    static char form[41000] = GOOD CODE "&state=";
    memset(form + strlen(form), 's', 40000);
    const struct wire_answer *answer =
        mock_ask(idp, "POST", "/contoso.test/oauth2/v2.0/authorize", BROWSER_FORM, form);
    ck_assert_int_eq(answer->status, 400);
    ck_assert(!wire_header(answer, "Location:"));
    json_t *journal = mock_admin(idp, "GET", "/_admin/journal", NULL, NULL);
    const json_t *entry = json_array_get(json_object_get(journal, "entries"), 0);
    ck_assert_int_eq(json_integer_value(json_object_get(entry, "status")), 400);
    ck_assert_str_eq(text_at(entry, "outcome"), "header_too_long");
    json_decref(journal);
}
END_TEST

START_TEST(form_post_is_a_form_with_a_button)
{
    const struct wire_answer *answer =
        mock_ask(idp, "GET",
                 V2 GOOD "&response_type=code+id_token&nonce=n&response_mode=form_post"
                         "&state=%22%3E%3Cb%3E",
                 "", NULL);
    ck_assert_int_eq(answer->status, 200);
    ck_assert_ptr_nonnull(
        strstr(answer->body, "<form method=\"POST\" action=\"http://localhost:5000/callback\">"));
    ck_assert_ptr_nonnull(strstr(answer->body, "<button type=\"submit\">"));
    ck_assert_ptr_null(strstr(answer->body, "<b>"));
    ck_assert(!wire_header(answer, "X-Frame-Options"));
    char *policy = browser_header(answer, "Content-Security-Policy");
    ck_assert(policy && strstr(policy, "script-src 'nonce-") && !strstr(policy, "frame-ancestors"));
    free(policy);
    static const char *const names[] = {"code", "id_token", "session_state"};
    for (size_t i = 0; i < 3; i++) {
        char *value = browser_field(answer->body, names[i]);
        ck_assert_uint_gt(strlen(value), 20);
        free(value);
    }
    char *state = browser_field(answer->body, "state");
    ck_assert_str_eq(state, "\"><b>");
    free(state);
}
END_TEST

START_TEST(a_session_is_kept_and_another_hint_opens_another)
{
    char cookie[300];
    const struct wire_answer *answer = mock_ask(idp, "GET", V2 GOOD CODE, "", NULL);
    char *set = browser_header(answer, "Set-Cookie");
    char *location = browser_header(answer, "Location");
    char *first = browser_parameter(location, "session_state");
    ck_assert(set && strstr(set, "HttpOnly") && strstr(set, "SameSite=Lax"));
    (void)snprintf(cookie, sizeof cookie, "Cookie: other=1; %.*s\r\n", (int)strcspn(set, ";"), set);
    free(location);
    free(set);
    static const char *const paths[] = {V2 GOOD CODE "&prompt=none",
                                        V2 GOOD CODE "&login_hint=bob@contoso.test"};
    for (size_t i = 0; i < 2; i++) {
        answer = mock_ask(idp, "GET", paths[i], cookie, NULL);
        location = browser_header(answer, "Location");
        char *again = browser_parameter(location, "session_state");
        ck_assert_msg((strcmp(first, again) == 0) == (i == 0), "%s: %s", paths[i], again);
        free(again);
        free(location);
    }
    free(first);
}
END_TEST

/* ---- refusals ---- */

static const struct {
    const char *reason;
    const char *path;
    const char *error; /* of the redirect; NULL: a page, never a redirect */
    int code;
} refusals[] = {
    {"an unknown tenant", "/nobody.test/oauth2/v2.0/authorize?" GOOD CODE, NULL, 90002},
    {"no client", V2 HERE API CODE, NULL, 900144},
    {"an unknown client", V2 "client_id=nobody" HERE API CODE, NULL, 700016},
    {"an alias is no client", V2 "client_id=web" HERE API CODE, NULL, 700016},
    {"nobody's client at common", COMMON "client_id=nobody" HERE API CODE, NULL, 700016},
    {"two prompts", V2 GOOD CODE "&prompt=select_account+consent", NULL, 90023},
    {"an unknown prompt", V2 GOOD CODE "&prompt=unspecified", NULL, 90023},
    {"a prompt in another case", V2 GOOD CODE "&prompt=Login", NULL, 90023},
    {"a prompt of v1", V2 GOOD CODE "&prompt=admin_consent", NULL, 90023},
    {"no response type", V2 GOOD, "invalid_request", 900144},
    {"an unknown one", V2 GOOD "&response_type=magic", "unsupported_response_type", 70005},
    {"blanks alone", V2 GOOD "&response_type=++", "unsupported_response_type", 70005},
    {"one twice", V2 GOOD "&response_type=code+code", "unsupported_response_type", 70005},
    {"code with token", V2 GOOD "&response_type=code+token", "unsupported_response_type", 70005},
    {"an ID token that the app may not have",
     V2 SPA API "&redirect_uri=http://localhost:5173/&response_type=id_token&nonce=n",
     "unsupported_response_type", 700054},
    {"a token that the app may not have",
     V2 SPA API "&redirect_uri=http://localhost:5173/&response_type=id_token+token&nonce=n",
     "unsupported_response_type", 700051},
    {"an unknown mode", V2 GOOD CODE "&response_mode=web_message", "invalid_request", 70007},
    {"tokens in the query", V2 GOOD "&response_type=id_token&nonce=n&response_mode=query",
     "invalid_request", 70007},
    {"an ID token without nonce", V2 GOOD "&response_type=id_token", "invalid_request", 900144},
    {"a nonce that is no text", V2 GOOD CODE "&nonce=%FF", "invalid_request", 9002313},
    {"a page without challenge", V2 SPA API CODE "&redirect_uri=http://localhost:5173/",
     "invalid_request", 9002325},
    {"a short challenge", V2 GOOD CODE "&code_challenge=x", "invalid_request", 501491},
    {"a challenge of odd characters",
     V2 GOOD CODE "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw%2BcM",
     "invalid_request", 501491},
    {"an unknown method", V2 GOOD CODE CHALLENGE "&code_challenge_method=S512", "invalid_request",
     9002313},
    {"no scope", V2 WEB HERE CODE, "invalid_request", 900144},
    {"a scope that the resource lacks", V2 WEB HERE CODE "&scope=api://auth-test/admin",
     "invalid_client", 650053},
    {"an unknown resource", V2 WEB HERE CODE "&scope=api://nobody/x", "invalid_resource", 500011},
    {"a scope that a second resource lacks", V2 GOOD "+api://legacy/admin" CODE, "invalid_client",
     650053},
    {"a second resource that is not there", V2 GOOD "+api://nobody/x" CODE, "invalid_resource",
     500011},
    {"a scope that Graph lacks, the second", V2 GOOD "+Nothing.Read" CODE, "invalid_client",
     650053},
    {"by its URI, too", V2 GOOD "+https://graph.microsoft.com/Nothing.Read" CODE, "invalid_client",
     650053},
    {"one of the first behind it", V2 GOOD "+User.Read+api://auth-test/admin" CODE,
     "invalid_client", 650053},
    {"all of a second resource beside a name", V2 GOOD "+api://legacy/.default" CODE,
     "invalid_scope", 70011},
    {"a name of Graph beside all of the first",
     V2 WEB HERE CODE "&scope=api://auth-test/.default+User.Read", "invalid_scope", 70011},
    {"resource at the v2 endpoint", V2 GOOD CODE "&resource=api://auth-test", "invalid_request",
     901002},
    {"another than the scopes'", V2 GOOD CODE "&resource=api://legacy", "invalid_target", 9010010},
    {"a hint at nobody", V2 GOOD CODE "&login_hint=nobody@contoso.test", "access_denied", 50034},
    {"organizations has no personal accounts",
     "/organizations/oauth2/v2.0/authorize?" GOOD CODE "&login_hint=pat@outlook.test",
     "access_denied", 50034},
    {"a hint at the other tenant's", V2 GOOD CODE "&login_hint=carol@fabrikam.test",
     "access_denied", 50034},
    {"an alias is no hint", V2 GOOD CODE "&login_hint=bob", "access_denied", 50034},
    {"a disabled user", V2 GOOD CODE "&login_hint=disabled@contoso.test", "access_denied", 50057},
    {"a second factor, with nobody to give it", V2 GOOD CODE "&login_hint=mfa@contoso.test",
     "interaction_required", 50076},
    {"a second factor, in silence", V2 GOOD CODE "&login_hint=mfa@contoso.test&prompt=none",
     "interaction_required", 50076},
};

/* What people read out from a page is what stands in its header. */
static void must_name_the_request(const struct wire_answer *page)
{
    char *id = browser_header(page, "x-ms-request-id");
    char shown[100];
    ck_assert_ptr_nonnull(id);
    (void)snprintf(shown, sizeof shown, "<dt>Request Id</dt><dd>%s</dd>", id);
    ck_assert_msg(strstr(page->body, shown) != NULL, "%s: %s", id, page->body);
    free(id);
}

START_TEST(requests_are_refused_with_their_number)
{
    char path[1200];
    char begin[40];
    (void)snprintf(path, sizeof path, "%s&state=s%%20t", refusals[_i].path);
    (void)snprintf(begin, sizeof begin, "AADSTS%d: ", refusals[_i].code);
    const struct wire_answer *answer = mock_ask(idp, "GET", path, "", NULL);
    char *location = browser_header(answer, "Location");
    if (!refusals[_i].error) {
        ck_assert_msg(answer->status == 400 && !location, "%s: %.300s", refusals[_i].reason,
                      answer->text);
        ck_assert_msg(strstr(answer->body, begin) != NULL, "%s: %s", refusals[_i].reason,
                      answer->body);
        ck_assert_msg(wire_header(answer, "X-Frame-Options: DENY"), "%s", refusals[_i].reason);
        must_name_the_request(answer);
        return;
    }
    ck_assert_msg(location != NULL, "%s: %.900s", refusals[_i].reason, answer->text);
    char *error = browser_parameter(location, "error");
    char *description = browser_parameter(location, "error_description");
    char *state = browser_parameter(location, "state");
    ck_assert_msg(error && strcmp(error, refusals[_i].error) == 0, "%s: %s", refusals[_i].reason,
                  location);
    ck_assert_msg(description && strncmp(description, begin, strlen(begin)) == 0, "%s: %s",
                  refusals[_i].reason, location);
    ck_assert_msg(state && strcmp(state, "s t") == 0, "%s: %s", refusals[_i].reason, location);
    ck_assert_msg(strstr(refusals[_i].path, "id_token") == NULL || strchr(location, '#'), "%s: %s",
                  refusals[_i].reason, location);
    free(state);
    free(description);
    free(error);
    free(location);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("authorize");
    TCase *tcase = tcase_create("auto");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_loop_test(tcase, requests_are_refused_with_their_number, 0, ROWS(refusals));
    tcase_add_loop_test(tcase, what_is_asked_for_comes_back, 0, ROWS(answers));
    tcase_add_loop_test(tcase, a_form_asks_as_a_query_does, 0, 2);
    tcase_add_test(tcase, the_state_goes_back_octet_by_octet);
    tcase_add_test(tcase, a_state_that_is_too_long_is_refused);
    tcase_add_test(tcase, form_post_is_a_form_with_a_button);
    tcase_add_test(tcase, a_session_is_kept_and_another_hint_opens_another);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

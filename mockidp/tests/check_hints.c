/* Whom a request to /authorize means: login_hint, sid, domain_hint. */
#include "mockidp/tests/support/demo.h"
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"
#include "mockidp/tests/support/visitor.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define V2 "/contoso.test/oauth2/v2.0/"
#define WEB "client_id=c0ffee00-0000-4000-8000-0000000000b1"
#define CALLBACK "&redirect_uri=http://localhost:5000/callback"
#define AUTHORIZE V2 "authorize?" WEB CALLBACK "&scope=openid&response_type=id_token&nonce=n"
#define SIGN_IN "&username=alice%40contoso.test&password=Passw0rd!"
#define OF_MANY                                                                                    \
    "/oauth2/v2.0/authorize?client_id=c0ffee00-0000-4000-8000-0000000000c1"                        \
    "&redirect_uri=http://localhost:5173/"                                                         \
    "&scope=openid&response_type=code&code_challenge_method=S256"                                  \
    "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

static struct idp *idp;
static char *dir;

/* open_with starts a mock whose web app has the claim login_hint. */
static void open_with(const char *sign_in)
{
    json_t *demo = demo_json();
    demo_set(demo_app(demo, "web"), "optional_claims", "{'id_token':[{'name':'login_hint'}]}");
    demo_set(demo_app(demo, "spa"), "sign_in_audience", "'AzureADMultipleOrgs'");
    idp = demo_open(demo, sign_in, &dir);
}

static void start(void)
{
    open_with("page");
}

static void stop(void)
{
    demo_close(idp, dir);
}

/* claims_at returns the claims of the ID token that the browser is sent back with. */
static json_t *claims_at(const struct wire_answer *answer)
{
    char *location = visitor_arrives(answer);
    char *token = browser_parameter(location, "id_token");
    ck_assert_msg(token != NULL, "%s", location);
    json_t *claims = token_json(token, 1);
    free(token);
    free(location);
    return claims;
}

static json_t *sign_in(struct visitor *v)
{
    return claims_at(visitor_answer(v, visitor_open(v, AUTHORIZE), SIGN_IN));
}

static const struct wire_answer *silently(struct visitor *v, const char *name, const char *value)
{
    char path[600];
    (void)snprintf(path, sizeof path, AUTHORIZE "&prompt=none&%s=%s", name, value);
    return visitor_open(v, path);
}

static void must_need_login(const struct wire_answer *answer)
{
    char *location = visitor_arrives(answer);
    ck_assert_msg(strstr(location, "error=login_required") != NULL, "%s", location);
    free(location);
}

/* MSAL sends the claim before any other hint. */
START_TEST(the_claim_login_hint_is_known_again)
{
    struct visitor v = {.idp = idp};
    struct visitor stranger = {.idp = idp};
    char path[600];
    json_t *claims = sign_in(&v);
    const char *hint = text_at(claims, "login_hint");
    ck_assert_msg(strncmp(hint, "O.", 2) == 0, "%s", hint);
    json_t *again = claims_at(silently(&v, "login_hint", hint));
    ck_assert_str_eq(text_at(again, "oid"), text_at(claims, "oid"));
    json_decref(again);
    json_decref(claims_at(silently(&v, "login_hint", "Alice@CONTOSO.test")));
    must_need_login(silently(&v, "login_hint", "bob@contoso.test"));
    must_need_login(silently(&v, "login_hint", "O.00000000000000000000000000000000"));
    must_need_login(silently(&stranger, "login_hint", hint));
    (void)snprintf(path, sizeof path, AUTHORIZE "&login_hint=%s", hint);
    visitor_must_show(visitor_open(&stranger, path), "alice@contoso.test");
    json_decref(claims);
}
END_TEST

START_TEST(a_session_is_named_by_sid)
{
    struct visitor v = {.idp = idp};
    json_t *claims = sign_in(&v);
    const char *sid = text_at(claims, "sid");
    json_decref(claims_at(silently(&v, "sid", sid)));
    must_need_login(silently(&v, "sid", "00000000-0000-0000-0000-000000000000"));
    visitor_must_show(visitor_open(&v, AUTHORIZE "&sid=another"), "Sign in");
    json_decref(claims);
}
END_TEST

START_TEST(organizations_has_no_personal_accounts)
{
    static const char *const hints[] = {"", "&domain_hint=consumers", "&domain_hint=outlook.test"};
    char path[400];
    struct visitor v = {.idp = idp};
    (void)snprintf(path, sizeof path, "/organizations" OF_MANY "%s", hints[_i]);
    const struct wire_answer *page = visitor_open(&v, path);
    visitor_must_show(page, "alice@contoso.test");
    ck_assert_ptr_null(strstr(page->body, "pat@outlook.test"));
}
END_TEST

START_TEST(nor_signs_them_in)
{
    char path[400];
    open_with("auto");
    (void)snprintf(path, sizeof path, "/organizations" OF_MANY "&client_info=1&domain_hint=%s",
                   _i == 0 ? "consumers" : "outlook.test");
    char *info = browser_answer(idp, path, "client_info");
    ck_assert_ptr_null(strstr(info, "OTE4ODA0MGQ")); /* base64 of 9188040d */
    free(info);
    stop();
}
END_TEST

START_TEST(a_domain_hint_signs_in_there)
{
    static const char *const rows[][2] = {{"", CONTOSO},
                                          {"&domain_hint=fabrikam.test", FABRIKAM},
                                          {"&domain_hint=FABRIKAM.test", FABRIKAM},
                                          {"&domain_hint=nobody.test", CONTOSO}};
    char path[400];
    size_t len = 0;
    open_with("auto");
    (void)snprintf(path, sizeof path,
                   "/common/oauth2/v2.0/authorize?client_id=c0ffee00-0000-4000-8000-0000000000e1"
                   "&scope=openid&response_type=code&client_info=1%s",
                   rows[_i][0]);
    char *info = browser_answer(idp, path, "client_info");
    unsigned char *text = bytes_of_base64url(info, &len);
    ck_assert_msg(strstr((char *)text, "\"utid\":\"") && strstr((char *)text, rows[_i][1]),
                  "%s: %s", rows[_i][0], text);
    free(text);
    free(info);
    stop();
}
END_TEST

/* "x-ms-request-id: <guid> (= trace_id of an error)", for an app that is sent an error, too. */
START_TEST(a_refusal_is_one_request_in_header_and_text)
{
    static const char *const modes[] = {"query", "fragment", "form_post"};
    char path[400];
    char line[100];
    (void)snprintf(path, sizeof path,
                   V2 "authorize?" WEB CALLBACK "&response_type=x&response_mode=%s", modes[_i]);
    const struct wire_answer *answer = mock_ask(idp, "GET", path, "", NULL);
    const char *encoded = strstr(answer->text, "Trace%20ID%3A%20");
    const char *plain = strstr(answer->text, "Trace ID: ");
    ck_assert_msg(encoded || plain, "%s", answer->text);
    const char *trace =
        encoded ? encoded + strlen("Trace%20ID%3A%20") : plain + strlen("Trace ID: ");
    (void)snprintf(line, sizeof line, "x-ms-request-id: %.36s", trace);
    ck_assert_msg(wire_header(answer, line), "%s", answer->text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hints");
    TCase *tests = tcase_create("hints");
    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_test(tests, the_claim_login_hint_is_known_again);
    tcase_add_test(tests, a_session_is_named_by_sid);
    tcase_add_loop_test(tests, organizations_has_no_personal_accounts, 0, 3);
    tcase_add_loop_test(tests, a_refusal_is_one_request_in_header_and_text, 0, 3);
    TCase *automatic = tcase_create("automatic");
    tcase_add_loop_test(automatic, nor_signs_them_in, 0, 2);
    tcase_add_loop_test(automatic, a_domain_hint_signs_in_there, 0, 4);
    suite_add_tcase(suite, tests);
    suite_add_tcase(suite, automatic);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

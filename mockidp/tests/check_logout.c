/* Signing out: every app of the session that wants to know hears of it (OpenID Connect
 * Front-Channel Logout 1.0), and a hint at another account leaves this one. */
#include "mockidp/tests/support/demo.h"
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"
#include "mockidp/tests/support/scratch.h"
#include "mockidp/tests/support/visitor.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WEB "client_id=c0ffee00-0000-4000-8000-0000000000b1"
#define SPA "client_id=c0ffee00-0000-4000-8000-0000000000c1"
#define NATIVE "client_id=c0ffee00-0000-4000-8000-0000000000e1"
#define CHALLENGE                                                                                  \
    "&code_challenge=0123456789abcdefghijklmnopqrstuvwxyz0123456&code_challenge_method=plain"
#define AUTHORIZE "/contoso.test/oauth2/v2.0/authorize?response_type=code&scope=openid&"
#define LOGOUT "/contoso.test/oauth2/v2.0/logout"
#define CALLBACK "http://localhost:5000/callback"

static struct idp *idp;
static char *dir;
static struct visitor v;

static void open_directory(bool parameters)
{
    json_t *demo = demo_json();
    demo_set(demo_app(demo, "web"), "front_channel_logout_uri", "'http://localhost:5000/out'");
    demo_set(demo_app(demo, "spa"), "front_channel_logout_uri", "'https://spa.test/out?a=1&b=2'");
    demo_set(demo_app(demo, "daemon"), "front_channel_logout_uri", "'https://daemon.test/out'");
    if (!parameters) {
        demo_set(demo, "front_channel_parameters", "false");
    }
    idp = demo_open(demo, "auto", &dir);
    v = (struct visitor){.idp = idp};
}

static void start(void)
{
    open_directory(true);
}

static void stop(void)
{
    demo_close(idp, dir);
}

/* sign_in signs in to the web app and the single-page app, and returns the session's id. */
static char *sign_in(void)
{
    char *location = visitor_arrives(visitor_open(&v, AUTHORIZE WEB));
    char *session = browser_parameter(location, "session_state");
    free(location);
    free(visitor_arrives(
        visitor_open(&v, AUTHORIZE SPA "&redirect_uri=http://localhost:5173/" CHALLENGE)));
    ck_assert_ptr_nonnull(session);
    return session;
}

static bool is_signed_in(void)
{
    char *location = visitor_arrives(visitor_open(&v, AUTHORIZE WEB "&prompt=none"));
    bool in = strstr(location, "code=") != NULL;
    free(location);
    return in;
}

START_TEST(every_app_of_the_session_hears_of_it)
{
    char frame[400];
    char *session = sign_in();
    const struct wire_answer *page = visitor_open(&v, LOGOUT);
    visitor_must_show(page, "You signed out of your account");
    char issuer[200];
    (void)snprintf(issuer, sizeof issuer, "http%%3A%%2F%%2F127.0.0.1%%3A%u%%2F" CONTOSO "%%2Fv2.0",
                   (unsigned)wire_port(idp_http_url(idp)));
    (void)snprintf(frame, sizeof frame, "src=\"http://localhost:5000/out?sid=%s&amp;iss=%s\"",
                   session, issuer);
    visitor_must_show(page, frame);
    (void)snprintf(frame, sizeof frame,
                   "src=\"https://spa.test/out?a=1&amp;b=2&amp;sid=%s&amp;iss=%s\"", session,
                   issuer);
    visitor_must_show(page, frame);
    ck_assert_ptr_null(strstr(page->body, "daemon.test"));
    ck_assert_ptr_nonnull(
        strstr(page->text, "; frame-src http://localhost:5000 https://spa.test\r\n"));
    ck_assert(wire_header(page, "Set-Cookie: mockidp_session=; "));
    free(session);
}
END_TEST

START_TEST(entra_may_have_sent_no_parameters)
{
    stop();
    open_directory(false);
    free(sign_in());
    visitor_must_show(visitor_open(&v, LOGOUT), "src=\"http://localhost:5000/out\"");
}
END_TEST

START_TEST(the_browser_goes_on_after_the_frames)
{
    free(sign_in());
    const struct wire_answer *page =
        visitor_open(&v, LOGOUT "?post_logout_redirect_uri=" CALLBACK "&state=a%26b");
    visitor_must_show(page, "<a id=\"next\" href=\"" CALLBACK "?state=a%26b\">");
    visitor_must_show(page, "<iframe");
}
END_TEST

START_TEST(nobody_is_told_twice)
{
    free(sign_in());
    (void)visitor_open(&v, LOGOUT);
    v.cookies[0] = '\0';
    ck_assert_ptr_null(strstr(visitor_open(&v, LOGOUT)->body, "<iframe"));
    char *location =
        visitor_arrives(visitor_open(&v, LOGOUT "?post_logout_redirect_uri=" CALLBACK));
    ck_assert_str_eq(location, CALLBACK);
    free(location);
}
END_TEST

START_TEST(an_app_that_wants_nothing_is_not_framed)
{
    free(visitor_arrives(visitor_open(&v, AUTHORIZE NATIVE "&redirect_uri=http://localhost:1")));
    const struct wire_answer *page = visitor_open(&v, LOGOUT);
    visitor_must_show(page, "You signed out of your account");
    ck_assert_ptr_null(strstr(page->body, "<iframe"));
    ck_assert_ptr_null(strstr(page->text, "frame-src"));
}
END_TEST

START_TEST(a_hint_says_who_leaves)
{
    static const struct {
        const char *hint;
        bool stays;
    } rows[] = {{"?logout_hint=bob@contoso.test", true},
                {"?logout_hint=ALICE@contoso.test", false},
                {"?logout_hint=O.0123456789abcdef", false},
                {"", false}};
    char path[200];
    stop();
    idp = demo_open(demo_json(), NULL, &dir);
    v = (struct visitor){.idp = idp};
    const struct wire_answer *page = visitor_open(&v, AUTHORIZE WEB);
    free(visitor_arrives(
        visitor_answer(&v, page, "&username=alice%40contoso.test&password=Passw0rd!")));
    char cookies[sizeof v.cookies];
    memcpy(cookies, v.cookies, sizeof cookies);
    (void)snprintf(path, sizeof path, LOGOUT "%s", rows[_i].hint);
    (void)visitor_open(&v, path);
    memcpy(v.cookies, cookies, sizeof cookies); /* a thief's copy of the cookie is worth nothing */
    ck_assert_int_eq(is_signed_in(), rows[_i].stays);
}
END_TEST

/* OpenID Connect RP-Initiated Logout 1.0 §2: "OPs MUST support the use of the HTTP GET and POST
 * methods". */
START_TEST(a_form_asks_as_a_query_does)
{
    static const char *const paths[] = {LOGOUT, "/contoso.test/oauth2/logout"};
    char headers[sizeof v.cookies + 100];
    free(sign_in());
    (void)snprintf(headers, sizeof headers, BROWSER_FORM "%s", v.cookies);
    const struct wire_answer *page =
        mock_ask(idp, "POST", paths[_i], headers,
                 "post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A5000%2Fcallback&state=a%26b");
    visitor_must_show(page, "<a id=\"next\" href=\"" CALLBACK "?state=a%26b\">");
    ck_assert(wire_header(page, "Set-Cookie: mockidp_session=; "));
}
END_TEST

START_TEST(an_address_that_is_no_url_is_a_fault)
{
    static const char *const bad[] = {"'javascript:alert(1)'", "'https://'", "'https://a b'",
                                      "'https://a.test/; script-src *'", "'//a.test'"};
    json_t *demo = demo_json();
    demo_set(demo_app(demo, "web"), "front_channel_logout_uri", bad[_i]);
    demo_refused(demo, "apps/4/front_channel_logout_uri");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("logout");
    TCase *tcase = tcase_create("logout");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, every_app_of_the_session_hears_of_it);
    tcase_add_test(tcase, entra_may_have_sent_no_parameters);
    tcase_add_test(tcase, the_browser_goes_on_after_the_frames);
    tcase_add_test(tcase, nobody_is_told_twice);
    tcase_add_test(tcase, an_app_that_wants_nothing_is_not_framed);
    tcase_add_loop_test(tcase, a_form_asks_as_a_query_does, 0, 2);
    tcase_add_loop_test(tcase, a_hint_says_who_leaves, 0, 4);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("configuration");
    tcase_add_loop_test(tcase, an_address_that_is_no_url_is_a_fault, 0, 5);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

/* Where /authorize sends people: to what the app has registered, octet by octet but for the port of
 * loopback ("Redirect URI (reply URL) outline and restrictions", RFC 8252 §7.3). */
#include "mockidp/tests/support/browser.h"
#include "mockidp/tests/support/demo.h"
#include "mockidp/tests/support/mock.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AUTHORIZE "/contoso.test/oauth2/v2.0/authorize?scope=openid&response_type=code&client_id="
#define WEB "c0ffee00-0000-4000-8000-0000000000b1"
#define NATIVE "c0ffee00-0000-4000-8000-0000000000e1"
#define DAEMON "c0ffee00-0000-4000-8000-0000000000d1"

static struct idp *idp;
static char *dir;

/* The web app has more than the demo's: one that only a manifest can have, and one with a query. */
static void start(void)
{
    json_t *demo = demo_json();
    json_t *uris = json_object_get(demo_app(demo, "web"), "redirect_uris");
    json_array_append_new(
        uris, json_pack("{s:s, s:s}", "type", "web", "uri", "http://127.0.0.1:5000/there"));
    json_array_append_new(
        uris, json_pack("{s:s, s:s}", "type", "web", "uri", "https://web.test/in?place=a"));
    idp = demo_open(demo, "auto", &dir);
}

static void stop(void)
{
    demo_close(idp, dir);
}

static const struct {
    const char *reason;
    const char *client;
    const char *uri; /* that is asked for; NULL: none */
    const char *to;  /* begin of the location */
} good[] = {
    {"none: the first", WEB, NULL, "http://localhost:5000/signin-oidc?code="},
    {"another one of the app's", WEB, "http://localhost:5000/callback",
     "http://localhost:5000/callback?code="},
    {"any port of loopback", NATIVE, "http://localhost:40123", "http://localhost:40123/?code="},
    {"a slash is a path", NATIVE, "http://localhost:40123/", "http://localhost:40123/?code="},
    {"no port of loopback", NATIVE, "http://localhost", "http://localhost/?code="},
    {"any port of a web app's loopback", WEB, "http://localhost:1/callback",
     "http://localhost:1/callback?code="},
    {"any port of its number", WEB, "http://127.0.0.1:1/there", "http://127.0.0.1:1/there?code="},
    {"loopback in any case", WEB, "http://LocalHost:5000/callback",
     "http://LocalHost:5000/callback?code="},
    {"one with a query, which goes on", WEB, "https://web.test/in?place=a",
     "https://web.test/in?place=a&code="},
};

START_TEST(people_come_back_where_the_app_says)
{
    char path[400];
    (void)snprintf(path, sizeof path, AUTHORIZE "%s%s%s", good[_i].client,
                   good[_i].uri ? "&redirect_uri=" : "", good[_i].uri ? good[_i].uri : "");
    char *location = browser_header(mock_ask(idp, "GET", path, "", NULL), "Location");
    ck_assert_msg(location && strncmp(location, good[_i].to, strlen(good[_i].to)) == 0, "%s: %s",
                  good[_i].reason, location);
    free(location);
}
END_TEST

static const struct {
    const char *reason;
    const char *client;
    const char *uri;
    const char *number;
} bad[] = {
    {"an app that has none", DAEMON, "http://localhost:5000/callback", "AADSTS900971: "},
    {"a path in another case", WEB, "http://localhost:5000/Callback", "AADSTS50011: "},
    {"another name of loopback", WEB, "http://127.0.0.1:5000/callback", "AADSTS50011: "},
    {"its name for its number", WEB, "http://localhost:5000/there", "AADSTS50011: "},
    {"https for http", WEB, "https://localhost:5000/callback", "AADSTS50011: "},
    {"a host behind an at sign", NATIVE, "http://localhost:1@evil.test", "AADSTS50011: "},
    {"a host that begins so", NATIVE, "http://localhost.evil.test", "AADSTS50011: "},
    {"a port that is none", NATIVE, "http://localhost:999999", "AADSTS50011: "},
    {"a fragment", NATIVE, "http://localhost:1%23x", "AADSTS50011: "},
    {"a path where none is", NATIVE, "http://localhost:1/x", "AADSTS50011: "},
    {"another host in another case", WEB, "https://Web.test/in?place=a", "AADSTS50011: "},
    {"another port of another host", WEB, "https://web.test:1/in?place=a", "AADSTS50011: "},
    {"another query", WEB, "https://web.test/in?place=b", "AADSTS50011: "},
    {"no query", WEB, "https://web.test/in", "AADSTS50011: "},
};

START_TEST(nobody_is_sent_elsewhere)
{
    char path[400];
    (void)snprintf(path, sizeof path, AUTHORIZE "%s&redirect_uri=%s", bad[_i].client, bad[_i].uri);
    const struct wire_answer *answer = mock_ask(idp, "GET", path, "", NULL);
    ck_assert_msg(answer->status == 400 && !wire_header(answer, "Location"), "%s: %.300s",
                  bad[_i].reason, answer->text);
    ck_assert_msg(strstr(answer->body, bad[_i].number) != NULL, "%s: %s", bad[_i].reason,
                  answer->body);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("redirect_uri");
    TCase *tcase = tcase_create("redirect URIs");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_loop_test(tcase, nobody_is_sent_elsewhere, 0, ROWS(bad));
    tcase_add_loop_test(tcase, people_come_back_where_the_app_says, 0, ROWS(good));
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

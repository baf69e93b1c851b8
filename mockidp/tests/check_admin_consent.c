/* How an administrator agrees for everyone ("Admin consent on the Microsoft identity platform"). */
#include "mockidp/grants/grant.h"
#include "mockidp/tests/support/demo.h"
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"
#include "mockidp/tests/support/scratch.h"
#include "mockidp/tests/support/visitor.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define V2 "/contoso.test/oauth2/v2.0/"
#define WEB "client_id=c0ffee00-0000-4000-8000-0000000000b1"
#define CALLBACK "&redirect_uri=http://localhost:5000/callback"
#define AS(user) "&grant_type=password&username=" user "@contoso.test&password=Passw0rd!"
#define READ "&scope=api://auth-test/read"
#define SIGN_IN "&username=alice%40contoso.test&password=Passw0rd!"

static struct idp *idp;
static char *dir;

/* make_admin makes an administrator of one of Contoso's. */
static void make_admin(json_t *demo, const char *alias)
{
    json_t *contoso = demo_contoso(demo);
    json_t *user = NULL;
    size_t i = 0;
    json_array_foreach(json_object_get(contoso, "users"), i, user)
    {
        if (strcmp(text_at(user, "alias"), alias) == 0) {
            demo_set(user, "admin", "true");
        }
    }
}

/* The demo directory, where the API has two scopes, the web app may have nothing yet, and an
 * administrator's account is disabled. */
static struct idp *open_directory(const char *sign_in)
{
    json_t *demo = demo_json();
    make_admin(demo, "disabled");
    demo_set(demo_app(demo, "auth-test"), "scopes", "['read','write']");
    demo_set(demo_app(demo, "web"), "consented", "{}");
    return demo_open(demo, sign_in, &dir);
}

static void start(void)
{
    idp = open_directory("page");
}

static void stop(void)
{
    demo_close(idp, dir);
}

#define AUTHORIZE V2 "authorize?" WEB CALLBACK READ "+openid&response_type=code&state=s"

#define ADMIN_V2                                                                                   \
    "/contoso.test/v2.0/adminconsent?" WEB CALLBACK "&state=s%26t"                                 \
    "&scope=api://auth-test/read%20User.Read"
#define ADMIN_V1 "/contoso.test/adminconsent?" WEB CALLBACK "&state=s%26t"

START_TEST(an_administrator_agrees_for_all)
{
    static const char *const forms[][2] = {
        {ADMIN_V2, "http://localhost:5000/callback?admin_consent=True&tenant=" CONTOSO
                   "&scope=api%3A%2F%2Fauth-test%2Fread%20User.Read&state=s%26t"},
        {ADMIN_V1,
         "http://localhost:5000/callback?tenant=" CONTOSO "&state=s%26t&admin_consent=True"},
        {"/organizations/v2.0/adminconsent?" WEB CALLBACK "&scope=api://auth-test/.default",
         "http://localhost:5000/callback?admin_consent=True&tenant=" CONTOSO
         "&scope=api%3A%2F%2Fauth-test%2F.default"},
    };
    struct visitor v = {.idp = idp};
    const struct wire_answer *page = visitor_open(&v, forms[_i][0]);
    visitor_must_show(page, "Review for your organization");
    char *location = visitor_arrives(visitor_answer(&v, page, SIGN_IN "&accept=1"));
    ck_assert_str_eq(location, forms[_i][1]);
    free(location);
    json_t *answer =
        mock_form(idp, V2 "token", WEB AS("bob") "&client_secret=web-secret" READ, NULL);
    ck_assert_int_eq(mock_code(answer), 0);
    json_decref(answer);
    /* v1 gives everything that the app may ask for, v2 what was named */
    answer = mock_form(idp, V2 "token",
                       WEB AS("bob") "&client_secret=web-secret&scope=api://auth-test/write", NULL);
    ck_assert_int_eq(mock_code(answer), _i == 0 ? 65001 : 0);
    json_decref(answer);
    /* nobody is asked any more */
    page = visitor_open(&v, AUTHORIZE);
    free(visitor_arrives(
        visitor_answer(&v, page, "&username=bob%40contoso.test&password=Passw0rd!")));
}
END_TEST

START_TEST(an_administrator_may_refuse)
{
    struct visitor v = {.idp = idp};
    const struct wire_answer *page = visitor_open(&v, _i == 0 ? ADMIN_V2 : ADMIN_V1);
    char *location = visitor_arrives(visitor_answer(&v, page, "&cancel=1"));
    ck_assert_str_eq(location,
                     "http://localhost:5000/callback?error=permission_denied"
                     "&error_description=The%20admin%20canceled%20the%20request&state=s%26t");
    free(location);
    json_t *answer =
        mock_form(idp, V2 "token", WEB AS("bob") "&client_secret=web-secret" READ, NULL);
    ck_assert_int_eq(mock_code(answer), 65001);
    json_decref(answer);
}
END_TEST

START_TEST(only_an_administrator_agrees_for_all)
{
    static const char *const people[][2] = {
        {"&username=bob%40contoso.test&password=Passw0rd!", "AADSTS90094"},
        {"&username=disabled%40contoso.test&password=Passw0rd!", "AADSTS90094"},
        {"&username=alice%40contoso.test&password=x", "incorrect"},
        {"&username=carol%40fabrikam.test&password=Passw0rd!", "incorrect"},
        {"", "incorrect"}};
    char more[200];
    struct visitor v = {.idp = idp};
    (void)snprintf(more, sizeof more, "%s&accept=1", people[_i][0]);
    visitor_must_show(visitor_answer(&v, visitor_open(&v, ADMIN_V2), more), people[_i][1]);
}
END_TEST

START_TEST(who_is_signed_in_is_not_asked_again)
{
    struct visitor v = {.idp = idp};
    (void)visitor_answer(&v, visitor_open(&v, AUTHORIZE),
                         _i == 0 ? SIGN_IN : "&username=bob%40contoso.test&password=Passw0rd!");
    const struct wire_answer *page = visitor_open(&v, ADMIN_V2);
    visitor_must_show(page, "Review for your organization");
    ck_assert_ptr_null(strstr(page->body, "name=\"password\""));
    page = visitor_answer(&v, page, "&accept=1");
    if (_i == 0) {
        free(visitor_arrives(page));
    } else {
        visitor_must_show(page, "AADSTS90094");
        visitor_must_show(page, "name=\"password\""); /* somebody else may */
    }
}
END_TEST

START_TEST(another_sites_form_is_refused)
{
    const struct wire_answer *answer =
        mock_ask(idp, "POST", ADMIN_V2, BROWSER_FORM, "accept=1" SIGN_IN);
    ck_assert_int_eq(answer->status, 403);
}
END_TEST

START_TEST(requests_are_refused_with_a_page)
{
    static const char *const bad[][2] = {
        {"/nobody.test/v2.0/adminconsent?" WEB CALLBACK "&scope=x", "AADSTS90002"},
        {"/contoso.test/v2.0/adminconsent?x=1", "AADSTS900144"},
        {"/contoso.test/v2.0/adminconsent?client_id=x", "AADSTS700016"},
        {"/contoso.test/v2.0/adminconsent?" WEB "&scope=x", "AADSTS900971"},
        {"/contoso.test/v2.0/adminconsent?" WEB "&redirect_uri=https://evil.test/&scope=x",
         "AADSTS50011"},
        {"/contoso.test/v2.0/adminconsent?" WEB CALLBACK, "AADSTS900144"},
        {"/contoso.test/v2.0/adminconsent?" WEB CALLBACK "&scope=api://nope/.default",
         "AADSTS500011"},
        {"/contoso.test/v2.0/adminconsent?" WEB CALLBACK "&scope=api://auth-test/bogus",
         "AADSTS650053"},
        {"/contoso.test/v2.0/adminconsent?" WEB CALLBACK
         "&scope=api://auth-test/read+api://legacy/bogus",
         "AADSTS650053"},
        {"/contoso.test/v2.0/adminconsent?" WEB CALLBACK "&scope=User.Read+Bogus.Nothing",
         "AADSTS650053"},
    };
    const struct wire_answer *answer = mock_ask(idp, "GET", bad[_i][0], "", NULL);
    ck_assert_msg(answer->status == 400 && strstr(answer->body, bad[_i][1]), "%d %.300s",
                  answer->status, answer->body);
    ck_assert(!wire_header(answer, "Location"));
}
END_TEST

START_TEST(scopes_have_a_limit)
{
    char path[GRANT_SCOPE_CAP + 300] = "/organizations/v2.0/adminconsent?" WEB CALLBACK "&scope=";
    memset(path + strlen(path), 'x', GRANT_SCOPE_CAP);
    const struct wire_answer *answer = mock_ask(idp, "GET", path, "", NULL);
    ck_assert_int_eq(answer->status, 400);
    ck_assert_ptr_nonnull(strstr(answer->body, "AADSTS70011"));
}
END_TEST

START_TEST(of_common_scopes_are_refused_once_the_tenant_is_known)
{
    struct visitor v = {.idp = idp};
    const struct wire_answer *page = visitor_open(
        &v, "/organizations/v2.0/adminconsent?" WEB CALLBACK "&scope=api://auth-test/bogus");
    const struct wire_answer *answer = visitor_answer(&v, page, SIGN_IN "&accept=1");
    ck_assert_msg(answer->status == 400 && strstr(answer->body, "AADSTS650053"), "%d %.300s",
                  answer->status, answer->body);
}
END_TEST

START_TEST(auto_agrees_as_the_administrator)
{
    stop();
    idp = open_directory("auto");
    struct visitor v = {.idp = idp};
    free(visitor_arrives(visitor_open(&v, ADMIN_V1)));
    json_t *answer =
        mock_form(idp, V2 "token", WEB AS("bob") "&client_secret=web-secret" READ, NULL);
    ck_assert_int_eq(mock_code(answer), 0);
    json_decref(answer);
}
END_TEST

/* Of an app whose registration lists what it may ask for, v1 gives that, of Microsoft Graph too. */
START_TEST(v1_gives_what_the_registration_lists)
{
    json_t *demo = demo_json();
    stop();
    demo_set(demo_app(demo, "auth-test"), "scopes", "['read','write']");
    demo_set(demo_app(demo, "web"), "consented", "{}");
    demo_set(demo_app(demo, "web"), "requests", "{'auth-test':['read'],'graph':['User.Read']}");
    idp = demo_open(demo, "auto", &dir);
    struct visitor v = {.idp = idp};
    free(visitor_arrives(visitor_open(&v, ADMIN_V1)));
    json_t *answer =
        mock_form(idp, V2 "token",
                  WEB AS("bob") "&client_secret=web-secret&scope=api://auth-test/.default", NULL);
    json_t *claims = token_json(text_at(answer, "access_token"), 1);
    ck_assert_str_eq(text_at(claims, "scp"), "read");
    json_decref(claims);
    json_decref(answer);
    static const struct {
        const char *scope;
        int code;
    } graph[] = {{"User.Read", 0}, {"Mail.Read", 65001}};
    for (size_t i = 0; i < 2; i++) {
        char form[300];
        (void)snprintf(form, sizeof form, WEB AS("bob") "&client_secret=web-secret&scope=%s",
                       graph[i].scope);
        answer = mock_form(idp, V2 "token", form, NULL);
        ck_assert_int_eq(mock_code(answer), graph[i].code);
        json_decref(answer);
    }
}
END_TEST

#define DAEMON "client_id=c0ffee00-0000-4000-8000-0000000000d2&client_secret=daemon2-secret"
#define FOR_ITSELF DAEMON "&grant_type=client_credentials&scope=api://auth-test/.default"
#define ROLES_V2                                                                                   \
    "/contoso.test/v2.0/adminconsent?client_id=c0ffee00-0000-4000-8000-0000000000d2"               \
    "&redirect_uri=http://localhost:5000/done&scope="

/* An app that has no role of the resource yet, which lets in only those that have one. */
static void open_for_roles(const char *granted)
{
    json_t *demo = demo_json();
    stop();
    json_t *daemon = demo_app(demo, "daemon-noroles");
    demo_set(demo_app(demo, "auth-test"), "assignment_required", "true");
    demo_set(
        demo_app(demo, "auth-test"), "roles",
        "[{'value':'Tasks.Read.All'},{'value':'Tasks.Writer'},{'value':'Read'},{'value':'Write'}"
        ",{'value':'Own'}]");
    demo_set(daemon, "redirect_uris", "[{'type':'web','uri':'http://localhost:5000/done'}]");
    demo_set(daemon, "requests", "{}"); /* no scopes: the roles are what it lists */
    demo_set(daemon, "requests_roles", "{'auth-test':['Read','Write']}");
    if (*granted) {
        demo_set(daemon, "granted", granted);
    }
    idp = demo_open(demo, NULL, &dir);
}

static const struct {
    const char *reason;
    const char *granted; /* by the directory */
    const char *path;
    const char *shows;  /* the page */
    const char *before; /* roles; "": 501051 */
    const char *after;
} role_rows[] = {
    {".default gives the roles that are listed", "", ROLES_V2 "api://auth-test/.default",
     "<li>Write (without a user)</li>", "", "[\"Read\",\"Write\"]"},
    {"so does v1", "",
     "/contoso.test/adminconsent?client_id=c0ffee00-0000-4000-8000-0000000000d2"
     "&redirect_uri=http://localhost:5000/done",
     "<li>Read (without a user)</li>", "", "[\"Read\",\"Write\"]"},
    {"a scope gives none", "", ROLES_V2 "api://auth-test/access_as_user", "access_as_user", "", ""},
    {".default of another resource neither", "", ROLES_V2 "api://legacy/.default", "legacy", "",
     ""},
    {"what the directory gives stays", "{'auth-test':['Own','Read']}",
     ROLES_V2 "api://auth-test/.default", "Write", "[\"Own\",\"Read\"]",
     "[\"Read\",\"Write\",\"Own\"]"},
};

static void must_have_roles(const char *roles, const char *reason)
{
    json_t *answer = mock_form(idp, V2 "token", FOR_ITSELF, NULL);
    int code = mock_code(answer);
    ck_assert_msg(code == (*roles ? 0 : 501051), "%s: %d", reason, code);
    if (*roles) {
        json_t *claims = token_json(text_at(answer, "access_token"), 1);
        char *text = json_dumps(json_object_get(claims, "roles"), JSON_COMPACT);
        ck_assert_msg(text && strcmp(text, roles) == 0, "%s: %s", reason, text);
        free(text);
        json_decref(claims);
    }
    json_decref(answer);
}

START_TEST(an_administrator_grants_app_roles)
{
    struct visitor v = {.idp = NULL};
    open_for_roles(role_rows[_i].granted);
    v.idp = idp;
    must_have_roles(role_rows[_i].before, role_rows[_i].reason);
    const struct wire_answer *page = visitor_open(&v, role_rows[_i].path);
    visitor_must_show(page, role_rows[_i].shows);
    ck_assert_msg(!strstr(page->body, "(without a user)") == !*role_rows[_i].after, "%s: %s",
                  role_rows[_i].reason, page->body);
    free(visitor_arrives(visitor_answer(&v, page, SIGN_IN "&accept=1")));
    must_have_roles(role_rows[_i].after, role_rows[_i].reason);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("admin_consent");
    TCase *tcase = tcase_create("admin_consent");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, an_administrator_agrees_for_all, 0, 3);
    tcase_add_loop_test(tcase, an_administrator_may_refuse, 0, 2);
    tcase_add_loop_test(tcase, only_an_administrator_agrees_for_all, 0, 5);
    tcase_add_loop_test(tcase, who_is_signed_in_is_not_asked_again, 0, 2);
    tcase_add_test(tcase, another_sites_form_is_refused);
    tcase_add_loop_test(tcase, requests_are_refused_with_a_page, 0, 10);
    tcase_add_test(tcase, scopes_have_a_limit);
    tcase_add_test(tcase, of_common_scopes_are_refused_once_the_tenant_is_known);
    tcase_add_test(tcase, auto_agrees_as_the_administrator);
    tcase_add_test(tcase, v1_gives_what_the_registration_lists);
    tcase_add_loop_test(tcase, an_administrator_grants_app_roles, 0,
                        sizeof role_rows / sizeof role_rows[0]);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

/* A web app whose page needs tokens, too: the code grant gives it one more code for that page
 * (return_spa_code of MSAL Node and MSAL.NET, acquireTokenByCode of MSAL Browser). */
#include "mockidp/tests/support/browser.h"
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define V2 "/contoso.test/oauth2/v2.0/"
#define WEB "&client_id=c0ffee00-0000-4000-8000-0000000000b1"
#define NATIVE "&client_id=c0ffee00-0000-4000-8000-0000000000e1"
#define SECRET "&client_secret=web-secret"
#define HERE "&redirect_uri=http://localhost:5000/callback"
#define LOOP "&redirect_uri=http://localhost:40001"
#define API "&scope=openid+profile+offline_access+api://auth-test/access_as_user"
#define ORIGIN "Origin: http://localhost:5000\r\n"
#define WANTED "&return_spa_code=1"

static struct idp *idp;

static void start(void)
{
    idp = browser_start("auto");
}

static void stop(void)
{
    idp_stop(idp);
}

/* redeem posts a code, which it frees, with the rest; a new reference. */
static json_t *redeem(const char *headers, char *code, const char *rest)
{
    char form[3000];
    char lines[200];
    (void)snprintf(form, sizeof form, "grant_type=authorization_code&code=%s%s", code, rest);
    (void)snprintf(lines, sizeof lines, BROWSER_FORM "%s", headers);
    free(code);
    const struct wire_answer *answer = mock_ask(idp, "POST", V2 "token", lines, form);
    json_t *json = json_loads(answer->body, 0, NULL);
    ck_assert_msg(json != NULL, "%d %s", answer->status, answer->body);
    return json;
}

static char *code_of(const char *client)
{
    char path[600];
    (void)snprintf(path, sizeof path, V2 "authorize?response_type=code%s" API, client);
    return browser_code(idp, path);
}

static char *spa_code(void)
{
    json_t *answer = redeem("", code_of(WEB HERE), WEB SECRET HERE WANTED);
    char *code = strdup(text_at(answer, "spa_code"));
    ck_assert_msg(strcmp(code, "(none)") != 0, "%s", text_at(answer, "error_description"));
    json_decref(answer);
    return code;
}

START_TEST(only_who_asks_gets_one)
{
    static const char *const more[] = {"", "&return_spa_code=0", "&return_spa_code="};
    char rest[300];
    (void)snprintf(rest, sizeof rest, WEB SECRET HERE "%s", more[_i]);
    json_t *answer = redeem("", code_of(WEB HERE), rest);
    ck_assert_ptr_nonnull(json_object_get(answer, "access_token"));
    ck_assert_ptr_null(json_object_get(answer, "spa_code"));
    json_decref(answer);
}
END_TEST

START_TEST(a_public_client_has_no_page)
{
    json_t *answer = redeem("", code_of(NATIVE LOOP), NATIVE LOOP WANTED);
    ck_assert_int_eq(mock_code(answer), 9000512);
    json_decref(answer);
}
END_TEST

/* As MSAL Browser sends it: no secret, no verifier, no redirect URI. */
START_TEST(the_page_redeems_it)
{
    json_t *answer = redeem(ORIGIN, spa_code(), WEB API);
    ck_assert_msg(json_object_get(answer, "access_token") != NULL, "%s",
                  text_at(answer, "error_description"));
    json_t *claims = token_json(text_at(answer, "id_token"), 1);
    ck_assert_str_eq(text_at(claims, "preferred_username"), "alice@contoso.test");
    ck_assert_ptr_null(json_object_get(answer, "spa_code"));
    json_decref(claims);
    json_decref(answer);
}
END_TEST

START_TEST(its_tokens_are_a_pages)
{
    char form[2000];
    json_t *answer = redeem(ORIGIN, spa_code(), WEB API);
    (void)snprintf(form, sizeof form, "grant_type=refresh_token&refresh_token=%s" WEB SECRET,
                   text_at(answer, "refresh_token"));
    json_t *elsewhere = mock_form(idp, V2 "token", form, NULL);
    ck_assert_int_eq(mock_code(elsewhere), 9002327);
    json_decref(elsewhere);
    json_decref(answer);
}
END_TEST

static const struct {
    const char *headers;
    const char *rest;
    int code;
} refusals[] = {{"", WEB SECRET HERE, 9002327}, /* not by the app itself */
                {ORIGIN, WEB WANTED, 9000512},  /* nor for a third */
                {ORIGIN, NATIVE, 70000}};       /* nor by another client */

START_TEST(nobody_else_does)
{
    json_t *answer = redeem(refusals[_i].headers, spa_code(), refusals[_i].rest);
    ck_assert_int_eq(mock_code(answer), refusals[_i].code);
    json_decref(answer);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("spa_code");
    TCase *tcase = tcase_create("hybrid");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_loop_test(tcase, only_who_asks_gets_one, 0, 3);
    tcase_add_test(tcase, a_public_client_has_no_page);
    tcase_add_loop_test(tcase, nobody_else_does, 0, 3);
    tcase_add_test(tcase, the_page_redeems_it);
    tcase_add_test(tcase, its_tokens_are_a_pages);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

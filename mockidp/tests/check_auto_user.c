/* Whom --sign-in auto signs in, and that there is one. */
#include "mockidp/tests/support/browser.h"
#include "mockidp/tests/support/demo.h"
#include "mockidp/tests/support/mock.h"
#include "mockidp/tests/support/scratch.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define ASK                                                                                        \
    "/oauth2/v2.0/authorize?client_id=c0ffee00-0000-4000-8000-0000000000c1&response_type=code"     \
    "&scope=openid+api://auth-test/access_as_user&client_info=1"                                   \
    "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
#define CONTOSO_ASK "/contoso.test" ASK

static struct idp *idp;
static char *dir;

/* The client_info of the answer, which says who signed in; newly allocated. */
static char *who(const char *path)
{
    return browser_answer(idp, path, "client_info");
}

static const struct {
    const char *reason;
    const char *defaults; /* of Contoso; NULL: none */
    const char *sign_in;
    const char *path;
    const char *hinted; /* the same, with a hint at who it must be */
} rows[] = {
    {"the default user", "{'user':'bob'}", "auto", CONTOSO_ASK,
     CONTOSO_ASK "&login_hint=bob@contoso.test"},
    {"without a default user, the first", "{}", "auto", CONTOSO_ASK,
     CONTOSO_ASK "&login_hint=alice@contoso.test"},
    {"without defaults, the first", NULL, "auto", CONTOSO_ASK,
     CONTOSO_ASK "&login_hint=alice@contoso.test"},
    {"the same of any tenant", NULL, "auto", "/organizations" ASK,
     CONTOSO_ASK "&login_hint=alice@contoso.test"},
    {"who was named", "{'user':'alice'}", "auto:bob", CONTOSO_ASK,
     CONTOSO_ASK "&login_hint=bob@contoso.test"},
};

START_TEST(somebody_is_signed_in)
{
    json_t *demo = demo_json();
    if (rows[_i].defaults) {
        demo_set(demo_contoso(demo), "defaults", rows[_i].defaults);
    } else {
        json_object_del(demo_contoso(demo), "defaults");
    }
    demo_set(demo_app(demo, "spa"), "sign_in_audience", "'AzureADMultipleOrgs'");
    idp = demo_open(demo, rows[_i].sign_in, &dir);
    char *is = who(rows[_i].path);
    char *must = who(rows[_i].hinted);
    ck_assert_msg(strcmp(is, must) == 0, "%s", rows[_i].reason);
    free(is);
    free(must);
    demo_close(idp, dir);
}
END_TEST

/* A user of another tenant is named in the refusal as he was on the command line. */
START_TEST(a_user_of_another_tenant_is_refused_by_name)
{
    idp = demo_open(demo_json(), "auto:carol@fabrikam.test", &dir);
    const struct wire_answer *answer = mock_ask(idp, "GET", CONTOSO_ASK, "", NULL);
    char *location = browser_header(answer, "Location");
    char *text = location ? browser_parameter(location, "error_description") : NULL;
    ck_assert_ptr_nonnull(text);
    ck_assert_msg(strstr(text, "The user account carol@fabrikam.test does not exist") != NULL, "%s",
                  text);
    free(text);
    free(location);
    demo_close(idp, dir);
}
END_TEST

START_TEST(a_reload_without_the_user_is_refused)
{
    char why[400] = "";
    json_t *demo = demo_json();
    json_t *without = json_deep_copy(demo);
    demo_set(json_array_get(json_object_get(demo_contoso(demo), "users"), 0), "alias", "'albert'");
    demo_set(demo_contoso(demo), "defaults", "{}");
    idp = demo_open(demo, "auto:albert", &dir);
    char *text = json_dumps(without, 0);
    free(scratch_write(dir, "directory.json", text));
    ck_assert_int_eq(idp_reload(idp, why, sizeof why), -1);
    ck_assert_str_eq(why, "--sign-in: the directory has no user 'albert'");
    free(who(CONTOSO_ASK)); /* the old directory goes on */
    free(text);
    json_decref(without);
    demo_close(idp, dir);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("auto_user");
    TCase *tests = tcase_create("auto_user");
    tcase_add_loop_test(tests, somebody_is_signed_in, 0, (int)(sizeof rows / sizeof *rows));
    tcase_add_test(tests, a_user_of_another_tenant_is_refused_by_name);
    tcase_add_test(tests, a_reload_without_the_user_is_refused);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

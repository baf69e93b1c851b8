/* The built-in directory, with everything that others rely on. */
#include "mockidp/config/config.h"

#include "mockidp/tests/support/kitchen.h"

#include <check.h>
#include <string.h>

static const struct {
    const char *tenant;
    const char *alias;
    const char *id;
    const char *secret; /* NULL: a public client, or an API that calls no other */
    int version;
} apps[] = {
    {"contoso", "auth-test", "c0ffee00-0000-4000-8000-0000000000a1", "auth-test-secret", 2},
    {"contoso", "legacy", "c0ffee00-0000-4000-8000-0000000000a2", NULL, 1},
    {"contoso", "daemon", "c0ffee00-0000-4000-8000-0000000000d1", "daemon-secret", 2},
    {"contoso", "daemon-noroles", "c0ffee00-0000-4000-8000-0000000000d2", "daemon2-secret", 2},
    {"contoso", "web", "c0ffee00-0000-4000-8000-0000000000b1", "web-secret", 2},
    {"contoso", "spa", "c0ffee00-0000-4000-8000-0000000000c1", NULL, 2},
    {"contoso", "native", "c0ffee00-0000-4000-8000-0000000000e1", NULL, 2},
    {"fabrikam", "auth-test", "c0ffee00-0000-4000-8000-0000000000a1", "auth-test-secret", 2},
    {"fabrikam", "daemon", "c0ffee00-0000-4000-8000-0000000000d1", "daemon-secret", 2},
};

static struct directory *demo(void)
{
    char why[512] = "";
    struct directory *d = config_load(NULL, why, sizeof why);
    ck_assert_msg(d != NULL, "%s", why);
    return d;
}

START_TEST(the_demo_has_its_apps)
{
    struct directory *d = demo();
    const struct directory_app *app =
        directory_app(directory_tenant(d, apps[_i].tenant), apps[_i].alias);
    ck_assert_ptr_nonnull(app);
    ck_assert_str_eq(app->id, apps[_i].id);
    ck_assert_ptr_eq(directory_app(directory_tenant(d, apps[_i].tenant), apps[_i].id), app);
    ck_assert(!apps[_i].secret || directory_lists(app->secrets, apps[_i].secret));
    ck_assert(apps[_i].secret || json_array_size(app->secrets) == 0);
    ck_assert_int_eq(app->access_token_version, apps[_i].version);
    directory_free(d);
}
END_TEST

static const struct {
    const char *tenant;
    const char *alias;
    const char *id; /* NULL: whichever */
    const char *upn;
    size_t groups;
    int error;
} users[] = {
    {"contoso", "alice", "c0ffee00-0000-4000-8000-00000000a11c", "alice@contoso.test", 2, 0},
    {"contoso", "bob", "c0ffee00-0000-4000-8000-000000000b0b", "bob@contoso.test", 0, 0},
    {"contoso", "overage", NULL, "overage@contoso.test", 201, 0},
    {"contoso", "mfa", NULL, "mfa@contoso.test", 0, 50076},
    {"contoso", "disabled", NULL, "disabled@contoso.test", 0, 50057},
    {"fabrikam", "carol", NULL, "carol@fabrikam.test", 0, 0},
};

START_TEST(the_demo_has_its_users)
{
    struct directory *d = demo();
    const struct directory_tenant *t = directory_tenant(d, users[_i].tenant);
    const struct directory_user *user = directory_user(t, users[_i].alias);
    ck_assert_ptr_nonnull(user);
    ck_assert_str_eq(user->upn, users[_i].upn);
    ck_assert_str_eq(user->password, "Passw0rd!");
    ck_assert(!users[_i].id || strcmp(user->id, users[_i].id) == 0);
    ck_assert_uint_eq(user->group_count, users[_i].groups);
    ck_assert_int_eq(user->error, users[_i].error);
    ck_assert_ptr_eq(directory_user(t, user->upn), user);
    ck_assert_ptr_eq(directory_user(t, user->id), user);
    directory_free(d);
}
END_TEST

START_TEST(the_demo_is_what_others_rely_on)
{
    struct directory *d = demo();
    const struct directory_tenant *contoso = directory_tenant(d, CONTOSO);
    ck_assert_ptr_eq(contoso, &d->tenants[0]); /* the default everywhere */
    ck_assert_ptr_eq(directory_tenant(d, "CONTOSO.onmicrosoft.com"), contoso);
    ck_assert_ptr_eq(directory_tenant(d, "contoso.test"), contoso);
    ck_assert_ptr_eq(directory_tenant(d, "fabrikam.test"), directory_tenant(d, FABRIKAM));
    ck_assert_ptr_null(directory_tenant(d, "nobody"));
    ck_assert_ptr_null(directory_tenant(d, NULL));
    const struct directory_app *api = directory_app(contoso, "auth-test");
    static const char *const names[] = {"api://auth-test", "api://auth-test/",
                                        "api://c0ffee00-0000-4000-8000-0000000000a1",
                                        "C0FFEE00-0000-4000-8000-0000000000A1", "auth-test"};
    for (size_t i = 0; i < 5; i++) {
        ck_assert_msg(directory_resource(contoso, names[i]) == api, "%s", names[i]);
    }
    ck_assert_ptr_null(directory_resource(contoso, "api://auth-test//"));
    ck_assert_ptr_null(directory_resource(contoso, "api://AUTH-TEST"));
    ck_assert(directory_lists(api->scopes, "access_as_user"));
    ck_assert(directory_lists(directory_app(contoso, "legacy")->scopes, "user_impersonation"));
    ck_assert(directory_lists(
        json_object_get(directory_app(contoso, "daemon")->granted, "auth-test"), "Tasks.Read.All"));
    ck_assert_ptr_null(directory_app(contoso, "daemon-noroles")->granted);
    ck_assert(directory_lists(json_object_get(directory_user(contoso, "alice")->roles, "auth-test"),
                              "Tasks.Writer"));
    ck_assert_ptr_null(directory_user(contoso, "bob")->roles);
    const struct directory_app *native = directory_app(contoso, "native");
    ck_assert(native->is_public && directory_lists(native->allow, "device_code") &&
              directory_lists(native->allow, "password"));
    ck_assert(directory_app(contoso, "spa")->is_public);
    directory_free(d);
}
END_TEST

static const char *const redirects[][3] = {
    {"web", "web", "http://localhost:5000/signin-oidc"},
    {"web", "web", "http://localhost:5000/callback"},
    {"spa", "spa", "http://localhost:5173/"},
    {"native", "native", "http://localhost"},
};

START_TEST(the_demo_has_its_redirect_uris)
{
    struct directory *d = demo();
    const struct directory_app *app = directory_app(&d->tenants[0], redirects[_i][0]);
    const json_t *item = NULL;
    size_t i = 0;
    bool found = false;
    json_array_foreach(app->redirect_uris, i, item)
    {
        found = found ||
                (strcmp(json_string_value(json_object_get(item, "type")), redirects[_i][1]) == 0 &&
                 strcmp(json_string_value(json_object_get(item, "uri")), redirects[_i][2]) == 0);
    }
    ck_assert_msg(found, "%s", redirects[_i][2]);
    directory_free(d);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("demo");
    TCase *tcase = tcase_create("demo");
    tcase_add_loop_test(tcase, the_demo_has_its_apps, 0, ROWS(apps));
    tcase_add_loop_test(tcase, the_demo_has_its_users, 0, ROWS(users));
    tcase_add_test(tcase, the_demo_is_what_others_rely_on);
    tcase_add_loop_test(tcase, the_demo_has_its_redirect_uris, 0, ROWS(redirects));
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

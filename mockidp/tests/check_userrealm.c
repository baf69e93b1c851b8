/* userrealm: whether an account signs in here or elsewhere. */
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

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
    const char *path;
    const char *type;
    const char *domain;
} realms[] = {
    {"an account of a domain that we have", "userrealm/alice@contoso.test", "Managed",
     "contoso.test"},
    {"as ADAL writes the path", "UserRealm/alice@contoso.test", "Managed", "contoso.test"},
    {"one that is not there, but whose domain is", "userrealm/nobody@contoso.test", "Managed",
     "contoso.test"},
    {"an account of another domain", "userrealm/alice@nobody.test", "Unknown", "(none)"},
    {"no domain at all", "userrealm/alice", "Unknown", "(none)"},
};

START_TEST(an_account_is_managed_or_unknown)
{
    char path[200];
    (void)snprintf(path, sizeof path, "/common/%s?api-version=1.0", realms[_i].path);
    json_t *answer = mock_get(idp, path, NULL);
    ck_assert_msg(strcmp(text_at(answer, "account_type"), realms[_i].type) == 0, "%s: %s",
                  realms[_i].reason, text_at(answer, "account_type"));
    ck_assert_str_eq(text_at(answer, "domain_name"), realms[_i].domain);
    json_decref(answer);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("userrealm");
    TCase *tcase = tcase_create("userrealm");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_loop_test(tcase, an_account_is_managed_or_unknown, 0, ROWS(realms));
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

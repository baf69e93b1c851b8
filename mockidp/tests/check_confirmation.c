/* Access tokens that are bound to a key: token_type=pop with req_cnf, as MSAL.NET, MSAL Browser and
 * the clients of Azure Arc send them. */
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define V2 "/contoso.test/oauth2/v2.0/token"
#define USER                                                                                       \
    "client_id=c0ffee00-0000-4000-8000-0000000000e1&grant_type=password"                           \
    "&username=alice@contoso.test&password=Passw0rd!"                                              \
    "&scope=openid+offline_access+api://auth-test/access_as_user"
#define DAEMON                                                                                     \
    "client_id=c0ffee00-0000-4000-8000-0000000000d1&client_secret=daemon-secret"                   \
    "&grant_type=client_credentials&scope=api://legacy/.default"

static struct idp *idp;

static void start(void)
{
    idp = mock_start();
}

static void stop(void)
{
    idp_stop(idp);
}

/* ask sends the form with this text as req_cnf, written with ' for " and encoded here. */
static json_t *ask(const char *form, const char *key, const char *padding)
{
    char text[2000];
    json_t *json = kitchen_json(key);
    char *plain = json_dumps(json, JSON_COMPACT);
    char *encoded = text_of_base64url(plain, strlen(plain));
    (void)snprintf(text, sizeof text, "%s&token_type=pop&req_cnf=%s%s", form, encoded, padding);
    free(encoded);
    free(plain);
    json_decref(json);
    return mock_form(idp, V2, text, NULL);
}

static const struct {
    const char *reason;
    const char *form;
    const char *key;
    const char *padding;
    const char *want; /* cnf */
} bound[] = {
    {"a user's, as MSAL.NET asks", USER, "{'kid':'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs'}",
     "", "{'kid':'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs'}"},
    {"as MSAL Browser asks", USER, "{'kid':'x','xms_ksl':'sw'}", "%3D",
     "{'kid':'x','xms_ksl':'sw'}"},
    {"an app's own, of a v1 resource", DAEMON, "{'kid':'x'}", "", "{'kid':'x'}"},
    {"a whole key says its id", DAEMON, "{'kty':'RSA','n':'AQ','e':'AQAB','kid':'x'}", "",
     "{'kid':'x'}"},
};

START_TEST(a_token_names_the_key)
{
    json_t *answer = ask(bound[_i].form, bound[_i].key, bound[_i].padding);
    json_t *want = kitchen_json(bound[_i].want);
    ck_assert_msg(strcmp(text_at(answer, "token_type"), "pop") == 0, "%s: %s", bound[_i].reason,
                  text_at(answer, "error_description"));
    json_t *claims = token_json(text_at(answer, "access_token"), 1);
    ck_assert_msg(json_equal(json_object_get(claims, "cnf"), want), "%s", bound[_i].reason);
    json_decref(claims);
    if (json_object_get(answer, "id_token")) {
        claims = token_json(text_at(answer, "id_token"), 1);
        ck_assert_ptr_null(json_object_get(claims, "cnf"));
        json_decref(claims);
    }
    json_decref(want);
    json_decref(answer);
}
END_TEST

/* The refresh token itself is bound to nothing: each request says what it wants. */
START_TEST(a_refresh_token_gives_either)
{
    char form[3000];
    json_t *first = mock_form(idp, V2, USER, NULL);
    (void)snprintf(form, sizeof form,
                   "client_id=c0ffee00-0000-4000-8000-0000000000e1&grant_type=refresh_token"
                   "&refresh_token=%s",
                   text_at(first, "refresh_token"));
    json_t *second = ask(form, "{'kid':'x'}", "");
    json_t *third = mock_form(idp, V2, form, NULL);
    ck_assert_str_eq(text_at(first, "token_type"), "Bearer");
    ck_assert_str_eq(text_at(second, "token_type"), "pop");
    ck_assert_str_eq(text_at(third, "token_type"), "Bearer");
    json_t *claims = token_json(text_at(third, "access_token"), 1);
    ck_assert_ptr_null(json_object_get(claims, "cnf"));
    json_decref(claims);
    json_decref(third);
    json_decref(second);
    json_decref(first);
}
END_TEST

/* 120 octets, one more than fit */
static const char long_kid[] =
    "{'kid':'012345678901234567890123456789012345678901234567890123456789012345678901234567890123"
    "456789012345678901234567890123456789'}";

START_TEST(a_key_that_is_none_is_refused)
{
    static const char *const keys[] = {"{}",      "{'kid':''}", "{'kid':7}",
                                       "['kid']", long_kid,     "{'kid':'x','xms_ksl':1}"};
    json_t *answer = ask(USER, keys[_i], "");
    ck_assert_msg(mock_code(answer) == 9002313, "%s: %s", keys[_i], text_at(answer, "token_type"));
    json_decref(answer);
}
END_TEST

static const struct {
    const char *reason;
    const char *more;
    int code;
} others[] = {
    {"a bearer's, said aloud", "&token_type=Bearer", 0},
    {"no key", "&token_type=pop", 900144},
    {"an empty one", "&token_type=pop&req_cnf=", 900144},
    {"padding alone", "&token_type=pop&req_cnf=%3D%3D", 9002313},
    {"JSON that is not encoded", "&token_type=pop&req_cnf=%7B%22kid%22%3A%22x%22%7D", 9002313},
    {"no JSON", "&token_type=pop&req_cnf=eHg", 9002313},
    {"a certificate for SSH, which is not built", "&token_type=ssh-cert&req_cnf=e30", 9002313},
    {"a token for a client certificate", "&token_type=mtls_pop", 392200},
};

START_TEST(other_types)
{
    char form[600];
    (void)snprintf(form, sizeof form, "%s%s", USER, others[_i].more);
    json_t *answer = mock_form(idp, V2, form, NULL);
    ck_assert_msg(mock_code(answer) == others[_i].code, "%s: %s", others[_i].reason,
                  text_at(answer, "error_description"));
    /* no grant is to blame, for which MSAL would ask the person */
    ck_assert_str_eq(text_at(answer, "error"), others[_i].code ? "invalid_request" : "(none)");
    json_decref(answer);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("confirmation");
    TCase *tcase = tcase_create("pop");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_loop_test(tcase, a_key_that_is_none_is_refused, 0, 6);
    tcase_add_loop_test(tcase, other_types, 0, ROWS(others));
    tcase_add_loop_test(tcase, a_token_names_the_key, 0, ROWS(bound));
    tcase_add_test(tcase, a_refresh_token_gives_either);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

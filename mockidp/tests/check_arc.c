/* The agent of a server with Azure Arc: whoever can read a file of the machine gets its token
 * ("Authenticate against Azure resources with Azure Arc-enabled servers"). */
#include "mockidp/tests/support/browser.h"
#include "mockidp/tests/support/demo.h"
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"
#include "mockidp/tests/support/scratch.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARC "/arc/token"
#define V "?api-version=2019-11-01"
#define RESOURCE "&resource=https://management.azure.com/"
#define META "Metadata: true\r\n"
#define KEY "4f9d-key-of-the-agent"
#define PROVEN META "Authorization: Basic " KEY "\r\n"
#define MACHINE "c0ffee00-0000-4000-8000-0000000000f1"
#define IDENTITY "c0ffee00-0000-4000-8000-0000000000f2"
#define OBJECT "c0ffee00-0000-4000-8000-0000000000f3"
#define OWN_ID                                                                                     \
    "/subscriptions/c0ffee00-0000-4000-8000-00000000005b/resourcegroups/test/providers/Microsoft." \
    "ManagedIdentity/userAssignedIdentities/identity"

static struct idp *idp;
static char *dir;

static void start(void)
{
    json_t *demo = demo_json();
    dir = scratch_make();
    free(scratch_write(dir, "agent.key", KEY));
    json_object_set_new(demo, "arc_key_file", json_string("agent.key"));
    idp = demo_open_in(demo, NULL, dir);
}

static void stop(void)
{
    demo_close(idp, dir);
}

/* As clients do it: ask, read the file that the challenge names, ask again. */
START_TEST(the_challenge_names_a_file_that_opens)
{
    char headers[300];
    const struct wire_answer *answer = mock_ask(idp, "GET", ARC V RESOURCE, META, NULL);
    ck_assert_int_eq(answer->status, 401);
    ck_assert_str_eq(answer->body, "{\"error\":\"unauthorized_client\",\"error_description\":"
                                   "\"Missing Basic Authorization header\",\"error_codes\":[401]}");
    char *challenge = browser_header(answer, "WWW-Authenticate");
    ck_assert_msg(challenge && strncmp(challenge, "Basic realm=/", 13) == 0, "%s", challenge);
    char *key = scratch_read(challenge + 12);
    ck_assert_str_eq(key, KEY);
    (void)snprintf(headers, sizeof headers, META "Authorization: Basic %s\r\n", key);
    answer = mock_ask(idp, "GET", ARC V RESOURCE, headers, NULL);
    ck_assert_int_eq(answer->status, 200);
    json_t *body = json_loads(answer->body, 0, NULL);
    json_t *claims = token_json(text_at(body, "access_token"), 1);
    ck_assert_str_eq(text_at(claims, "appid"), MACHINE);
    ck_assert_str_eq(text_at(body, "expires_in"), "86399");
    json_decref(claims);
    json_decref(body);
    free(key);
    free(challenge);
}
END_TEST

static const struct {
    const char *reason;
    const char *path;
    const char *headers;
    int status;
    const char *word;
} refused[] = {
    {"another key", ARC V RESOURCE, META "Authorization: Basic x\r\n", 401, "unauthorized"},
    {"the beginning of the key", ARC V RESOURCE, META "Authorization: Basic 4f9d-key\r\n", 401,
     "unauthorized"},
    {"another scheme", ARC V RESOURCE, META "Authorization: Token " KEY "\r\n", 401,
     "unauthorized"},
    {"no header", ARC V RESOURCE, "Authorization: Basic " KEY "\r\n", 400,
     "Required metadata header not specified"},
    {"a version before the first", ARC "?api-version=2018-02-01" RESOURCE, META, 400,
     "\"newest-versions\":[\"2019-11-01\"]"},
    {"no resource", ARC V, META, 400, "'resource' is missing"},
    {"a resource that nobody knows", ARC V "&resource=https://nobody.test/", PROVEN, 400,
     "AADSTS500011"},
    {"an identity that it has not", ARC V RESOURCE "&client_id=x", PROVEN, 404,
     "Identity not found"},
    {"two of them", ARC V RESOURCE "&client_id=" IDENTITY "&object_id=" OBJECT, PROVEN, 404,
     "Identity not found"},
    {"whoever has no key learns nothing of them", ARC V RESOURCE "&client_id=x", META, 401,
     "unauthorized"},
};

START_TEST(others_are_refused)
{
    const struct wire_answer *answer =
        mock_ask(idp, "GET", refused[_i].path, refused[_i].headers, NULL);
    ck_assert_msg(answer->status == refused[_i].status && strstr(answer->body, refused[_i].word),
                  "%s: %d %s", refused[_i].reason, answer->status, answer->body);
    ck_assert_msg(wire_header(answer, "WWW-Authenticate") == (refused[_i].status == 401), "%s",
                  refused[_i].reason);
}
END_TEST

/* The agent says which identity it used; MSAL gives out no token without. */
static const struct {
    const char *reason;
    const char *selector;
    const char *client;
    const char *echo; /* a member of the answer, and what it says */
    const char *says;
} identities[] = {
    {"the machine's own", "", MACHINE, "client_id", MACHINE},
    {"by client id", "&client_id=" IDENTITY, IDENTITY, "client_id", IDENTITY},
    {"by object id", "&object_id=" OBJECT, IDENTITY, "object_id", OBJECT},
    {"by resource id", "&msi_res_id=" OWN_ID, IDENTITY, "msi_res_id", OWN_ID},
    {"the resource id under App Service's name is passed over", "&mi_res_id=" OWN_ID, MACHINE,
     "mi_res_id", "(none)"},
};

START_TEST(identities_are_told)
{
    char path[400];
    (void)snprintf(path, sizeof path, ARC V RESOURCE "%s", identities[_i].selector);
    const struct wire_answer *answer = mock_ask(idp, "GET", path, PROVEN, NULL);
    json_t *body = json_loadb(answer->body, answer->body_len, 0, NULL);
    json_t *claims = token_json(text_at(body, "access_token"), 1);
    ck_assert_msg(strcmp(text_at(claims, "appid"), identities[_i].client) == 0, "%s: %s",
                  identities[_i].reason, text_at(claims, "appid"));
    ck_assert_msg(strcmp(text_at(body, identities[_i].echo), identities[_i].says) == 0, "%s: %s",
                  identities[_i].reason, text_at(body, identities[_i].echo));
    json_decref(claims);
    json_decref(body);
}
END_TEST

START_TEST(without_a_file_there_is_no_agent)
{
    struct idp *demo = mock_start();
    ck_assert_int_eq(mock_ask(demo, "GET", ARC V RESOURCE, META, NULL)->status, 404);
    idp_stop(demo);
}
END_TEST

static const struct {
    const char *text;
    const char *says;
} files[] = {
    {"", "/arc_key_file: 1 to 4096 visible characters"},
    {"key\n", "/arc_key_file: 1 to 4096 visible characters"},
    {"a key", "/arc_key_file: 1 to 4096 visible characters"},
    {NULL, "/arc_key_file: "},
};

START_TEST(a_file_that_cannot_be_sent_is_a_fault)
{
    json_t *demo = demo_json();
    char *place = scratch_make();
    char *file = files[_i].text ? scratch_write(place, "agent.key", files[_i].text)
                                : strdup("/nowhere/agent.key");
    json_object_set_new(demo, "arc_key_file", json_string(file));
    demo_refused(demo, files[_i].says);
    free(file);
    scratch_remove(place);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("arc");
    TCase *tcase = tcase_create("arc");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, others_are_refused, 0, ROWS(refused));
    tcase_add_test(tcase, the_challenge_names_a_file_that_opens);
    tcase_add_loop_test(tcase, identities_are_told, 0, ROWS(identities));
    tcase_add_test(tcase, without_a_file_there_is_no_agent);
    tcase_add_loop_test(tcase, a_file_that_cannot_be_sent_is_a_fault, 0, ROWS(files));
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

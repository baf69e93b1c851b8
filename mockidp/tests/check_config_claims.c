/* What a configuration may not say of tokens, each fault named by its pointer. */
#include "mockidp/claims/claims.h"

#include "mockidp/config/config.h"
#include "mockidp/tests/support/kitchen.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TENANT                                                                                     \
    "'alias':'t','id':'c0ffee00-0000-4000-8000-000000000001','name':'T','domains':['t.test']"
#define APP "'alias':'api','id':'c0ffee00-0000-4000-8000-0000000000a1','name':'A'"
#define USER                                                                                       \
    "'alias':'u','id':'c0ffee00-0000-4000-8000-00000000000a','upn':'u@t.test','name':'U',"         \
    "'password':'p'"
#define G1 "c0ffee00-0000-4000-8000-000000006001"
#define IN_APP(text) "{'tenants':[{" TENANT ",'apps':[{" APP "," text "}]}]}"
#define IN_USER(text) "{'tenants':[{" TENANT ",'apps':[],'users':[{" USER "," text "}]}]}"
#define IN_TENANT(text) "{'tenants':[{" TENANT ",'apps':[{" APP "}]," text "}]}"
#define IN_ROOT(text) "{'tenants':[{" TENANT ",'apps':[]}]," text "}"
#define AT_APP "/tenants/0/apps/0/"

static const struct {
    const char *reason;
    const char *config;
    const char *pointer;
    const char *word;
} faults[] = {
    {"an optional claim that Entra does not have",
     IN_APP("'optional_claims':{'id_token':[{'name':'email'},{'name':'e-mail'}]}"),
     AT_APP "optional_claims/id_token/1", "no such optional claim"},
    {"one that an ID token cannot carry",
     IN_APP("'optional_claims':{'id_token':[{'name':'idtyp'}]}"),
     AT_APP "optional_claims/id_token/0", "of this kind"},
    {"a property that the claim does not have",
     IN_APP("'optional_claims':{'access_token':[{'name':'upn','additional_properties':['use_guid']}"
            "]}"),
     AT_APP "optional_claims/access_token/0", "additional property"},
    {"an extension without a name",
     IN_APP("'optional_claims':{'access_token':[{'name':'extension_c0ffee_'}]}"),
     AT_APP "optional_claims/access_token/0", "no such optional claim"},
    {"a kind of token", IN_APP("'optional_claims':{'saml2_token':[]}"),
     AT_APP "optional_claims/saml2_token", "no such member"},
    {"a claim that no policy may set", IN_APP("'claims':{'access_token':{'iss':'me'}}"),
     AT_APP "claims/access_token/iss", "restricted"},
    {"an attribute that no user has", IN_APP("'claims':{'id_token':{'x':'a {shoe_size} b'}}"),
     AT_APP "claims/id_token/x", "'shoe_size'"},
    {"a password is no attribute", IN_APP("'claims':{'id_token':{'x':'{password}'}}"),
     AT_APP "claims/id_token/x", "'password'"},
    {"an open brace", IN_APP("'claims':{'id_token':{'x':'a {upn'}}"), AT_APP "claims/id_token/x",
     "brace"},
    {"a closing brace", IN_APP("'claims':{'id_token':{'x':'upn}'}}"), AT_APP "claims/id_token/x",
     "brace"},
    {"claims of no object", IN_APP("'claims':{'id_token':[]}"), AT_APP "claims/id_token", "object"},
    {"groups of an unknown kind", IN_APP("'group_membership_claims':'SecurityGroup, Friends'"),
     AT_APP "group_membership_claims", "ApplicationGroup"},
    {"kinds without a comma", IN_APP("'group_membership_claims':'SecurityGroup DirectoryRole'"),
     AT_APP "group_membership_claims", "comma"},
    {"a lifetime under ten minutes", IN_APP("'access_token_lifetime_s':599"),
     AT_APP "access_token_lifetime_s", "600"},
    {"a lifetime over a day", IN_TENANT("'access_token_lifetime_s':86401"),
     "/tenants/0/access_token_lifetime_s", "86400"},
    {"a group in one that is not there",
     IN_TENANT("'groups':[{'id':'" G1
               "','name':'G','member_of':['c0ffee00-0000-4000-8000-000000006009']}]"),
     "/tenants/0/groups/0/member_of/0", "no group"},
    {"a group's role that the app does not define",
     IN_TENANT("'groups':[{'id':'" G1 "','name':'G','roles':{'api':['R']}}]"),
     "/tenants/0/groups/0/roles/api/0", "no role"},
    {"two groups of one id",
     IN_TENANT("'groups':[{'id':'" G1 "','name':'G'},{'id':'" G1 "','name':'H'}]"),
     "/tenants/0/groups/1/id", "already"},
    {"a type of group", IN_TENANT("'groups':[{'id':'" G1 "','name':'G','type':'club'}]"),
     "/tenants/0/groups/0/type", "distribution"},
    {"a guest without an identity provider", IN_USER("'home':{'tenant':'" G1 "','id':'" G1 "'}"),
     "/tenants/0/users/0/home", "identity_provider"},
    {"a cloud", IN_ROOT("'cloud':'germany'"), "/cloud", "china"},
    {"a member of the cloud's", IN_ROOT("'cloud_metadata':{'login':'x'}"), "/cloud_metadata/login",
     "no such member"},
    {"how hasgroups is written", IN_ROOT("'hasgroups':true"), "/hasgroups", "boolean"},
};

START_TEST(faults_are_named_by_their_pointer)
{
    char why[1024] = "";
    char want[200];
    json_t *config = kitchen_json(faults[_i].config);
    char *text = json_dumps(config, 0);
    struct directory *d = config_parse(text, strlen(text), "x.json", NULL, why, sizeof why);
    free(text);
    json_decref(config);
    ck_assert_msg(d == NULL, "%s: was taken", faults[_i].reason);
    int len = snprintf(want, sizeof want, "x.json: %s: ", faults[_i].pointer);
    ck_assert_msg(strncmp(why, want, (size_t)len) == 0, "%s: %s", faults[_i].reason, why);
    ck_assert_msg(strstr(why + len, faults[_i].word) != NULL, "%s: %s", faults[_i].reason, why);
}
END_TEST

/* ---- templates ---- */

static const struct {
    const char *template;
    const char *names; /* one after the other, each with a comma */
    bool good;
} templates[] = {
    {"", "", true},
    {"text", "", true},
    {"{a}", "a,", true},
    {"{a}{b}", "a,b,", true},
    {"{{a}}", "", true},
    {"{{{a}}}", "a,", true},
    {"x{a.b} y", "a.b,", true},
    {"{}", "", false},
    {"{a", "", false},
    {"a}", "", false},
    {"{a}}", "a,", false},
    {"{{a}", "", false},
    {"{a{b}}", "", false},
};

START_TEST(templates_are_read_strictly)
{
    char names[64] = "";
    const char *at = templates[_i].template;
    const char *name = NULL;
    size_t len = 0;
    while (claims_template_name(&at, &name, &len)) {
        size_t used = strlen(names);
        (void)snprintf(names + used, sizeof names - used, "%.*s,", (int)len, name);
    }
    ck_assert_msg(strcmp(names, templates[_i].names) == 0, "'%s': %s", templates[_i].template,
                  names);
    ck_assert_msg(!*at == templates[_i].good, "'%s' ends at '%s'", templates[_i].template, at);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("config, claims");
    TCase *tcase = tcase_create("claims");
    tcase_add_loop_test(tcase, faults_are_named_by_their_pointer, 0, ROWS(faults));
    tcase_add_loop_test(tcase, templates_are_read_strictly, 0, ROWS(templates));
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

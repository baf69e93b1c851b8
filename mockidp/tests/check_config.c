/* Configurations: each kind of fault by its JSON pointer. */
#include "mockidp/config/config.h"

#include "mockidp/config/embedded.h"
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/scratch.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- faults ---- */

/* A small configuration with holes: members of the root, the tenant, its app, its user. */
#define T1 "11111111-1111-4111-8111-111111111111"
#define A1 "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
#define A2 "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"
#define U1 "cccccccc-cccc-4ccc-8ccc-cccccccccccc"
#define TENANT "'alias':'t','id':'" T1 "','name':'T','domains':['t.test']"
#define APP "'alias':'api','id':'" A1 "','name':'API'"
#define USER "'alias':'u','id':'" U1 "','upn':'u@t.test','name':'U','password':'p'"
#define ROOT(more) "{'tenants':[{" TENANT ",'apps':[]}]," more "}"
#define IN_TENANT(more) "{'tenants':[{" TENANT ",'apps':[{" APP "}]," more "}]}"
#define IN_APP(more) "{'tenants':[{" TENANT ",'apps':[{" APP "," more "}]}]}"
#define IN_USER(more)                                                                              \
    "{'tenants':[{" TENANT ",'apps':[{" APP ",'roles':[{'value':'R'}]}],'users':[{" USER "," more  \
    "}]}]}"

static const struct {
    const char *reason;
    const char *config;
    const char *pointer;
    const char *word;
} faults[] = {
    {"not JSON", "{'tenants':", "line 1", "column"},
    {"a member twice", "{'tenants':[],'tenants':[]}", "line 1", "duplicate"},
    {"no object", "[]", "/", "object"},
    {"no tenants", "{}", "/", "'tenants'"},
    {"an empty list of tenants", "{'tenants':[]}", "/", "no tenant"},
    {"tenants are a list", "{'tenants':{}}", "/tenants", "list"},
    {"a tenant is an object", "{'tenants':['t']}", "/tenants/0", "object"},
    {"a member of the root", ROOT("'x':1"), "/x", "no such member"},
    {"a member whose name needs escaping", ROOT("'a/b~c':1"), "/a~1b~0c", "no such member"},
    {"an unknown v1 issuer", ROOT("'v1_issuer':'graph'"), "/v1_issuer", "entra"},
    {"a v1 issuer that is no text", ROOT("'v1_issuer':1"), "/v1_issuer", "entra"},
    {"TLS names are a list", ROOT("'tls_names':'x'"), "/tls_names", "list"},
    {"of texts", ROOT("'tls_names':[1]"), "/tls_names/0", "text"},

    {"a tenant has an id", "{'tenants':[{'alias':'t','name':'T','domains':[],'apps':[]}]}",
     "/tenants/0", "'id'"},
    {"an id is a GUID", "{'tenants':[{'alias':'t','id':'t','name':'T','domains':[],'apps':[]}]}",
     "/tenants/0/id", "GUID"},
    {"in lower case",
     "{'tenants':[{'alias':'t','id':'AAAAAAAA-1111-4111-8111-111111111111','name':'T',"
     "'domains':[],'apps':[]}]}",
     "/tenants/0/id", "GUID"},
    {"of that length",
     "{'tenants':[{'alias':'t','id':'" T1 "0','name':'T','domains':[],'apps':[]}]}",
     "/tenants/0/id", "GUID"},
    {"an alias is not empty",
     "{'tenants':[{'alias':'','id':'" T1 "','name':'T','domains':[],'apps':[]}]}",
     "/tenants/0/alias", "not empty"},
    {"a domain is a text",
     "{'tenants':[{'alias':'t','id':'" T1 "','name':'T','domains':['t.test',''],'apps':[]}]}",
     "/tenants/0/domains/1", "not empty"},
    {"a member of a tenant", IN_TENANT("'kyes':[]"), "/tenants/0/kyes", "no such member"},
    {"two tenants of one id",
     "{'tenants':[{" TENANT ",'apps':[]},{'alias':'u','id':'" T1
     "','name':'U','domains':[],'apps':[]}]}",
     "/tenants/1/id", "already"},
    {"two tenants of one alias",
     "{'tenants':[{" TENANT ",'apps':[]},{'alias':'T','id':'" A1
     "','name':'U','domains':[],'apps':[]}]}",
     "/tenants/1/alias", "already"},
    {"two tenants of one domain",
     "{'tenants':[{" TENANT ",'apps':[]},{'alias':'u','id':'" A1
     "','name':'U','domains':['u.test','T.test'],'apps':[]}]}",
     "/tenants/1/domains/1", "already"},
    {"a key file that is not there", IN_TENANT("'keys':['nowhere.pem']"), "/tenants/0/keys/0",
     "nowhere.pem"},
    {"a key file that is no key", IN_TENANT("'keys':['fixtures/idp/demo.json']"),
     "/tenants/0/keys/0", "PEM"},
    {"a certificate is no key", IN_TENANT("'keys':['fixtures/keys/daemon.crt']"),
     "/tenants/0/keys/0", "PEM"},
    {"defaults are an object", IN_TENANT("'defaults':[]"), "/tenants/0/defaults", "object"},
    {"a default leads somewhere", IN_TENANT("'defaults':{'resource':'nobody'}"),
     "/tenants/0/defaults/resource", "'nobody'"},
    {"a default user is a user", IN_TENANT("'defaults':{'user':'api'}"), "/tenants/0/defaults/user",
     "'api'"},

    {"an app has a name", "{'tenants':[{" TENANT ",'apps':[{'alias':'a','id':'" A1 "'}]}]}",
     "/tenants/0/apps/0", "'name'"},
    {"a member of an app", IN_APP("'secret':'x'"), "/tenants/0/apps/0/secret", "no such member"},
    {"a token version", IN_APP("'access_token_version':3"),
     "/tenants/0/apps/0/access_token_version", "1 or 2"},
    {"a certificate that is not there", IN_APP("'certificates':['nowhere.crt']"),
     "/tenants/0/apps/0/certificates/0", "nowhere.crt"},
    {"a key is no certificate",
     IN_APP("'certificates':['fixtures/keys/daemon.crt','fixtures/keys/daemon.key']"),
     "/tenants/0/apps/0/certificates/1", "PEM certificate"},
    {"public is a flag", IN_APP("'public':'yes'"), "/tenants/0/apps/0/public", "true or false"},
    {"secrets are not empty", IN_APP("'secrets':['']"), "/tenants/0/apps/0/secrets/0", "not empty"},
    {"an object id is a GUID", IN_APP("'object_id':'x'"), "/tenants/0/apps/0/object_id", "GUID"},
    {"a role has a value", IN_APP("'roles':[{}]"), "/tenants/0/apps/0/roles/0", "'value'"},
    {"a redirect URI has a type", IN_APP("'redirect_uris':[{'uri':'app:x'}]"),
     "/tenants/0/apps/0/redirect_uris/0", "'type'"},
    {"a redirect URI is absolute", IN_APP("'redirect_uris':[{'type':'web','uri':'/x'}]"),
     "/tenants/0/apps/0/redirect_uris/0/uri", "absolute"},
    {"and has a scheme", IN_APP("'redirect_uris':[{'type':'web','uri':'x'}]"),
     "/tenants/0/apps/0/redirect_uris/0/uri", "absolute"},
    {"which is a word", IN_APP("'redirect_uris':[{'type':'web','uri':'1x:/y'}]"),
     "/tenants/0/apps/0/redirect_uris/0/uri", "absolute"},
    {"without blanks", IN_APP("'redirect_uris':[{'type':'web','uri':'my app:/y'}]"),
     "/tenants/0/apps/0/redirect_uris/0/uri", "absolute"},
    {"and no fragment", IN_APP("'redirect_uris':[{'type':'web','uri':'https://x.test/#a'}]"),
     "/tenants/0/apps/0/redirect_uris/0/uri", "no fragment"},
    {"nor an address of IPv6", IN_APP("'redirect_uris':[{'type':'web','uri':'http://[::1]/x'}]"),
     "/tenants/0/apps/0/redirect_uris/0/uri", "IPv6"},
    {"granted is an object", IN_APP("'granted':[]"), "/tenants/0/apps/0/granted", "object"},
    {"of lists", IN_APP("'granted':{'api':'R'}"), "/tenants/0/apps/0/granted/api", "list"},
    {"granted by an app that is there", IN_APP("'granted':{'x/y':['R']}"),
     "/tenants/0/apps/0/granted/x~1y", "no app"},
    {"what is requested too", IN_APP("'requests_roles':{'api':['R']}"),
     "/tenants/0/apps/0/requests_roles/api/0", "no role"},
    {"a role that it has", IN_APP("'granted':{'api':['R']}"), "/tenants/0/apps/0/granted/api/0",
     "no role"},
    {"two apps of one id",
     "{'tenants':[{" TENANT ",'apps':[{" APP "},{'alias':'b','id':'" A1 "','name':'B'}]}]}",
     "/tenants/0/apps/1/id", "already"},
    {"two apps of one alias",
     "{'tenants':[{" TENANT ",'apps':[{" APP "},{'alias':'API','id':'" A2 "','name':'B'}]}]}",
     "/tenants/0/apps/1/alias", "already"},

    {"a member of a user", IN_USER("'email':'x'"), "/tenants/0/users/0/email", "no such member"},
    {"an error number that nobody answers with", IN_USER("'error':12345"),
     "/tenants/0/users/0/error", "aadsts.def"},
    {"an error that is no number", IN_USER("'error':'50076'"), "/tenants/0/users/0/error",
     "aadsts.def"},
    {"an error of zero", IN_USER("'error':0"), "/tenants/0/users/0/error", "aadsts.def"},
    {"a count is a number", IN_USER("'group_count':'201'"), "/tenants/0/users/0/group_count",
     "number"},
    {"a count is not negative", IN_USER("'group_count':-1"), "/tenants/0/users/0/group_count",
     "number"},
    {"a count of groups that are not listed", IN_USER("'group_count':200"),
     "/tenants/0/users/0/group_count", "listed"},
    {"Graph's", IN_USER("'roles':{'graph':['R']}"), "/tenants/0/users/0/roles/graph", "no app"},
    {"a role of a user", IN_USER("'roles':{'api':['R','S']}"), "/tenants/0/users/0/roles/api/1",
     "no role"},
    {"two users of one name",
     "{'tenants':[{" TENANT ",'apps':[],'users':[{" USER "},{'alias':'v','id':'" A1
     "','upn':'U@t.test','name':'V','password':'p'}]}]}",
     "/tenants/0/users/1/upn", "already"},
};

static char *double_quoted(const char *text)
{
    char *copy = strdup(text);
    ck_assert_ptr_nonnull(copy);
    for (char *p = copy; *p; p++) {
        *p = (char)(*p == '\'' ? '"' : *p);
    }
    return copy;
}

START_TEST(faults_are_named_by_their_pointer)
{
    char why[1024] = "";
    char want[200];
    char *config = double_quoted(faults[_i].config);
    struct directory *d = config_parse(config, strlen(config), "x.json", NULL, why, sizeof why);
    free(config);
    ck_assert_msg(d == NULL, "%s: was taken", faults[_i].reason);
    int len = snprintf(want, sizeof want, "x.json: %s%s", faults[_i].pointer,
                       faults[_i].pointer[0] == '/' ? ": " : "");
    ck_assert_msg(strncmp(why, want, (size_t)len) == 0, "%s: %s", faults[_i].reason, why);
    ck_assert_msg(strstr(why + len, faults[_i].word) != NULL, "%s: %s", faults[_i].reason, why);
}
END_TEST

static const char *const fine[] = {
    ROOT("'v1_issuer':'origin','tls_names':['host.test']"),
    IN_TENANT("'region':'NA','keys':['fixtures/keys/contoso-01.pem'],'users':[]"),
    IN_APP("'roles':[{'value':'R','for':['user']}],'granted':{'api':['R']},'public':true"),
    IN_USER("'roles':{'api':['R']},'group_count':201,'error':50057"),
    IN_USER("'groups':['g'],'group_count':1"),
};

/* What a token could not hold is no surprise of the day when .default is asked for. */
START_TEST(scopes_fit_into_a_token)
{
    char why[512] = "";
    static const struct {
        const char *begin;
        int count;
        const char *end;
        const char *pointer; /* NULL: they fit */
    } rows[] = {{"'scopes':[", 20, "]", NULL},
                {"'scopes':[", 40, "]", "/tenants/0/apps/0/scopes: "},
                {"'requests':{'graph':[", 20, "]}", NULL},
                {"'requests':{'graph':[", 40, "]}", "/tenants/0/apps/0/requests/graph: "}};
    char scopes[3000];
    size_t used = (size_t)snprintf(scopes, sizeof scopes, "%s", rows[_i].begin);
    for (int i = 0; i < rows[_i].count; i++) {
        used += (size_t)snprintf(scopes + used, sizeof scopes - used, "%s'Of.30.characters.%013d'",
                                 i == 0 ? "" : ",", i);
    }
    (void)snprintf(scopes + used, sizeof scopes - used, "%s", rows[_i].end);
    char text[4000];
    (void)snprintf(text, sizeof text, "{'tenants':[{" TENANT ",'apps':[{" APP ",%s}]}]}", scopes);
    char *config = double_quoted(text);
    struct directory *d = config_parse(config, strlen(config), "it", NULL, why, sizeof why);
    if (!rows[_i].pointer) {
        ck_assert_msg(d != NULL, "%s", why);
    } else {
        ck_assert_ptr_null(d);
        ck_assert_msg(strstr(why, rows[_i].pointer) && strstr(why, "octets"), "%s", why);
    }
    directory_free(d);
    free(config);
}
END_TEST

START_TEST(what_is_right_is_taken)
{
    char why[1024] = "";
    char *config = double_quoted(fine[_i]);
    struct directory *d = config_parse(config, strlen(config), "x.json", NULL, why, sizeof why);
    ck_assert_msg(d != NULL, "%s", why);
    directory_free(d);
    free(config);
}
END_TEST

START_TEST(every_fault_is_told_as_far_as_there_is_room)
{
    char why[1024] = "";
    char little[48];
    const char *config = "{\"a\":1,\"b\":2,\"tenants\":[{\"alias\":1}]}";
    ck_assert_ptr_null(config_parse(config, strlen(config), "x", NULL, why, sizeof why));
    static const char *const all[] = {"/a: ", "; /b: ", "; /tenants/0: 'id'",
                                      "; /tenants/0/alias: "};
    for (size_t i = 0; i < 4; i++) {
        ck_assert_msg(strstr(why, all[i]) != NULL, "%s in %s", all[i], why);
    }
    memset(little, '#', sizeof little);
    ck_assert_ptr_null(config_parse(config, strlen(config), "x", NULL, little, 20));
    ck_assert_uint_eq(strlen(little), 19);
    ck_assert_int_eq(little[20], '#');
}
END_TEST

START_TEST(files_stand_beside_the_configuration)
{
    char why[512] = "";
    char *dir = scratch_make();
    const struct embedded_file *pem = embedded_find("fixtures/keys/rogue.pem");
    ck_assert_ptr_nonnull(pem);
    char *key = scratch_write(dir, "own.pem", (const char *)pem->data);
    char *config = double_quoted(IN_TENANT("'keys':['own.pem']"));
    char *path = scratch_write(dir, "idp.json", config);
    struct directory *d = config_load(path, why, sizeof why);
    ck_assert_msg(d != NULL, "%s", why);
    directory_free(d);
    free(config);
    free(path);
    /* those of the demo are there for a copy of it; what stands there is taken first */
    config = double_quoted(IN_TENANT("'keys':['fixtures/keys/rogue.pem']"));
    path = scratch_write(dir, "idp.json", config);
    d = config_load(path, why, sizeof why);
    ck_assert_msg(d != NULL, "%s", why);
    directory_free(d);
    char *folder = scratch_path(dir, "fixtures");
    char *keys = scratch_path(dir, "fixtures/keys");
    ck_assert_int_eq(mkdir(folder, 0700), 0);
    ck_assert_int_eq(mkdir(keys, 0700), 0);
    char *beside = scratch_write(dir, "fixtures/keys/rogue.pem", "no key");
    ck_assert_ptr_null(config_load(path, why, sizeof why));
    ck_assert_ptr_nonnull(strstr(why, "/tenants/0/keys/0: "));
    free(beside);
    free(keys);
    free(folder);
    free(config);
    free(path);
    free(key);
    scratch_remove(dir);
}
END_TEST

START_TEST(a_missing_file_is_named)
{
    char why[512] = "";
    ck_assert_ptr_null(config_load("/nowhere/idp.json", why, sizeof why));
    ck_assert_ptr_nonnull(strstr(why, "/nowhere/idp.json"));
    ck_assert_ptr_null(embedded_find("nowhere"));
    directory_free(NULL);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("config");
    TCase *tcase = tcase_create("config");
    tcase_add_loop_test(tcase, faults_are_named_by_their_pointer, 0, ROWS(faults));
    tcase_add_loop_test(tcase, what_is_right_is_taken, 0, ROWS(fine));
    tcase_add_loop_test(tcase, scopes_fit_into_a_token, 0, 4);
    tcase_add_test(tcase, every_fault_is_told_as_far_as_there_is_room);
    tcase_add_test(tcase, files_stand_beside_the_configuration);
    tcase_add_test(tcase, a_missing_file_is_named);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

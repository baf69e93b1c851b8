/* The directory of the golden refusals, and the values of their requests. */
#include "mockidp/tests/support/golden_values.h"

#include "mockidp/mint/encode.h"
#include "mockidp/tests/support/demo.h"
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"
#include "mockidp/tests/support/scratch.h"
#include "mockidp/tests/support/signer.h"
#include "mockidp/tests/support/visitor.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAEMON "c0ffee00-0000-4000-8000-0000000000d1"
#define NATIVE "client_id=c0ffee00-0000-4000-8000-0000000000e1"
#define SPA "client_id=c0ffee00-0000-4000-8000-0000000000c1"
#define WEB "client_id=c0ffee00-0000-4000-8000-0000000000b1"
#define CALLBACK "&redirect_uri=http://localhost:5000/callback"
#define PAGE "&redirect_uri=http://localhost:5173/"
#define V2 "/contoso.test/oauth2/v2.0/"
#define API "&scope=api://auth-test/access_as_user"
#define VERIFIER "0123456789abcdefghijklmnopqrstuvwxyz0123456"
#define CHALLENGE "&code_challenge=" VERIFIER "&code_challenge_method=plain"
#define KEY "fixtures/keys/daemon.key"
#define CERTIFICATE "fixtures/keys/daemon.crt"

/* ---- the directory ---- */

static void add_users(json_t *demo)
{
    static const struct {
        const char *alias;
        int error;
    } users[] = {{"enroll", 50079},  {"strong", 50074}, {"proofup", 50072},   {"external", 50158},
                 {"expired", 50055}, {"locked", 50053}, {"nopassword", 50056}};
    json_t *list = json_object_get(demo_contoso(demo), "users");
    for (size_t i = 0; i < sizeof users / sizeof users[0]; i++) {
        json_array_append_new(
            list, json_pack("{s:s, s:o, s:o, s:s, s:s, s:i}", "alias", users[i].alias, "id",
                            json_sprintf("c0ffee00-0000-4000-8000-%012d", users[i].error), "upn",
                            json_sprintf("%s@contoso.test", users[i].alias), "name", "N",
                            "password", "Passw0rd!", "error", users[i].error));
    }
}

static json_t *make_directory(const struct golden *g)
{
    char credentials[600];
    json_t *demo = demo_json();
    json_t *contoso = demo_contoso(demo);
    json_t *none = demo_app(demo, "daemon-noroles");
    add_users(demo);
    demo_set(contoso, "conditional_access",
             "[{'name':'a','users':['bob'],'resources':['legacy'],'error':53003},"
             "{'name':'b','users':['bob'],'grants':['refresh_token'],'error':70043},"
             "{'name':'c','users':['overage'],'grants':['refresh_token'],'error':50173},"
             "{'name':'d','users':['overage'],'resources':['legacy'],'error':65005}]");
    (void)snprintf(credentials, sizeof credentials,
                   "[{'issuer':'%s/" FABRIKAM "/v2.0','subject':'worker'},"
                   "{'issuer':'http://127.0.0.1:1/nobody','subject':'worker'}]",
                   idp_http_url(g->cluster));
    demo_set(demo_app(demo, "daemon"), "federated_credentials", credentials);
    demo_set(demo_app(demo, "daemon"), "expired_secrets", "['old-secret']");
    demo_set(demo_app(demo, "spa"), "sign_in_audience", "'AzureADMultipleOrgs'");
    demo_set(demo_app(demo, "web"), "requests", "{'auth-test':['access_as_user']}");
    demo_set(demo_app(demo, "arm"), "assignment_required", "true");
    demo_set(none, "sign_in_audience", "'AzureADMyOrg'");
    demo_set(none, "consented", "{}");
    demo_set(none, "redirect_uris", "[{'type':'web','uri':'http://localhost:5000/none'}]");
    return demo;
}

void golden_start(struct golden *g, const char *sign_in)
{
    g->cluster = mock_start();
    g->idp = demo_open(make_directory(g), sign_in, &g->dir);
    g->values = json_object();
    json_decref(mock_admin(g->idp, "PUT", "/_admin/faults",
                           "[{'match':{'client':'loops'},'act':{'aadsts':50196}},"
                           "{'match':{'client':'busy'},'act':{'aadsts':90055,'retry_after':7}},"
                           "{'match':{'client':'busier'},'act':{'aadsts':90055}},"
                           "{'match':{'client':'late'},'act':{'aadsts':70019}}]",
                           NULL));
}

void golden_stop(struct golden *g)
{
    idp_stop(g->idp);
    demo_close(g->cluster, g->dir);
    json_decref(g->values);
}

/* ---- values: each returns it newly allocated ---- */

typedef char *maker(struct golden *g, const char *what);

static char *take(json_t *answer, const char *member)
{
    ck_assert_msg(json_object_get(answer, member) != NULL, "%s",
                  text_at(answer, "error_description"));
    char *text = strdup(text_at(answer, member));
    json_decref(answer);
    return text;
}

static char *as_it_is(struct golden *g, const char *what)
{
    (void)g;
    return strdup(what);
}

static char *origin(struct golden *g, const char *what)
{
    (void)what;
    return strdup(idp_http_url(g->idp));
}

static char *cluster_issuer(struct golden *g, const char *what)
{
    char *issuer = NULL;
    (void)what;
    ck_assert_int_gt(asprintf(&issuer, "%s/" FABRIKAM "/v2.0", idp_http_url(g->cluster)), 0);
    return issuer;
}

static char *code(struct golden *g, const char *query)
{
    char path[600];
    (void)snprintf(path, sizeof path, V2 "authorize?response_type=code&%s", query);
    return browser_code(g->idp, path);
}

static char *redeemed_code(struct golden *g, const char *query)
{
    char form[600];
    char *text = code(g, query);
    (void)snprintf(form, sizeof form,
                   WEB CALLBACK "&client_secret=web-secret&grant_type=authorization_code&code=%s",
                   text);
    free(take(mock_form(g->idp, V2 "token", form, NULL), "access_token"));
    return text;
}

static char *refresh_token(struct golden *g, const char *user)
{
    char form[400];
    (void)snprintf(form, sizeof form,
                   NATIVE API "+offline_access&grant_type=password&password=Passw0rd!"
                              "&username=%s@contoso.test",
                   user);
    return take(mock_form(g->idp, V2 "token", form, NULL), "refresh_token");
}

static char *page_refresh_token(struct golden *g, const char *query)
{
    char form[600];
    char *text = code(g, query);
    (void)snprintf(form, sizeof form,
                   SPA PAGE "&grant_type=authorization_code&code_verifier=" VERIFIER "&code=%s",
                   text);
    free(text);
    const struct wire_answer *answer = mock_ask(
        g->idp, "POST", V2 "token", BROWSER_FORM "Origin: http://localhost:5173\r\n", form);
    return take(json_loadb(answer->body, answer->body_len, 0, NULL), "refresh_token");
}

static char *device_code(struct golden *g, const char *what)
{
    char form[100];
    json_t *answer = mock_form(g->idp, V2 "devicecode", NATIVE API, NULL);
    (void)snprintf(form, sizeof form, "&code=%s", text_at(answer, "user_code"));
    if (*what) {
        struct visitor v = {.idp = g->idp};
        const struct wire_answer *page = visitor_answer(&v, visitor_open(&v, "/devicelogin"), form);
        visitor_must_show(visitor_answer(&v, page, what), "You have cancelled");
    }
    return take(answer, "device_code");
}

static char *bake(struct idp *idp, const char *recipe)
{
    char text[800];
    int status = 0;
    const char *const pairs[] = {"origin", idp_http_url(idp), NULL};
    char *filled = signer_replace(recipe, pairs);
    (void)snprintf(text, sizeof text, "%s", filled);
    free(filled);
    return take(mock_admin(idp, "POST", "/_admin/tokens", text, &status), "token");
}

static char *token(struct golden *g, const char *recipe)
{
    return bake(g->idp, recipe);
}

static char *federated(struct golden *g, const char *recipe)
{
    return bake(g->cluster, recipe);
}

static char *rogue_kid(struct golden *g, const char *what)
{
    char *text = token(g, "{'base':'app-v2','sign':{'key':'rogue'}}");
    json_t *header = token_json(text, 0);
    (void)what;
    free(text);
    return take(header, "kid");
}

/* The same as Entra writes a thumbprint. */
static char *rogue_hex(struct golden *g, const char *what)
{
    size_t len = 0;
    char *kid = rogue_kid(g, what);
    unsigned char *octets = mint_unbase64url(kid, &len);
    char *hex = calloc(1, 2 * len + 1);
    for (size_t i = 0; i < len; i++) {
        (void)snprintf(hex + 2 * i, 3, "%02X", octets[i]);
    }
    free(octets);
    free(kid);
    return hex;
}

/* The assertions differ in their payload, save those whose header or key is another. */
static char *assertion(struct golden *g, const char *payload)
{
    static const char *const rogue = "other key ";
    static const char *const unknown = "unknown ";
    bool other = strncmp(payload, rogue, strlen(rogue)) == 0;
    bool nobody = strncmp(payload, unknown, strlen(unknown)) == 0;
    char *x5t = signer_thumbprint(CERTIFICATE, false);
    const char *const pairs[] = {"x5t", nobody ? "AAAA" : x5t, "origin", idp_http_url(g->idp),
                                 NULL};
    payload += other ? strlen(rogue) : nobody ? strlen(unknown) : 0;
    char *header = signer_replace("{'alg':'RS256','x5t':'{x5t}'}", pairs);
    char *claims = signer_replace(payload, pairs);
    char *text = signer_sign(other ? "fixtures/keys/rogue.pem" : KEY, false, header, claims);
    free(claims);
    free(header);
    free(x5t);
    return text;
}

static char *thumbprint(struct golden *g, const char *what)
{
    size_t len = 0;
    char *x5t = signer_thumbprint(CERTIFICATE, false);
    unsigned char *bytes = bytes_of_base64url(x5t, &len);
    char *hex = calloc(1, 2 * len + 1);
    (void)g, (void)what;
    for (size_t i = 0; i < len; i++) {
        (void)snprintf(hex + 2 * i, 3, "%02X", bytes[i]);
    }
    free(bytes);
    free(x5t);
    return hex;
}

#define AUD "'aud':'{origin}/" CONTOSO "/oauth2/v2.0/token'"
#define WHO "'iss':'" DAEMON "','sub':'" DAEMON "'"
#define WHEN "'exp':1769861400"
#define AT(rest) "{'base':'delegated-v2','for':{'origin':'{origin}'" rest
#define FEDERATED(iss, sub, aud, rest)                                                             \
    "{'base':'empty','for':{'tenant':'fabrikam'},'claims':{'set':{'iss':'" iss "','sub':'" sub     \
    "','aud':'" aud "','exp':{'now':600}}}" rest "}"
#define CLUSTER "{origin}/" FABRIKAM "/v2.0"
#define EXCHANGE "api://AzureADTokenExchange"

static const struct {
    const char *name;
    maker *make;
    const char *what;
} makers[] = {
    {"origin", origin, NULL},
    {"cluster", cluster_issuer, NULL},
    {"verifier", as_it_is, VERIFIER},
    {"rogue", rogue_kid, NULL},
    {"rogue in hex", rogue_hex, NULL},
    {"thumbprint", thumbprint, NULL},
    {"code", code, WEB CALLBACK API},
    {"challenged-code", code, WEB CALLBACK API CHALLENGE},
    {"redeemed-code", redeemed_code, WEB CALLBACK API},
    {"page-code", code, SPA PAGE API CHALLENGE},
    {"refresh-token", refresh_token, "alice"},
    {"refresh-token of bob", refresh_token, "bob"},
    {"refresh-token of overage", refresh_token, "overage"},
    {"page-refresh-token", page_refresh_token, SPA PAGE API "+offline_access" CHALLENGE},
    {"device-code", device_code, ""},
    {"declined-device-code", device_code, "&cancel=1"},
    {"assertion", assertion, "{" AUD "," WHO "," WHEN "}"},
    {"assertion of an unknown certificate", assertion, "unknown {" AUD "," WHO "," WHEN "}"},
    {"assertion of another key", assertion, "other key {" AUD "," WHO "," WHEN "}"},
    {"assertion of another issuer", assertion, "{" AUD ",'iss':'x','sub':'" DAEMON "'," WHEN "}"},
    {"assertion for another audience", assertion, "{'aud':'x'," WHO "," WHEN "}"},
    {"assertion that has expired", assertion, "{" AUD "," WHO ",'exp':1769860200}"},
    {"federated: another issuer", federated,
     FEDERATED("https://elsewhere.test", "worker", EXCHANGE, "")},
    {"federated: another subject", federated, FEDERATED(CLUSTER, "other", EXCHANGE, "")},
    {"federated: another audience", federated, FEDERATED(CLUSTER, "worker", "api://elsewhere", "")},
    {"federated: no answer", federated,
     FEDERATED("http://127.0.0.1:1/nobody", "worker", EXCHANGE, "")},
    {"federated: unknown key", federated,
     FEDERATED(CLUSTER, "worker", EXCHANGE, ",'sign':{'key':'rogue'}")},
    {"token for another service", token, AT(",'resource':'legacy'}}")},
    {"token of an unknown key", token, AT("},'sign':{'key':'rogue'}}")},
    {"token that has expired", token, AT("},'claims':{'set':{'exp':{'now':-600}}}}")},
    {"token of mfa", token, AT(",'user':'mfa'}}")},
    {"token of an app", token, "{'base':'app-v2','for':{'origin':'{origin}'}}"},
};

void golden_set(struct golden *g, const char *name, const char *value)
{
    json_object_set_new(g->values, name, json_string(value));
}

/* value_of returns the value of a name, borrowed; NULL when there is no such one. */
static const char *value_of(struct golden *g, const char *name)
{
    for (size_t i = 0; i < sizeof makers / sizeof makers[0]; i++) {
        if (strcmp(makers[i].name, name) == 0 && !json_object_get(g->values, name)) {
            char *made = makers[i].make(g, makers[i].what);
            golden_set(g, name, made);
            free(made);
        }
    }
    return json_string_value(json_object_get(g->values, name));
}

char *golden_fill(struct golden *g, const char *text)
{
    char *out = NULL;
    size_t len = 0;
    char name[64];
    FILE *file = open_memstream(&out, &len);
    ck_assert_ptr_nonnull(file);
    while (*text) {
        size_t end = strcspn(text, "}");
        const char *value = NULL;
        if (*text == '{' && text[end] == '}' && end < sizeof name) {
            (void)snprintf(name, sizeof name, "%.*s", (int)end - 1, text + 1);
            value = value_of(g, name);
        }
        (void)fprintf(file, value ? "%s" : "%.1s", value ? value : text);
        text += value ? end + 1 : 1;
    }
    ck_assert_int_eq(fclose(file), 0);
    return out;
}

/* private_key_jwt: what real clients send is taken, what proves nothing is refused with its number
 * ("Microsoft identity platform application authentication certificate credentials"). */
#include "mockidp/tests/support/demo.h"
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"
#include "mockidp/tests/support/scratch.h"
#include "mockidp/tests/support/signer.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define V2 "/contoso.test/oauth2/v2.0/token"
#define DAEMON "c0ffee00-0000-4000-8000-0000000000d1"
#define TYPE "urn:ietf:params:oauth:client-assertion-type:"
#define UNTYPED "grant_type=client_credentials&scope=api://auth-test/.default"
#define BASE UNTYPED "&client_assertion_type=" TYPE "jwt-bearer"
#define KEY "fixtures/keys/daemon.key"
#define HEAD "{'alg':'RS256','typ':'JWT','x5t':'{x5t}'}"
#define WHO "'iss':'" DAEMON "','sub':'" DAEMON "','jti':'1'"
#define WHEN "'nbf':1769860800,'exp':1769861400,'iat':1769860800"
#define AUD "'aud':'{origin}/" CONTOSO "/oauth2/v2.0/token'"
#define GOOD "{" AUD "," WHO "," WHEN "}"

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
    const char *header;
    const char *payload;
    const char *key;
    const char *more; /* of the form */
    int code;         /* AADSTS, or 0: granted */
    const char *word; /* of the description */
} rows[] = {
    {"RS256 with x5t", HEAD, GOOD, KEY, "", 0, ""},
    {"MSAL Node: PS256 with x5t#S256", "{'alg':'PS256','x5t#S256':'{x5t256}','x5c':['MII']}", GOOD,
     KEY, "&client_id=" DAEMON, 0, ""},
    {"MSAL.NET: times as texts, x5c a text",
     "{'alg':'PS256','typ':'JWT','x5t#S256':'{x5t256}','x5c':'MII'}",
     "{" AUD "," WHO ",'nbf':'1769860800','exp':'1769861400'}", KEY, "&client_id=" DAEMON, 0, ""},
    {"MSAL Python: a padded thumbprint, times with fractions, no nbf",
     "{'alg':'RS256','typ':'JWT','x5t':'{x5t}='}",
     "{" AUD "," WHO ",'exp':1769861400.25,'iat':1769860800.25}", KEY, "&client_id=" DAEMON, 0, ""},
    {"MSAL Go: its thumbprint is padded base64",
     "{'alg':'RS256','typ':'JWT','x5t':'{base64}=','x5c':['MII']}", GOOD, KEY, "", 0, ""},
    {"MSAL Go: of SHA-256, too", "{'alg':'PS256','typ':'JWT','x5t#S256':'{base64256}='}", GOOD, KEY,
     "", 0, ""},
    {"Terraform: a padded thumbprint for the kid", "{'alg':'RS256','typ':'JWT','kid':'{x5t}='}",
     GOOD, KEY, "", 0, ""},
    {"openid-client: no thumbprint, aud is the issuer", "{'alg':'RS256'}",
     "{'aud':'{origin}/" CONTOSO "/v2.0'," WHO "," WHEN "}", KEY, "", 0, ""},
    {"kid for the thumbprint", "{'alg':'RS256','kid':'{x5t}'}", GOOD, KEY, "", 0, ""},
    {"aud by another name of loopback", HEAD,
     "{'aud':'{other_origin}/" CONTOSO "/oauth2/v2.0/token'," WHO "," WHEN "}", KEY, "", 0, ""},
    {"aud by domain", HEAD, "{'aud':'{origin}/contoso.test/oauth2/v2.0/token'," WHO "," WHEN "}",
     KEY, "", 0, ""},
    {"aud of the v1 endpoint", HEAD, "{'aud':'{origin}/" CONTOSO "/oauth2/token'," WHO "," WHEN "}",
     KEY, "", 0, ""},
    {"ADAL for Go: with its query", HEAD,
     "{'aud':'{origin}/" CONTOSO "/oauth2/token?api-version=1.0'," WHO "," WHEN "}", KEY, "", 0,
     ""},
    {"aud of common", HEAD,
     "{'aud':'https://login.microsoftonline.com/common/oauth2/v2.0/token'," WHO "," WHEN "}", KEY,
     "", 0, ""},
    {"aud of an older name, as scripts have it", HEAD,
     "{'aud':'https://login.windows.net/contoso.test/oauth2/token'," WHO "," WHEN "}", KEY, "", 0,
     ""},
    {"aud of organizations, by another of Entra's names", HEAD,
     "{'aud':'https://login.microsoft.com/organizations/v2.0'," WHO "," WHEN "}", KEY, "", 0, ""},
    {"aud is the v1 issuer", HEAD,
     "{'aud':'https://sts.windows.net/" CONTOSO "/'," WHO "," WHEN "}", KEY, "", 0, ""},
    {"sub in another case", HEAD,
     "{" AUD ",'iss':'" DAEMON "','sub':'C0FFEE00-0000-4000-8000-0000000000D1'," WHEN "}", KEY, "",
     0, ""},
    {"one aud of several", HEAD, "{'aud':['x','{origin}/" CONTOSO "/v2.0']," WHO "," WHEN "}", KEY,
     "", 0, ""},
    {"within the skew", HEAD, "{" AUD "," WHO ",'nbf':1769861100,'exp':1769860501}", KEY, "", 0,
     ""},
    {"another algorithm", "{'alg':'RS384','x5t':'{x5t}'}", GOOD, KEY, "", 50027,
     "neither RS256 nor PS256"},
    {"none", "{'alg':'none','x5t':'{x5t}'}", GOOD, KEY, "", 50027, "neither"},
    {"a critical extension", "{'alg':'RS256','x5t':'{x5t}','crit':['x'],'x':1}", GOOD, KEY,
     "&client_id=" DAEMON, 50027, "malformed"},
    {"no JSON", HEAD, "nothing", KEY, "&client_id=" DAEMON, 50027, "malformed"},
    {"no issuer", HEAD, "{" AUD ",'sub':'" DAEMON "'," WHEN "}", KEY, "", 50048,
     "Subject must match"},
    {"another issuer", HEAD, "{" AUD ",'iss':'x','sub':'" DAEMON "'," WHEN "}", KEY, "", 50048,
     "Subject must match"},
    {"another client's", HEAD, GOOD, KEY, "&client_id=c0ffee00-0000-4000-8000-0000000000d2", 700021,
     "doesn't match 'client_id'"},
    {"an unknown thumbprint", "{'alg':'RS256','x5t':'AAAA'}", GOOD, KEY, "", 700027,
     "key used by client: '000000'"},
    {"a SHA-256 that is the SHA-1", "{'alg':'RS256','x5t#S256':'{x5t}'}", GOOD, KEY, "", 700027,
     "The key was not found."},
    {"a thumbprint of no text", "{'alg':'RS256','x5t':1}", GOOD, KEY, "", 700027, "not registered"},
    {"another key", HEAD, GOOD, "fixtures/keys/rogue.pem", "", 700027, "invalid signature"},
    {"another key under a long thumbprint, which is named whole",
     "{'alg':'PS256','x5t#S256':'{x5t256}'}", GOOD, "fixtures/keys/rogue.pem", "", 700027,
     "'] Trace ID"},
    {"another key without thumbprint", "{'alg':'RS256'}", GOOD, "fixtures/keys/rogue.pem", "",
     700027, "invalid signature"},
    {"PS256 in name alone", "{'alg':'PS256','x5c':['MII'],'x5t':'{x5t}','as':'RS256'}", GOOD, KEY,
     "", 700027, "invalid signature"},
    {"no audience", HEAD, "{" WHO "," WHEN "}", KEY, "", 700023, "audience"},
    {"another host", HEAD,
     "{'aud':'https://evil.test/" CONTOSO "/oauth2/v2.0/token'," WHO "," WHEN "}", KEY, "", 700023,
     "audience"},
    {"a host that begins so", HEAD,
     "{'aud':'https://login.microsoftonline.com.evil.test/common/v2.0'," WHO "," WHEN "}", KEY, "",
     700023, "audience"},
    {"another tenant", HEAD, "{'aud':'{origin}/" FABRIKAM "/oauth2/v2.0/token'," WHO "," WHEN "}",
     KEY, "", 700023, "audience"},
    {"another endpoint", HEAD,
     "{'aud':'{origin}/" CONTOSO "/oauth2/v2.0/authorize'," WHO "," WHEN "}", KEY, "", 700023,
     "audience"},
    {"a query before the path's end", HEAD,
     "{'aud':'{origin}/" CONTOSO "/oauth2?/token'," WHO "," WHEN "}", KEY, "", 700023, "audience"},
    {"no expiry", HEAD, "{" AUD "," WHO ",'nbf':1769860800}", KEY, "", 700024,
     "expiry time of assertion (none)"},
    {"expired", HEAD, "{" AUD "," WHO ",'exp':1769860500}", KEY, "", 700024,
     "2026-01-31T11:55:00Z"},
    {"not yet valid", HEAD, "{" AUD "," WHO ",'nbf':1769861101,'exp':1769861400}", KEY, "", 700024,
     "valid from 2026-01-31T12:05:01Z"},
    {"a time of letters", HEAD, "{" AUD "," WHO ",'exp':'soon'}", KEY, "", 700024, "(none)"},
    {"a time that is no time", HEAD, "{" AUD "," WHO ",'nbf':true,'exp':1769861400}", KEY, "",
     700024, "(none)"},
};

/* make_good returns an assertion for the mock at that origin, newly allocated. */
static char *make_good(const char *origin, const char *header)
{
    char *x5t = signer_thumbprint("fixtures/keys/daemon.crt", false);
    const char *const pairs[] = {"x5t", x5t, "origin", origin, NULL};
    char *filled = signer_replace(header, pairs);
    char *payload = signer_replace(GOOD, pairs);
    char *assertion = signer_sign(KEY, false, filled, payload);
    free(payload);
    free(filled);
    free(x5t);
    return assertion;
}

static json_t *ask(const char *assertion, const char *base, const char *more, int *status)
{
    char form[8192];
    (void)snprintf(form, sizeof form, "%s&client_assertion=%s%s", base, assertion, more);
    return mock_form(idp, V2, form, status);
}

/* base64 of base64url; the certificate's SHA-1 and SHA-256 both have a character that differs. */
static char *base64_of(const char *base64url)
{
    char *text = strdup(base64url);
    ck_assert_ptr_nonnull(text);
    ck_assert_ptr_nonnull(strpbrk(text, "-_"));
    for (char *at = strpbrk(text, "-_"); at; at = strpbrk(at, "-_")) {
        *at = *at == '-' ? '+' : '/';
    }
    return text;
}

START_TEST(assertions_are_judged)
{
    int status = 0;
    char *x5t = signer_thumbprint("fixtures/keys/daemon.crt", false);
    char *x5t256 = signer_thumbprint("fixtures/keys/daemon.crt", true);
    char other[64]; /* the same listener, under loopback's other name */
    (void)snprintf(other, sizeof other, "http://localhost%s", strrchr(idp_http_url(idp), ':'));
    char *base64 = base64_of(x5t);
    char *base64256 = base64_of(x5t256);
    const char *const pairs[] = {
        "x5t",     x5t,      "x5t256",          x5t256,         "base64", base64, "base64256",
        base64256, "origin", idp_http_url(idp), "other_origin", other,    NULL};
    char *header = signer_replace(rows[_i].header, pairs);
    char *payload = signer_replace(rows[_i].payload, pairs);
    bool pss = strstr(header, "PS256") && !strstr(header, "'as'");
    char *assertion = signer_sign(rows[_i].key, pss, header, payload);
    json_t *answer = ask(assertion, BASE, rows[_i].more, &status);
    int code = mock_code(answer);
    ck_assert_msg(code == rows[_i].code, "%s: %d %s", rows[_i].reason, status,
                  text_at(answer, "error_description"));
    if (rows[_i].code) {
        ck_assert_msg(strstr(text_at(answer, "error_description"), rows[_i].word) != NULL, "%s: %s",
                      rows[_i].reason, text_at(answer, "error_description"));
        ck_assert_int_eq(status, 401);
    } else {
        json_t *claims = token_json(text_at(answer, "access_token"), 1);
        ck_assert_str_eq(text_at(claims, "azpacr"), "2");
        json_decref(claims);
    }
    json_decref(answer);
    free(assertion);
    free(payload);
    free(header);
    free(base64256);
    free(base64);
    free(x5t256);
    free(x5t);
}
END_TEST

/* A directory may want to be told which certificate it was. */
START_TEST(a_thumbprint_may_be_needed)
{
    static const struct {
        const char *header;
        int code;
    } headers[] = {{"{'alg':'RS256'}", 50027},
                   {"{'alg':'RS256','kid':'{x5t}'}", 0},
                   {"{'alg':'RS256','x5t':'{x5t}'}", 0}};
    json_t *demo = demo_json();
    char *dir = NULL;
    demo_set(demo, "assertions_need_thumbprint", "true");
    struct idp *strict = demo_open(demo, NULL, &dir);
    char *assertion = make_good(idp_http_url(strict), headers[_i].header);
    char form[8192];
    (void)snprintf(form, sizeof form, "%s&client_assertion=%s", BASE, assertion);
    json_t *answer = mock_form(strict, V2, form, NULL);
    ck_assert_int_eq(mock_code(answer), headers[_i].code);
    if (headers[_i].code) {
        ck_assert_ptr_nonnull(strstr(text_at(answer, "error_description"),
                                     "AADSTS50027: Invalid JWT token. No certificate thumbprint "
                                     "specified in token header. Trace ID: "));
    }
    json_decref(answer);
    free(assertion);
    demo_close(strict, dir);
}
END_TEST

START_TEST(its_type_is_needed)
{
    static const struct {
        const char *type;
        int code;
    } types[] = {{"", 900144},
                 {"&client_assertion_type=x", 50027},
                 {"&client_assertion_type=" TYPE "jwt-bearer", 0},
                 {"&client_assertion_type=" TYPE "jwt-pop", 0}};
    char *assertion = make_good(idp_http_url(idp), HEAD);
    json_t *answer = ask(assertion, UNTYPED, types[_i].type, NULL);
    ck_assert_msg(mock_code(answer) == types[_i].code, "%s: %s", types[_i].type,
                  text_at(answer, "error_description"));
    json_decref(answer);
    free(assertion);
}
END_TEST

/* A client that trusts the one origin may be sent to the other. */
START_TEST(each_listener_knows_the_other)
{
    const struct idp_options options = {.listen = "127.0.0.1:0",
                                        .listen_tls = "localhost:0",
                                        .clock = KITCHEN_TIME,
                                        .seed = "mock"};
    char form[8192];
    struct idp *both = mock_start_with(&options);
    char *assertion = make_good(idp_https_url(both), HEAD);
    (void)snprintf(form, sizeof form, BASE "&client_assertion=%s", assertion);
    json_t *answer = mock_form(both, V2, form, NULL);
    ck_assert_msg(mock_code(answer) == 0, "%s", text_at(answer, "error_description"));
    json_decref(answer);
    free(assertion);
    idp_stop(both);
}
END_TEST

START_TEST(one_that_is_too_long_is_malformed)
{
    char *payload = malloc(40000);
    ck_assert_ptr_nonnull(payload);
    (void)snprintf(payload, 40000, "{'x':'%032000d'}", 0);
    char *assertion = signer_sign(KEY, false, "{'alg':'RS256'}", payload);
    char *form = NULL;
    ck_assert_int_gt(
        asprintf(&form, "%s&client_id=%s&client_assertion=%s", BASE, DAEMON, assertion), 0);
    json_t *answer = mock_form(idp, V2, form, NULL);
    ck_assert_int_eq(mock_code(answer), 50027);
    json_decref(answer);
    free(form);
    free(assertion);
    free(payload);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("client_assertion");
    TCase *tcase = tcase_create("private_key_jwt");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_loop_test(tcase, assertions_are_judged, 0, ROWS(rows));
    tcase_add_loop_test(tcase, a_thumbprint_may_be_needed, 0, 3);
    tcase_add_loop_test(tcase, its_type_is_needed, 0, 4);
    tcase_add_test(tcase, each_listener_knows_the_other);
    tcase_add_test(tcase, one_that_is_too_long_is_malformed);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

/* What each base puts into header and claims, in Entra's order and shapes ("Access token claims
 * reference", "ID token claims reference"). */
#include "mockidp/tests/support/kitchen.h"

#include <check.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUR 3600

static struct kitchen kitchen;

static void open_kitchen(void)
{
    kitchen_open(&kitchen);
}

static void close_kitchen(void)
{
    kitchen_close(&kitchen);
}

/* The names of an object in their order, separated by spaces; free it. */
static char *names_of(const json_t *object)
{
    char *text = NULL;
    size_t len = 0;
    const char *name = NULL;
    json_t *value = NULL;
    FILE *out = open_memstream(&text, &len);
    ck_assert_ptr_nonnull(out);
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        (void)fprintf(out, "%s%s", len || ftell(out) ? " " : "", name);
    }
    ck_assert_int_eq(fclose(out), 0);
    return text;
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "(none)";
}

static const struct {
    const char *reason;
    const char *recipe;
    const char *header;
    const char *claims;
} orders[] = {
    {"delegated v2: azp, no upn, groups of alice, her roles", "{'base':'delegated-v2'}",
     "typ alg kid",
     "aud iss iat nbf exp aio azp azpacr groups name oid preferred_username rh roles scp sub tid "
     "uti ver"},
    {"no base is delegated v2", "{}", "typ alg kid",
     "aud iss iat nbf exp aio azp azpacr groups name oid preferred_username rh roles scp sub tid "
     "uti ver"},
    {"roles and groups are absent, not empty, when there are none", "{'for':{'user':'bob'}}",
     "typ alg kid",
     "aud iss iat nbf exp aio azp azpacr name oid preferred_username rh scp sub tid uti ver"},
    {"over 200 groups the claim is an overage", "{'for':{'user':'overage'}}", "typ alg kid",
     "aud iss iat nbf exp _claim_names _claim_sources aio azp azpacr name oid preferred_username "
     "rh scp sub tid uti ver"},
    {"app-only v2: no scp, no name", "{'base':'app-v2'}", "typ alg kid",
     "aud iss iat nbf exp aio azp azpacr oid rh roles sub tid uti ver"},
    {"app-only v2 without granted roles: none",
     "{'base':'app-v2','for':{'client':'daemon-noroles'}}", "typ alg kid",
     "aud iss iat nbf exp aio azp azpacr oid rh sub tid uti ver"},
    {"delegated v1: x5t, appid, acr, amr, upn", "{'base':'delegated-v1','for':{'user':'bob'}}",
     "typ alg x5t kid",
     "aud iss iat nbf exp acr aio amr appid appidacr family_name given_name ipaddr name oid rh scp "
     "sub tid unique_name upn uti ver"},
    {"app-only v1: idp, no acr", "{'base':'app-v1'}", "typ alg x5t kid",
     "aud iss iat nbf exp aio appid appidacr idp oid rh roles sub tid uti ver"},
    {"ID token v2", "{'base':'id-v2'}", "typ alg kid",
     "aud iss iat nbf exp aio name oid preferred_username rh sub tid uti ver"},
    {"ID token v1", "{'base':'id-v1'}", "typ alg x5t kid",
     "aud iss iat nbf exp aio amr family_name given_name ipaddr name oid rh sub tid unique_name "
     "upn "
     "uti ver"},
    {"empty has a header and nothing else", "{'base':'empty'}", "typ alg kid", ""},
};

START_TEST(members_stand_in_entras_order)
{
    struct mint_token token;
    kitchen_bake(&kitchen, orders[_i].reason, orders[_i].recipe, &token);
    json_t *header = token_json(token.token, 0);
    json_t *claims = token_json(token.token, 1);
    char *header_names = names_of(header);
    char *claim_names = names_of(claims);
    ck_assert_msg(strcmp(header_names, orders[_i].header) == 0, "%s: %s", orders[_i].reason,
                  header_names);
    ck_assert_msg(strcmp(claim_names, orders[_i].claims) == 0, "%s: %s", orders[_i].reason,
                  claim_names);
    ck_assert_msg(json_equal(header, token.header) && json_equal(claims, token.claims),
                  "%s: what is said is not what is sent", orders[_i].reason);
    free(header_names);
    free(claim_names);
    json_decref(header);
    json_decref(claims);
    mint_token_cleanup(&token);
}
END_TEST

#define A1 "c0ffee00-0000-4000-8000-0000000000a1"
#define B1 "c0ffee00-0000-4000-8000-0000000000b1"
#define D1 "c0ffee00-0000-4000-8000-0000000000d1"
#define E1 "c0ffee00-0000-4000-8000-0000000000e1"
#define V2_ISSUER KITCHEN_ORIGIN "/" CONTOSO "/v2.0"
#define V1_ISSUER "https://sts.windows.net/" CONTOSO "/"

static const struct {
    const char *reason;
    const char *recipe;
    const char *claim;
    const char *value; /* JSON, with ' for " */
} values[] = {
    {"v2 aud is the client id of the resource", "{}", "aud", "'" A1 "'"},
    {"v1 aud is the App ID URI", "{'base':'delegated-v1'}", "aud", "'api://" A1 "'"},
    {"v1 aud of another app", "{'base':'app-v1','for':{'resource':'legacy'}}", "aud",
     "'api://legacy'"},
    {"aud of an ID token is the client", "{'base':'id-v2'}", "aud", "'" B1 "'"},
    {"v2 issuer", "{}", "iss", "'" V2_ISSUER "'"},
    {"v1 issuer is Entra's literal", "{'base':'app-v1'}", "iss", "'" V1_ISSUER "'"},
    {"another tenant's issuer", "{'for':{'tenant':'fabrikam'}}", "iss",
     "'" KITCHEN_ORIGIN "/" FABRIKAM "/v2.0'"},
    {"a chosen origin", "{'for':{'origin':'http://a.test:81'}}", "iss",
     "'http://a.test:81/" CONTOSO "/v2.0'"},
    {"tid", "{}", "tid", "'" CONTOSO "'"},
    {"tid of another tenant by its domain", "{'for':{'tenant':'fabrikam.test'}}", "tid",
     "'" FABRIKAM "'"},
    {"client with a secret", "{}", "azpacr", "'1'"},
    {"public client", "{'for':{'client':'native'}}", "azpacr", "'0'"},
    {"azp", "{'for':{'client':'native'}}", "azp", "'" E1 "'"},
    {"appid", "{'base':'app-v1'}", "appid", "'" D1 "'"},
    {"scp is short names", "{}", "scp", "'access_as_user'"},
    {"scp as asked", "{'for':{'scope':'a b'}}", "scp", "'a b'"},
    {"roles of the user", "{}", "roles", "['Tasks.Writer']"},
    {"roles that the client was granted", "{'base':'app-v2'}", "roles", "['Tasks.Read.All']"},
    {"groups", "{}", "groups",
     "['c0ffee00-0000-4000-8000-000000006001','c0ffee00-0000-4000-8000-000000006002']"},
    {"overage: where the groups are", "{'for':{'user':'overage'}}", "_claim_names",
     "{'groups':'src1'}"},
    {"overage: the old Graph host", "{'for':{'user':'overage'}}", "_claim_sources",
     "{'src1':{'endpoint':'https://graph.windows.net/" CONTOSO
     "/users/c0ffee00-0000-4000-8000-000000000ee7/getMemberObjects'}}"},
    {"oid of a user", "{}", "oid", "'c0ffee00-0000-4000-8000-00000000a11c'"},
    {"preferred_username", "{}", "preferred_username", "'alice@contoso.test'"},
    {"upn of v1", "{'base':'delegated-v1'}", "upn", "'alice@contoso.test'"},
    {"amr", "{'base':'delegated-v1'}", "amr", "['pwd']"},
    {"acr", "{'base':'delegated-v1'}", "acr", "'1'"},
    {"idp of an app-only v1 token", "{'base':'app-v1'}", "idp", "'" V1_ISSUER "'"},
    {"ver 2.0", "{'base':'id-v2'}", "ver", "'2.0'"},
    {"ver 1.0", "{'base':'id-v1'}", "ver", "'1.0'"},
    {"iat lies five minutes back", "{}", "iat", "1769860500"},
    {"nbf is iat", "{}", "nbf", "1769860500"},
    {"exp is an hour ahead, so exp - iat is 3900", "{}", "exp", "1769864400"},
};

START_TEST(claims_say_what_entra_says)
{
    struct mint_token token;
    json_t *want = kitchen_json(values[_i].value);
    kitchen_bake(&kitchen, values[_i].reason, values[_i].recipe, &token);
    const json_t *got = json_object_get(token.claims, values[_i].claim);
    char *shown = got ? json_dumps(got, JSON_ENCODE_ANY) : NULL;
    ck_assert_msg(json_equal(got, want), "%s: %s", values[_i].reason, shown ? shown : "(none)");
    free(shown);
    json_decref(want);
    mint_token_cleanup(&token);
}
END_TEST

static bool is_base64url(const char *text, size_t len)
{
    return strlen(text) == len &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                        "0123456789-_") == len;
}

START_TEST(a_sub_is_pairwise)
{
    static const char *const recipes[] = {"{}",
                                          "{'for':{'client':'native'}}",
                                          "{'for':{'resource':'legacy'}}",
                                          "{'for':{'user':'bob'}}",
                                          "{'base':'id-v2'}",
                                          "{'base':'delegated-v1'}"};
    char sub[6][64];
    for (size_t i = 0; i < 6; i++) {
        struct mint_token token;
        kitchen_bake(&kitchen, recipes[i], recipes[i], &token);
        ck_assert_msg(is_base64url(text_of(token.claims, "sub"), 43), "%s", recipes[i]);
        (void)snprintf(sub[i], sizeof sub[i], "%s", text_of(token.claims, "sub"));
        mint_token_cleanup(&token);
    }
    ck_assert_str_eq(sub[0], sub[1]); /* the audience is the same, whoever asked */
    ck_assert_str_eq(sub[0], sub[5]); /* in both versions */
    ck_assert_str_ne(sub[0], sub[2]);
    ck_assert_str_ne(sub[0], sub[3]);
    ck_assert_str_ne(sub[0], sub[4]);
}
END_TEST

START_TEST(an_app_is_its_own_subject)
{
    static const char *const bases[] = {"{'base':'app-v1'}", "{'base':'app-v2'}"};
    struct mint_token token;
    kitchen_bake(&kitchen, bases[_i], bases[_i], &token);
    ck_assert_str_eq(text_of(token.claims, "sub"), text_of(token.claims, "oid"));
    ck_assert_uint_eq(strlen(text_of(token.claims, "oid")), 36);
    ck_assert_str_ne(text_of(token.claims, "oid"), D1);
    mint_token_cleanup(&token);
}
END_TEST

/* A service principal belongs to one tenant: the same app has another object id in another. */
START_TEST(a_service_principal_belongs_to_its_tenant)
{
    struct mint_token here;
    struct mint_token there;
    kitchen_bake(&kitchen, "here", "{'base':'app-v2'}", &here);
    kitchen_bake(&kitchen, "there", "{'base':'app-v2','for':{'tenant':'fabrikam'}}", &there);
    ck_assert_str_eq(text_of(here.claims, "azp"), text_of(there.claims, "azp"));
    ck_assert_str_ne(text_of(here.claims, "oid"), text_of(there.claims, "oid"));
    mint_token_cleanup(&here);
    mint_token_cleanup(&there);
}
END_TEST

static const struct {
    const char *reason;
    const char *recipe;
    const char *claim;
    const char *prefix;
    size_t len;
} opaque[] = {
    {"uti is 16 bytes", "{}", "uti", "", 22},
    {"aio of an app, v2", "{'base':'app-v2'}", "aio", "k2Zg", 36},
    {"aio of an app, v1", "{'base':'app-v1'}", "aio", "E2Zg", 36},
    {"aio of a user", "{}", "aio", "", 32},
};

START_TEST(opaque_claims_have_their_shape_and_differ)
{
    struct mint_token one;
    struct mint_token two;
    kitchen_bake(&kitchen, opaque[_i].reason, opaque[_i].recipe, &one);
    kitchen_bake(&kitchen, opaque[_i].reason, opaque[_i].recipe, &two);
    const char *text = text_of(one.claims, opaque[_i].claim);
    ck_assert_msg(is_base64url(text, opaque[_i].len), "%s: %s", opaque[_i].reason, text);
    ck_assert_msg(strncmp(text, opaque[_i].prefix, strlen(opaque[_i].prefix)) == 0, "%s: %s",
                  opaque[_i].reason, text);
    ck_assert_str_ne(text, text_of(two.claims, opaque[_i].claim));
    mint_token_cleanup(&one);
    mint_token_cleanup(&two);
}
END_TEST

START_TEST(rh_tells_the_version)
{
    struct mint_token v1;
    struct mint_token v2;
    kitchen_bake(&kitchen, "v1", "{'base':'delegated-v1'}", &v1);
    kitchen_bake(&kitchen, "v2", "{'base':'delegated-v2'}", &v2);
    ck_assert(strncmp(text_of(v1.claims, "rh"), "0.A", 3) == 0);
    ck_assert(strncmp(text_of(v2.claims, "rh"), "1.A", 3) == 0);
    mint_token_cleanup(&v1);
    mint_token_cleanup(&v2);
}
END_TEST

/* kid == x5t == base64url(SHA-1(certificate)), worked out from the x5c that the key set shows. */
START_TEST(the_certificate_names_the_key)
{
    static const char *const names[] = {"current", "next", "retired", "removed", "rogue", "e3"};
    struct mint_token token;
    char recipe[200];
    unsigned char digest[EVP_MAX_MD_SIZE];
    size_t len = 0;
    (void)snprintf(recipe, sizeof recipe,
                   "{'base':'delegated-v1','sign':{'key':'%s'},"
                   "'claims':{'set':{'jwk':{'key':'%s','as':'jwk'}}}}",
                   names[_i], names[_i]);
    kitchen_bake(&kitchen, names[_i], recipe, &token);
    const json_t *jwk = json_object_get(token.claims, "jwk");
    const json_t *x5c = json_object_get(jwk, "x5c");
    ck_assert_uint_eq(json_array_size(x5c), 1);
    unsigned char *der = bytes_of_base64(json_string_value(json_array_get(x5c, 0)), &len);
    ck_assert_int_eq(EVP_Digest(der, len, digest, NULL, EVP_sha1(), NULL), 1);
    char *kid = text_of_base64url(digest, 20);
    ck_assert_uint_eq(strlen(kid), 27);
    ck_assert_str_eq(kid, text_of(token.header, "kid"));
    ck_assert_str_eq(kid, text_of(token.header, "x5t"));
    ck_assert_str_eq(kid, text_of(jwk, "kid"));
    ck_assert_str_eq(kid, text_of(jwk, "x5t"));
    ck_assert_ptr_null(json_object_get(jwk, "alg"));
    free(kid);
    free(der);
    mint_token_cleanup(&token);
}
END_TEST

START_TEST(v1_issuers_follow_the_origin_when_the_configuration_says_so)
{
    struct mint_token token;
    kitchen.oven.v1_issuer_origin = true;
    kitchen_bake(&kitchen, "v1", "{'base':'app-v1'}", &token);
    ck_assert_str_eq(text_of(token.claims, "iss"), KITCHEN_ORIGIN "/" CONTOSO "/");
    ck_assert_str_eq(text_of(token.claims, "idp"), KITCHEN_ORIGIN "/" CONTOSO "/");
    mint_token_cleanup(&token);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("mint_claims");
    TCase *tcase = tcase_create("bases");
    tcase_add_checked_fixture(tcase, open_kitchen, close_kitchen);
    tcase_add_loop_test(tcase, members_stand_in_entras_order, 0, ROWS(orders));
    tcase_add_loop_test(tcase, claims_say_what_entra_says, 0, ROWS(values));
    tcase_add_test(tcase, a_sub_is_pairwise);
    tcase_add_loop_test(tcase, an_app_is_its_own_subject, 0, 2);
    tcase_add_test(tcase, a_service_principal_belongs_to_its_tenant);
    tcase_add_loop_test(tcase, opaque_claims_have_their_shape_and_differ, 0, ROWS(opaque));
    tcase_add_test(tcase, rh_tells_the_version);
    tcase_add_loop_test(tcase, the_certificate_names_the_key, 0, 6);
    tcase_add_test(tcase, v1_issuers_follow_the_origin_when_the_configuration_says_so);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

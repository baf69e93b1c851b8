/* The value language: each operation, what it gives and how it is written into the token. */
#include "mockidp/tests/support/kitchen.h"

#include <check.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct kitchen kitchen;

static void open_kitchen(void)
{
    kitchen_open(&kitchen);
}

static void close_kitchen(void)
{
    kitchen_close(&kitchen);
}

/* Bakes a token whose claim x is `value`; what is sent as JSON, a new reference. */
static json_t *claims_with(const char *reason, const char *value)
{
    char recipe[2048];
    struct mint_token token;
    (void)snprintf(recipe, sizeof recipe, "{'claims':{'set':{'x':%s}}}", value);
    kitchen_bake(&kitchen, reason, recipe, &token);
    json_t *claims = token_json(token.token, 1);
    mint_token_cleanup(&token);
    return claims;
}

#define ISSUER KITCHEN_ORIGIN "/" CONTOSO "/v2.0"

static const struct {
    const char *reason;
    const char *value;
    const char *want;
} rows[] = {
    {"plain JSON stands for itself", "{'a':[1,null,true,'b',{}]}", "{'a':[1,null,true,'b',{}]}"},
    {"now is a whole number", "{'now':0}", "1769860800"},
    {"seconds before", "{'now':-301}", "1769860499"},
    {"the same moment as a string", "{'now':1,'as':'string'}", "'1769860801'"},
    {"inside an array", "[{'now':0},{'now':1,'as':'string'}]", "[1769860800,'1769860801']"},
    {"inside an object", "{'a':{'b':{'tenant_id':'fabrikam'}}}", "{'a':{'b':'" FABRIKAM "'}}"},
    {"repeat makes a text", "{'repeat':['ab',3]}", "'ababab'"},
    {"repeat none", "{'repeat':['ab',0]}", "''"},
    {"repeat of the empty text", "{'repeat':['',1000000000000]}", "''"},
    {"repeat makes a list", "{'repeat':[[1],2]}", "[[1],[1]]"},
    {"repeat makes a list of numbers", "{'repeat':[7,3]}", "[7,7,7]"},
    {"v2 issuer of a tenant", "{'tenant_issuer':'fabrikam'}",
     "'" KITCHEN_ORIGIN "/" FABRIKAM "/v2.0'"},
    {"v1 issuer of a tenant", "{'tenant_issuer':'fabrikam','version':1}",
     "'https://sts.windows.net/" FABRIKAM "/'"},
    {"an issuer of nobody: as it is written", "{'tenant_issuer':'{tenantid}'}",
     "'" KITCHEN_ORIGIN "/{tenantid}/v2.0'"},
    {"a tenant's id", "{'tenant_id':'contoso'}", "'" CONTOSO "'"},
    {"a URL of the mock", "{'origin':'/_canary/jku'}", "'" KITCHEN_ORIGIN "/_canary/jku'"},
    {"what the base has", "{'claim':'iss'}", "'" ISSUER "'"},
    {"what the base has, not a string", "{'claim':'roles'}", "['Tasks.Writer']"},
    {"a literal object that looks like an operation", "{'literal':{'now':0}}", "{'now':0}"},
    {"a literal null", "{'literal':null}", "null"},
    {"concat", "{'concat':['a',{'claim':'ver'},{'now':0,'as':'string'}]}", "'a2.01769860800'"},
    {"concat of nothing", "{'concat':[]}", "''"},
    {"slice", "{'slice':['abcdef',1,3]}", "'bc'"},
    {"slice without end", "{'slice':['abcdef',4]}", "'ef'"},
    {"slice counts from the end", "{'slice':['abcdef',0,-1]}", "'abcde'"},
    {"slice up to the end at most", "{'slice':['abc',1,99]}", "'bc'"},
    {"upper", "{'upper':{'tenant_id':'contoso'}}", "'C0FFEE00-0000-4000-8000-000000000001'"},
    {"upper leaves what is not ASCII", "{'upper':'aé1'}", "'Aé1'"},
    {"lower", "{'lower':'AbC'}", "'abc'"},
    {"replace, every one", "{'replace':['a-b-c-','-','+','all']}", "'a+b+c+'"},
    {"replace, the first occurrence", "{'replace':['a-b-c','-','+']}", "'a+b-c'"},
    {"replace in a value by a value",
     "{'replace':[{'claim':'iss'},'/v2.0',{'concat':['/','V2.0']}]}",
     "'" KITCHEN_ORIGIN "/" CONTOSO "/V2.0'"},
};

START_TEST(values_are_worked_out)
{
    json_t *claims = claims_with(rows[_i].reason, rows[_i].value);
    json_t *want = kitchen_json(rows[_i].want);
    char *got = json_dumps(json_object_get(claims, "x"), JSON_ENCODE_ANY);
    ck_assert_msg(json_equal(json_object_get(claims, "x"), want), "%s: %s", rows[_i].reason, got);
    free(got);
    json_decref(want);
    json_decref(claims);
}
END_TEST

static const struct {
    const char *reason;
    const char *recipe;
    const char *text; /* that the payload must hold */
} spellings[] = {
    {"a fraction", "{'claims':{'set':{'exp':{'now':0,'as':'float'}}}}", "\"exp\":1769860800.5"},
    {"an exponent, of the same moment", "{'claims':{'set':{'exp':{'now':0,'as':'exponent'}}}}",
     "\"exp\":1.769860800e9"},
    {"JSON text as it is", "{'claims':{'set':{'exp':{'raw':'01'}}}}", "\"exp\":01,"},
    {"a later plain value is not raw any more",
     "{'base':'empty','claims':{'set':{'b':{'raw':'x'},'c':2}}}", "{\"b\":x,\"c\":2}"},
    {"a changed member keeps its place", "{'claims':{'set':{'aud':'z'}}}",
     "{\"aud\":\"z\",\"iss\""},
    {"a new member comes last", "{'claims':{'set':{'zz':1}}}", "\"ver\":\"2.0\",\"zz\":1}"},
    {"a removed member is gone", "{'claims':{'remove':['aud','nope']}}", "{\"iss\""},
    {"the whole text", "{'claims':{'raw':'{\\u0027'}}", "{'"},
    {"text behind the first brace", "{'base':'empty','claims':{'insert_raw':'<dup>'}}", "{<dup>}"},
    {"text from a value", "{'claims':{'raw':{'concat':['[',{'tenant_id':'contoso'},']']}}}",
     "[" CONTOSO "]"},
    {"a value that is no text is its JSON", "{'claims':{'raw':{'repeat':[[],2]}}}", "[[],[]]"},
};

START_TEST(payloads_are_written_as_told)
{
    struct mint_token token;
    size_t len = 0;
    kitchen_bake(&kitchen, spellings[_i].reason, spellings[_i].recipe, &token);
    unsigned char *payload = token_bytes(token.token, 1, &len);
    ck_assert_msg(strstr((char *)payload, spellings[_i].text) != NULL, "%s: %s",
                  spellings[_i].reason, (char *)payload);
    free(payload);
    mint_token_cleanup(&token);
}
END_TEST

/* Bytes that are no text: a byte order mark, invalid UTF-8, NUL. */
START_TEST(hex_is_bytes)
{
    static const struct {
        const char *recipe;
        size_t part;
        const char *bytes;
        size_t len;
    } octets[] = {
        {"{'claims':{'raw':{'hex':'efbbbf7b7d'}}}", 1, "\xef\xbb\xbf{}", 5},
        {"{'claims':{'raw':{'hex':'7B00FF7d'}}}", 1, "{\0\xff}", 4},
        {"{'header':{'raw':{'hex':''}}}", 0, "", 0},
        {"{'base':'empty','claims':{'insert_raw':{'hex':'00ff'}}}", 1, "{\0\xff}", 4},
    };
    struct mint_token token;
    size_t len = 0;
    kitchen_bake(&kitchen, octets[_i].recipe, octets[_i].recipe, &token);
    unsigned char *bytes = token_bytes(token.token, octets[_i].part, &len);
    ck_assert_uint_eq(len, octets[_i].len);
    ck_assert_mem_eq(bytes, octets[_i].bytes, len);
    free(bytes);
    mint_token_cleanup(&token);
}
END_TEST

START_TEST(a_kid_is_that_of_the_key)
{
    json_t *claims = claims_with("kid", "[{'kid':'current'},{'kid':'retired'},{'kid':'rogue'}]");
    const json_t *kids = json_object_get(claims, "x");
    static const char *const names[] = {"current", "retired", "rogue"};
    for (size_t i = 0; i < 3; i++) {
        ck_assert_str_eq(json_string_value(json_array_get(kids, i)),
                         kitchen_key(&kitchen, names[i])->kid);
    }
    json_decref(claims);
}
END_TEST

/* The same public key, in whichever spelling. */
static EVP_PKEY *read_key(const char *as, const json_t *value)
{
    const char *hex = json_string_value(json_object_get(value, "hex"));
    const char *text = json_string_value(value);
    EVP_PKEY *pkey = NULL;
    if (hex) {
        long len = 0;
        unsigned char *der = OPENSSL_hexstr2buf(hex, &len);
        const unsigned char *at = der;
        ck_assert_ptr_nonnull(der);
        pkey = strcmp(as, "der") == 0 ? d2i_PUBKEY(NULL, &at, len)
                                      : d2i_PublicKey(EVP_PKEY_RSA, NULL, &at, len);
        OPENSSL_free(der);
        return pkey;
    }
    BIO *bio = BIO_new_mem_buf(text, -1);
    pkey = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
    BIO_free(bio);
    return pkey;
}

START_TEST(a_key_is_spelled_in_every_way)
{
    static const struct {
        const char *as;
        const char *begin;
    } ways[] = {{"pem-spki", "-----BEGIN PUBLIC KEY-----\n"},
                {"pem-pkcs1", "-----BEGIN RSA PUBLIC KEY-----\n"},
                {"der", NULL},
                {"der-pkcs1", NULL}};
    char value[100];
    (void)snprintf(value, sizeof value, "{'key':'retired','as':'%s'}", ways[_i].as);
    json_t *claims = claims_with(ways[_i].as, value);
    const json_t *x = json_object_get(claims, "x");
    EVP_PKEY *pkey = read_key(ways[_i].as, x);
    ck_assert_msg(pkey && EVP_PKEY_eq(pkey, kitchen_key(&kitchen, "retired")->pkey) == 1, "%s",
                  ways[_i].as);
    if (ways[_i].begin) {
        ck_assert_msg(strncmp(json_string_value(x), ways[_i].begin, strlen(ways[_i].begin)) == 0,
                      "%s: %s", ways[_i].as, json_string_value(x));
    }
    EVP_PKEY_free(pkey);
    json_decref(claims);
}
END_TEST

START_TEST(a_jwk_is_an_object_and_a_text)
{
    json_t *claims = claims_with("jwk", "[{'key':'next'},{'key':'next','as':'jwk-text'},"
                                        "{'key':'next','as':'x5c'},{'key':'next','as':'x5t'}]");
    const json_t *x = json_object_get(claims, "x");
    const json_t *jwk = json_array_get(x, 0);
    json_t *read = json_loads(json_string_value(json_array_get(x, 1)), 0, NULL);
    ck_assert(json_equal(jwk, read));
    ck_assert(json_equal(json_object_get(jwk, "x5c"), json_array_get(x, 2)));
    ck_assert(json_equal(json_object_get(jwk, "x5t"), json_array_get(x, 3)));
    ck_assert_str_eq(json_string_value(json_object_get(jwk, "kty")), "RSA");
    json_decref(read);
    json_decref(claims);
}
END_TEST

START_TEST(other_kinds_of_key_have_jwks_too)
{
    static const char *const want[][3] = {
        {"ec-256", "EC", "P-256"}, {"ec-384", "EC", "P-384"}, {"ed25519", "OKP", "Ed25519"}};
    char value[60];
    (void)snprintf(value, sizeof value, "{'key':'%s'}", want[_i][0]);
    json_t *claims = claims_with(want[_i][0], value);
    const json_t *jwk = json_object_get(claims, "x");
    ck_assert_str_eq(json_string_value(json_object_get(jwk, "kty")), want[_i][1]);
    ck_assert_str_eq(json_string_value(json_object_get(jwk, "crv")), want[_i][2]);
    json_decref(claims);
}
END_TEST

START_TEST(a_key_set_is_the_one_that_is_served)
{
    json_t *claims = claims_with("jwks", "{'key':'current','as':'jwks-text'}");
    json_t *set = json_loads(json_string_value(json_object_get(claims, "x")), 0, NULL);
    const json_t *keys = json_object_get(set, "keys");
    ck_assert_uint_eq(json_array_size(keys), 4);
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(keys, 0), "issuer")), ISSUER);
    json_decref(set);
    json_decref(claims);
}
END_TEST

START_TEST(a_token_stands_inside_another)
{
    json_t *claims = claims_with("bake", "{'bake':{'base':'app-v1','for':{'tenant':'fabrikam'}}}");
    const char *inner = json_string_value(json_object_get(claims, "x"));
    json_t *payload = token_json(inner, 1);
    ck_assert_str_eq(json_string_value(json_object_get(payload, "tid")), FABRIKAM);
    ck_assert_str_eq(json_string_value(json_object_get(payload, "ver")), "1.0");
    json_decref(payload);
    json_decref(claims);
}
END_TEST

START_TEST(a_chosen_origin_is_everywhere)
{
    struct mint_token token;
    kitchen_bake(&kitchen, "origin",
                 "{'for':{'origin':'http://o.test'},'claims':{'set':{"
                 "'a':{'tenant_issuer':'contoso'},'b':{'origin':'/x'}}}}",
                 &token);
    ck_assert_str_eq(json_string_value(json_object_get(token.claims, "a")),
                     "http://o.test/" CONTOSO "/v2.0");
    ck_assert_str_eq(json_string_value(json_object_get(token.claims, "b")), "http://o.test/x");
    mint_token_cleanup(&token);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("mint_values");
    TCase *tcase = tcase_create("values");
    tcase_add_checked_fixture(tcase, open_kitchen, close_kitchen);
    tcase_add_loop_test(tcase, values_are_worked_out, 0, ROWS(rows));
    tcase_add_loop_test(tcase, payloads_are_written_as_told, 0, ROWS(spellings));
    tcase_add_loop_test(tcase, hex_is_bytes, 0, 4);
    tcase_add_test(tcase, a_kid_is_that_of_the_key);
    tcase_add_loop_test(tcase, a_key_is_spelled_in_every_way, 0, 4);
    tcase_add_test(tcase, a_jwk_is_an_object_and_a_text);
    tcase_add_loop_test(tcase, other_kinds_of_key_have_jwks_too, 0, 3);
    tcase_add_test(tcase, a_key_set_is_the_one_that_is_served);
    tcase_add_test(tcase, a_token_stands_inside_another);
    tcase_add_test(tcase, a_chosen_origin_is_everywhere);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

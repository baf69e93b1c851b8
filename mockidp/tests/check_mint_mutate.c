/* Damage to tokens: each mutation against the same token without it; and what wraps the result. */
#include "mockidp/tests/support/kitchen.h"

#include <check.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
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

/* A token of fixed bytes: header {"a":"?>~"}, payload {"b":1}, an Ed25519 signature of 64 bytes. */
#define BASE                                                                                       \
    "'base':'empty','header':{'raw':'{\\u0022a\\u0022:\\u0022?>~\\u0022}'},"                       \
    "'claims':{'set':{'b':1}},'sign':{'alg':'EdDSA','key':'ed25519'}"
#define HEADER "eyJhIjoiPz5-In0"
#define PAYLOAD "eyJiIjoxfQ"

static char *bake(const char *reason, const char *mutations)
{
    char recipe[1024];
    struct mint_token token;
    (void)snprintf(recipe, sizeof recipe, "{" BASE ",'mutate':[%s]}", mutations);
    kitchen_bake(&kitchen, reason, recipe, &token);
    char *text = strdup(token.token);
    mint_token_cleanup(&token);
    return text;
}

/* In the expectations $ stands for the signature of the token without mutations. */
static const struct {
    const char *reason;
    const char *mutation;
    const char *want;
} rows[] = {
    {"nothing", "", HEADER "." PAYLOAD ".$"},
    {"the signature is what is meant when nothing is said", "{'strip':{}}", HEADER "." PAYLOAD "."},
    {"strip the header", "{'strip':{'part':'header'}}", "." PAYLOAD ".$"},
    {"strip the payload", "{'strip':{'part':'payload'}}", HEADER "..$"},
    {"strip the token", "{'strip':{'part':'token'}}", ""},
    {"two paddings are due to 10 characters", "{'pad':{'part':'payload'}}",
     HEADER "." PAYLOAD "==.$"},
    {"one to 15", "{'pad':{'part':'header'}}", HEADER "=." PAYLOAD ".$"},
    {"one where none is due", "{'pad':{'part':'token'}}", HEADER "." PAYLOAD ".$="},
    {"padding as told", "{'pad':{'part':'payload','text':'%3D'}}", HEADER "." PAYLOAD "%3D.$"},
    {"white space at the end", "{'whitespace':{'part':'payload'}}", HEADER "." PAYLOAD " .$"},
    {"white space at the start", "{'whitespace':{'part':'payload','at':'start'}}",
     HEADER ". " PAYLOAD ".$"},
    {"white space in the middle", "{'whitespace':{'part':'payload','at':'middle','text':'\\n'}}",
     HEADER ".eyJiI\njoxfQ.$"},
    {"insert at a place", "{'insert':{'part':'payload','at':1,'text':'-_'}}",
     HEADER ".e-_yJiIjoxfQ.$"},
    {"insert far away is at the end", "{'insert':{'part':'payload','at':999,'text':'-'}}",
     HEADER "." PAYLOAD "-.$"},
    {"insert bytes", "{'insert':{'part':'payload','text':{'hex':'c3a9'}}}",
     HEADER "." PAYLOAD "é.$"},
    {"replace a part", "{'replace_part':{'part':'payload','with':'x'}}", HEADER ".x.$"},
    {"replace by a value", "{'replace_part':{'part':'payload','with':{'upper':'x'}}}",
     HEADER ".X.$"},
    {"a part twice", "{'repeat_part':{'part':'payload'}}", HEADER "." PAYLOAD "." PAYLOAD ".$"},
    {"a part three times", "{'repeat_part':{'part':'header','times':3}}",
     HEADER "." HEADER "." HEADER "." PAYLOAD ".$"},
    {"the other alphabet", "{'swap_alphabet':{'part':'header'}}", "eyJhIjoiPz5+In0." PAYLOAD ".$"},
    {"unused bits, four of them", "{'trailing_bits':{'part':'payload'}}", HEADER ".eyJiIjoxfR.$"},
    {"all four of them", "{'trailing_bits':{'part':'payload','bits':15}}", HEADER ".eyJiIjoxff.$"},
    {"bytes before", "{'prepend':{'part':'payload','hex':'00ff7b'}}", HEADER ".AP97eyJiIjoxfQ.$"},
    {"unused bits, two of them", "{'trailing_bits':{'part':'header'}}",
     "eyJhIjoiPz5-In1." PAYLOAD ".$"},
    {"the lowest bit of the first byte", "{'flip_bit':{'part':'payload','bit':0}}",
     HEADER ".eiJiIjoxfQ.$"},
    {"a bit from the end", "{'flip_bit':{'part':'payload','bit':-1}}", HEADER ".eyJiIjox_Q.$"},
    {"shorter by one", "{'truncate':{'part':'payload'}}", HEADER ".eyJiIjox.$"},
    {"shorter by three", "{'truncate':{'part':'payload','by':3}}", HEADER ".eyJiIg.$"},
    {"shortened to one", "{'truncate':{'part':'payload','to':1}}", HEADER ".ew.$"},
    {"shortened to nothing", "{'truncate':{'part':'payload','to':0}}", HEADER "..$"},
    {"longer by one zero byte", "{'extend':{'part':'payload'}}", HEADER ".eyJiIjoxfQA.$"},
    {"longer by two", "{'extend':{'part':'payload','by':2}}", HEADER ".eyJiIjoxfQAA.$"},
    {"a zero byte before", "{'leading_zero':{'part':'payload'}}", HEADER ".AHsiYiI6MX0.$"},
    {"other segments", "{'segments':['','{header}','x','{payload}','{signature}','']}",
     "." HEADER ".x." PAYLOAD ".$."},
    {"one segment", "{'segments':['{payload}']}", PAYLOAD},
    {"no segment", "{'segments':[]}", ""},
    {"one after the other", "{'strip':{'part':'payload'}},{'pad':{'part':'payload','text':'a'}}",
     HEADER ".a.$"},
    {"segments see what was done before", "{'strip':{}},{'segments':['{header}','{signature}']}",
     HEADER "."},
    {"the token after the parts", "{'strip':{}},{'whitespace':{'part':'token','at':'start'}}",
     " " HEADER "." PAYLOAD "."},
};

START_TEST(mutations_change_what_they_name)
{
    char want[1024];
    char *plain = bake("plain", "");
    char *got = bake(rows[_i].reason, rows[_i].mutation);
    size_t before = strcspn(rows[_i].want, "$");
    (void)snprintf(want, sizeof want, "%.*s%s%s", (int)before, rows[_i].want,
                   rows[_i].want[before] ? strrchr(plain, '.') + 1 : "",
                   rows[_i].want[before] ? rows[_i].want + before + 1 : "");
    ck_assert_msg(strcmp(got, want) == 0, "%s: %s, not %s", rows[_i].reason, got, want);
    free(got);
    free(plain);
}
END_TEST

/* Before signing, the signature covers the change; after it, it does not. */
START_TEST(a_signed_mutation_is_covered)
{
    char *plain = bake("plain", "");
    char *before = bake("before", "{'pad':{'part':'payload'},'signed':true}");
    char *after = bake("after", "{'pad':{'part':'payload'},'signed':false}");
    ck_assert(strncmp(before, after, (size_t)(strrchr(before, '.') - before) + 1) == 0);
    ck_assert_str_ne(strrchr(before, '.'), strrchr(after, '.'));
    ck_assert_str_eq(strrchr(after, '.'), strrchr(plain, '.'));
    free(plain);
    free(before);
    free(after);
}
END_TEST

/* RFC 8017 §5.2.2: a signature representative beyond the modulus is out of range. */
START_TEST(a_modulus_is_added)
{
    struct mint_token plain;
    struct mint_token added;
    size_t plain_len = 0;
    size_t added_len = 0;
    BIGNUM *n = NULL;
    kitchen_bake(&kitchen, "plain", "{'base':'empty'}", &plain);
    kitchen_bake(&kitchen, "added", "{'base':'empty','mutate':[{'add_modulus':{}}]}", &added);
    unsigned char *a = token_bytes(plain.token, 2, &plain_len);
    unsigned char *b = token_bytes(added.token, 2, &added_len);
    BIGNUM *before = BN_bin2bn(a, (int)plain_len, NULL);
    BIGNUM *after = BN_bin2bn(b, (int)added_len, NULL);
    ck_assert_int_eq(
        EVP_PKEY_get_bn_param(kitchen_key(&kitchen, "current")->pkey, OSSL_PKEY_PARAM_RSA_N, &n),
        1);
    ck_assert_int_eq(BN_sub(after, after, before), 1);
    ck_assert_int_eq(BN_cmp(after, n), 0);
    BN_free(n);
    BN_free(before);
    BN_free(after);
    free(a);
    free(b);
    mint_token_cleanup(&plain);
    mint_token_cleanup(&added);
}
END_TEST

/* ---- wrapping: @ stands for the token ---- */

static const struct {
    const char *reason;
    const char *recipe;
    const char *authorization; /* NULL: none */
    const char *lines;         /* JSON, or NULL */
    const char *place;
} wraps[] = {
    {"as usual", "{" BASE "}", "Bearer @", NULL, "header"},
    {"another scheme", "{" BASE ",'wrap':'Basic {token}'}", "Basic @", NULL, "header"},
    {"nothing of the token", "{" BASE ",'wrap':'Bearer'}", "Bearer", NULL, "header"},
    {"something behind", "{" BASE ",'wrap':'bearer\\t{token}, x'}", "bearer\t@, x", NULL, "header"},
    {"an empty value", "{" BASE ",'wrap':''}", "", NULL, "header"},
    {"bytes", "{" BASE ",'wrap':{'hex':'42ff'}}", "B\xff", NULL, "header"},
    {"a value of the language", "{" BASE ",'wrap':{'concat':['A ','{token}']}}", "A @", NULL,
     "header"},
    {"no header", "{" BASE ",'wrap':null}", NULL, NULL, "header"},
    {"a form has no header", "{" BASE ",'place':'form'}", NULL, NULL, "form"},
    {"a query has none", "{" BASE ",'place':'query'}", NULL, NULL, "query"},
    {"a cookie has none", "{" BASE ",'place':'cookie'}", NULL, NULL, "cookie"},
    {"a query and a header", "{" BASE ",'place':'query','wrap':'Bearer {token}'}", "Bearer @", NULL,
     "query"},
    {"said to be in the header", "{" BASE ",'place':'header'}", "Bearer @", NULL, "header"},
    {"two lines", "{" BASE ",'wrap_headers':['Bearer {token}','Basic x']}", NULL,
     "['Bearer @','Basic x']", "header"},
    {"two lines and the usual one", "{" BASE ",'wrap_headers':['x'],'wrap':'Bearer {token}'}",
     "Bearer @", "['x']", "header"},
    {"a line that is no text", "{" BASE ",'wrap_headers':[{'hex':'ff'}]}", NULL, "[{'hex':'ff'}]",
     "header"},
};

/* Replaces the first @ by the token; free it. */
static char *with_token(const char *text, const char *token)
{
    char *out = NULL;
    size_t at = strcspn(text, "@");
    ck_assert_int_ge(asprintf(&out, "%.*s%s%s", (int)at, text, text[at] ? token : "",
                              text[at] ? text + at + 1 : ""),
                     0);
    return out;
}

START_TEST(tokens_are_wrapped)
{
    struct mint_token token;
    kitchen_bake(&kitchen, wraps[_i].reason, wraps[_i].recipe, &token);
    ck_assert_str_eq(token.place, wraps[_i].place);
    ck_assert_msg(!token.authorization == !wraps[_i].authorization, "%s", wraps[_i].reason);
    ck_assert_msg(!token.lines == !wraps[_i].lines, "%s", wraps[_i].reason);
    if (token.authorization) {
        char *want = with_token(wraps[_i].authorization, token.token);
        ck_assert_msg(strcmp(token.authorization, want) == 0, "%s: %s", wraps[_i].reason,
                      token.authorization);
        free(want);
    }
    if (token.lines) {
        char *text = with_token(wraps[_i].lines, token.token);
        json_t *want = kitchen_json(text);
        ck_assert_msg(json_equal(token.lines, want), "%s", wraps[_i].reason);
        json_decref(want);
        free(text);
    }
    mint_token_cleanup(&token);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("mint_mutate");
    TCase *tcase = tcase_create("damage");
    tcase_add_checked_fixture(tcase, open_kitchen, close_kitchen);
    tcase_add_loop_test(tcase, mutations_change_what_they_name, 0, ROWS(rows));
    tcase_add_test(tcase, a_signed_mutation_is_covered);
    tcase_add_test(tcase, a_modulus_is_added);
    tcase_add_loop_test(tcase, tokens_are_wrapped, 0, ROWS(wraps));
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

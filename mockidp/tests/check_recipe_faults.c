/* Bad recipes: each is refused with the JSON pointer of the member at fault and a sentence, and
 * leaves nothing behind. */
#include "mockidp/tests/support/kitchen.h"

#include <check.h>
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

#define SET(value) "{'claims':{'set':{'x':" value "}}}"
#define SIGN(sign) "{'sign':{" sign "}}"
#define MUTATE(mutation) "{'mutate':[" mutation "]}"

static const struct {
    const char *reason;
    const char *recipe;
    const char *pointer;
    const char *word; /* of the sentence */
} rows[] = {
    {"no object", "[]", "/", "object"},
    {"null", "null", "/", "object"},
    {"a member that nobody knows", "{'bse':'app-v2'}", "/bse", "no such member"},
    {"a name with a slash is escaped (RFC 6901 §3)", "{'a/b~':1}", "/a~1b~0", "no such member"},

    {"a base is a name", "{'base':1}", "/base", "name"},
    {"an unknown base", "{'base':'delegated-v3'}", "/base", "none of"},
    {"for is an object", "{'for':'contoso'}", "/for", "object"},
    {"a member of for", "{'for':{'tenent':'contoso'}}", "/for/tenent", "no such member"},
    {"a member of for is a text", "{'for':{'tenant':1}}", "/for", "text"},
    {"an unknown tenant", "{'for':{'tenant':'nobody'}}", "/for", "'nobody'"},
    {"an unknown client", "{'for':{'client':'nobody'}}", "/for", "'nobody'"},
    {"an unknown resource", "{'for':{'resource':'nobody'}}", "/for", "'nobody'"},
    {"an unknown user", "{'for':{'user':'nobody'}}", "/for", "'nobody'"},
    {"a user of another tenant", "{'for':{'user':'carol'}}", "/for", "'carol'"},
    {"an origin that no issuer has room for",
     "{'for':{'origin':'https://"
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "aaaaa"
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "aaaaa"
     "a'}}",
     "/for/origin", "at most"},

    {"claims are changed by an object", "{'claims':[]}", "/claims", "object"},
    {"a member of claims", "{'claims':{'sett':{}}}", "/claims/sett", "no such member"},
    {"set is an object", "{'claims':{'set':[]}}", "/claims/set", "object"},
    {"remove is a list", "{'claims':{'remove':'aud'}}", "/claims/remove", "list"},
    {"remove lists names", "{'claims':{'remove':[1]}}", "/claims/remove", "names"},
    {"raw is everything", "{'claims':{'raw':'{}','remove':[]}}", "/claims", "raw"},
    {"the same for the header", "{'header':{'sett':{}}}", "/header/sett", "no such member"},
    {"raw is no hex", "{'claims':{'raw':{'hex':'abc'}}}", "/claims/raw", "bytes"},
    {"raw is no hex digit", "{'header':{'raw':{'hex':'zz'}}}", "/header/raw", "bytes"},
    {"the pointer of a set member", "{'header':{'set':{'a/b':{'now':'x'}}}}", "/header/set/a~1b",
     "whole number"},

    {"now is whole", SET("{'now':0.5}"), "/claims/set/x", "whole number"},
    {"now is near", SET("{'now':9223372036854775807}"), "/claims/set/x", "2^40"},
    {"now as what", SET("{'now':0,'as':'hex'}"), "/claims/set/x", "string, float"},
    {"now as a text", SET("{'now':0,'as':1}"), "/claims/set/x/as", "text"},
    {"no exponent before 1970", SET("{'now':-1800000000,'as':'exponent'}"), "/claims/set/x",
     "1970"},
    {"a float deep inside has no place", SET("[{'now':0,'as':'float'}]"), "/claims/set/x",
     "directly"},
    {"something beside the operation", SET("{'now':0,'plus':1}"), "/claims/set/x/plus",
     "no such member"},
    {"repeat takes two", SET("{'repeat':['x']}"), "/claims/set/x", "how often"},
    {"repeat takes a number", SET("{'repeat':['x','2']}"), "/claims/set/x", "how often"},
    {"repeat is not negative", SET("{'repeat':['x',-1]}"), "/claims/set/x", "how often"},
    {"repeat has a limit", SET("{'repeat':['xy',4194305]}"), "/claims/set/x", "8 MiB"},
    {"repeat has no way round", SET("{'repeat':['xy',9223372036854775807]}"), "/claims/set/x",
     "8 MiB"},
    {"so has a list", SET("{'repeat':[{},4194305]}"), "/claims/set/x", "8 MiB"},
    {"concat has a limit", SET("{'concat':[{'repeat':['x',8000000]},{'repeat':['x',8000000]}]}"),
     "/claims/set/x", "8 MiB"},
    {"all together have a limit",
     "{'claims':{'set':{'a':{'repeat':['x',8000000]},'b':{'repeat':['x',8000000]},"
     "'c':{'repeat':['x',8000000]},'d':{'repeat':['x',8000000]},'e':{'repeat':['x',8000000]},"
     "'f':{'repeat':['x',8000000]},'g':{'repeat':['x',8000000]},'h':{'repeat':['x',8000000]},"
     "'i':{'repeat':['x',8000000]}}}}",
     "/claims/set/i", "64 MiB"},
    {"tenant_issuer of what", SET("{'tenant_issuer':1}"), "/claims/set/x", "alias"},
    {"tenant_issuer of a version", SET("{'tenant_issuer':'contoso','version':3}"), "/claims/set/x",
     "1 or 2"},
    {"tenant_id of nobody", SET("{'tenant_id':'nobody'}"), "/claims/set/x", "alias"},
    {"origin with what", SET("{'origin':1}"), "/claims/set/x", "path"},
    {"a claim that the base has not", SET("{'claim':'upn'}"), "/claims/set/x", "does not have"},
    {"kid of nobody", SET("{'kid':'nobody'}"), "/claims/set/x", "'nobody'"},
    {"kid of what", SET("{'kid':1}"), "/claims/set/x", "string"},
    {"key of nobody", SET("{'key':'nobody'}"), "/claims/set/x", "'nobody'"},
    {"key as what", SET("{'key':'current','as':'xml'}"), "/claims/set/x", "jwk-text"},
    {"key as a text", SET("{'key':'current','as':1}"), "/claims/set/x", "jwk-text"},
    {"PKCS #1 is for RSA", SET("{'key':'ed25519','as':'pem-pkcs1'}"), "/claims/set/x", "spelling"},
    {"so is its DER", SET("{'key':'ec-256','as':'der-pkcs1'}"), "/claims/set/x", "spelling"},
    {"raw is a text", SET("{'raw':1}"), "/claims/set/x", "JSON text"},
    {"raw deep inside has no place", SET("{'a':{'raw':'1'}}"), "/claims/set/x", "directly"},
    {"concat of what", SET("{'concat':'ab'}"), "/claims/set/x", "list"},
    {"concat of texts", SET("{'concat':['a',1]}"), "/claims/set/x", "string"},
    {"slice of what", SET("{'slice':[]}"), "/claims/set/x", "missing"},
    {"slice before the start", SET("{'slice':['abc',-1,2]}"), "/claims/set/x", "from, to"},
    {"slice back to front", SET("{'slice':['abc',2,1]}"), "/claims/set/x", "from, to"},
    {"slice inside a character", SET("{'slice':['é',0,1]}"), "/claims/set/x", "character"},
    {"upper of a text", SET("{'upper':1}"), "/claims/set/x", "string"},
    {"replace of what", SET("{'replace':[]}"), "/claims/set/x", "replace takes"},
    {"replace what is not there", SET("{'replace':['abc','x','y']}"), "/claims/set/x", "occur"},
    {"replace by what", SET("{'replace':['abc','a']}"), "/claims/set/x", "missing"},
    {"a fault inside another token", SET("{'bake':{'base':'x'}}"), "/base", "none of"},
    {"tokens inside tokens inside tokens",
     SET("{'bake':{'claims':{'set':{'x':{'bake':{'claims':{'set':{'x':{'bake':{'claims':{'set':{"
         "'x':{'bake':{}}}}}}}}}}}}}}"),
     "/", "too deep"},

    {"sign is an object", "{'sign':'none'}", "/sign", "object"},
    {"a member of sign", SIGN("'kid':'x'"), "/sign/kid", "no such member"},
    {"alg is a text", SIGN("'alg':256"), "/sign/alg", "text"},
    {"a key is named by a text", SIGN("'key':1"), "/sign/key", "string"},
    {"a key that is not there", SIGN("'key':'nobody'"), "/sign/key", "'nobody'"},
    {"a secret with something beside", SIGN("'key':{'hmac':'a','as':'b'}"), "/sign/key/as",
     "no such member"},
    {"a secret that is no bytes", SIGN("'key':{'hmac':{'hex':'a'}}"), "/sign/key/hmac", "bytes"},
    {"HMAC needs a secret", SIGN("'alg':'HS256'"), "/sign/key", "hmac"},
    {"an EC key does not sign RS256", SIGN("'key':'ec-256'"), "/sign", "kind of key"},
    {"an RSA key does not sign ES256", SIGN("'alg':'ES256'"), "/sign", "kind of key"},
    {"P-384 is not ES256's curve", SIGN("'alg':'ES256','key':'ec-384'"), "/sign", "ES256"},
    {"first_octet is text", SIGN("'first_octet':'0'"), "/sign/first_octet", "0 to 255"},
    {"first_octet beyond", SIGN("'first_octet':256"), "/sign/first_octet", "0 to 255"},
    {"first_octet of nothing", SIGN("'first_octet':0,'alg':'none'"), "/sign/first_octet", "began"},
    {"embed what", SIGN("'embed':'x5u'"), "/sign/embed", "jwk or x5c"},
    {"as what", SIGN("'as':'digest'"), "/sign/as", "digest_info"},
    {"as with what", SIGN("'as':{'alg':'x'}"), "/sign/as/alg", "no such member"},
    {"as nothing", SIGN("'as':{}"), "/sign/as", "digest_info"},
    {"an unknown forgery", SIGN("'as':{'pkcs1':'bleichenbacher98'}"), "/sign/as", "wrong-hash"},
    {"an unknown forgery beside a header", SIGN("'as':{'header':'RS256','pkcs1':'x'}"), "/sign/as",
     "wrong-hash"},
    {"the header's alg is a text", SIGN("'as':{'header':1,'signature':'PS256'}"), "/sign/as/header",
     "text"},
    {"a forgery needs RSA", SIGN("'alg':'ES256','key':'ec-256','as':'digest_info'"), "/sign/as",
     "RSA"},
    {"PS512 has no room in 1024 bits", SIGN("'alg':'PS512','key':'weak-1024'"), "/sign", "PS512"},

    {"raw claims do not vary", "{'sign':{'first_octet':0},'claims':{'raw':'{}'}}",
     "/sign/first_octet", "varied"},

    {"mutate is a list", "{'mutate':{}}", "/mutate", "list"},
    {"a mutation is an object", MUTATE("'strip'"), "/mutate/0", "object"},
    {"of that name there is none", MUTATE("{'strip':{}},{'flip':{}}"), "/mutate/1", "no mutation"},
    {"one at a time", MUTATE("{'strip':{},'pad':{}}"), "/mutate/0", "one mutation"},
    {"signed is a boolean", MUTATE("{'strip':{},'signed':1}"), "/mutate/0", "true or false"},
    {"arguments are an object", MUTATE("{'strip':[]}"), "/mutate/0/strip", "object"},
    {"an argument that nobody knows", MUTATE("{'flip_bit':{'prat':'header'}}"),
     "/mutate/0/flip_bit/prat", "no such member"},
    {"a part is a text", MUTATE("{'strip':{'part':1}}"), "/mutate/0/strip/part", "text"},
    {"an unknown part", MUTATE("{'strip':{'part':'body'}}"), "/mutate/0/strip", "'body'"},
    {"a bit is a number", MUTATE("{'flip_bit':{'bit':'7'}}"), "/mutate/0/flip_bit/bit", "number"},
    {"a bit that is not there", MUTATE("{'flip_bit':{'bit':2048}}"), "/mutate/0/flip_bit", "2048"},
    {"nor from the end", MUTATE("{'flip_bit':{'bit':-2049}}"), "/mutate/0/flip_bit", "2048"},
    {"truncate to more", MUTATE("{'truncate':{'to':257}}"), "/mutate/0/truncate", "256"},
    {"truncate by more", MUTATE("{'truncate':{'by':257}}"), "/mutate/0/truncate", "256"},
    {"truncate by less than nothing", MUTATE("{'truncate':{'by':-1}}"), "/mutate/0/truncate",
     "256"},
    {"extend by less than nothing", MUTATE("{'extend':{'by':-1}}"), "/mutate/0/extend", "positive"},
    {"extend by more than 1 MiB", MUTATE("{'extend':{'by':1048577}}"), "/mutate/0/extend", "1 MiB"},
    {"at is a place", MUTATE("{'insert':{'at':'top','text':'x'}}"), "/mutate/0/insert", "start"},
    {"insert what", MUTATE("{'insert':{}}"), "/mutate/0/insert", "'text'"},
    {"replace by what", MUTATE("{'replace_part':{}}"), "/mutate/0/replace_part", "'with'"},
    {"no NUL in a token", MUTATE("{'insert':{'text':{'hex':'00'}}}"), "/mutate/0/insert", "NUL"},
    {"repeat a part how often", MUTATE("{'repeat_part':{'times':0}}"), "/mutate/0/repeat_part",
     "times"},
    {"repeat a part too often", MUTATE("{'repeat_part':{'times':1000000}}"),
     "/mutate/0/repeat_part", "times"},
    {"nothing to swap", MUTATE("{'strip':{}},{'swap_alphabet':{}}"), "/mutate/1/swap_alphabet",
     "neither"},
    {"no unused bits", MUTATE("{'strip':{}},{'trailing_bits':{}}"), "/mutate/1/trailing_bits",
     "unused"},
    {"more bits than are unused", MUTATE("{'trailing_bits':{'bits':16}}"),
     "/mutate/0/trailing_bits", "1 to 15"},
    {"two bits are unused", MUTATE("{'trailing_bits':{'part':'header','bits':4}}"),
     "/mutate/0/trailing_bits", "unused"},
    {"bytes in hex", MUTATE("{'prepend':{'hex':'0'}}"), "/mutate/0/prepend", "hex"},
    {"no bytes", MUTATE("{'prepend':{}}"), "/mutate/0/prepend", "hex"},
    {"a message in hex", SIGN("'as':{'message':'0'}"), "/sign/as", "hex"},
    {"a message that fits", SIGN("'as':{'message':'{input}{input}'}"), "/sign/as", "11 bytes"},
    {"the modulus of an RSA key",
     "{'sign':{'alg':'EdDSA','key':'ed25519'},"
     "'mutate':[{'add_modulus':{}}]}",
     "/mutate/0/add_modulus", "RSA"},
    {"a sum has a limit", MUTATE("{'extend':{'by':1000}},{'add_modulus':{}}"),
     "/mutate/1/add_modulus", "too long"},
    {"what is not base64url has no bytes", MUTATE("{'pad':{}},{'flip_bit':{}}"),
     "/mutate/1/flip_bit", "base64url"},
    {"joined parts are one", MUTATE("{'pad':{'part':'token'}},{'strip':{}}"), "/mutate/1/strip",
     "joined"},
    {"a zero that is not there", MUTATE("{'replace_part':{'with':'AQ'}},{'drop_zero':{}}"),
     "/mutate/1/drop_zero", "zero byte"},
    {"a layer at least", MUTATE("{'nest':{'times':0}}"), "/mutate/0/nest", "layers"},
    {"not too many", MUTATE("{'nest':{'times':65}}"), "/mutate/0/nest", "64"},
    {"layers end at 8 MiB", MUTATE("{'nest':{'times':64}}"), "/mutate/0/nest", "too large"},
    {"no layer before signing", MUTATE("{'nest':{},'signed':true}"), "/mutate/0/nest",
     "before signing"},
    {"encrypt how", MUTATE("{'encrypt':{}}"), "/mutate/0/encrypt", "dir"},
    {"encrypt otherwise", MUTATE("{'encrypt':{'alg':'A256KW'}}"), "/mutate/0/encrypt", "A128KW"},
    {"encrypt with what", MUTATE("{'encrypt':{'alg':'dir'}}"), "/mutate/0/encrypt", "key"},
    {"encrypt for whom", MUTATE("{'encrypt':{'alg':'RSA-OAEP','key':'nobody'}}"),
     "/mutate/0/encrypt", "nobody"},
    {"not for a curve", MUTATE("{'encrypt':{'alg':'RSA-OAEP','key':'ec-256'}}"),
     "/mutate/0/encrypt", "RSA-OAEP"},
    {"a header is an object", MUTATE("{'encrypt':{'alg':'dir','key':'','header':1}}"),
     "/mutate/0/encrypt", "object"},
    {"an encrypted key of 1 KiB at most",
     MUTATE("{'encrypt':{'alg':'dir','key':'','encrypted_key':{'repeat':['x',1025]}}}"),
     "/mutate/0/encrypt", "too long"},
    {"nothing is encrypted before signing",
     MUTATE("{'encrypt':{'alg':'dir','key':''},'signed':true}"), "/mutate/0/encrypt",
     "before signing"},
    {"segments are a list", MUTATE("{'segments':{}}"), "/mutate/0/segments", "list"},
    {"segments are texts", MUTATE("{'segments':[1]}"), "/mutate/0/segments", "strings"},
    {"segments once", MUTATE("{'segments':['a']},{'segments':['b']}"), "/mutate/1/segments",
     "once"},
    {"no signature before signing", MUTATE("{'strip':{},'signed':true}"), "/mutate/0/strip",
     "'signature'"},
    {"no token before signing", MUTATE("{'pad':{'part':'token'},'signed':true}"), "/mutate/0/pad",
     "before signing"},
    {"no segments before signing", MUTATE("{'segments':['{signature}'],'signed':true}"),
     "/mutate/0/segments", "before signing"},

    {"wrap has no NUL", "{'wrap':{'hex':'00'}}", "/wrap", "NUL"},
    {"wrap_headers is a list", "{'wrap_headers':'x'}", "/wrap_headers", "list"},
    {"a header value has no NUL", "{'wrap_headers':['x',{'hex':'00'}]}", "/wrap_headers/1", "NUL"},
    {"place is a word", "{'place':'body'}", "/place", "cookie"},
    {"place is a text", "{'place':1}", "/place", "cookie"},
};

START_TEST(bad_recipes_are_refused_at_their_pointer)
{
    const char *why = kitchen_refusal(&kitchen, rows[_i].reason, rows[_i].recipe);
    size_t len = strlen(rows[_i].pointer);
    ck_assert_msg(strncmp(why, rows[_i].pointer, len) == 0 && strncmp(why + len, ": ", 2) == 0,
                  "%s: %s", rows[_i].reason, why);
    ck_assert_msg(strstr(why + len, rows[_i].word) != NULL, "%s: %s", rows[_i].reason, why);
}
END_TEST

/* A sentence that does not fit is cut, never written behind the end. */
START_TEST(a_short_buffer_cuts_the_sentence)
{
    char why[16];
    struct mint_token token;
    json_t *recipe = kitchen_json(rows[_i].recipe);
    memset(why, 'x', sizeof why);
    ck_assert_int_eq(mint_bake(recipe, &kitchen.oven, NULL, &token, why, 8), -1);
    ck_assert_uint_lt(strlen(why), 8);
    ck_assert_int_eq(why[8], 'x');
    ck_assert_int_eq(mint_bake(recipe, &kitchen.oven, NULL, &token, why, 0), -1);
    json_decref(recipe);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("recipe_faults");
    TCase *tcase = tcase_create("faults");
    tcase_add_checked_fixture(tcase, open_kitchen, close_kitchen);
    tcase_set_timeout(tcase, 20);
    tcase_add_loop_test(tcase, bad_recipes_are_refused_at_their_pointer, 0, ROWS(rows));
    tcase_add_loop_test(tcase, a_short_buffer_cuts_the_sentence, 2, 6);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

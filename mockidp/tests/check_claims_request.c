/* What the `claims` parameter asks of the access token ("Claims challenges, claims requests, and
 * client capabilities"); everything else is passed over, as Entra passes it over. */
#include "mockidp/grants/claims_request.h"

#include "mockidp/tests/support/kitchen.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define ACCESS(member) "{'access_token':{" member "}}"

static const struct {
    const char *reason;
    const char *text; /* JSON with ' for " */
    bool cp1;
    bool second_factor;
    const char *contexts;
} rows[] = {
    {"nothing", "{}", false, false, ""},
    {"a list", "[]", false, false, ""},
    {"of the ID token alone", "{'id_token':{'acrs':{'value':'c1'}}}", false, false, ""},
    {"null, as OpenID Connect has it", ACCESS("'acrs':null,'xms_cc':null"), false, false, ""},
    {"MSAL: the client copes", ACCESS("'xms_cc':{'values':['cp1']}"), true, false, ""},
    {"in any case, among others", ACCESS("'xms_cc':{'values':['x',1,'CP1']}"), true, false, ""},
    {"another capability", ACCESS("'xms_cc':{'values':['cp12']}"), false, false, ""},
    {"one context", ACCESS("'acrs':{'essential':true,'value':'c1'}"), false, false, "c1"},
    {"several", ACCESS("'acrs':{'essential':true,'values':['c1','c99','p1']}"), false, false,
     "c1 c99 p1"},
    {"one twice", ACCESS("'acrs':{'values':['c2','c2']}"), false, false, "c2"},
    {"words that are none", ACCESS("'acrs':{'values':['','c','c100','d1','C1','c1 c2',1,'cx']}"),
     false, false, ""},
    {"a policy", ACCESS("'polids':{'essential':true,'values':['x']}"), false, true, ""},
    {"by its other name", ACCESS("'capolids':{'essential':true,'values':['x']}"), false, true, ""},
    {"all at once",
     ACCESS("'polids':{},'xms_cc':{'values':['cp1']},'acrs':{'value':'c3'},"
            "'nbf':{'essential':true,'value':'1'}"),
     true, true, "c3"},
};

static void must_ask(const char *reason, const char *text, bool cp1, bool second_factor,
                     const char *contexts)
{
    struct claims_request asked = {.cp1 = !cp1, .contexts = "before"};
    claims_request_read(text, &asked);
    ck_assert_msg(asked.cp1 == cp1 && asked.second_factor == second_factor, "%s: %d %d", reason,
                  asked.cp1, asked.second_factor);
    ck_assert_msg(strcmp(asked.contexts, contexts) == 0, "%s: %s", reason, asked.contexts);
}

START_TEST(claims_are_asked_for)
{
    json_t *json = kitchen_json(rows[_i].text);
    char *text = json_dumps(json, JSON_COMPACT);
    must_ask(rows[_i].reason, text, rows[_i].cp1, rows[_i].second_factor, rows[_i].contexts);
    free(text);
    json_decref(json);
}
END_TEST

START_TEST(what_is_no_json_asks_for_nothing)
{
    static const char *const texts[] = {NULL, "", "{", "x",
                                        "{\"access_token\":{\"polids\":1,\"polids\":2}}"};
    must_ask("no JSON", texts[_i], false, false, "");
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("claims_request");
    TCase *tcase = tcase_create("claims request");
    tcase_add_loop_test(tcase, what_is_no_json_asks_for_nothing, 0, 5);
    tcase_add_loop_test(tcase, claims_are_asked_for, 0, ROWS(rows));
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

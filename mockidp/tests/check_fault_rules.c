/* Fault rules: what is refused and at which pointer, what they strike, and what they do. */
#include "mockidp/faults/ruleset.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static char why[256];

static const struct {
    const char *rule;
    const char *says; /* the sentence begins with the pointer */
} faulty[] = {
    {"7", ": a fault rule must be an object"},
    {"{}", "/act: must be an object"},
    {"{\"act\":{}}", "/act: must be an object with at least one act"},
    {"{\"act\":{\"status\":503},\"x\":1}", "/x: unknown member"},
    {"{\"act\":{\"explode\":true}}", "/act/explode: unknown act"},
    {"{\"act\":{\"half_close\":1}}", "/act/half_close: must be true"},
    {"{\"act\":{\"encoding\":\"br\"}}", "/act/encoding: must be \"gzip\" or \"gzip-bomb\""},
    {"{\"act\":{\"encoding\":7}}", "/act/encoding: must be \"gzip\" or"},
    {"{\"act\":{\"framing\":\"http/3\"}}", "/act/framing: must be \"chunked\" or \"http-1.0\""},
    {"{\"act\":{\"aadsts\":1}}", "/act/aadsts: there is no AADSTS1 here"},
    {"{\"act\":{\"aadsts\":\"50196\"}}", "/act/aadsts: must be an integer"},
    {"{\"act\":{\"headers\":[]}}", "/act/headers: must be an object"},
    {"{\"act\":{\"headers\":{\"A b\":\"x\"}}}", "/act/headers: 'A b' is not the name of a header"},
    {"{\"act\":{\"headers\":{\"A\":7}}}", "/act/headers: must be a string"},
    {"{\"act\":{\"headers\":{\"A\":\"x\\r\\nB: y\"}}}", "/act/headers: must not hold line breaks"},
    {"{\"act\":{\"members\":[]}}", "/act/members: must be an object"},
    {"{\"act\":{\"pad_bytes\":0}}", "/act/pad_bytes: must be"},
    {"{\"act\":{\"decoy_keys\":100001}}", "/act/decoy_keys: must be"},
    {"{\"act\":{\"tls\":\"old\"}}", "/act/tls: must be \"expired\" or \"wrong-host\" or"},
    {"{\"act\":{\"tls\":\"reset\",\"status\":503}}", "/act/tls: must be the only act"},
    {"{\"match\":{\"endpoint\":\"jwks\"},\"act\":{\"tls\":\"reset\"}}",
     "/match: a TLS fault matches listener, sni, nth and window alone"},
    {"{\"match\":{\"listener\":\"http\"},\"act\":{\"tls\":\"reset\"}}",
     "/match/listener: must be \"https\""},
    {"{\"match\":{\"listener\":\"https\"},\"act\":{\"status\":503}}",
     "/match/listener: is for TLS faults alone"},
    {"{\"act\":{\"status\":99}}", "/act/status: must be an integer from 200 to 599"},
    {"{\"act\":{\"status\":\"503\"}}", "/act/status: must be an integer"},
    {"{\"act\":{\"delay_ms\":-1}}", "/act/delay_ms: must be"},
    {"{\"act\":{\"delay_ms\":600001}}", "/act/delay_ms: must be"},
    {"{\"act\":{\"truncate\":1.5}}", "/act/truncate: must be a number from 0 to 1"},
    {"{\"act\":{\"empty_keys\":false}}", "/act/empty_keys: must be true"},
    {"{\"act\":{\"body\":\"\",\"content_type\":\"a\\r\\nX: y\"}}",
     "/act/content_type: must not hold line breaks"},
    {"{\"act\":{\"redirect\":\"a\\nb\"}}", "/act/redirect: must not hold line breaks"},
    {"{\"act\":{\"body\":\"a\\u0000b\"}}", "/act/body: must be a string"},
    {"{\"act\":{\"drip\":{\"bytes\":0,\"every_ms\":1}}}", "/act/drip/bytes: must be"},
    {"{\"act\":{\"drip\":1}}", "/act/drip: must be"},
    {"{\"match\":[],\"act\":{\"status\":503}}", "/match: must be an object"},
    {"{\"match\":{\"endpoint\":1},\"act\":{\"status\":503}}", "/match/endpoint: must be a string"},
    {"{\"match\":{\"moon\":1},\"act\":{\"status\":503}}", "/match/moon: unknown member"},
    {"{\"match\":{\"sni\":\"x\"},\"act\":{\"status\":503}}", "/match/sni: is for TLS faults alone"},
    {"{\"match\":{\"nth\":[]},\"act\":{\"status\":503}}", "/match/nth: must be a list"},
    {"{\"match\":{\"nth\":[0]},\"act\":{\"status\":503}}", "/match/nth: must be an integer from 1"},
    {"{\"match\":{\"probability\":2},\"act\":{\"status\":503}}", "/match/probability: must be"},
    {"{\"match\":{\"window\":[\"10s\"]},\"act\":{\"status\":503}}",
     "/match/window: must hold spans"},
    {"{\"match\":{\"window\":[\"+9s\",\"+9s\"]},\"act\":{\"status\":503}}",
     "/match/window: must hold spans"},
    {"{\"match\":{\"window\":[\"+1y\"]},\"act\":{\"status\":503}}",
     "/match/window: must hold spans"},
};

START_TEST(faulty_rules_are_refused_by_pointer)
{
    json_t *json = json_loads(faulty[_i].rule, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    struct fault_rule rule;

    ck_assert_ptr_nonnull(json);
    ck_assert_msg(!fault_rule_parse(&rule, json, "", why, sizeof why), "accepted %s",
                  faulty[_i].rule);
    ck_assert_msg(strncmp(why, faulty[_i].says, strlen(faulty[_i].says)) == 0, "%s: %s",
                  faulty[_i].rule, why);
    json_decref(json);
}
END_TEST

/* Which of requests 1 to 5, one a second from the moment the rule is set, are struck. */
static const struct {
    const char *reason;
    const char *match;
    const char *struck;
} strikes[] = {
    {"another endpoint", "{\"endpoint\":\"token\"}", "....."},
    {"another tenant", "{\"tenant\":\"fabrikam\"}", "....."},
    {"a grant where there is none of it", "{\"grant\":\"password\"}", "....."},
    {"a window in the future", "{\"window\":[\"+10s\"]}", "....."},
    {"probability 0", "{\"probability\":0}", "....."},
    {"nothing asked for", "{}", "XXXXX"},
    {"the endpoint", "{\"endpoint\":\"jwks\"}", "XXXXX"},
    {"the tenant by alias, in any case", "{\"tenant\":\"Contoso\"}", "XXXXX"},
    {"the client by its second name", "{\"client\":\"c0ffee00-0000-4000-8000-0000000000d1\"}",
     "XXXXX"},
    {"the grant", "{\"grant\":\"client_credentials\"}", "XXXXX"},
    {"the second and fourth", "{\"nth\":[2,4]}", ".X.X."},
    {"a window, its end left out", "{\"window\":[\"+1s\",\"+3s\"]}", ".XX.."},
    {"a window counts before nth does", "{\"window\":[\"+2000ms\"],\"nth\":[1]}", "..X.."},
    {"probability 1", "{\"probability\":1}", "XXXXX"},
};

static const struct fault_facts facts = {
    .endpoint = "jwks",
    .tenants = {"c0ffee00-0000-4000-8000-000000000001", "contoso"},
    .clients = {NULL, "C0FFEE00-0000-4000-8000-0000000000D1"},
    .grant = "client_credentials"};

START_TEST(rules_strike_what_they_match)
{
    struct ruleset *set = ruleset_new(NULL);
    json_t *rule = json_pack("{s:o, s:{s:i}}", "match", json_loads(strikes[_i].match, 0, NULL),
                             "act", "status", 503);
    json_int_t expected = 0;
    bool reached_grant = strstr(strikes[_i].match, "password") != NULL;
    struct fault_facts seen = facts;

    seen.grant = reached_grant ? NULL : facts.grant;
    ck_assert_msg(ruleset_load(set, rule, false, 1000000, why, sizeof why), "%s", why);
    for (int i = 0; i < 5; i++) {
        struct fault_decision decision;
        ruleset_decide(set, &seen, 1000000 + 1000 * i, &decision);
        ck_assert_msg(decision.struck == (strikes[_i].struck[i] == 'X'), "%s: request %d",
                      strikes[_i].reason, i + 1);
        ck_assert_int_eq(decision.act.status, decision.struck ? 503 : 0);
        expected += decision.struck;
        fault_decision_cleanup(&decision);
    }
    json_t *shown = ruleset_json(set);
    json_t *first = json_array_get(json_object_get(shown, "rules"), 0);
    ck_assert_int_eq(json_integer_value(json_object_get(first, "hits")), expected);
    ck_assert(ruleset_load(set, shown, false, 0, why, sizeof why)); /* what GET shows, PUT takes */
    json_decref(shown);
    json_decref(rule);
    ruleset_free(set);
}
END_TEST

/* chances plays 200 requests against a rule of probability 0.3 and writes them as 'X' and '.'. */
static size_t chances(const char *seed, char out[201])
{
    struct ruleset *set = ruleset_new(seed);
    json_t *rule =
        json_pack("{s:{s:f}, s:{s:b}}", "match", "probability", 0.3, "act", "stale_keys", 1);
    size_t hits = 0;

    ck_assert(ruleset_load(set, rule, false, 0, why, sizeof why));
    for (size_t i = 0; i < 200; i++) {
        struct fault_decision decision;
        ruleset_decide(set, &facts, 0, &decision);
        out[i] = decision.struck ? 'X' : '.';
        hits += decision.struck;
        fault_decision_cleanup(&decision);
    }
    out[200] = '\0';
    json_decref(rule);
    ruleset_free(set);
    return hits;
}

START_TEST(chance_follows_the_seed)
{
    char one[201];
    char same[201];
    char other[201];

    size_t hits = chances("a", one);
    (void)chances("a", same);
    (void)chances("b", other);
    ck_assert_str_eq(one, same);
    ck_assert_str_ne(one, other);
    ck_assert_msg(hits > 30 && hits < 90, "%zu of 200 at 0.3", hits);
}
END_TEST

START_TEST(several_rules_act_together_and_the_first_wins)
{
    struct ruleset *set = ruleset_new(NULL);
    json_t *rules = json_loads(
        "[{\"act\":{\"delay_ms\":5}},{\"act\":{\"status\":503}},{\"act\":{\"status\":500,"
        "\"retry_after\":2}},{\"match\":{\"endpoint\":\"token\"},\"act\":{\"reset\":true}}]",
        0, NULL);
    struct fault_decision decision;

    ck_assert_msg(ruleset_load(set, rules, false, 0, why, sizeof why), "%s", why);
    ruleset_decide(set, &facts, 0, &decision);
    ck_assert_str_eq(decision.name, "delay_ms");
    ck_assert_int_eq(decision.act.delay_ms, 5);
    ck_assert_int_eq(decision.act.status, 503);
    ck_assert_int_eq(decision.act.retry_after, 2);
    ck_assert(!decision.act.reset);
    fault_decision_cleanup(&decision);
    json_decref(rules);
    ruleset_free(set);
}
END_TEST

START_TEST(loading_is_all_or_nothing)
{
    struct ruleset *set = ruleset_new(NULL);
    json_t *good = json_loads("{\"act\":{\"body\":\"x\"}}", 0, NULL);
    json_t *bad =
        json_loads("{\"rules\":[{\"act\":{\"status\":503}},{\"act\":{\"nope\":1}}]}", 0, NULL);
    struct fault_decision decision;

    ck_assert(ruleset_load(set, good, true, 0, why, sizeof why));
    ck_assert(!ruleset_load(set, bad, false, 0, why, sizeof why));
    ck_assert_str_eq(why, "/rules/1/act/nope: unknown act");
    ruleset_decide(set, &facts, 0, &decision);
    json_decref(good);
    ruleset_clear(set); /* the decision keeps what it needs */
    ck_assert_str_eq(decision.act.body, "x");
    fault_decision_cleanup(&decision);
    ruleset_decide(set, &facts, 0, &decision);
    ck_assert(!decision.struck);
    json_decref(bad);
    ruleset_free(set);
}
END_TEST

static const struct {
    const char *match;
    const char *struck; /* which of five connections for localhost, one a second */
} greetings[] = {
    {"{\"sni\":\"other.test\"}", "....."}, {"{}", "XXXXX"},
    {"{\"sni\":\"LOCALHOST\"}", "XXXXX"},  {"{\"listener\":\"https\",\"nth\":[2]}", ".X..."},
    {"{\"window\":[\"+3s\"]}", "...XX"},
};

START_TEST(tls_faults_strike_connections_and_no_requests)
{
    struct ruleset *set = ruleset_new(NULL);
    json_t *rule = json_pack("{s:o, s:{s:s}}", "match", json_loads(greetings[_i].match, 0, NULL),
                             "act", "tls", "wrong-host");
    struct fault_decision decision;

    ck_assert_msg(ruleset_load(set, rule, false, 0, why, sizeof why), "%s", why);
    for (int i = 0; i < 5; i++) {
        int64_t at_ms = INT64_C(1000) * i;
        ruleset_decide(set, &facts, at_ms, &decision);
        ck_assert(!decision.struck);
        fault_decision_cleanup(&decision);
        int fault = ruleset_greet(set, "localhost", at_ms);
        ck_assert_msg(fault == (greetings[_i].struck[i] == 'X' ? FAULT_TLS_WRONG_HOST : 0),
                      "%s: connection %d: %d", greetings[_i].match, i + 1, fault);
    }
    json_decref(rule);
    ruleset_free(set);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fault rules");
    TCase *tests = tcase_create("fault rules");

    tcase_add_loop_test(tests, faulty_rules_are_refused_by_pointer, 0,
                        (int)(sizeof faulty / sizeof *faulty));
    tcase_add_loop_test(tests, rules_strike_what_they_match, 0,
                        (int)(sizeof strikes / sizeof *strikes));
    tcase_add_test(tests, chance_follows_the_seed);
    tcase_add_test(tests, several_rules_act_together_and_the_first_wins);
    tcase_add_test(tests, loading_is_all_or_nothing);
    tcase_add_loop_test(tests, tls_faults_strike_connections_and_no_requests, 0,
                        (int)(sizeof greetings / sizeof *greetings));
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

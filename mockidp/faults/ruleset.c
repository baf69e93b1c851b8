/* The rules in force behind one lock, the seeded dice, and the merging of the acts that strike one
 * request. */
#include "mockidp/faults/ruleset.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ruleset {
    pthread_mutex_t lock; /* guards all below */
    struct fault_rule *rules;
    size_t count;
    uint64_t dice;
};

/* The dice are splitmix64 (Steele, Lea, Flood 2014): apart from the IdP's randomness, so that a
 * rule with a probability does not change which tokens are issued. */
static double roll(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    return (double)(z >> 11) / 9007199254740992.0; /* 2^53 */
}

struct ruleset *ruleset_new(const char *seed)
{
    struct ruleset *set = calloc(1, sizeof *set);

    if (set == NULL) {
        return NULL;
    }
    pthread_mutex_init(&set->lock, NULL);
    set->dice = 1469598103934665603u; /* FNV-1a over the seed */
    for (const char *c = seed == NULL ? "" : seed; *c != '\0'; c++) {
        set->dice = (set->dice ^ (unsigned char)*c) * 1099511628211u;
    }
    return set;
}

/* Rules that were in force are dropped with the lock held, as decisions are: the last of both frees
 * the JSON, and jansson's counts do not order one thread's reading before another's freeing. */
static void drop_rules(struct fault_rule *rules, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fault_rule_cleanup(&rules[i]);
    }
    free(rules);
}

void ruleset_free(struct ruleset *set)
{
    if (set == NULL) {
        return;
    }
    drop_rules(set->rules, set->count);
    pthread_mutex_destroy(&set->lock);
    free(set);
}

/* parse_rules reads `json` (a list or one rule) into newly allocated rules; NULL with `why` on a
 * fault. */
static struct fault_rule *parse_rules(json_t *json, const char *at, int64_t now_ms, size_t *count,
                                      char *why, size_t cap)
{
    bool list = json_is_array(json);
    size_t n = list ? json_array_size(json) : 1;
    struct fault_rule *rules = NULL;
    char pointer[48];

    *count = 0;
    if (n > FAULT_RULES_MAX) {
        (void)snprintf(why, cap, "%s: at most %d fault rules", at, FAULT_RULES_MAX);
        return NULL;
    }
    if ((rules = calloc(n + 1, sizeof *rules)) == NULL) {
        (void)snprintf(why, cap, "out of memory");
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(pointer, sizeof pointer, list ? "%s/%zu" : "%s", at, i);
        /* The rule outlives the caller's document, which may change or be shared between threads:
         * keep a copy. */
        json_t *copy = json_deep_copy(list ? json_array_get(json, i) : json);
        bool good = copy != NULL && fault_rule_parse(&rules[i], copy, pointer, why, cap);
        json_decref(copy);
        if (!good) {
            drop_rules(rules, i);
            return NULL;
        }
        rules[i].set_at_ms = now_ms;
        (*count)++;
    }
    return rules;
}

bool ruleset_load(struct ruleset *set, json_t *rules, bool append, int64_t now_ms, char *why,
                  size_t cap)
{
    json_t *wrapped = json_object_get(rules, "rules");
    size_t count = 0;
    struct fault_rule *fresh =
        parse_rules(wrapped == NULL ? rules : wrapped, wrapped == NULL ? "" : "/rules", now_ms,
                    &count, why, cap);

    if (fresh == NULL) {
        return false;
    }
    pthread_mutex_lock(&set->lock);
    struct fault_rule *old = set->rules;
    size_t old_count = set->count;
    size_t kept = append ? old_count : 0;
    struct fault_rule *all = NULL;
    if (kept + count <= FAULT_RULES_MAX) {
        all = calloc(kept + count + 1, sizeof *all);
    }
    if (all == NULL) {
        pthread_mutex_unlock(&set->lock);
        (void)snprintf(why, cap, "at most %d fault rules", FAULT_RULES_MAX);
        drop_rules(fresh, count);
        return false;
    }
    for (size_t i = 0; i < kept; i++) {
        all[i] = old[i];
    }
    for (size_t i = 0; i < count; i++) {
        all[kept + i] = fresh[i];
    }
    set->rules = all;
    set->count = kept + count;
    drop_rules(old, append ? 0 : old_count);
    pthread_mutex_unlock(&set->lock);
    free(fresh);
    return true;
}

void ruleset_clear(struct ruleset *set)
{
    pthread_mutex_lock(&set->lock);
    drop_rules(set->rules, set->count);
    set->rules = NULL;
    set->count = 0;
    pthread_mutex_unlock(&set->lock);
}

static json_t *rule_json(const struct fault_rule *rule)
{
    json_t *out = json_deep_copy(rule->source);

    if (out == NULL ||
        json_object_set_new(out, "hits", json_integer((json_int_t)rule->hits)) != 0) {
        json_decref(out);
        return NULL;
    }
    return out;
}

json_t *ruleset_json(struct ruleset *set)
{
    json_t *list = json_array();
    int failed = list == NULL;

    pthread_mutex_lock(&set->lock);
    for (size_t i = 0; i < set->count && !failed; i++) {
        failed = json_array_append_new(list, rule_json(&set->rules[i]));
    }
    pthread_mutex_unlock(&set->lock);
    if (failed) {
        json_decref(list);
        return NULL;
    }
    return json_pack("{s:o}", "rules", list);
}

/* first_act names the rule's first act as it was written. */
static const char *first_act(const struct fault_rule *rule)
{
    json_t *act = json_object_get(rule->source, "act");

    return json_object_iter_key(json_object_iter(act));
}

void ruleset_decide(struct ruleset *set, const struct fault_facts *facts, int64_t now_ms,
                    struct fault_decision *decision)
{
    *decision = (struct fault_decision){.set = set, .act = {.retry_after = -1, .truncate = -1}};
    pthread_mutex_lock(&set->lock);
    for (size_t i = 0; i < set->count; i++) {
        struct fault_rule *rule = &set->rules[i];
        double dice = rule->probability < 1 ? roll(&set->dice) : 0;
        if (!fault_rule_strikes(rule, facts, now_ms, dice)) {
            continue;
        }
        if (decision->held == NULL && (decision->held = json_array()) == NULL) {
            break;
        }
        if (json_array_append(decision->held, rule->source) != 0) {
            continue;
        }
        decision->name = decision->struck ? decision->name : first_act(rule);
        decision->struck = true;
        fault_act_merge(&decision->act, &rule->act);
    }
    pthread_mutex_unlock(&set->lock);
}

int ruleset_greet(struct ruleset *set, const char *sni, int64_t now_ms)
{
    int fault = 0;

    pthread_mutex_lock(&set->lock);
    for (size_t i = 0; i < set->count; i++) {
        bool strikes = fault_rule_greets(&set->rules[i], sni, now_ms);
        fault = strikes && fault == 0 ? set->rules[i].act.tls : fault;
    }
    pthread_mutex_unlock(&set->lock);
    return fault;
}

void fault_decision_cleanup(struct fault_decision *decision)
{
    if (decision->held) {
        pthread_mutex_lock(&decision->set->lock);
        json_decref(decision->held);
        pthread_mutex_unlock(&decision->set->lock);
    }
    *decision = (struct fault_decision){.struck = false};
}

/* The fault rules in force, internally locked: set and counted by the admin calls, asked once by
 * every request. */
#ifndef MOCKIDP_FAULTS_RULESET_H
#define MOCKIDP_FAULTS_RULESET_H

#include "mockidp/faults/rule.h"

enum { FAULT_RULES_MAX = 256 };

struct ruleset;

/* ruleset_new returns a newly allocated empty set, or NULL. `seed` (or NULL) makes probabilities
 * reproducible. */
struct ruleset *ruleset_new(const char *seed);
void ruleset_free(struct ruleset *set);

/*
 * ruleset_load takes an array of rules, one rule, or {"rules":[…]}; with `append` they join the
 * rules in force, else they replace them. `now_ms` is the IdP's clock, from which windows count.
 * All or nothing: on a faulty rule returns false with its JSON pointer in `why`, and the rules in
 * force stay.
 */
bool ruleset_load(struct ruleset *set, json_t *rules, bool append, int64_t now_ms, char *why,
                  size_t cap);

/* ruleset_clear removes every rule. */
void ruleset_clear(struct ruleset *set);

/* ruleset_json returns {"rules":[{"match","act","hits":N},…]}, a new reference, or NULL without
 * memory. */
json_t *ruleset_json(struct ruleset *set);

/*
 * struct fault_decision is what strikes one request: the acts of all rules that matched, the first
 * rule winning where two do the same. `name` is the first act's name, for the journal. It holds
 * references to the rules; cleanup drops them.
 */
struct fault_decision {
    struct ruleset *set; /* must outlive the decision */
    bool struck;
    const char *name;
    struct fault_act act;
    json_t *held; /* keeps the act's strings alive */
};

/* ruleset_decide counts the request against every rule and fills *decision. */
void ruleset_decide(struct ruleset *set, const struct fault_facts *facts, int64_t now_ms,
                    struct fault_decision *decision);

/* ruleset_greet counts a TLS connection against every rule of TLS faults and returns the enum
 * fault_tls of the first that strikes it, or 0. */
int ruleset_greet(struct ruleset *set, const char *sni, int64_t now_ms);

void fault_decision_cleanup(struct fault_decision *decision);

#endif

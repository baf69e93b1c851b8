/* One fault rule: data that says which requests it strikes and what it does to them. Pure: no
 * locks, no clock, no I/O. */
#ifndef MOCKIDP_FAULTS_RULE_H
#define MOCKIDP_FAULTS_RULE_H

#include "mockidp/faults/act.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FAULT_NTH_MAX = 64, /* entries of "nth" */
    FAULT_NAMES = 4     /* names by which one tenant or client is known */
};

/*
 * struct fault_facts is what is known of a request before an endpoint runs. A tenant or a client
 * has several names (alias, GUID, domain, the path segment); NULL entries are skipped. All
 * borrowed.
 */
struct fault_facts {
    const char *endpoint; /* "jwks" … */
    const char *tenants[FAULT_NAMES];
    const char *clients[FAULT_NAMES];
    const char *grant; /* grant_type of the form, or NULL */
};

/*
 * struct fault_rule: parsed from {"match":{…},"act":{…}}. `source` is the rule as given (a
 * reference is held), which the strings point into.
 */
struct fault_rule {
    json_t *source;
    const char *endpoint;
    const char *tenant;
    const char *client;
    const char *grant;
    const char *listener; /* "https" */
    const char *sni;
    uint64_t nth[FAULT_NTH_MAX];
    size_t nth_count;
    int64_t window_from_ms;  /* since the rule was set, on the IdP's clock */
    int64_t window_until_ms; /* INT64_MAX: open */
    double probability;
    struct fault_act act;
    int64_t set_at_ms; /* when the rule was set, on the IdP's clock */
    uint64_t
        matched; /* requests that met endpoint, tenant, client, grant and window: what nth counts */
    uint64_t hits; /* requests struck */
};

/*
 * fault_rule_parse reads one rule. `at` is the JSON pointer of `json` in its document. Unknown
 * members, unknown acts and values out of range are refused: returns false with a sentence that
 * begins with the pointer in `why`.
 */
bool fault_rule_parse(struct fault_rule *rule, json_t *json, const char *at, char *why, size_t cap);

/* fault_rule_cleanup drops the reference. */
void fault_rule_cleanup(struct fault_rule *rule);

/*
 * fault_rule_strikes counts a request against the rule and reports whether it is struck. `dice` is
 * uniform in [0, 1) and read only by rules with a probability.
 */
bool fault_rule_strikes(struct fault_rule *rule, const struct fault_facts *facts, int64_t now_ms,
                        double dice);

/* fault_rule_greets counts a TLS connection against a rule of TLS faults and reports whether it is
 * struck. `sni` is the host that was asked for, or "". */
bool fault_rule_greets(struct fault_rule *rule, const char *sni, int64_t now_ms);

#endif

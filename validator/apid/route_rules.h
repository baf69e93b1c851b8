/* What each route needs, from the member "routes" of the configuration file. */
#ifndef VALIDATOR_APID_ROUTE_RULES_H
#define VALIDATOR_APID_ROUTE_RULES_H

#include "btv/validator.h"

#include <stddef.h>

#define ROUTE_DEFAULT "/api/auth-test"

/* struct route_rule is one protected route; its strings are owned by the rules. */
struct route_rule {
    char *path;
    char *scopes;
    char *roles;
    char *clients;
    char *acrs; /* one authentication context */
    bool all;
    bool optional; /* serves strangers too; who brings a token is held to it */
};

struct route_rules {
    struct route_rule *items;
    size_t count;
    bool own; /* needs are those of the routes, and the validator has none */
};

/*
 * route_rules_load reads a configuration file: "routes" becomes *rules (newly allocated; left alone
 * when there is no such member), all other members go into `c`. Returns -1 with `why`, which names
 * the member and what is wrong: "routes[1].path: …".
 *
 *     "routes": [{"path": "/api/tasks", "scopes": "Tasks.Read", "roles": ["Tasks.Read.All"],
 *                 "clients": "…", "acrs": "c1", "all": false, "optional": false}]
 */
int route_rules_load(const char *json, size_t len, struct btv_config *c, struct route_rules **rules,
                     char *why, size_t cap);

/*
 * route_rules_complete adds ROUTE_DEFAULT, unless it is there, and makes *rules when it is NULL.
 * When other routes have needs, the scopes and roles of `c`, with its `match`, move to
 * ROUTE_DEFAULT: left there, they would be asked of every token. Returns -1 when memory is short.
 */
int route_rules_complete(struct route_rules **rules, struct btv_config *c);

/* route_rules_find returns the rule of a path, octet by octet the same, or NULL. */
const struct route_rule *route_rules_find(const struct route_rules *rules, const char *path);

void route_rules_free(struct route_rules *rules);

#endif

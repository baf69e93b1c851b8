/* One request through the mock: faults, route, endpoint, journal. What a listener asks, and what
 * idp_admin asks. */
#ifndef MOCKIDP_SERVE_H
#define MOCKIDP_SERVE_H

#include "mockidp/admin/guard.h"
#include "mockidp/context.h"
#include "mockidp/http/server.h"
#include "mockidp/platform/log.h"

#include <jansson.h>

struct shelf;
struct state;

/* struct serve_parts is the running mock. Set before the listeners start; what changes later locks
 * itself. */
struct serve_parts {
    struct shelf *shelf;
    struct keyring *keyring;
    struct clock *clock;
    struct rng *rng;
    struct state *state;
    struct ruleset *faults;
    struct journal *history;
    struct admin_policy admin;
    enum log_format log;
    const char *public_url; /* NULL: URLs follow the client's Host */
    const char *default_origin;
    const char *http_origin; /* NULL without that listener */
    const char *https_origin;
    const char *const *names; /* of --as, NULL-terminated */
    const char *sign_in;
    const char *ca_pem;
};

/* The callbacks of struct server_owner; the closure is a struct serve_parts. */
int64_t serve_begin(void *parts, struct server_exchange *exchange);
void serve_answer(void *parts, struct server_exchange *exchange);
void serve_end(void *parts, struct server_exchange *exchange);
enum server_tls serve_greet(void *parts, const char *sni);

/* serve_admin does one admin call without HTTP, guard and journal: see idp_admin. */
json_t *serve_admin(struct serve_parts *parts, const char *method, const char *path, json_t *body,
                    int *status);

#endif

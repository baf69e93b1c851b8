/* What an endpoint gets beside the request: the parts of the mock, as they stand for this one
 * request. */
#ifndef MOCKIDP_CONTEXT_H
#define MOCKIDP_CONTEXT_H

#include <stdbool.h>
#include <stdint.h>

struct directory;
struct keyring;
struct clock;
struct rng;
struct state;
struct journal;
struct journal_entry;
struct ruleset;
struct admin_policy;
struct response_store;

/* enum idp_keys_view is what a fault rule makes of the key set; the jwks endpoint obeys it. */
enum idp_keys_view {
    IDP_KEYS_TRUE,  /* what the keyring publishes now */
    IDP_KEYS_STALE, /* {"stale_keys":true}: what it published before the last change */
    IDP_KEYS_EMPTY  /* {"empty_keys":true}: {"keys":[]} */
};

/*
 * struct idp_context lives for one request. The directory is the snapshot of this request: a reload
 * does not change it underfoot. Keyring, clock and rng lock themselves. Strings are borrowed for
 * the request.
 */
struct idp_context {
    const struct directory *directory;
    struct keyring *keyring;
    struct clock *clock;
    struct rng *rng;
    struct state *state; /* codes, tokens, sessions; locks itself */
    const char *origin;  /* prefix of every URL in the answer: --public-url, else scheme and Host of
                            the request */
    const char *default_origin; /* of tokens baked without a request: --public-url, else the HTTPS
                                   origin, else the HTTP one */
    const char *http_origin;    /* of the listeners; NULL without that one */
    const char *https_origin;
    const char *const *names;       /* of --as, NULL-terminated; NULL: none */
    struct response_store *answers; /* made of this directory; locks itself */
    const char *sign_in;            /* "page", "auto" or "auto:USER" */
    enum idp_keys_view keys_view;
    struct journal_entry *journal; /* this request's line, to annotate; NULL outside HTTP */

    /* For the admin calls. */
    struct ruleset *faults;
    struct journal *history;
    const struct admin_policy *admin;
    const char *ca_pem; /* NULL without an own CA */
};

#endif

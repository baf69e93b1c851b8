/* The toy validator's keys: where they come from, which one a header names, and whether it made the
 * signature. */
#ifndef CONFORMANCE_ADAPTERS_MUTANT_KEYS_H
#define CONFORMANCE_ADAPTERS_MUTANT_KEYS_H

#include "conformance/adapters/mutant_flaws.h"
#include "conformance/adapters/mutant_token.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* mutant_fetch_fn does one GET and returns the JSON document, a new reference, or NULL. */
typedef json_t *(*mutant_fetch_fn)(void *ctx, const char *url);

/*
 * struct mutant_keys is the last good key set. Zero it, fill the borrowed members, and it is ready.
 * One thread at a time. `discovery` and `discovery_v1` are URLs of OpenID configurations; the
 * second may be NULL.
 */
struct mutant_keys {
    enum mutant_flaw flaw;
    mutant_fetch_fn fetch;
    void *ctx;
    const char *discovery;
    const char *discovery_v1;
    const char *issuer;    /* that the v2 keys must be for; with {tenantid} the claims decide */
    const char *issuer_v1; /* or NULL */
    int64_t cooldown_s;    /* between two refreshes for unknown kids */
    json_t *jwks;          /* array of JWKs, owned; NULL before the first fetch */
    const char *vouched;   /* the issuer of the key that proved the last token, or "" */
    int64_t fetched_at;    /* of the last fetch, good or not */
    int64_t good_at;       /* of the last good one */
    int64_t asked_at;      /* of the last refresh for an unknown kid; 0 before the first */
};

/* enum mutant_proof: what the keys say of a token. */
enum mutant_proof { MUTANT_FORGED, MUTANT_PROVEN, MUTANT_NO_KEYS };

/* mutant_keys_prove says whether a trusted key signed `token`; at `now` it may fetch keys on the
 * way. */
enum mutant_proof mutant_keys_prove(struct mutant_keys *keys, const struct mutant_token *token,
                                    int64_t now);

void mutant_keys_clear(struct mutant_keys *keys);

#endif

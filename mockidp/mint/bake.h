/*
 * The oven: every token of the mock, ordinary, forged or malformed, is a recipe
 * (mockidp/mint/README.md) baked here. It knows keys, claims and bytes; who exists comes in through
 * struct mint_context.
 */
#ifndef MOCKIDP_MINT_BAKE_H
#define MOCKIDP_MINT_BAKE_H

#include "mockidp/mint/key.h"
#include "mockidp/platform/rng.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* iat and nbf lie five minutes back: captured tokens have exp - iat = lifetime + 300. */
enum { MINT_BACKDATED_S = 300 };

/* mint_amr returns how a user signed in (amr), by password and perhaps a second factor: a new
 * reference, or NULL. */
json_t *mint_amr(bool second_factor);

/* struct mint_base is what a recipe starts from: "delegated-v2", …; all are static. */
struct mint_base {
    const char *name;
    int version;   /* 1 or 2 */
    bool user;     /* delegated, or of an ID token; else app-only */
    bool id_token; /* its audience is the client */
};

/*
 * struct mint_facts says for whom a token is. Strings and JSON are borrowed for the baking, unless
 * it says otherwise; NULL and 0 are absent. A token with `user_oid` is delegated, one without is
 * app-only.
 */
struct mint_facts {
    const char *tenant_id;
    const char *client_id;
    const char *client_acr;   /* "0" public, "1" secret, "2" certificate */
    const char *client_oid;   /* of the client's service principal */
    const char *resource_id;  /* aud of v2 access tokens */
    const char *resource_uri; /* aud of v1 access tokens */
    const char *scope;        /* scp, short names */
    const char *user_oid;
    const char *user_name;
    const char *given_name;
    const char *family_name;
    const char *upn;   /* NULL for a guest */
    const char *login; /* preferred_username and unique_name; a guest's is the address at home */
    const char *email;
    const char *idp; /* where a guest signed in; NULL: the issuer is the identity provider */
    const char *ip_address;
    const json_t *
        roles; /* array: the user's app roles, or what was granted to the client; empty is absent */
    const json_t *groups; /* array of texts, or NULL */
    size_t group_count;   /* of the user; over the limit the claim is an overage */
    bool implicit;        /* the token goes into a fragment: fewer groups fit */
    size_t implicit_groups_max;
    bool has_groups_text;   /* hasgroups is "true", not true */
    const char *graph_host; /* of the overage; NULL: "graph.windows.net" */
    bool second_factor;     /* amr has mfa */
    const char *session;    /* sid; NULL without a session */
    const json_t *extra;    /* object of further claims: they replace those of the base */
    json_t *made[2];        /* owned: what `roles`, `groups` and `extra` point into, or NULL */
    int64_t lifetime_s;     /* instead of the context's, or of an ID token's hour; 0: those */
    bool without_profile;   /* the scope `profile` was not asked for */
    bool header_nonce;      /* the header has a nonce, which is hashed before signing */
    /* of an ID token */
    const char *nonce;
    const char *at_hash; /* of the access token and the code that come with it from /authorize */
    const char *c_hash;
};

/* mint_facts_cleanup releases what the facts own. */
void mint_facts_cleanup(struct mint_facts *facts);

struct mint_context {
    void *ctx;
    /* resolves the `for` object of a recipe (or NULL) for a token of that base; 0, or -1 with
     * `why`. The oven cleans the facts up. */
    int (*facts)(void *ctx, const json_t *subject, const struct mint_base *base,
                 struct mint_facts *out, char *why, size_t cap);
    /* the key of that name in a tenant's timeline, or a named one ("rogue"); NULL with `why` */
    const struct mint_key *(*key)(void *ctx, const char *tenant_id, const char *name, char *why,
                                  size_t cap);
    /* the tenant's id for an alias, or NULL */
    const char *(*tenant)(void *ctx, const char *alias);
    /* the tenant's key set as it is served, a new reference; NULL without memory */
    json_t *(*jwks)(void *ctx, const char *tenant_id);
    int64_t now;
    int64_t lifetime_s;    /* of access tokens; exp = now + lifetime */
    const char *origin;    /* "https://localhost:8443", of v2 issuers */
    bool v1_issuer_origin; /* v1 issuers are {origin}/{tid}/ instead of Entra's literal */
    const char *sts;       /* of that literal; NULL: "https://sts.windows.net" */
    struct rng *rng;
};

/* struct mint_token is what came out; release it with mint_token_cleanup. */
struct mint_token {
    char *token;         /* as it is sent, mutations included; may hold any byte but NUL */
    char *authorization; /* the header's value; NULL when the recipe places the token elsewhere */
    json_t *header;      /* as built, or NULL when the recipe gave its bytes */
    json_t *claims;
    json_t
        *lines; /* array of Authorization values when the recipe wraps more than one, else NULL */
    const char *place; /* "header", "query", "form", "cookie": static */
};

/*
 * mint_bake bakes a recipe. `facts` overrides the recipe's `for` when not NULL (the token endpoint
 * knows them already). Returns 0, or -1 with a sentence that begins with the JSON pointer of the
 * member at fault.
 */
int mint_bake(const json_t *recipe, const struct mint_context *context,
              const struct mint_facts *facts, struct mint_token *out, char *why, size_t cap);
void mint_token_cleanup(struct mint_token *token);

/* mint_octets returns text as JSON, a new reference: a string, or {"hex"} when its octets are not
 * UTF-8. */
json_t *mint_octets(const char *text);

#endif

/* The rules of one API, compiled from a configuration once and only read afterwards. */
#ifndef VALIDATOR_POLICY_POLICY_H
#define VALIDATOR_POLICY_POLICY_H

#include "validator/jose/span.h"

#include <stdint.h>

/* A list of words, cut at spaces. Zeroed is empty. */
struct btv_words {
    char *text;
    struct jose_span *items;
    size_t count;
};

/* btv_words_init copies and cuts `text` (NULL or "" is an empty list). Returns 0, or -1 when memory
 * is short. */
int btv_words_init(struct btv_words *w, const char *text);

/* btv_words_hold says whether `word` is one of the list. */
bool btv_words_hold(const struct btv_words *w, struct jose_span word);
void btv_words_cleanup(struct btv_words *w);

enum btv_token_version { BTV_TOKEN_V1 = 1, BTV_TOKEN_V2 = 2 };

/* Whose tokens an authority issues. */
enum btv_authority_kind {
    BTV_ONE_TENANT,   /* `issuer` is the tenant's */
    BTV_MANY_TENANTS, /* `issuer` is a template, in which "{tenantid}" stands for the tenant */
    BTV_NAMED_ISSUER  /* of Azure AD B2C or External ID, by configuration alone */
};

/* One issuer, and the document that says where its keys are. */
struct btv_authority {
    enum btv_authority_kind kind;
    enum btv_token_version version;
    char *metadata_url;
    char *issuer;
    char *key_issuer; /* what its keys may be marked with instead: v1 tokens are signed with the
                         keys of v2; NULL: nothing else */
};

#define BTV_AUTHORITIES_MAX 8

struct btv_policy {
    struct btv_authority authorities[BTV_AUTHORITIES_MAX];
    size_t authority_count;       /* never 0 */
    char *tenant_id;              /* the one tenant, or NULL */
    struct btv_words tenants;     /* of many, those that are allowed */
    bool any_tenant;              /* all of them are */
    bool work_only;               /* but for the tenant of personal accounts */
    struct btv_words audience_v2; /* never empty */
    struct btv_words audience_v1; /* never empty */
    struct btv_words scopes;
    struct btv_words roles;
    struct btv_words clients;
    bool all;                /* of scopes or roles, instead of one of them */
    char *acrs;              /* the authentication context that is needed, or NULL */
    char *authorization_uri; /* where a claims challenge sends to, or NULL */
    unsigned algorithms;     /* a bit for each enum jose_alg_id */
    int64_t skew_s;
    size_t max_token_bytes;
};

/* What was expected and what was found, for logs and people; "" when there is nothing to add. */
struct btv_detail {
    char text[320];
};

/*
 * btv_detail_set writes "WHAT: expected EXPECTED, found FOUND", each cut to a readable length,
 * control characters as '?'.
 */
void btv_detail_set(struct btv_detail *d, const char *what, struct jose_span expected,
                    struct jose_span found);

#endif

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
void btv_words_cleanup(struct btv_words *w);

struct btv_policy {
    char *tenant_id;
    char *issuer_v2;              /* of the configured authority */
    char *issuer_v1;              /* NULL: v1 tokens are refused */
    struct btv_words audience_v2; /* never empty */
    struct btv_words audience_v1; /* never empty when issuer_v1 is set */
    struct btv_words scopes;
    struct btv_words roles;
    struct btv_words clients;
    unsigned algorithms; /* a bit for each enum jose_alg_id */
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

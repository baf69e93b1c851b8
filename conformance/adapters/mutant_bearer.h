/* The one token of a request, as the toy validator finds it: scheme, white space, several lines. */
#ifndef CONFORMANCE_ADAPTERS_MUTANT_BEARER_H
#define CONFORMANCE_ADAPTERS_MUTANT_BEARER_H

#include "conformance/adapters/mutant_flaws.h"

#include <stdbool.h>
#include <stddef.h>

/* struct mutant_line is one Authorization value as it came, which may hold any octet. Borrowed. */
struct mutant_line {
    const char *text;
    size_t len;
};

/* struct mutant_request is what the validator sees of a request; `query_token` is NULL without one,
 * `scopes` are those of the route, NULL for the policy's. Borrowed. */
struct mutant_request {
    const struct mutant_line *lines;
    size_t count;
    const char *query_token;
    const char *scopes;
};

/* struct mutant_answer is the decision and its wire: `error` is the RFC 6750 error, or NULL;
 * `challenge` says whether there is one; `name` is what the protected body shows of the caller. */
struct mutant_answer {
    int status;
    const char *error;
    bool challenge;
    char name[256];
};

/*
 * mutant_bearer_find finds the one token of the request (RFC 6750 §2). Returns the token, newly
 * allocated with its length in *len, or NULL with *answer set when there is none, more than one, or
 * a flaw lets the caller in without.
 */
char *mutant_bearer_find(enum mutant_flaw flaw, const struct mutant_request *request, size_t *len,
                         struct mutant_answer *answer);

#endif

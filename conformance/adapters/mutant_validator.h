/*
 * The toy validator: a second, independent opinion on every case, and with a flaw a proof that the
 * cases can fail. It shares no code with libbtv (jansson and OpenSSL do its work), so that one
 * mistake cannot hide in both.
 */
#ifndef CONFORMANCE_ADAPTERS_MUTANT_VALIDATOR_H
#define CONFORMANCE_ADAPTERS_MUTANT_VALIDATOR_H

#include "conformance/adapters/mutant_claims.h"
#include "conformance/adapters/mutant_flaws.h"
#include "conformance/adapters/mutant_keys.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* struct mutant_line is one Authorization value as it came, which may hold any octet. Borrowed. */
struct mutant_line {
    const char *text;
    size_t len;
};

/* struct mutant_request is what the validator sees of a request; `query_token` is NULL without one.
 * Borrowed. */
struct mutant_request {
    const struct mutant_line *lines;
    size_t count;
    const char *query_token;
};

/* struct mutant_answer is the decision and its wire: `error` is the RFC 6750 error, or NULL;
 * `challenge` says whether there is one. */
struct mutant_answer {
    int status;
    const char *error;
    bool challenge;
};

/*
 * struct mutant_validator: zero it and fill `flaw`, `policy` and `keys` (borrowed members, see
 * there). One thread at a time. Clear with mutant_validator_clear.
 */
struct mutant_validator {
    enum mutant_flaw flaw;
    struct mutant_policy policy;
    struct mutant_keys keys;
    char *accepted; /* the last token that was accepted, owned; what "caches-verdicts" remembers */
};

/* mutant_validator_decide answers `request` at `now`, Unix seconds. May fetch keys. */
struct mutant_answer mutant_validator_decide(struct mutant_validator *validator,
                                             const struct mutant_request *request, int64_t now);

void mutant_validator_clear(struct mutant_validator *validator);

#endif

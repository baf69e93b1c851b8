/*
 * The toy validator: a second, independent opinion on every case, and with a flaw a proof that the
 * cases can fail. It shares no code with libbtv (jansson and OpenSSL do its work), so that one
 * mistake cannot hide in both.
 */
#ifndef CONFORMANCE_ADAPTERS_MUTANT_VALIDATOR_H
#define CONFORMANCE_ADAPTERS_MUTANT_VALIDATOR_H

#include "conformance/adapters/mutant_bearer.h"
#include "conformance/adapters/mutant_claims.h"
#include "conformance/adapters/mutant_flaws.h"
#include "conformance/adapters/mutant_keys.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * struct mutant_validator: zero it and fill `flaw`, `policy` and `keys` (borrowed members, see
 * there). One thread at a time. Clear with mutant_validator_clear.
 */
struct mutant_validator {
    enum mutant_flaw flaw;
    struct mutant_policy policy;
    struct mutant_keys keys;
    char *accepted; /* the last token that was accepted, owned; what the caching flaws remember */
    struct mutant_answer recalled; /* and what was said to it */
    struct mutant_memory *seen;    /* every token; what "remembers-every-token" keeps */
    size_t seen_octets;
};

/* mutant_validator_decide answers `request` at `now`, Unix seconds. May fetch keys. */
struct mutant_answer mutant_validator_decide(struct mutant_validator *validator,
                                             const struct mutant_request *request, int64_t now);

/* mutant_validator_kib is what the validator keeps, in KiB. */
int64_t mutant_validator_kib(const struct mutant_validator *validator);

void mutant_validator_clear(struct mutant_validator *validator);

#endif

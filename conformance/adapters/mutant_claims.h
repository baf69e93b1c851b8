/* The toy validator's checks of the claims of a token whose signature is proven. */
#ifndef CONFORMANCE_ADAPTERS_MUTANT_CLAIMS_H
#define CONFORMANCE_ADAPTERS_MUTANT_CLAIMS_H

#include "conformance/adapters/mutant_flaws.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* struct mutant_policy is what the API expects; borrowed strings, lists of words. */
struct mutant_policy {
    const char *home;        /* the API's own tenant, a GUID */
    const char *tenants;     /* with an issuer for many: those that may come; NULL: any */
    const char *issuer_v2;   /* with {tenantid} in it: of many tenants */
    const char *issuer_v1;   /* NULL: v1 tokens are not for this API */
    const char *audience_v2; /* the client id */
    const char *audience_v1; /* the App ID URI */
    const char *scopes;      /* one of which a user must bring, or all; NULL: users may not come */
    bool all_scopes;
    const char *role;    /* that an application must have; NULL: applications may not come */
    const char *clients; /* that may call; NULL: any */
    int64_t skew_s;
};

/* enum mutant_claim: where a token stands after its claims were read. */
enum mutant_claim { MUTANT_CLAIMS_WRONG, MUTANT_CLAIMS_RIGHT, MUTANT_SCOPE_MISSING };

/* mutant_claims_check decides on `claims` at `now` (RFC 7519 §4.1, Entra: claims-validation);
 * `vouched` is the issuer that the key of the signature is for, "" when it names none. */
enum mutant_claim mutant_claims_check(enum mutant_flaw flaw, const struct mutant_policy *policy,
                                      const char *vouched, const json_t *claims, int64_t now);

#endif

/* What the token permits: the calling app, and scopes (for a user) or roles (for an app). */
#ifndef VALIDATOR_POLICY_AUTHZ_H
#define VALIDATOR_POLICY_AUTHZ_H

#include "btv/error.h"
#include "validator/jose/claims.h"
#include "validator/policy/policy.h"

/* One route's needs, compiled. Empty lists are no need. */
struct btv_need {
    const struct btv_words *scopes;
    const struct btv_words *roles;
    const struct btv_words *clients;
    bool all;         /* every scope or role, instead of one of them */
    const char *acrs; /* an authentication context, or NULL */
};

/*
 * btv_check_authz decides on the permissions of a token that is otherwise good. `idtyp` says whose
 * it is; without it a token with `scp` acts for a user and one without for an app. A user's needs a
 * scope, an app's a role: neither stands in for the other (Entra "Secure applications by validating
 * claims"). A token with neither claim, or with empty ones, permits nothing. Scopes are words
 * between spaces, to the letter. The client is `appid` in v1 tokens and `azp` in v2 ones.
 * BTV_CLIENT_NOT_ALLOWED, BTV_SCOPE_MISSING, BTV_ROLE_MISSING, BTV_CLAIMS_MALFORMED for a `scp`
 * that is no string; and last, when `acrs` lacks the context, BTV_CLAIMS_INSUFFICIENT for a client
 * that takes claims challenges (`xms_cc` with cp1; Entra "Claims challenges"), BTV_CONTEXT_MISSING
 * for one that would only come back with the same token.
 */
enum btv_error btv_check_authz(const struct btv_need *need, enum btv_token_version version,
                               const struct jose_claims *c, struct btv_detail *why);

#endif

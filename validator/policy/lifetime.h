/* When the token is good (RFC 7519 §4.1.4 to §4.1.6). */
#ifndef VALIDATOR_POLICY_LIFETIME_H
#define VALIDATOR_POLICY_LIFETIME_H

#include "btv/error.h"
#include "validator/jose/claims.h"

/*
 * btv_check_lifetime compares `exp` (required), `nbf` and `iat` (if present) with `now`, Unix
 * seconds, allowing `skew_s` seconds of disagreement between clocks. Order: BTV_LIFETIME_MALFORMED
 * (missing exp, no number, too large, nbf after exp), BTV_TOKEN_EXPIRED, BTV_TOKEN_NOT_YET_VALID.
 */
enum btv_error btv_check_lifetime(const struct jose_claims *c, int64_t now, int64_t skew_s);

#endif

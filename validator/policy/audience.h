/* For whom the token was issued (RFC 7519 §4.1.3). */
#ifndef VALIDATOR_POLICY_AUDIENCE_H
#define VALIDATOR_POLICY_AUDIENCE_H

#include "btv/error.h"
#include "validator/jose/claims.h"
#include "validator/policy/policy.h"

/*
 * btv_check_audience wants one of `accepted` in `aud`, a string or an array of strings, to the
 * letter. BTV_AUDIENCE_MISMATCH when it is not there; BTV_CLAIMS_MALFORMED for an array with
 * anything but strings.
 */
enum btv_error btv_check_audience(const struct btv_words *accepted, const struct jose_claims *c,
                                  struct btv_detail *why);

#endif

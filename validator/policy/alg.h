/* Which algorithms and token types this API takes: the allow-list, never the token, decides. */
#ifndef VALIDATOR_POLICY_ALG_H
#define VALIDATOR_POLICY_ALG_H

#include "btv/error.h"
#include "validator/jose/alg.h"
#include "validator/jose/header.h"
#include "validator/policy/policy.h"

/* btv_check_alg finds the allowed algorithm that the header names, or answers BTV_ALG_NOT_ALLOWED.
 */
enum btv_error btv_check_alg(const struct btv_policy *p, const struct jose_header *h,
                             const struct jose_alg **alg, struct btv_detail *why);

/*
 * btv_check_typ takes a token without `typ`, of type JWT, or at+jwt (RFC 9068), with or without
 * "application/"; media types have no case (RFC 7515 §4.1.9). Anything else is BTV_TYP_NOT_ALLOWED:
 * a logout or DPoP token is no access token.
 */
enum btv_error btv_check_typ(const struct jose_header *h);

#endif

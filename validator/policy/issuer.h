/* Who issued the token: its `iss` and `tid` against the owner of the key that signed it. */
#ifndef VALIDATOR_POLICY_ISSUER_H
#define VALIDATOR_POLICY_ISSUER_H

#include "btv/error.h"
#include "validator/jose/claims.h"
#include "validator/policy/policy.h"

enum btv_token_version { BTV_TOKEN_V1 = 1, BTV_TOKEN_V2 = 2 };

/*
 * btv_check_issuer compares `iss` with the configured authority's issuers, full length and ordinal
 * (RFC 7519 §4.1.1; Entra "Secure applications by validating claims"), then the key's own `issuer`
 * member, where "{tenantid}" stands for the tenant, then `tid`, then `ver`. BTV_ISSUER_MISMATCH or
 * BTV_TENANT_NOT_ALLOWED; on BTV_OK `*version` says by which issuer the token came.
 */
enum btv_error btv_check_issuer(const struct btv_policy *p, const struct jose_claims *c,
                                const char *key_issuer, enum btv_token_version *version,
                                struct btv_detail *why);

/*
 * btv_issuer_matches compares an issuer in which "{tenantid}" may stand for the tenant with
 * `issuer`: prefix, tenant, suffix, each to the letter.
 */
bool btv_issuer_matches(const char *template_text, const char *tenant_id, const char *issuer);

#endif

/* Who issued the token: its `iss` and `tid` against the owner of the key that signed it. */
#ifndef VALIDATOR_POLICY_ISSUER_H
#define VALIDATOR_POLICY_ISSUER_H

#include "btv/error.h"
#include "validator/jose/claims.h"
#include "validator/policy/policy.h"

/* The tenant of personal accounts ("Access tokens in the Microsoft identity platform"). */
#define BTV_CONSUMERS_ID "9188040d-6c67-4c5b-b112-36a304b66dad"

/*
 * btv_check_issuer compares `iss` with the issuer of the authority whose key signed, full length
 * and ordinal (RFC 7519 §4.1.1; Entra "Secure applications by validating claims"), then the key's
 * own `issuer` member, then `tid`, then `ver`. Of many tenants `tid` comes first, since it fills
 * the template: it must be one GUID, and a key that does not say whose it is vouches for none of
 * them. BTV_ISSUER_MISMATCH or BTV_TENANT_NOT_ALLOWED.
 */
enum btv_error btv_check_issuer(const struct btv_policy *p, const struct btv_authority *a,
                                const char *key_issuer, const struct jose_claims *c,
                                struct btv_detail *why);

/*
 * btv_issuer_matches compares an issuer in which "{tenantid}" may stand for the tenant with
 * `issuer`: prefix, tenant, suffix, each to the letter. `tenant_id` NULL: nothing may stand for it.
 */
bool btv_issuer_matches(const char *template_text, const char *tenant_id, const char *issuer);

/* btv_is_guid says whether `text` is a GUID in lower case, as Entra writes `tid`. */
bool btv_is_guid(const char *text);

#endif

/* Issuer, tenant, audience, lifetime and scope, each in one small function with its flaws beside
 * the rule. */
#include "conformance/adapters/mutant_claims.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DATE_LIMIT 9223372036854775808.0 /* two to the 63rd */

static const char *text_of(const json_t *claims, const char *name)
{
    const char *text = json_string_value(json_object_get(claims, name));
    return text == NULL ? "" : text;
}

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* Entra, access-tokens: the issuer is compared as a whole, and `tid` names the same tenant. */
static bool issuer_fits(enum mutant_flaw flaw, const char *expected, const char *found)
{
    if (expected == NULL) {
        return false;
    }
    switch ((int)flaw) {
    case MUTANT_PREFIX_ISSUER_MATCH: return starts_with(found, expected);
    case MUTANT_SUBSTRING_ISSUER_MATCH: return *found != '\0' && strstr(expected, found) != NULL;
    case MUTANT_ISSUER_CONTAINS: return strstr(found, expected) != NULL;
    case MUTANT_ISSUER_CASE_FOLDED: return strcasecmp(found, expected) == 0;
    default: return strcmp(found, expected) == 0;
    }
}

static bool issuer_is_ours(enum mutant_flaw flaw, const struct mutant_policy *policy,
                           const json_t *claims)
{
    const char *issuer = text_of(claims, "iss");
    bool tenant =
        strcmp(text_of(claims, "tid"), policy->tenant) == 0 || flaw == MUTANT_IGNORES_TENANT;
    if (flaw == MUTANT_IGNORES_ISS) {
        return true;
    }
    if (flaw == MUTANT_TRUSTS_TENANT_CLAIM) { /* reads the tenant, not who says so */
        return tenant;
    }
    return tenant && (issuer_fits(flaw, policy->issuer_v2, issuer) ||
                      issuer_fits(flaw, policy->issuer_v1, issuer));
}

/* RFC 7519 §4.1.3: a case-sensitive string, or an array of them. */
static bool audience_fits(enum mutant_flaw flaw, const char *expected, const json_t *value)
{
    const char *found = json_string_value(value);
    if (found == NULL) {
        return false;
    }
    switch ((int)flaw) {
    case MUTANT_PREFIX_AUDIENCE: return starts_with(found, expected);
    case MUTANT_SUBSTRING_AUDIENCE: return *found != '\0' && strstr(expected, found) != NULL;
    case MUTANT_AUDIENCE_CASE_FOLDED: return strcasecmp(found, expected) == 0;
    default: return strcmp(found, expected) == 0;
    }
}

static bool audience_is_ours(enum mutant_flaw flaw, const struct mutant_policy *policy,
                             const json_t *claims)
{
    const json_t *audience = json_object_get(claims, "aud");
    const char *expected =
        strcmp(text_of(claims, "ver"), "1.0") == 0 ? policy->audience_v1 : policy->audience_v2;
    size_t i;
    const json_t *value;
    if (flaw == MUTANT_IGNORES_AUD || (flaw == MUTANT_MISSING_AUD_PASSES && audience == NULL)) {
        return true;
    }
    json_array_foreach(audience, i, value)
    {
        if (audience_fits(flaw, expected, value)) {
            return true;
        }
    }
    return audience_fits(flaw, expected, audience);
}

/* A NumericDate is a JSON number (RFC 7519 §2), here of at most 64 bits; the flaw reads one out of
 * a string too, as int("…") does. */
static bool date_of(enum mutant_flaw flaw, const json_t *value, double *date)
{
    if (flaw == MUTANT_COERCES_DATES && json_is_string(value)) {
        *date = strtod(json_string_value(value), NULL);
        return true;
    }
    *date = json_number_value(value);
    return json_is_number(value) && fabs(*date) < DATE_LIMIT;
}

/* RFC 7519 §4.1.4: "on or after which the JWT MUST NOT be accepted"; §4.1.5 for nbf. */
static bool lifetime_is_now(enum mutant_flaw flaw, const struct mutant_policy *policy,
                            const json_t *claims, int64_t now)
{
    const json_t *exp = json_object_get(claims, "exp"), *nbf = json_object_get(claims, "nbf");
    double expires = 0, begins = 0, time = (double)now, skew = (double)policy->skew_s;
    bool fresh = date_of(flaw, exp, &expires) && time < expires + skew;
    if (flaw == MUTANT_IGNORES_EXP || (flaw == MUTANT_MISSING_EXP_PASSES && exp == NULL)) {
        fresh = true;
    }
    if (flaw == MUTANT_EXP_INCLUSIVE) {
        fresh = date_of(flaw, exp, &expires) && time <= expires + skew;
    }
    bool begun = nbf == NULL || (date_of(flaw, nbf, &begins) && time + skew >= begins);
    return fresh && (begun || flaw == MUTANT_IGNORES_NBF);
}

/* RFC 6749 §3.3: case-sensitive tokens between single spaces. */
static bool scope_among(enum mutant_flaw flaw, const char *scopes, const char *required)
{
    size_t len = strlen(required);
    const char *at = scopes;
    if (flaw == MUTANT_SUBSTRING_SCOPE) {
        return strstr(scopes, required) != NULL;
    }
    if (flaw == MUTANT_SINGLE_SCOPE_ONLY) {
        return strcmp(scopes, required) == 0;
    }
    while (*at != '\0') {
        size_t end = strcspn(at, flaw == MUTANT_ANY_SCOPE_SEPARATOR ? " \t\n\r,;+" : " ");
        if (end == len &&
            (strncmp(at, required, len) == 0 ||
             (flaw == MUTANT_CASE_INSENSITIVE_SCOPE && strncasecmp(at, required, len) == 0))) {
            return true;
        }
        at += end;
        at += *at == '\0' ? 0 : 1;
    }
    return false;
}

static bool scope_granted(enum mutant_flaw flaw, const struct mutant_policy *policy,
                          const json_t *claims)
{
    size_t i;
    const json_t *role;
    if (flaw == MUTANT_IGNORES_SCOPE) {
        return true;
    }
    if (flaw == MUTANT_READS_SCOPE_CLAIM &&
        scope_among(flaw, text_of(claims, "scope"), policy->scope)) {
        return true;
    }
    if (flaw == MUTANT_ROLES_AS_SCOPES) {
        json_array_foreach(json_object_get(claims, "roles"), i, role)
        {
            if (json_is_string(role) && strcmp(json_string_value(role), policy->scope) == 0) {
                return true;
            }
        }
    }
    return scope_among(flaw, text_of(claims, "scp"), policy->scope);
}

enum mutant_claim mutant_claims_check(enum mutant_flaw flaw, const struct mutant_policy *policy,
                                      const json_t *claims, int64_t now)
{
    bool granted = scope_granted(flaw, policy, claims);
    if (flaw == MUTANT_SCOPE_BEFORE_LIFETIME && !granted) {
        return MUTANT_SCOPE_MISSING;
    }
    /* RFC 7800: with cnf it is no bearer token */
    if (!issuer_is_ours(flaw, policy, claims) || !audience_is_ours(flaw, policy, claims) ||
        !lifetime_is_now(flaw, policy, claims, now) || json_object_get(claims, "cnf") != NULL) {
        return MUTANT_CLAIMS_WRONG;
    }
    return granted ? MUTANT_CLAIMS_RIGHT : MUTANT_SCOPE_MISSING;
}

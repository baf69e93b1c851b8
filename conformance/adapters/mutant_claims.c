/* Issuer, tenant, audience and lifetime, each in one small function with its flaws beside the rule.
 */
#include "conformance/adapters/mutant_claims.h"

#include "conformance/adapters/mutant_permission.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DATE_LIMIT 9223372036854775808.0 /* two to the 63rd */
#define HOLE "{tenantid}"
#define ISSUER_CAP 1024

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

/* Many tenants: `tid` is one GUID as Entra writes them, and no other spelling stands beside it. */
static bool tenant_is_one(enum mutant_flaw flaw, const json_t *claims)
{
    static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    const char *tid = text_of(claims, "tid");
    bool good = strlen(tid) == sizeof shape - 1;
    for (size_t i = 0; good && shape[i] != '\0'; i++) {
        good = shape[i] == 'x' ? strchr("0123456789abcdef", tid[i]) != NULL : tid[i] == '-';
    }
    void *at = json_object_iter((json_t *)(uintptr_t)claims);
    for (; at != NULL; at = json_object_iter_next((json_t *)(uintptr_t)claims, at)) {
        const char *name = json_object_iter_key(at);
        good = good && (strcasecmp(name, "tid") != 0 || strcmp(name, "tid") == 0);
    }
    return good || flaw == MUTANT_ANY_TEXT_IS_A_TENANT;
}

static bool is_listed(const char *words, const char *word)
{
    size_t len = strlen(word);
    for (const char *at = words; len > 0 && (at = strstr(at, word)) != NULL; at += len) {
        if ((at == words || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0')) {
            return true;
        }
    }
    return false;
}

/* The issuer of tenant `tid`, where `template_text` has {tenantid}; cut to fit. */
static void fill_in(const char *template_text, const char *tid, char out[ISSUER_CAP])
{
    const char *hole = strstr(template_text, HOLE);
    size_t before = hole == NULL ? strlen(template_text) : (size_t)(hole - template_text);
    (void)snprintf(out, ISSUER_CAP, "%.*s%s%s", (int)before, template_text, hole == NULL ? "" : tid,
                   hole == NULL ? "" : hole + sizeof HOLE - 1);
}

/* Entra, access-tokens: the issuer is the token's own tenant's, and the key is for that issuer. */
static bool issuer_of_many(enum mutant_flaw flaw, const struct mutant_policy *policy,
                           const char *vouched, const json_t *claims)
{
    char expected[ISSUER_CAP];
    char of_key[ISSUER_CAP];
    const char *tid = text_of(claims, "tid"), *issuer = text_of(claims, "iss");
    if (!tenant_is_one(flaw, claims) ||
        (flaw == MUTANT_HOME_TENANT_ONLY && strcmp(tid, policy->home) != 0)) {
        return false;
    }
    if (policy->tenants != NULL && flaw != MUTANT_IGNORES_TENANT_LIST &&
        !is_listed(policy->tenants, tid)) {
        return false;
    }
    fill_in(policy->issuer_v2, tid, expected);
    fill_in(flaw == MUTANT_LITERAL_KEY_ISSUER ? "" : vouched, tid, of_key);
    bool any_key = flaw == MUTANT_IGNORES_KEY_ISSUER || flaw == MUTANT_ANY_TEXT_IS_A_TENANT;
    bool key_is_for_it = any_key || strcmp(of_key, expected) == 0 || strcmp(vouched, expected) == 0;
    const char *hole = strstr(policy->issuer_v2, HOLE);
    size_t before = (size_t)(hole - policy->issuer_v2);
    if (flaw == MUTANT_ANY_TENANTS_ISSUER) { /* of the right shape, whichever tenant's */
        return strncmp(issuer, expected, before) == 0 && strlen(issuer) == strlen(expected);
    }
    if (flaw == MUTANT_ISSUER_BY_ITS_END) {
        size_t len = strlen(issuer), tail = strlen(expected) - before;
        return len >= tail && strcmp(issuer + len - tail, expected + before) == 0;
    }
    return key_is_for_it && (strcmp(issuer, expected) == 0 || flaw == MUTANT_IGNORES_ISS);
}

static bool issuer_is_ours(enum mutant_flaw flaw, const struct mutant_policy *policy,
                           const json_t *claims)
{
    const char *issuer = text_of(claims, "iss");
    bool tenant =
        strcmp(text_of(claims, "tid"), policy->home) == 0 || flaw == MUTANT_IGNORES_TENANT;
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
    if (flaw == MUTANT_NBF_EXCLUSIVE && nbf != NULL) { /* and without skew */
        begun = date_of(flaw, nbf, &begins) && time > begins;
    }
    return fresh && (begun || flaw == MUTANT_IGNORES_NBF);
}

enum mutant_claim mutant_claims_check(enum mutant_flaw flaw, const struct mutant_policy *policy,
                                      const char *vouched, const json_t *claims, int64_t now)
{
    bool granted = mutant_permission_granted(flaw, policy, claims);
    bool many = strstr(policy->issuer_v2, HOLE) != NULL;
    if (flaw == MUTANT_SCOPE_BEFORE_LIFETIME && !granted) {
        return MUTANT_SCOPE_MISSING;
    }
    bool ours =
        many ? issuer_of_many(flaw, policy, vouched, claims) : issuer_is_ours(flaw, policy, claims);
    bool refuses_v1 = flaw == MUTANT_REFUSES_V1 && strcmp(text_of(claims, "ver"), "1.0") == 0;
    /* RFC 7800: with cnf it is no bearer token */
    if (!ours || refuses_v1 || !audience_is_ours(flaw, policy, claims) ||
        !lifetime_is_now(flaw, policy, claims, now) || json_object_get(claims, "cnf") != NULL) {
        return MUTANT_CLAIMS_WRONG;
    }
    return granted ? MUTANT_CLAIMS_RIGHT : MUTANT_SCOPE_MISSING;
}

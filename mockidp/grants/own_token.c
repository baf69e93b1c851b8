/* Checking with the keys that the tenant publishes now: a removed key is an unknown one. */
#include "mockidp/grants/own_token.h"

#include "mockidp/bakery.h"
#include "mockidp/grants/assertion.h"
#include "mockidp/keyring/keyring.h"
#include "mockidp/own_host.h"
#include "mockidp/platform/clock.h"

#include <stdio.h>
#include <string.h>

/* Entra's clocks differ by five minutes at most. */
enum { SKEW_S = 300 };

static const char *signature_fault(struct idp_context *context,
                                   const struct directory_tenant *tenant, const struct assertion *a)
{
    const struct mint_key *keys[KEYRING_PUBLISHED_MAX + 1];
    char kid[ASSERTION_TEXT_CAP];
    size_t count = keyring_published(context->keyring, tenant->id, false, keys);
    const struct mint_key *shared = bakery_shared_key(context, tenant);
    if (shared) {
        keys[count++] = shared;
    }
    if (!jose_json_is(&a->header.alg, jose_span_of("RS256")) ||
        !assertion_text(assertion_field(a, "kid"), kid)) {
        return "The token has no kid, or another algorithm than RS256.";
    }
    for (size_t i = 0; i < count; i++) {
        if (strcmp(keys[i]->kid, kid) == 0) {
            return assertion_is_signed_by(a, keys[i]->pkey) ||
                           assertion_is_signed_with_hash(a, keys[i]->pkey)
                       ? NULL
                       : "The signature does not verify.";
        }
    }
    return "The key was not found.";
}

/* Ours are https://sts.windows.net/{tid}/ and {origin}/{tid}/v2.0, under any name of the mock. */
static bool is_issuer(const struct idp_context *context, const struct directory_tenant *tenant,
                      const char *iss)
{
    char own[512];
    char origin[ASSERTION_TEXT_CAP];
    const char *host = strstr(iss, "://");
    const char *path = host ? strchr(host + 3, '/') : NULL;
    (void)snprintf(own, sizeof own, "%s/%s/", context->directory->cloud.sts, tenant->id);
    if (!path) {
        return false;
    }
    if (strcmp(own, iss) == 0) {
        return true;
    }
    (void)snprintf(origin, sizeof origin, "%.*s", (int)(path - iss), iss);
    (void)snprintf(own, sizeof own, "/%s/v2.0", tenant->id);
    bool v2 = strcmp(own, path) == 0;
    (void)snprintf(own, sizeof own, "/%s/", tenant->id);
    bool v1 = context->directory->v1_issuer_origin && strcmp(own, path) == 0;
    return (v1 || v2) && own_host_is_origin(context, origin);
}

const char *own_token_fault(struct idp_context *context, const struct directory_tenant *tenant,
                            const struct assertion *a)
{
    char iss[ASSERTION_TEXT_CAP];
    const char *fault = signature_fault(context, tenant, a);
    if (fault) {
        return fault;
    }
    return assertion_text(assertion_claim(a, "iss"), iss) && is_issuer(context, tenant, iss)
               ? NULL
               : "The issuer is not this tenant's.";
}

const struct directory_tenant *own_token_tenant(const struct idp_context *context,
                                                const char *issuer)
{
    const struct directory *d = context->directory;
    for (size_t i = 0; i < d->tenant_count; i++) {
        if (is_issuer(context, &d->tenants[i], issuer)) {
            return &d->tenants[i];
        }
    }
    return NULL;
}

bool own_token_is_current(struct idp_context *context, const struct assertion *a, int64_t *exp)
{
    *exp = 0;
    return assertion_seconds(assertion_claim(a, "exp"), exp) &&
           *exp > clock_now(context->clock) - SKEW_S;
}

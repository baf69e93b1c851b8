/* Between the directory and the oven: who a token is for, which keys there are, whose clock it is.
 */
#ifndef MOCKIDP_BAKERY_H
#define MOCKIDP_BAKERY_H

#include "mockidp/claims/claims.h"
#include "mockidp/config/directory.h"
#include "mockidp/context.h"
#include "mockidp/mint/bake.h"

/* Access tokens of recipes and of app-only grants live an hour. */
#define BAKERY_LIFETIME_S 3600

/* bakery_open fills the oven's context, which borrows `context`. The issuer's origin is `origin`.
 */
void bakery_open(struct idp_context *context, const char *origin, struct mint_context *out);

/*
 * bakery_facts fills what a token says of its subject; `subject->scope` NULL is the first scope of
 * the resource, which of an ID token may be NULL. Borrowed from the directory and the subject, but
 * for what mint_facts_cleanup releases. 0, or -1 without memory.
 */
int bakery_facts(const struct claims_subject *subject, struct mint_facts *out);

/* bakery_lifetime returns how long tokens live by what app or tenant say, in seconds; 0: they say
 * nothing. */
int64_t bakery_lifetime(const struct directory_tenant *tenant, const struct directory_app *app);

/*
 * bakery_shared_key returns the key that the tenants of organizations publish in common, or NULL
 * when the directory or that tenant (NULL: common, organizations) has none. Nothing but a recipe
 * signs with it.
 */
const struct mint_key *bakery_shared_key(const struct idp_context *context,
                                         const struct directory_tenant *tenant);

/* bakery_jwk returns a tenant's key as its JWKS shows it, a new reference; `version` 2 names the
 * issuer: without a tenant, the one with {tenantid}. */
json_t *bakery_jwk(const struct idp_context *context, const struct directory_tenant *tenant,
                   const struct mint_key *key, int version);

#endif

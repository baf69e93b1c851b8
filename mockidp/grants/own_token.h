/* A token that the mock itself gave, when someone shows it. */
#ifndef MOCKIDP_GRANTS_OWN_TOKEN_H
#define MOCKIDP_GRANTS_OWN_TOKEN_H

#include "mockidp/config/directory.h"
#include "mockidp/context.h"

#include <stdbool.h>
#include <stdint.h>

struct assertion;

/* own_token_fault returns what speaks against a token being this tenant's: its key, its signature,
 * its issuer; a sentence (static), or NULL. */
const char *own_token_fault(struct idp_context *context, const struct directory_tenant *tenant,
                            const struct assertion *token);

/* own_token_tenant returns the tenant whose issuer that is, under either name of the mock; NULL
 * when it is nobody's here. */
const struct directory_tenant *own_token_tenant(const struct idp_context *context,
                                                const char *issuer);

/* own_token_is_current says whether it has not expired, and stores when it does (0: never said). */
bool own_token_is_current(struct idp_context *context, const struct assertion *token, int64_t *exp);

#endif

/* What a scope means. */
#ifndef MOCKIDP_GRANTS_SCOPE_H
#define MOCKIDP_GRANTS_SCOPE_H

#include "mockidp/grants/grant.h"

#include <stdbool.h>

/* scope_is_oidc says whether a scope is one of OpenID Connect's, which is no resource's. */
bool scope_is_oidc(const char *scope);

/* scope_resource finds the resource of "{resource}/{name}" in the grant's tenant, or of a bare name
 * Microsoft Graph, and where the name stands in `word`; NULL without one. */
const struct directory_app *scope_resource(const struct grant *grant, const char *word,
                                           const char **name);

/* scope_check holds each of `scopes` against what there is in the grant's tenant. It leaves in the
 * grant what the last one means. 0, or -1 with the refusal. */
int scope_check(struct grant *grant, const char *scopes);

#endif

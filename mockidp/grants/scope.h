/* What a scope means. */
#ifndef MOCKIDP_GRANTS_SCOPE_H
#define MOCKIDP_GRANTS_SCOPE_H

#include "mockidp/grants/grant.h"

#include <stdbool.h>

/* scope_is_oidc says whether a scope is one of OpenID Connect's, which is no resource's. */
bool scope_is_oidc(const char *scope);

/* scope_check holds each of `scopes` against what there is in the grant's tenant. It leaves in the
 * grant what the last one means. 0, or -1 with the refusal. */
int scope_check(struct grant *grant, const char *scopes);

#endif

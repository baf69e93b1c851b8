/* The resource that a token is for: how a request names it, and what it offers. */
#ifndef MOCKIDP_GRANTS_RESOURCE_H
#define MOCKIDP_GRANTS_RESOURCE_H

#include "mockidp/grants/grant.h"

/* resource_named finds the resource that a request may name so; NULL with the refusal. */
const struct directory_app *resource_named(struct grant *grant, const char *name);

/* resource_of_scope finds the resource of "{resource}/{name}" in the grant's tenant, or of a bare
 * name Microsoft Graph, and where the name stands in `word`; NULL without one. */
const struct directory_app *resource_of_scope(const struct grant *grant, const char *word,
                                              const char **name);

/* resource_use makes it the token's, under the name that it was asked for by; 0, or -1 when it is
 * NULL. */
int resource_use(struct grant *grant, const struct directory_app *resource, const char *name);

/* resource_offers says whether it has a delegated scope. */
bool resource_offers(const struct grant *grant, const struct directory_app *resource,
                     const char *scope);

/* resource_refuse_scope refuses one that it has not; -1. */
int resource_refuse_scope(struct grant *grant, const char *uri, const char *scope,
                          const char *name);

#endif

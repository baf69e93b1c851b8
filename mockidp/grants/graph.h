/* Microsoft Graph, a resource that is in no directory and known everywhere. */
#ifndef MOCKIDP_GRANTS_GRAPH_H
#define MOCKIDP_GRANTS_GRAPH_H

#include "mockidp/config/directory.h"

/* graph_app returns Microsoft Graph as a resource; the same pointer each time. */
const struct directory_app *graph_app(void);

/* graph_resource finds a resource of the tenant by its alias, where "graph" is Microsoft Graph;
 * NULL without one. */
const struct directory_app *graph_resource(const struct directory_tenant *tenant,
                                           const char *alias);

/*
 * graph_has_scope says whether Microsoft Graph offers a delegated scope, in any case: one of
 * graph_scopes.def, or one that the directory adds in `graph_scopes`, where "*" is any. It has to
 * be a scope-token of RFC 6749 §3.3 all the same.
 */
bool graph_has_scope(const struct directory *directory, const char *scope);

#endif

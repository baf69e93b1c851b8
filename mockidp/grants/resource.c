/* Finding resources by the names that a request may call them. */
#include "mockidp/grants/resource.h"

#include "mockidp/grants/graph.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct directory_app *find(const struct grant *g, const char *name)
{
    return directory_is_graph(g->context->directory, name) ? graph_app()
                                                           : directory_resource(g->tenant, name);
}

const struct directory_app *resource_of_scope(const struct grant *g, const char *word,
                                              const char **name)
{
    char resource[512];
    const char *slash = strrchr(word, '/');
    *name = slash ? slash + 1 : word;
    if (!slash) {
        return graph_app();
    }
    (void)snprintf(resource, sizeof resource, "%.*s", (int)(slash - word), word);
    return find(g, resource);
}

int resource_refuse_scope(struct grant *g, const char *uri, const char *scope, const char *name)
{
    return g->at_authorize ? oauth_refuse_three(&g->refusal, 650053, name, uri, g->client->name)
                           : oauth_refuse(&g->refusal, 70011, scope, NULL);
}

bool resource_offers(const struct grant *g, const struct directory_app *resource, const char *name)
{
    return resource == graph_app() ? graph_has_scope(g->context->directory, name)
                                   : directory_lists(resource->scopes, name);
}

static bool is_uri_of(const struct directory_app *app, const char *name)
{
    return directory_lists(app->identifier_uris, name);
}

/* With ?api-version=1.0, as ADAL for Node, Python and Go asks, the v1 endpoint names a resource
 * that was asked for by its client id "spn:{id}": in the answer and in the token. */
static const char *prefix_of(const struct grant *g, const struct directory_app *found,
                             const char *name)
{
    const char *version = http_params_get(&g->request->query, "api-version");
    bool spn = g->endpoint_version == 1 && version && strcmp(version, "1.0") == 0 &&
               strcasecmp(name, found->id) == 0;
    return spn ? "spn:" : "";
}

const struct directory_app *resource_named(struct grant *g, const char *name)
{
    const struct directory_app *found = find(g, name);
    /* an alias is a word of recipes */
    if (!found || (strcasecmp(name, found->alias) == 0 && !is_uri_of(found, name))) {
        (void)oauth_refuse(&g->refusal, 500011, name, g->tenant->name);
        return NULL;
    }
    /* "App asking a token for itself must use the GUID form" */
    if (found == g->client && strcasecmp(name, found->id) != 0) {
        (void)oauth_refuse(&g->refusal, 90009, found->id, found->name);
        return NULL;
    }
    return found;
}

int resource_use(struct grant *g, const struct directory_app *found, const char *name)
{
    if (!found) {
        return -1;
    }
    g->resource = found;
    (void)snprintf(g->asked_resource, sizeof g->asked_resource, "%s%.500s",
                   prefix_of(g, found, name), name);
    g->resource_uri = g->asked_resource;
    return 0;
}

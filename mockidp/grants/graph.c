/* What Microsoft Graph is, and what it offers. */
#include "mockidp/grants/graph.h"

#include <string.h>
#include <strings.h>

#define ANY "*"

static const struct directory_app graph = {
    .alias = "graph",
    .id = DIRECTORY_GRAPH_ID,
    .name = "Microsoft Graph",
    .access_token_version = 1,
};

static const char *const scopes[] = {
#define GRAPH_SCOPE(name) name,
#include "mockidp/grants/graph_scopes.def"
#undef GRAPH_SCOPE
};

const struct directory_app *graph_app(void)
{
    return &graph;
}

const struct directory_app *graph_resource(const struct directory_tenant *tenant, const char *alias)
{
    return strcmp(alias, graph.alias) == 0 ? &graph : directory_app(tenant, alias);
}

/* RFC 6749 §3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E ). Others could not stand in a token.
 */
static bool is_scope_token(const char *scope)
{
    for (; *scope; scope++) {
        if (*scope < 0x21 || *scope > 0x7e || *scope == '"' || *scope == '\\') {
            return false;
        }
    }
    return true;
}

bool graph_has_scope(const struct directory *d, const char *scope)
{
    const json_t *added = json_object_get(d->root, "graph_scopes");
    const json_t *name = NULL;
    size_t i = 0;
    if (!*scope || !is_scope_token(scope)) {
        return false;
    }
    for (size_t k = 0; k < sizeof scopes / sizeof scopes[0]; k++) {
        if (strcasecmp(scopes[k], scope) == 0) {
            return true;
        }
    }
    json_array_foreach(added, i, name)
    {
        if (strcmp(json_string_value(name), ANY) == 0 ||
            strcasecmp(json_string_value(name), scope) == 0) {
            return true;
        }
    }
    return false;
}

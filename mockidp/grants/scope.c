/* What is asked for: `scope` of the v2 endpoint, `resource` of the v1 endpoint ("Scopes and
 * permissions"). */
#include "mockidp/grants/grant.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define DEFAULT_SUFFIX "/.default"

/* Scopes without a resource are Microsoft Graph's, a v1 resource. */
static const struct directory_app graph = {
    .alias = "graph",
    .id = "00000003-0000-0000-c000-000000000000",
    .name = "Microsoft Graph",
    .access_token_version = 1,
};

static bool is_oidc(const char *scope)
{
    static const char *const names[] = {"openid", "profile", "email", "offline_access"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(scope, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_word(const char *list, const char *word)
{
    size_t len = strlen(word);
    const char *at = list;
    for (; *at; at += strcspn(at, " "), at += *at == ' ') {
        if (strcspn(at, " ") == len && strncmp(at, word, len) == 0) {
            return true;
        }
    }
    return false;
}

/* append adds a word to a list of words, unless it is there or the list is full. */
static void append(char list[GRANT_SCOPE_CAP], const char *word)
{
    size_t len = strlen(list);
    if (!has_word(list, word) && len + strlen(word) + 1 < GRANT_SCOPE_CAP) {
        (void)snprintf(list + len, GRANT_SCOPE_CAP - len, "%s%s", len > 0 ? " " : "", word);
    }
}

static bool is_uri_of(const struct directory_app *app, const char *name)
{
    return directory_lists(app->identifier_uris, name);
}

/* use_resource settles which resource it is; a second one is refused. */
static int use_resource(struct grant *g, const char *name, const char *scope)
{
    const struct directory_app *found = directory_resource(g->tenant, name);
    /* an alias is a word of recipes */
    if (!found || (strcasecmp(name, found->alias) == 0 && !is_uri_of(found, name))) {
        return oauth_refuse(&g->refusal, 500011, name, g->tenant->name);
    }
    if (g->resource && g->resource != found) {
        return oauth_refuse(&g->refusal, 70011, scope, NULL);
    }
    g->resource = found;
    (void)snprintf(g->asked_resource, sizeof g->asked_resource, "%s", name);
    g->resource_uri = g->asked_resource;
    return 0;
}

/* Everything that the resource offers: what .default means once an administrator consented. */
static void add_all_scopes(struct grant *g)
{
    const json_t *name = NULL;
    size_t i = 0;
    json_array_foreach(g->resource->scopes, i, name)
    {
        char full[GRANT_SCOPE_CAP];
        (void)snprintf(full, sizeof full, "%s/%s", g->asked_resource, json_string_value(name));
        append(g->scp, json_string_value(name));
        append(g->scope, full);
    }
    char asked[GRANT_SCOPE_CAP];
    (void)snprintf(asked, sizeof asked, "%s" DEFAULT_SUFFIX, g->asked_resource);
    append(g->scope, asked);
}

/* One "{resource}/{name}" of a delegated request. */
static int add_resource_scope(struct grant *g, const char *scope)
{
    char resource[512];
    const char *slash = strrchr(scope, '/');
    if (!slash) {
        if (g->resource && g->resource != &graph) {
            return oauth_refuse(&g->refusal, 70011, scope, NULL);
        }
        g->resource = &graph;
        g->resource_uri = graph.id;
        append(g->scp, scope);
        append(g->scope, scope);
        return 0;
    }
    (void)snprintf(resource, sizeof resource, "%.*s", (int)(slash - scope), scope);
    if (use_resource(g, resource, scope) != 0) {
        return -1;
    }
    /* .default goes with no other name ("Scopes and permissions") */
    bool all = strcmp(slash, DEFAULT_SUFFIX) == 0;
    if (*g->scp && all != g->asked_all) {
        return oauth_refuse(&g->refusal, 70011, scope, NULL);
    }
    g->asked_all = all;
    if (all) {
        add_all_scopes(g);
        return 0;
    }
    if (!directory_lists(g->resource->scopes, slash + 1)) {
        return oauth_refuse(&g->refusal, 70011, scope, NULL);
    }
    append(g->scp, slash + 1);
    append(g->scope, scope);
    return 0;
}

static int add_scope(struct grant *g, const char *scope, char oidc[GRANT_SCOPE_CAP])
{
    if (!is_oidc(scope)) {
        return add_resource_scope(g, scope);
    }
    g->openid = g->openid || strcmp(scope, "openid") == 0;
    if (strcmp(scope, "offline_access") != 0) {
        append(oidc, scope);
    }
    return 0;
}

/* `resource` of the v1 endpoint; 0 when it was there, 1 without. */
static int scope_v1(struct grant *g)
{
    const char *resource = grant_parameter(g, "resource");
    if (g->endpoint_version == 2) {
        return resource ? oauth_refuse(&g->refusal, 901002, NULL, NULL) : 1;
    }
    if (!resource) {
        return oauth_refuse(&g->refusal, 900144, "resource", NULL);
    }
    return use_resource(g, resource, resource);
}

/* copy_words copies the value of `scope`; false when it is too long. */
static bool copy_words(const char *scope, char words[GRANT_SCOPE_CAP])
{
    return (size_t)snprintf(words, GRANT_SCOPE_CAP, "%s", scope) < GRANT_SCOPE_CAP;
}

int scope_of_user(struct grant *g)
{
    char words[GRANT_SCOPE_CAP];
    char oidc[GRANT_SCOPE_CAP] = "";
    char *rest = NULL;
    int v1 = scope_v1(g);
    if (v1 < 0) {
        return -1;
    }
    const char *scope = v1 == 0 ? grant_parameter(g, "scope") : grant_need(g, "scope");
    if (v1 == 1 && !scope) {
        return -1;
    }
    if (!copy_words(scope ? scope : "", words)) {
        return oauth_refuse(&g->refusal, 70011, "(too long)", NULL);
    }
    for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        if ((v1 == 1 || is_oidc(word)) && add_scope(g, word, oidc) != 0) {
            return -1;
        }
    }
    if (v1 == 0) {
        const json_t *name = NULL;
        size_t i = 0;
        json_array_foreach(g->resource->scopes, i, name)
        {
            append(g->scp, json_string_value(name));
            append(g->scope, json_string_value(name));
        }
    }
    if (!g->resource) {
        g->resource = &graph;
        g->resource_uri = graph.id;
    }
    if (g->resource == &graph && *oidc) {
        append(g->scp, oidc);
    }
    if (*oidc && v1 == 1) {
        append(g->scope, oidc);
    }
    return 0;
}

int scope_of_app(struct grant *g)
{
    char resource[512];
    int v1 = scope_v1(g);
    if (v1 < 1) {
        return v1;
    }
    const char *scope = grant_need(g, "scope");
    if (!scope) {
        return -1;
    }
    size_t len = strlen(scope);
    size_t suffix = strlen(DEFAULT_SUFFIX);
    if (strchr(scope, ' ')) {
        return oauth_refuse(&g->refusal, 70011, scope, NULL);
    }
    if (len <= suffix || strcmp(scope + len - suffix, DEFAULT_SUFFIX) != 0) {
        return oauth_refuse(&g->refusal, 1002012, scope, NULL);
    }
    (void)snprintf(resource, sizeof resource, "%.*s", (int)(len - suffix), scope);
    return use_resource(g, resource, scope);
}

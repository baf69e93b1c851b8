/* What is asked for: `scope` of the v2 endpoint, `resource` of the v1 endpoint ("Scopes and
 * permissions"). */
#include "mockidp/grants/scope.h"

#include "mockidp/grants/grant.h"
#include "mockidp/grants/graph.h"
#include "mockidp/grants/resource.h"
#include "mockidp/platform/words.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define DEFAULT_SUFFIX "/.default"

bool scope_is_oidc(const char *scope)
{
    static const char *const names[] = {"openid", "profile", "email", "offline_access"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(scope, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* append adds a word to a list of words, unless it is there or the list is full. */
static void append(char list[GRANT_SCOPE_CAP], const char *word)
{
    size_t len = strlen(list);
    if (!words_have(list, word) && len + strlen(word) + 1 < GRANT_SCOPE_CAP) {
        (void)snprintf(list + len, GRANT_SCOPE_CAP - len, "%s%s", len > 0 ? " " : "", word);
    }
}

/* pass_over is what becomes of a scope of a second resource. "Several resources may be asked for
 * consent, the token is for the first" ("Scopes and permissions"): at /authorize it has to be one
 * that can be agreed to, and a code or refresh token for it is one for the first. */
static int pass_over(struct grant *g, const struct directory_app *second, const char *uri,
                     const char *scope, const char *name)
{
    bool all = strcmp(name, ".default") == 0;
    if (!g->at_authorize && g->has_permit && !grant_parameter(g, "scope")) {
        return 0;
    }
    /* .default goes with no named scope of any resource */
    if (!g->at_authorize || all != g->asked_all) {
        return oauth_refuse(&g->refusal, 70011, scope, NULL);
    }
    return all || resource_offers(g, second, name) ? 0 : resource_refuse_scope(g, uri, scope, name);
}

static void add_offered_scope(struct grant *g, const char *name)
{
    char full[GRANT_SCOPE_CAP];
    (void)snprintf(full, sizeof full, "%s/%s", g->asked_resource, name);
    append(g->scp, name);
    append(g->scope, full);
}

/* What a resource offers is what .default and the v1 endpoint give: of Microsoft Graph, which
 * offers hundreds, what the app's registration asks for, else what every new one does. */
static void add_offered(struct grant *g)
{
    const json_t *requests = json_object_get(g->client->json, "requests");
    const json_t *wanted = json_object_get(requests, graph_app()->alias);
    const json_t *scopes = g->resource == graph_app() ? wanted : g->resource->scopes;
    const json_t *name = NULL;
    size_t i = 0;
    if (g->resource == graph_app() && !scopes) {
        add_offered_scope(g, "User.Read");
    }
    json_array_foreach(scopes, i, name)
    {
        add_offered_scope(g, json_string_value(name));
    }
}

/* Everything that the resource offers: what .default means once an administrator consented. */
static void add_all_scopes(struct grant *g)
{
    add_offered(g);
    char asked[GRANT_SCOPE_CAP];
    (void)snprintf(asked, sizeof asked, "%s" DEFAULT_SUFFIX, g->asked_resource);
    append(g->scope, asked);
}

/* A scope without a resource is Microsoft Graph's. */
static int add_graph_scope(struct grant *g, const char *scope)
{
    if (g->resource && g->resource != graph_app()) {
        return pass_over(g, graph_app(), graph_app()->id, scope, scope);
    }
    g->resource = graph_app();
    g->resource_uri = graph_app()->id;
    if (!graph_has_scope(g->context->directory, scope)) {
        return resource_refuse_scope(g, g->resource_uri, scope, scope);
    }
    append(g->scp, scope);
    append(g->scope, scope);
    return 0;
}

/* One "{resource}/{name}" of a delegated request. */
static int add_resource_scope(struct grant *g, const char *scope)
{
    char resource[512];
    const char *slash = strrchr(scope, '/');
    if (!slash) {
        return add_graph_scope(g, scope);
    }
    (void)snprintf(resource, sizeof resource, "%.*s", (int)(slash - scope), scope);
    const struct directory_app *found = resource_named(g, resource);
    if (found && g->resource && g->resource != found) {
        return pass_over(g, found, resource, scope, slash + 1);
    }
    if (resource_use(g, found, resource) != 0) {
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
    if (!resource_offers(g, g->resource, slash + 1)) {
        return resource_refuse_scope(g, g->resource_uri, scope, slash + 1);
    }
    append(g->scp, slash + 1);
    append(g->scope, scope);
    return 0;
}

static int add_scope(struct grant *g, const char *scope, char oidc[GRANT_SCOPE_CAP])
{
    if (!scope_is_oidc(scope)) {
        return add_resource_scope(g, scope);
    }
    g->openid = g->openid || strcmp(scope, "openid") == 0;
    g->profile = g->profile || strcmp(scope, "profile") == 0;
    g->email = g->email || strcmp(scope, "email") == 0;
    if (strcmp(scope, "offline_access") == 0) {
        g->offline = true;
    } else {
        append(oidc, scope);
    }
    return 0;
}

/* struct asked is what a delegated request asks for, or what its permit was asked for. */
struct asked {
    const char *scope;
    const char *resource; /* of the v1 endpoint: everything that it offers */
};

/* The v2 endpoint knows resources by their scopes alone; one that these contradict is another
 * fault. */
static int refuse_resource(struct grant *g, const char *resource, const char *scope)
{
    const struct directory_app *named = directory_resource(g->tenant, resource);
    char word[GRANT_SCOPE_CAP];
    const char *name = NULL;
    for (const char *at = scope ? scope : ""; words_next(&at, word, sizeof word);) {
        if (!scope_is_oidc(word) && resource_of_scope(g, word, &name) != named) {
            return oauth_refuse(&g->refusal, 9010010, NULL, NULL);
        }
    }
    return oauth_refuse(&g->refusal, 901002, NULL, NULL);
}

/* "Required permissions" of the registration, when it has any: .default and the v1 endpoint give
 * nothing of another resource. */
static int check_listed(struct grant *g)
{
    char who[300];
    const json_t *requests = json_object_get(g->client->json, "requests");
    bool all = g->asked_all || g->endpoint_version == 1;
    if (!requests || !all || json_object_get(requests, g->resource->alias) ||
        json_object_get(g->client->requests_roles, g->resource->alias)) {
        return 0;
    }
    (void)snprintf(who, sizeof who, "%s(%s)", g->client->id, g->client->name);
    return oauth_refuse_three(&g->refusal, 650057, who, g->resource_uri, g->resource->id);
}

static int find_asked(struct grant *g, struct asked *out)
{
    const struct state_permit *before = g->has_permit ? &g->permit : NULL;
    *out = (struct asked){grant_parameter(g, "scope"), grant_parameter(g, "resource")};
    if (g->endpoint_version == 2 && out->resource) {
        return refuse_resource(g, out->resource, out->scope);
    }
    if (g->endpoint_version == 1 ? out->resource != NULL : out->scope != NULL) {
        return 0;
    }
    if (!before && g->at_authorize && g->endpoint_version == 1) {
        out->scope = "openid"; /* the resource may come later, with the code */
        return 0;
    }
    if (!before) {
        return oauth_refuse(&g->refusal, 900144, g->endpoint_version == 1 ? "resource" : "scope",
                            NULL);
    }
    *out =
        (struct asked){before->v1 ? out->scope : before->asked, before->v1 ? before->asked : NULL};
    return 0;
}

/* What a permit gave stays given, whatever of it this request asks for. */
static void keep_permit(struct grant *g)
{
    const struct state_permit *before = &g->permit;
    if (g->has_permit) {
        g->openid = g->openid || before->v1 || words_have(before->asked, "openid");
        g->profile = g->profile || before->v1 || words_have(before->asked, "profile");
        g->email = g->email || words_have(before->asked, "email");
        g->offline = g->offline || before->v1 || words_have(before->asked, "offline_access");
    }
    /* the v1 endpoint knows no offline_access: its users' tokens can always be refreshed */
    g->offline = g->offline || g->endpoint_version == 1;
    g->profile = g->profile || g->endpoint_version == 1;
}

/* note_asked keeps what was asked for, for the code or the refresh token that will stand for it. */
static void note_asked(struct grant *g, const struct asked *asked)
{
    if (!g->has_permit) {
        g->permit.v1 = asked->resource != NULL;
        (void)snprintf(g->permit.asked, sizeof g->permit.asked, "%s",
                       asked->resource ? asked->resource : asked->scope);
    }
}

/* Each by itself: an administrator may agree to those of several resources. */
int scope_check(struct grant *g, const char *scopes)
{
    char word[GRANT_SCOPE_CAP];
    char oidc[GRANT_SCOPE_CAP] = "";
    for (const char *at = scopes; words_next(&at, word, sizeof word);) {
        g->resource = NULL;
        *g->scp = '\0';
        if (add_scope(g, word, oidc) != 0) {
            return -1;
        }
    }
    return 0;
}

int scope_of_user(struct grant *g)
{
    char words[GRANT_SCOPE_CAP];
    char oidc[GRANT_SCOPE_CAP] = "";
    char *rest = NULL;
    struct asked asked;
    if (find_asked(g, &asked) != 0 ||
        (asked.resource &&
         resource_use(g, resource_named(g, asked.resource), asked.resource) != 0)) {
        return -1;
    }
    if ((size_t)snprintf(words, sizeof words, "%s", asked.scope ? asked.scope : "") >=
        sizeof words) {
        return oauth_refuse(&g->refusal, 70011, "(too long)", NULL);
    }
    for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        if ((!asked.resource || scope_is_oidc(word)) && add_scope(g, word, oidc) != 0) {
            return -1;
        }
    }
    if (asked.resource) {
        add_offered(g);
    } else if (!g->resource) {
        g->resource = graph_app();
        g->resource_uri = graph_app()->id;
    }
    if (g->resource == graph_app() && *oidc) {
        append(g->scp, oidc);
    }
    if (*oidc && !asked.resource) {
        append(g->scope, oidc);
    }
    if (g->endpoint_version == 1) { /* it lists short names, the other full ones */
        (void)snprintf(g->scope, sizeof g->scope, "%s", g->scp);
    }
    note_asked(g, &asked);
    keep_permit(g);
    return g->resource_uri == graph_app()->id ? 0 : check_listed(g);
}

/* How many of the words are a resource's; the last of them, or of all, stands in `word`. Those of
 * OpenID Connect do not count: MSAL Go writes them into every request, an app's own too. */
static int resource_word(const char *scope, char *word, size_t size)
{
    char next[GRANT_SCOPE_CAP];
    int count = 0;
    word[0] = '\0';
    while (words_next(&scope, next, sizeof next)) {
        bool oidc = scope_is_oidc(next);
        if (!oidc || count == 0) {
            (void)snprintf(word, size, "%s", next);
        }
        count += oidc ? 0 : 1;
    }
    return count;
}

int scope_of_app(struct grant *g)
{
    char resource[512];
    const char *v1 = grant_parameter(g, "resource");
    if (v1 && g->endpoint_version == 2) {
        return refuse_resource(g, v1, grant_parameter(g, "scope"));
    }
    if (g->endpoint_version == 1) {
        bool bare = !v1 && directory_app(g->tenant, DIRECTORY_AAD_GRAPH_ID);
        v1 = bare ? DIRECTORY_AAD_GRAPH_ID : grant_need(g, "resource");
        return v1 ? resource_use(g, resource_named(g, v1), v1) : -1;
    }
    char word[GRANT_SCOPE_CAP];
    const char *scope = grant_need(g, "scope");
    if (!scope || resource_word(scope, word, sizeof word) > 1) {
        return scope ? oauth_refuse(&g->refusal, 70011, scope, NULL) : -1;
    }
    size_t len = strlen(word);
    size_t suffix = strlen(DEFAULT_SUFFIX);
    if (len <= suffix || strcmp(word + len - suffix, DEFAULT_SUFFIX) != 0) {
        return oauth_refuse(&g->refusal, 1002012, word, NULL);
    }
    (void)snprintf(resource, sizeof resource, "%.*s", (int)(len - suffix), word);
    return resource_use(g, resource_named(g, resource), resource);
}

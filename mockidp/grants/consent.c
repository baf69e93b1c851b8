/* Agreements are notes by tenant, client, user and resource. */
#include "mockidp/grants/consent.h"

#include "mockidp/grants/graph.h"
#include "mockidp/grants/resource.h"
#include "mockidp/grants/scope.h"
#include "mockidp/platform/words.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Everyone, every resource, every scope. */
#define ALL "*"
/* In the place of a user: the client for itself. */
#define ITSELF "itself"

static bool has_model(const struct grant *g)
{
    return json_object_get(g->client->json, "consented") != NULL;
}

static void write_name(const struct grant *g, const char *user, const char *resource,
                       char out[NOTES_KEY_CAP])
{
    (void)snprintf(out, NOTES_KEY_CAP, "%s %s %s %s", g->tenant->id, g->client->id, user, resource);
}

static bool noted(const struct grant *g, const char *user, const char *resource, const char *scope)
{
    char name[NOTES_KEY_CAP];
    char words[STATE_ASKED_CAP];
    write_name(g, user, resource, name);
    notes_read(g->context->state, NOTES_CONSENTS, name, words);
    return words_have(words, ALL) || words_have(words, scope);
}

static bool is_agreed(const struct grant *g, const struct directory_app *resource,
                      const char *scope)
{
    const json_t *given = json_object_get(g->client->json, "consented");
    return scope_is_oidc(scope) ||
           directory_lists(json_object_get(given, resource->alias), scope) ||
           noted(g, ALL, ALL, scope) || noted(g, ALL, resource->id, scope) ||
           (g->user && noted(g, g->user->id, resource->id, scope));
}

/* One of its scopes is enough for .default: it gives what there is. */
static bool any_is_agreed(const struct grant *g, const struct directory_app *resource)
{
    const json_t *scope = NULL;
    size_t i = 0;
    json_array_foreach(resource->scopes, i, scope)
    {
        if (is_agreed(g, resource, json_string_value(scope))) {
            return true;
        }
    }
    return json_array_size(resource->scopes) == 0;
}

static int refuse(struct grant *g)
{
    oauth_refuse(&g->refusal, 65001, g->client->id, g->client->name);
    g->refusal.error = g->endpoint_version == 1 ? "interaction_required" : NULL;
    return -1;
}

/* keep_agreed leaves of a list what was agreed to, in place, and returns how many words went; words
 * may have the resource in front. */
static size_t keep_agreed(const struct grant *g, char words[GRANT_SCOPE_CAP])
{
    char word[GRANT_SCOPE_CAP];
    char *to = words;
    size_t dropped = 0;
    for (const char *at = words; words_next(&at, word, sizeof word);) {
        size_t len = strlen(word);
        const char *slash = strrchr(word, '/');
        const char *scope = slash ? slash + 1 : word;
        if (strcmp(scope, ".default") != 0 && !is_agreed(g, g->resource, scope)) {
            dropped++;
            continue;
        }
        if (to != words) {
            *to++ = ' ';
        }
        memcpy(to, word, len); /* never beyond what was read already */
        to += len;
    }
    *to = '\0';
    return dropped;
}

int consent_check(struct grant *g)
{
    if (!has_model(g) || !g->resource) {
        return 0;
    }
    size_t dropped = keep_agreed(g, g->scp);
    (void)keep_agreed(g, g->scope);
    bool all = g->asked_all || g->permit.v1 || g->endpoint_version == 1;
    return dropped == 0 || (all && *g->scp) ? 0 : refuse(g);
}

/* walk goes through the scopes that were asked for; `visit` gets the resource and the scope's name,
 * ".default" for all of it. Stops at the first that returns true. */
static bool walk(const struct grant *g, const char *asked, bool v1,
                 bool (*visit)(const struct grant *, const struct directory_app *, const char *,
                               void *),
                 void *ctx)
{
    char asked_word[GRANT_SCOPE_CAP];
    char word[GRANT_SCOPE_CAP + sizeof "/.default"];
    for (const char *at = asked; words_next(&at, asked_word, sizeof asked_word);) {
        const char *name = NULL;
        (void)snprintf(word, sizeof word, "%s%s", asked_word, v1 ? "/.default" : "");
        const struct directory_app *resource = resource_of_scope(g, word, &name);
        if (resource && !scope_is_oidc(name) && visit(g, resource, name, ctx)) {
            return true;
        }
    }
    return false;
}

static bool lacks(const struct grant *g, const struct directory_app *resource, const char *name,
                  void *ctx)
{
    (void)ctx;
    return strcmp(name, ".default") == 0 ? !any_is_agreed(g, resource)
                                         : !is_agreed(g, resource, name);
}

bool consent_is_needed(const struct grant *g, const char *asked, bool v1)
{
    return has_model(g) && asked && walk(g, asked, v1, lacks, NULL);
}

static bool give(const struct grant *g, const struct directory_app *resource, const char *name,
                 void *who)
{
    char key[NOTES_KEY_CAP];
    write_name(g, who, resource->id, key);
    (void)notes_add(g->context->state, NOTES_CONSENTS, key,
                    strcmp(name, ".default") == 0 ? ALL : name);
    return false;
}

/* What the app's registration lists ("required permissions"). */
static void give_requests(const struct grant *g, const json_t *requests, char *user)
{
    const char *alias = NULL;
    json_t *scopes = NULL;
    const json_t *scope = NULL;
    size_t i = 0;
    json_object_foreach((json_t *)(uintptr_t)requests, alias, scopes)
    {
        const struct directory_app *resource = graph_resource(g->tenant, alias);
        json_array_foreach(scopes, i, scope)
        {
            if (resource) {
                (void)give(g, resource, json_string_value(scope), user);
            }
        }
    }
}

void consent_give(const struct grant *g, const char *asked, bool v1, bool everyone)
{
    char user[STATE_GUID_CAP];
    char key[NOTES_KEY_CAP];
    (void)snprintf(user, sizeof user, "%s", everyone ? ALL : g->user->id);
    const json_t *requests = json_object_get(g->client->json, "requests");
    if (asked) {
        (void)walk(g, asked, v1, give, user);
    } else if (requests) {
        give_requests(g, requests, user);
    } else {
        write_name(g, user, ALL, key);
        (void)notes_add(g->context->state, NOTES_CONSENTS, key, ALL);
    }
}

/* ---- app roles ("application permissions") ---- */

static bool give_roles(const struct grant *g, const struct directory_app *resource,
                       const char *name, void *ctx)
{
    (void)ctx;
    if (strcmp(name, ".default") == 0) {
        (void)give(g, resource, name, ITSELF);
    }
    return false;
}

void consent_give_roles(const struct grant *g, const char *asked)
{
    char key[NOTES_KEY_CAP];
    if (!g->client->requests_roles) {
        return;
    }
    if (asked) {
        (void)walk(g, asked, false, give_roles, NULL);
        return;
    }
    write_name(g, ITSELF, ALL, key);
    (void)notes_add(g->context->state, NOTES_CONSENTS, key, ALL);
}

json_t *consent_roles(const struct grant *g)
{
    const char *alias = g->resource->alias;
    const json_t *role = NULL;
    size_t i = 0;
    const json_t *requested = json_object_get(g->client->requests_roles, alias);
    const json_t *granted = json_object_get(g->client->granted, alias);
    if (!requested || !(noted(g, ITSELF, ALL, ALL) || noted(g, ITSELF, g->resource->id, ALL))) {
        return NULL;
    }
    json_t *roles = json_deep_copy(requested);
    json_array_foreach(granted, i, role)
    {
        if (!directory_lists(requested, json_string_value(role))) {
            json_array_append_new(roles, json_deep_copy(role));
        }
    }
    return roles;
}

/* Looking up who exists. */
#include "mockidp/config/directory.h"

#include "mockidp/config/certificates.h"
#include "mockidp/config/membership.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

void directory_free(struct directory *d)
{
    if (!d) {
        return;
    }
    for (size_t i = 0; i < d->tenant_count; i++) {
        for (size_t k = 0; k < d->tenants[i].app_count; k++) {
            certificates_free(&d->tenants[i].apps[k]);
        }
        membership_free(&d->tenants[i]);
        free(d->tenants[i].apps);
        free(d->tenants[i].users);
        free(d->tenants[i].groups);
    }
    free(d->tenants);
    free(d->base);
    free(d->arc_key);
    free(d->arc_key_path);
    json_decref(d->root);
    free(d);
}

static bool same(const char *a, const char *b)
{
    return a && b && strcasecmp(a, b) == 0;
}

bool directory_lists(const json_t *array, const char *text)
{
    const json_t *item = NULL;
    size_t i = 0;
    json_array_foreach(array, i, item)
    {
        if (strcmp(json_string_value(item), text) == 0) {
            return true;
        }
    }
    return false;
}

bool directory_has_domain(const struct directory_tenant *t, const char *name)
{
    const json_t *item = NULL;
    size_t i = 0;
    json_array_foreach(t->domains, i, item)
    {
        if (same(json_string_value(item), name)) {
            return true;
        }
    }
    return false;
}

const struct directory_tenant *directory_tenant(const struct directory *d, const char *name)
{
    for (size_t i = 0; name && i < d->tenant_count; i++) {
        const struct directory_tenant *t = &d->tenants[i];
        if (same(t->id, name) || same(t->alias, name) || directory_has_domain(t, name)) {
            return t;
        }
    }
    return NULL;
}

const struct directory_app *directory_app(const struct directory_tenant *t, const char *name)
{
    for (size_t i = 0; name && i < t->app_count; i++) {
        if (same(t->apps[i].id, name) || same(t->apps[i].alias, name)) {
            return &t->apps[i];
        }
    }
    return NULL;
}

/* A client may write the resource with or without a final slash. */
static bool same_uri(const char *uri, const char *name)
{
    size_t len = strlen(uri);
    size_t name_len = strlen(name);
    len -= len > 0 && uri[len - 1] == '/';
    name_len -= name_len > 0 && name[name_len - 1] == '/';
    return len == name_len && strncmp(uri, name, len) == 0;
}

const struct directory_app *directory_resource(const struct directory_tenant *t, const char *name)
{
    for (size_t i = 0; name && i < t->app_count; i++) {
        const json_t *uri = NULL;
        size_t k = 0;
        json_array_foreach(t->apps[i].identifier_uris, k, uri)
        {
            if (same_uri(json_string_value(uri), name)) {
                return &t->apps[i];
            }
        }
    }
    return directory_app(t, name);
}

const struct directory_user *directory_user(const struct directory_tenant *t, const char *name)
{
    for (size_t i = 0; name && i < t->user_count; i++) {
        const struct directory_user *u = &t->users[i];
        if (same(u->alias, name) || same(u->upn, name) || same(u->id, name)) {
            return u;
        }
    }
    return NULL;
}

bool directory_has_user(const struct directory *d, const char *name)
{
    bool found = false;
    for (size_t i = 0; i < d->tenant_count; i++) {
        found = found || directory_user(&d->tenants[i], name);
    }
    return found;
}

static bool is_for(const struct directory_app *app, const char *audience)
{
    return same(json_string_value(json_object_get(app->json, "sign_in_audience")), audience);
}

bool directory_is_multi_tenant(const struct directory_app *app)
{
    return is_for(app, "AzureADMultipleOrgs");
}

bool directory_is_single_tenant(const struct directory_app *app)
{
    return is_for(app, "AzureADMyOrg");
}

const struct directory_group *directory_group(const struct directory_tenant *t, const char *id)
{
    for (size_t i = 0; id && i < t->group_count; i++) {
        if (same(t->groups[i].id, id)) {
            return &t->groups[i];
        }
    }
    return NULL;
}

bool directory_is_personal(const struct directory_tenant *t)
{
    return same(t->id, DIRECTORY_CONSUMERS_ID);
}

static bool is_url_of(const char *name, const char *host)
{
    static const char scheme[] = "https://";
    size_t len = strlen(scheme);
    if (!host || strncasecmp(name, scheme, len) != 0) {
        return false;
    }
    const char *rest = name + len;
    len = strlen(host);
    return strncasecmp(rest, host, len) == 0 && (!rest[len] || strcmp(rest + len, "/") == 0);
}

bool directory_is_graph(const struct directory *d, const char *name)
{
    return same(name, DIRECTORY_GRAPH_ID) || is_url_of(name, d->cloud.msgraph_host) ||
           is_url_of(name, d->cloud.dod_graph_host);
}

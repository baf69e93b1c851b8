/* What the oven asks, answered from directory and keyring. */
#include "mockidp/bakery.h"

#include "mockidp/keyring/keyring.h"
#include "mockidp/mint/jwk.h"
#include "mockidp/platform/clock.h"

#include <stdio.h>
#include <string.h>

static const char *text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

int64_t bakery_lifetime(const struct directory_tenant *tenant, const struct directory_app *app)
{
    return app->token_lifetime_s ? app->token_lifetime_s : tenant->token_lifetime_s;
}

/* A guest is known by the address at home. */
static void fill_user(const struct claims_subject *s, struct mint_facts *out)
{
    const struct directory_user *user = s->user;
    bool guest = user->is_guest;
    out->user_oid = user->id;
    out->user_name = user->name;
    out->given_name = user->given_name;
    out->family_name = user->family_name;
    out->upn = guest ? NULL : user->upn;
    out->login = guest && user->mail ? user->mail : user->upn;
    out->idp = user->identity_provider;
    out->email = guest ? user->mail : NULL;
    out->ip_address = claims_ip_address(s);
}

int bakery_facts(const struct claims_subject *s, struct mint_facts *out)
{
    const struct directory_app *resource = s->resource ? s->resource : s->client;
    const char *uri = json_string_value(json_array_get(resource->identifier_uris, 0));
    const char *first_scope = json_string_value(json_array_get(resource->scopes, 0));
    *out = (struct mint_facts){
        .tenant_id = s->tenant->id,
        .client_id = s->client->id,
        .client_acr = s->client->is_public ? "0" : "1",
        .client_oid = s->client->object_id,
        .resource_id = resource->id,
        .resource_uri = uri ? uri : resource->id,
        .scope = s->user ? s->scope ? s->scope : first_scope : NULL,
        .second_factor = s->second_factor,
        .session = s->session,
        .lifetime_s = bakery_lifetime(s->tenant, claims_app(s)),
        .header_nonce = s->directory->graph_nonce && claims_is_for_graph(s),
    };
    if (s->user) {
        fill_user(s, out);
    }
    if (claims_set_groups(s, out) != 0 || claims_set_extra(s, out) != 0) {
        mint_facts_cleanup(out);
        return -1;
    }
    return 0;
}

static int check_subject(const json_t *subject, char *why, size_t cap)
{
    static const char *const known[] = {"tenant", "client", "resource", "user",
                                        "scope",  "origin", NULL};
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach((json_t *)(uintptr_t)subject, name, value)
    {
        size_t i = 0;
        while (known[i] && strcmp(known[i], name) != 0) {
            i++;
        }
        if (!known[i] || !json_is_string(value)) {
            (void)snprintf(
                why, cap, "'%s': here stand texts: tenant client resource user scope origin", name);
            return -1;
        }
    }
    return 0;
}

/* What `for` names, or the tenant's default of that kind. */
static const char *named(const json_t *subject, const char *member,
                         const struct directory_tenant *tenant, const char *fallback)
{
    const char *name = text(subject, member);
    return name ? name : text(tenant->defaults, fallback);
}

/* A recipe's token is that of an ordinary sign-in: just now, with the scope profile. */
static int fill_for_recipe(const struct idp_context *c, const struct claims_subject *subject,
                           struct mint_facts *out, char *why, size_t cap)
{
    struct claims_subject s = *subject;
    s.directory = c->directory;
    s.profile = true;
    s.auth_time = clock_now(c->clock);
    s.ip_address = "127.0.0.1";
    if (bakery_facts(&s, out) != 0) {
        (void)snprintf(why, cap, "out of memory");
        return -1;
    }
    return 0;
}

static int resolve(void *ctx, const json_t *subject, const struct mint_base *base,
                   struct mint_facts *out, char *why, size_t cap)
{
    const struct idp_context *c = ctx;
    const char *alias = text(subject, "tenant");
    bool app_only = !base->user;
    if (check_subject(subject, why, cap) != 0) {
        return -1;
    }
    const struct directory_tenant *tenant =
        alias ? directory_tenant(c->directory, alias) : &c->directory->tenants[0];
    if (!tenant) {
        (void)snprintf(why, cap, "there is no tenant '%s'", alias);
        return -1;
    }
    const char *client_name = named(subject, "client", tenant, app_only ? "daemon" : "client");
    const char *resource_name = named(subject, "resource", tenant, "resource");
    const char *user_name = named(subject, "user", tenant, "user");
    const struct directory_app *client = directory_app(tenant, client_name);
    const struct directory_app *resource =
        directory_resource(tenant, resource_name ? resource_name : "");
    const struct directory_user *user = app_only ? NULL : directory_user(tenant, user_name);
    if (!client || !resource || (!app_only && !user)) {
        const char *kind = !client ? "client" : !resource ? "resource" : "user";
        const char *name = !client ? client_name : !resource ? resource_name : user_name;
        (void)snprintf(why, cap, "tenant '%s' has no %s '%s'", tenant->alias, kind,
                       name ? name : "");
        return -1;
    }
    const struct claims_subject token = {.tenant = tenant,
                                         .client = client,
                                         .resource = resource,
                                         .user = user,
                                         .scope = text(subject, "scope"),
                                         .id_token = base->id_token,
                                         .version = base->version};
    return fill_for_recipe(c, &token, out, why, cap);
}

static const struct mint_key *find_key(void *ctx, const char *tenant_id, const char *name,
                                       char *why, size_t cap)
{
    const struct idp_context *c = ctx;
    return keyring_key(c->keyring, tenant_id, name, why, cap);
}

static const char *tenant_id_of(void *ctx, const char *alias)
{
    const struct idp_context *c = ctx;
    const struct directory_tenant *tenant = directory_tenant(c->directory, alias);
    return tenant ? tenant->id : NULL;
}

const struct mint_key *bakery_shared_key(const struct idp_context *context,
                                         const struct directory_tenant *tenant)
{
    char why[128];
    const struct directory *d = context->directory;
    if (!d->has_shared_key || (tenant && directory_is_personal(tenant))) {
        return NULL;
    }
    return keyring_key(context->keyring, d->tenants[0].id, "shared", why, sizeof why);
}

json_t *bakery_jwk(const struct idp_context *context, const struct directory_tenant *tenant,
                   const struct mint_key *key, int version)
{
    char issuer[512];
    (void)snprintf(issuer, sizeof issuer, "%s/%s/v2.0", context->origin,
                   tenant ? tenant->id : "{tenantid}");
    return mint_jwk(key, context->directory->cloud.instance_name, version == 2 ? issuer : NULL);
}

static json_t *key_set(void *ctx, const char *tenant_id)
{
    const struct idp_context *c = ctx;
    const struct directory_tenant *tenant = directory_tenant(c->directory, tenant_id);
    const struct mint_key *keys[KEYRING_PUBLISHED_MAX];
    json_t *list = json_array();
    size_t count = tenant ? keyring_published(c->keyring, tenant_id, false, keys) : 0;
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, bakery_jwk(c, tenant, keys[i], 2));
    }
    const struct mint_key *shared = tenant ? bakery_shared_key(c, tenant) : NULL;
    if (shared) {
        json_array_append_new(list, bakery_jwk(c, tenant, shared, 2));
    }
    return json_pack("{s:o}", "keys", list);
}

void bakery_open(struct idp_context *context, const char *origin, struct mint_context *out)
{
    *out = (struct mint_context){
        .ctx = context,
        .facts = resolve,
        .key = find_key,
        .tenant = tenant_id_of,
        .jwks = key_set,
        .now = clock_now(context->clock),
        .lifetime_s = BAKERY_LIFETIME_S,
        .origin = origin,
        .v1_issuer_origin = context->directory->v1_issuer_origin,
        .sts = context->directory->cloud.sts,
        .rng = context->rng,
    };
}

/* Members of the document to members of structs, one function a struct. */
#include "mockidp/config/fill.h"

#include "mockidp/config/membership.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More than these do not fit into a fragment: "six or more" are said not to. */
enum { IMPLICIT_GROUPS_MAX = 5 };

static const char *text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static const char *text_or(const json_t *object, const char *name, const char *otherwise)
{
    const char *value = text(object, name);
    return value ? value : otherwise;
}

bool config_group_claims(const char *words, unsigned *out)
{
    static const struct {
        const char *word;
        unsigned flag;
    } known[] = {{"None", 0},
                 {"SecurityGroup", DIRECTORY_GROUPS_SECURITY},
                 {"DirectoryRole", DIRECTORY_GROUPS_ROLES},
                 {"ApplicationGroup", DIRECTORY_GROUPS_ASSIGNED},
                 {"All", DIRECTORY_GROUPS_ALL}};
    *out = 0;
    for (const char *at = words; *at; at += *at == ',') {
        at += strspn(at, " ");
        size_t len = strcspn(at, ", ");
        size_t i = 0;
        while (i < sizeof known / sizeof known[0] &&
               !(strlen(known[i].word) == len && strncmp(known[i].word, at, len) == 0)) {
            i++;
        }
        if (i == sizeof known / sizeof known[0]) {
            return false;
        }
        *out |= known[i].flag;
        at += len;
        at += strspn(at, " ");
        if (*at && *at != ',') {
            return false;
        }
    }
    return true;
}

/* A service principal has an id of its own in each tenant; the same each time. */
static void make_object_id(char out[DIRECTORY_GUID_CAP], const char *tenant_id, const char *app_id)
{
    char name[128];
    unsigned char d[EVP_MAX_MD_SIZE] = {0};
    int len = snprintf(name, sizeof name, "service principal %s %s", tenant_id, app_id);
    (void)EVP_Digest(name, (size_t)len, d, NULL, EVP_sha256(), NULL);
    (void)snprintf(out, DIRECTORY_GUID_CAP,
                   "%02x%02x%02x%02x-%02x%02x-4%01x%02x-8%01x%02x-%02x%02x%02x%02x%02x%02x", d[0],
                   d[1], d[2], d[3], d[4], d[5], d[6] & 15, d[7], d[8] & 15, d[9], d[10], d[11],
                   d[12], d[13], d[14], d[15]);
}

/* What tokens say for this app beyond the base. */
static void fill_claims(struct directory_app *app, const json_t *json)
{
    const json_t *optional = json_object_get(json, "optional_claims");
    const json_t *claims = json_object_get(json, "claims");
    app->optional_access = json_object_get(optional, "access_token");
    app->optional_id = json_object_get(optional, "id_token");
    app->claims_access = json_object_get(claims, "access_token");
    app->claims_id = json_object_get(claims, "id_token");
    app->token_lifetime_s =
        (int64_t)json_integer_value(json_object_get(json, "access_token_lifetime_s"));
    (void)config_group_claims(text_or(json, "group_membership_claims", "None"), &app->group_claims);
}

static void fill_app(struct directory_app *app, const json_t *json, const char *tenant_id)
{
    const json_t *version = json_object_get(json, "access_token_version");
    const char *object_id = text(json, "object_id");
    *app = (struct directory_app){
        .json = json,
        .alias = text(json, "alias"),
        .id = text(json, "id"),
        .name = text(json, "name"),
        .identifier_uris = json_object_get(json, "identifier_uris"),
        /* null is 1 for Entra; a mock of today's apps says 2 */
        .access_token_version = version ? (int)json_integer_value(version) : 2,
        .scopes = json_object_get(json, "scopes"),
        .secrets = json_object_get(json, "secrets"),
        .allow = json_object_get(json, "allow"),
        .granted = json_object_get(json, "granted"),
        .requests_roles = json_object_get(json, "requests_roles"),
        .redirect_uris = json_object_get(json, "redirect_uris"),
        .is_public = json_is_true(json_object_get(json, "public")),
        .federated = json_object_get(json, "federated_credentials"),
        .managed_identity = text(json, "managed_identity"),
    };
    fill_claims(app, json);
    make_object_id(app->object_id, tenant_id, app->id);
    if (object_id) {
        (void)snprintf(app->object_id, sizeof app->object_id, "%s", object_id);
    }
}

static void fill_user(struct directory_user *user, const json_t *json)
{
    const json_t *home = json_object_get(json, "home");
    *user = (struct directory_user){
        .alias = text(json, "alias"),
        .id = text(json, "id"),
        .upn = text(json, "upn"),
        .name = text(json, "name"),
        .given_name = text(json, "given_name"),
        .family_name = text(json, "family_name"),
        .password = text(json, "password"),
        .roles = json_object_get(json, "roles"),
        .group_count = (size_t)json_integer_value(json_object_get(json, "group_count")),
        .is_admin = json_is_true(json_object_get(json, "admin")),
        .error = (int)json_integer_value(json_object_get(json, "error")),
        .mail = text(json, "mail"),
        .is_guest = home != NULL,
        .identity_provider = text(home, "identity_provider"),
        .home_tenant_id = text(home, "tenant"),
        .home_id = text(home, "id"),
        .country = text(json, "country"),
        .ip_address = text(json, "ip_address"),
        .directory_roles = json_object_get(json, "directory_roles"),
        .attributes = json_object_get(json, "attributes"),
        .json = json,
    };
}

static void fill_group(struct directory_group *group, const json_t *json)
{
    const json_t *premises = json_object_get(json, "on_premises");
    *group = (struct directory_group){
        .id = text(json, "id"),
        .name = text(json, "name"),
        .security = strcmp(text_or(json, "type", "security"), "security") == 0,
        .sam_account_name = text(premises, "sam_account_name"),
        .dns_domain = text(premises, "dns_domain"),
        .netbios_domain = text(premises, "netbios_domain"),
        .member_of = json_object_get(json, "member_of"),
        .roles = json_object_get(json, "roles"),
    };
}

static int fill_tenant(struct directory_tenant *tenant, const json_t *json)
{
    const json_t *apps = json_object_get(json, "apps");
    const json_t *users = json_object_get(json, "users");
    const json_t *groups = json_object_get(json, "groups");
    *tenant = (struct directory_tenant){
        .json = json,
        .alias = text(json, "alias"),
        .id = text(json, "id"),
        .name = text(json, "name"),
        .region = text_or(json, "region", "WW"),
        .region_sub_scope = text(json, "region_sub_scope"),
        .country = text(json, "country"),
        .language = text(json, "language"),
        .domains = json_object_get(json, "domains"),
        .keys = json_object_get(json, "keys"),
        .defaults = json_object_get(json, "defaults"),
        .token_lifetime_s =
            (int64_t)json_integer_value(json_object_get(json, "access_token_lifetime_s")),
        .apps = calloc(json_array_size(apps) + 1, sizeof *tenant->apps),
        .users = calloc(json_array_size(users) + 1, sizeof *tenant->users),
        .groups = calloc(json_array_size(groups) + 1, sizeof *tenant->groups),
    };
    if (!tenant->apps || !tenant->users || !tenant->groups) {
        return -1;
    }
    for (; tenant->app_count < json_array_size(apps); tenant->app_count++) {
        fill_app(&tenant->apps[tenant->app_count], json_array_get(apps, tenant->app_count),
                 tenant->id);
    }
    for (; tenant->user_count < json_array_size(users); tenant->user_count++) {
        fill_user(&tenant->users[tenant->user_count], json_array_get(users, tenant->user_count));
    }
    for (; tenant->group_count < json_array_size(groups); tenant->group_count++) {
        fill_group(&tenant->groups[tenant->group_count],
                   json_array_get(groups, tenant->group_count));
    }
    return membership_resolve(tenant);
}

/* The national clouds, by the word that names them ("National clouds"). */
static void fill_cloud(struct directory_cloud *cloud, const json_t *root)
{
    static const struct {
        const char *word;
        struct directory_cloud cloud;
    } known[] = {
        {"public",
         {"microsoftonline.com", "graph.windows.net", "graph.microsoft.com", NULL,
          "https://pas.windows.net", "https://sts.windows.net"}},
        {"us-government",
         {"microsoftonline.us", "graph.windows.net", "graph.microsoft.us", "dod-graph.microsoft.us",
          "https://pasff.usgovcloudapi.net", "https://sts.windows.net"}},
        {"china",
         {"partner.microsoftonline.cn", "graph.chinacloudapi.cn", "microsoftgraph.chinacloudapi.cn",
          NULL, "https://pas.chinacloudapi.cn", "https://sts.chinacloudapi.cn"}},
    };
    const json_t *metadata = json_object_get(root, "cloud_metadata");
    const char *word = text_or(root, "cloud", "public");
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(known[i].word, word) == 0) {
            *cloud = known[i].cloud;
        }
    }
    cloud->instance_name = text_or(metadata, "cloud_instance_name", cloud->instance_name);
    cloud->graph_host = text_or(metadata, "cloud_graph_host_name", cloud->graph_host);
    cloud->msgraph_host = text_or(metadata, "msgraph_host", cloud->msgraph_host);
    cloud->rbac_url = text_or(metadata, "rbac_url", cloud->rbac_url);
    cloud->sts = text_or(metadata, "v1_issuer", cloud->sts);
}

int config_fill(struct directory *d)
{
    const json_t *tenants = json_object_get(d->root, "tenants");
    const json_t *most = json_object_get(d->root, "implicit_groups_max");
    d->v1_issuer_origin = strcmp(text_or(d->root, "v1_issuer", "entra"), "origin") == 0;
    d->has_groups_text = strcmp(text_or(d->root, "hasgroups", "boolean"), "text") == 0;
    d->profile_gates_access_tokens =
        json_is_true(json_object_get(d->root, "profile_gates_access_tokens"));
    d->graph_nonce = !json_is_false(json_object_get(d->root, "graph_nonce"));
    d->has_shared_key = json_is_true(json_object_get(d->root, "shared_key"));
    d->implicit_groups_max = most ? (size_t)json_integer_value(most) : IMPLICIT_GROUPS_MAX;
    d->identity_header = text(d->root, "identity_header");
    d->tls_names = json_object_get(d->root, "tls_names");
    fill_cloud(&d->cloud, d->root);
    d->tenants = calloc(json_array_size(tenants), sizeof *d->tenants);
    for (size_t i = 0; d->tenants && i < json_array_size(tenants); i++) {
        d->tenant_count = i + 1;
        if (fill_tenant(&d->tenants[i], json_array_get(tenants, i)) != 0) {
            return -1;
        }
    }
    return d->tenants ? 0 : -1;
}

/* Reading a configuration: text, shapes, then the structs that everything else reads. */
#include "mockidp/config/config.h"

#include "mockidp/config/certificates.h"
#include "mockidp/config/check.h"
#include "mockidp/config/embedded.h"
#include "mockidp/config/trust.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX ((size_t)16 << 20)

static const char *text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
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
        .redirect_uris = json_object_get(json, "redirect_uris"),
        .is_public = json_is_true(json_object_get(json, "public")),
        .federated = json_object_get(json, "federated_credentials"),
        .managed_identity = text(json, "managed_identity"),
    };
    make_object_id(app->object_id, tenant_id, app->id);
    if (object_id) {
        (void)snprintf(app->object_id, sizeof app->object_id, "%s", object_id);
    }
}

static void fill_user(struct directory_user *user, const json_t *json)
{
    const json_t *groups = json_object_get(json, "groups");
    const json_t *count = json_object_get(json, "group_count");
    *user = (struct directory_user){
        .alias = text(json, "alias"),
        .id = text(json, "id"),
        .upn = text(json, "upn"),
        .name = text(json, "name"),
        .given_name = text(json, "given_name"),
        .family_name = text(json, "family_name"),
        .password = text(json, "password"),
        .roles = json_object_get(json, "roles"),
        .groups = groups,
        .group_count = count ? (size_t)json_integer_value(count) : json_array_size(groups),
        .is_admin = json_is_true(json_object_get(json, "admin")),
        .error = (int)json_integer_value(json_object_get(json, "error")),
    };
}

static int fill_tenant(struct directory_tenant *tenant, const json_t *json)
{
    const json_t *apps = json_object_get(json, "apps");
    const json_t *users = json_object_get(json, "users");
    const char *region = text(json, "region");
    tenant->json = json;
    tenant->alias = text(json, "alias");
    tenant->id = text(json, "id");
    tenant->name = text(json, "name");
    tenant->region = region ? region : "WW";
    tenant->domains = json_object_get(json, "domains");
    tenant->keys = json_object_get(json, "keys");
    tenant->defaults = json_object_get(json, "defaults");
    tenant->apps = calloc(json_array_size(apps) + 1, sizeof *tenant->apps);
    tenant->users = calloc(json_array_size(users) + 1, sizeof *tenant->users);
    if (!tenant->apps || !tenant->users) {
        return -1;
    }
    for (; tenant->app_count < json_array_size(apps); tenant->app_count++) {
        fill_app(&tenant->apps[tenant->app_count], json_array_get(apps, tenant->app_count),
                 tenant->id);
    }
    for (; tenant->user_count < json_array_size(users); tenant->user_count++) {
        fill_user(&tenant->users[tenant->user_count], json_array_get(users, tenant->user_count));
    }
    return 0;
}

static int fill_directory(struct directory *d)
{
    const json_t *tenants = json_object_get(d->root, "tenants");
    const char *v1_issuer = text(d->root, "v1_issuer");
    d->v1_issuer_origin = v1_issuer && strcmp(v1_issuer, "origin") == 0;
    d->identity_header = text(d->root, "identity_header");
    d->tls_names = json_object_get(d->root, "tls_names");
    d->tenants = calloc(json_array_size(tenants), sizeof *d->tenants);
    for (size_t i = 0; d->tenants && i < json_array_size(tenants); i++) {
        d->tenant_count = i + 1;
        if (fill_tenant(&d->tenants[i], json_array_get(tenants, i)) != 0) {
            return -1;
        }
    }
    return d->tenants ? 0 : -1;
}

static int check_keys(const struct directory *d, char *why, size_t cap)
{
    for (size_t t = 0; t < d->tenant_count; t++) {
        for (size_t i = 0; i < json_array_size(d->tenants[t].keys); i++) {
            size_t len = 0;
            int n = snprintf(why, cap, "/tenants/%zu/keys/%zu: ", t, i);
            size_t used = n > 0 && (size_t)n < cap ? (size_t)n : 0;
            char *pem =
                config_read_file(d, json_string_value(json_array_get(d->tenants[t].keys, i)), &len,
                                 why + used, cap - used);
            bool fits = pem && strstr(pem, "PRIVATE KEY-----");
            if (pem && !fits) {
                (void)snprintf(why + used, cap - used, "the file holds no PEM private key");
            }
            free(pem);
            if (!fits) {
                return -1;
            }
        }
    }
    return 0;
}

struct directory *config_parse(const char *config, size_t len, const char *name, const char *base,
                               char *why, size_t cap)
{
    json_error_t error;
    int n = snprintf(why, cap, "%s: ", name);
    size_t used = n > 0 && (size_t)n < cap ? (size_t)n : 0;
    struct directory *d = calloc(1, sizeof *d);
    if (!d || (base && !(d->base = strdup(base)))) {
        (void)snprintf(why + used, cap - used, "out of memory");
        directory_free(d);
        return NULL;
    }
    d->root = json_loadb(config, len, JSON_REJECT_DUPLICATES, &error);
    if (!d->root) {
        (void)snprintf(why + used, cap - used, "line %d, column %d: %s", error.line, error.column,
                       error.text);
    } else if (config_check(d->root, why + used, cap - used)) {
        if (fill_directory(d) == 0 && check_keys(d, why + used, cap - used) == 0 &&
            certificates_load(d, why + used, cap - used) == 0 &&
            trust_load(d, why + used, cap - used) == 0) {
            return d;
        }
    }
    directory_free(d);
    return NULL;
}

static char *read_file(const char *path, size_t *len, char *why, size_t cap)
{
    FILE *file = fopen(path, "re");
    char *data = NULL;
    *len = 0;
    if (!file) {
        (void)snprintf(why, cap, "%s: %s", path, strerror(errno));
        return NULL;
    }
    for (size_t room = 0, got = 1; got > 0 && *len < FILE_MAX; *len += got) {
        if (*len + 1 >= room) {
            room = room ? room * 2 : 8192;
            char *grown = realloc(data, room);
            if (!grown) {
                break;
            }
            data = grown;
        }
        got = fread(data + *len, 1, room - *len - 1, file);
    }
    bool ok = data && !ferror(file) && *len < FILE_MAX;
    (void)fclose(file);
    if (!ok) {
        (void)snprintf(why, cap, "%s: cannot be read, or is larger than 16 MiB", path);
        free(data);
        return NULL;
    }
    data[*len] = '\0';
    return data;
}

struct directory *config_load(const char *file, char *why, size_t cap)
{
    size_t len = 0;
    if (!file) {
        const struct embedded_file *demo = embedded_find("fixtures/idp/demo.json");
        return config_parse((const char *)demo->data, demo->len, demo->path, NULL, why, cap);
    }
    char *config = read_file(file, &len, why, cap);
    char *path = config ? strdup(file) : NULL;
    struct directory *d = path ? config_parse(config, len, file, dirname(path), why, cap) : NULL;
    free(path);
    free(config);
    return d;
}

bool config_path(const struct directory *d, const char *path, char *out, size_t cap)
{
    bool absolute = path[0] == '/' || !d->base;
    int len = snprintf(out, cap, "%s%s%s", absolute ? "" : d->base, absolute ? "" : "/", path);
    return len >= 0 && (size_t)len < cap;
}

char *config_read_file(const struct directory *d, const char *path, size_t *len, char *why,
                       size_t cap)
{
    char full[PATH_MAX];
    const struct embedded_file *file = d->base ? NULL : embedded_find(path);
    if (file) {
        char *copy = malloc(file->len + 1);
        if (copy) {
            memcpy(copy, file->data, file->len + 1);
            *len = file->len;
        }
        return copy;
    }
    if (!config_path(d, path, full, sizeof full)) {
        (void)snprintf(why, cap, "%s: the path is too long", path);
        return NULL;
    }
    return read_file(full, len, why, cap);
}

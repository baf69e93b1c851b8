/* Who exists: tenants, apps and users, as one immutable object made from the configuration. */
#ifndef MOCKIDP_CONFIG_DIRECTORY_H
#define MOCKIDP_CONFIG_DIRECTORY_H

#include <jansson.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>

#define DIRECTORY_GUID_CAP 37

/* A certificate with which an app proves itself. */
struct directory_certificate {
    EVP_PKEY *key;
    unsigned char sha1[20]; /* of its DER: the thumbprints */
    unsigned char sha256[32];
};

/* Strings and JSON are borrowed from the directory; NULL where the configuration says nothing. */
struct directory_app {
    const json_t *json; /* as configured */
    const char *alias;
    const char *id; /* client id, lower case as configured */
    const char *name;
    char object_id[DIRECTORY_GUID_CAP]; /* of the service principal in this tenant */
    const json_t *identifier_uris;      /* array; the first one is the aud of v1 tokens */
    int access_token_version;           /* 1 or 2 */
    const json_t *scopes;               /* array of short names */
    const json_t *secrets;              /* array; empty for public clients */
    const json_t *allow;         /* array: "password", "device_code" beside what every client may */
    const json_t *granted;       /* object: resource alias → array of app roles */
    const json_t *redirect_uris; /* array of {"type","uri"} */
    struct directory_certificate *certificates;
    size_t certificate_count;
    bool is_public;
    const json_t *federated;      /* array of {"issuer","subject","audiences","ca"}, or NULL */
    const char *managed_identity; /* the Azure resource id of a managed identity, else NULL */
};

struct directory_user {
    const char *alias;
    const char *id; /* object id */
    const char *upn;
    const char *name;
    const char *given_name;
    const char *family_name;
    const char *password;
    const json_t *roles;  /* object: resource alias → array of app roles */
    const json_t *groups; /* array of GUIDs, or NULL */
    size_t group_count;
    bool is_admin; /* may agree for everyone */
    int error;     /* AADSTS number that every grant answers, or 0 */
};

struct directory_tenant {
    const json_t *json; /* as configured */
    const char *alias;
    const char *id;
    const char *name;
    const char *region;
    const json_t *domains;
    const json_t *keys;     /* array of PEM file names, or NULL: keys are made */
    const json_t *defaults; /* object: resource, user, client, daemon */
    struct directory_app *apps;
    size_t app_count;
    struct directory_user *users;
    size_t user_count;
};

struct directory {
    json_t *root;
    char *base; /* folder that file names in it are relative to; NULL for the demo, whose files are
                   compiled in */
    bool v1_issuer_origin;
    const char *identity_header; /* secret of the App Service endpoint, or NULL */
    const json_t *tls_names;     /* array: more names for the TLS leaf, or NULL */
    struct directory_tenant *tenants;
    size_t tenant_count;
};

/* directory_free frees the directory and all it holds. NULL is fine. */
void directory_free(struct directory *directory);

/* directory_tenant finds a tenant by id, domain (both in any case) or alias; NULL without one. */
const struct directory_tenant *directory_tenant(const struct directory *directory,
                                                const char *name);

/* directory_app finds an app by client id (any case) or alias. */
const struct directory_app *directory_app(const struct directory_tenant *tenant, const char *name);

/* directory_resource finds an app by client id, alias or identifier URI (a final slash aside). */
const struct directory_app *directory_resource(const struct directory_tenant *tenant,
                                               const char *name);

/* directory_user finds a user by alias, user principal name or object id (any case). */
const struct directory_user *directory_user(const struct directory_tenant *tenant,
                                            const char *name);

/* directory_is_multi_tenant says whether an app is said to be for many tenants;
 * directory_is_single_tenant whether for its own alone. Of most the configuration says neither. */
bool directory_is_multi_tenant(const struct directory_app *app);
bool directory_is_single_tenant(const struct directory_app *app);

/* directory_lists says whether an array of strings holds `text`. */
bool directory_lists(const json_t *array, const char *text);

#endif

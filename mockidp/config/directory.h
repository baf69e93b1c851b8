/* Who exists: tenants, apps and users, as one immutable object made from the configuration. */
#ifndef MOCKIDP_CONFIG_DIRECTORY_H
#define MOCKIDP_CONFIG_DIRECTORY_H

#include <jansson.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIRECTORY_GUID_CAP 37
enum { DIRECTORY_SCOPES_CAP = 2048 }; /* octets of a list of scopes */
/* The tenant of personal accounts ("Tenancy in Microsoft Entra ID"). */
#define DIRECTORY_CONSUMERS_ID "9188040d-6c67-4c5b-b112-36a304b66dad"

/* Microsoft Graph, which is in no directory and known everywhere. */
#define DIRECTORY_GRAPH_ID "00000003-0000-0000-c000-000000000000"

/* Azure AD Graph, which went before it: an app of the directory, if it is there. */
#define DIRECTORY_AAD_GRAPH_ID "00000002-0000-0000-c000-000000000000"

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
    const json_t *allow;   /* array: "password", "device_code" beside what every client may */
    const json_t *granted; /* object: resource alias → array of app roles */
    const json_t *requests_roles; /* the same: what an administrator may grant */
    const json_t *redirect_uris;  /* array of {"type","uri"} */
    struct directory_certificate *certificates;
    size_t certificate_count;
    bool is_public;
    const json_t *federated;      /* array of {"issuer","subject","audiences","ca"}, or NULL */
    const char *managed_identity; /* the Azure resource id of a managed identity, else NULL */
    unsigned group_claims;        /* enum directory_group_claims; 0: tokens name no groups */
    /* What this app gets beyond the base: as a resource in access tokens, as a client in ID tokens.
     */
    const json_t *optional_access; /* arrays of {"name","additional_properties"} */
    const json_t *optional_id;
    const json_t *claims_access; /* objects: claim → value, in which texts are templates */
    const json_t *claims_id;
    int64_t token_lifetime_s; /* 0: nothing is said */
};

/* groupMembershipClaims of the manifest. */
enum directory_group_claims {
    DIRECTORY_GROUPS_SECURITY = 1,
    DIRECTORY_GROUPS_ROLES = 2,    /* directory roles, in wids */
    DIRECTORY_GROUPS_ASSIGNED = 4, /* to the app, and not through other groups */
    DIRECTORY_GROUPS_ALL = 8
};

struct directory_group {
    const char *id;
    const char *name;
    bool security; /* else a distribution list or a Microsoft 365 group */
    /* of one that is synchronised from an Active Directory, else NULL */
    const char *sam_account_name;
    const char *dns_domain;
    const char *netbios_domain;
    const json_t *member_of; /* array of group ids */
    const json_t *roles;     /* object: app alias → array of app roles */
};

struct directory_membership {
    const char *id;
    const struct directory_group *group; /* NULL: of this one only the id is known */
    bool direct;                         /* not through another group */
};

struct directory_user {
    const char *alias;
    const char *id; /* object id */
    const char *upn;
    const char *name;
    const char *given_name;
    const char *family_name;
    const char *password;
    const json_t *roles; /* object: app alias → array of app roles, those of groups among them */
    json_t *made_roles;  /* owned: `roles` when groups give some, else NULL */
    struct directory_membership *memberships;
    size_t membership_count;
    size_t group_count; /* the same, or more where groups are counted and not listed */
    bool is_admin;      /* may agree for everyone */
    int error;          /* AADSTS number that every grant answers, or 0 */
    const char *mail;
    bool is_guest;
    const char *identity_provider; /* of a guest */
    const char *home_tenant_id;    /* of a guest: tenant and object id at home; NULL: here */
    const char *home_id;
    const char *country;
    const char *ip_address;
    const json_t *directory_roles; /* array of template ids */
    const json_t *attributes;      /* object of further values, by name */
    const json_t *json;            /* as configured */
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
    struct directory_group *groups;
    size_t group_count;
    const char *region_sub_scope; /* of US Government tenants, else NULL */
    const char *country;
    const char *language;
    int64_t token_lifetime_s; /* 0: nothing is said */
};

/* What the documents of a national cloud say of it. */
struct directory_cloud {
    const char *instance_name;
    const char *graph_host; /* of the old Azure AD Graph */
    const char *msgraph_host;
    const char *dod_graph_host; /* of US Government: that of the Department of Defense, else NULL */
    const char *rbac_url;
    const char *sts; /* "https://sts.windows.net", of v1 issuers */
};

struct directory {
    json_t *root;
    char *base; /* folder that file names in it are relative to; NULL for the demo, whose files are
                   compiled in */
    bool v1_issuer_origin;
    const char *identity_header; /* secret of the App Service endpoint, or NULL */
    char *arc_key;               /* owned: what the file of the Arc endpoint holds, or NULL */
    char *arc_key_path;          /* owned: where that is */
    struct directory_cloud cloud;
    bool profile_gates_access_tokens; /* their name and oid need the scope profile */
    size_t implicit_groups_max;       /* in a token of a fragment */
    bool has_groups_text;             /* hasgroups is "true", not true */
    bool graph_nonce;                 /* Microsoft Graph's tokens have one in the header */
    bool has_shared_key;              /* the tenants of organizations publish one key in common */
    const json_t *tls_names;          /* array: more names for the TLS leaf, or NULL */
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

/* directory_has_user says whether any tenant has a user of that name, as directory_user takes it.
 */
bool directory_has_user(const struct directory *directory, const char *name);

/* directory_user finds a user by alias, user principal name or object id (any case). */
const struct directory_user *directory_user(const struct directory_tenant *tenant,
                                            const char *name);

/* directory_is_multi_tenant says whether an app is said to be for many tenants;
 * directory_is_single_tenant whether for its own alone. Of most the configuration says neither. */
bool directory_is_multi_tenant(const struct directory_app *app);
bool directory_is_single_tenant(const struct directory_app *app);

/* directory_is_personal says whether a tenant is that of personal accounts. */
bool directory_is_personal(const struct directory_tenant *tenant);

/* directory_group finds a group by id (any case). */
const struct directory_group *directory_group(const struct directory_tenant *tenant,
                                              const char *id);

/* directory_has_domain says whether a verified domain of the tenant is `name`, in any case. */
bool directory_has_domain(const struct directory_tenant *tenant, const char *name);

/* directory_is_graph says whether a resource's name is Microsoft Graph's in this cloud: its id, or
 * the cloud's host after https:// (a final slash aside). */
bool directory_is_graph(const struct directory *directory, const char *name);

/* directory_lists says whether an array of strings holds `text`. */
bool directory_lists(const json_t *array, const char *text);

#endif

/* The values of optional claims: a function for each that is not just an attribute of the user. */
#include "mockidp/claims/claims.h"

#include "mockidp/platform/words.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* A value, a new reference; NULL when the claim is absent. */
typedef json_t *claim_value(const struct claims_subject *s, const json_t *entry);

/* Directory extensions: "extension_{client id}_{name}" is the claim "extn.{name}". */
#define EXTENSION "extension_"
enum { EXTENSION_ID_LEN = 32 };

static json_t *text(const char *value)
{
    return value ? json_string(value) : NULL;
}

/* The user's attribute of that name, as it was configured. */
static json_t *attribute(const struct claims_subject *s, const char *name)
{
    const json_t *value = json_object_get(s->user->attributes, name);
    return value ? json_deep_copy(value) : NULL;
}

static json_t *attribute_value(const struct claims_subject *s, const json_t *entry)
{
    return attribute(s, json_string_value(json_object_get(entry, "name")));
}

/* What request or groups decide is set elsewhere. */
static json_t *nothing(const struct claims_subject *s, const json_t *entry)
{
    (void)s, (void)entry;
    return NULL;
}

static json_t *acct(const struct claims_subject *s, const json_t *entry)
{
    (void)entry;
    return json_integer(s->user->is_guest ? 1 : 0);
}

/* Of v1 tokens; the aud of v2 tokens is the client id anyway. */
static json_t *aud(const struct claims_subject *s, const json_t *entry)
{
    return claims_has_property(entry, "use_guid") ? json_string(s->resource->id) : NULL;
}

static json_t *auth_time(const struct claims_subject *s, const json_t *entry)
{
    (void)entry;
    return s->auth_time > 0 ? json_integer(s->auth_time) : NULL;
}

static json_t *ctry(const struct claims_subject *s, const json_t *entry)
{
    (void)entry;
    return text(s->user->country);
}

static json_t *email(const struct claims_subject *s, const json_t *entry)
{
    (void)entry;
    return text(s->user->mail);
}

/* In v2 tokens names need the scope profile, also when they are asked for by the manifest. */
static bool may_name(const struct claims_subject *s)
{
    return s->version == 1 || s->profile;
}

static json_t *family_name(const struct claims_subject *s, const json_t *entry)
{
    (void)entry;
    return may_name(s) ? text(s->user->family_name) : NULL;
}

static json_t *given_name(const struct claims_subject *s, const json_t *entry)
{
    (void)entry;
    return may_name(s) ? text(s->user->given_name) : NULL;
}

static json_t *idtyp(const struct claims_subject *s, const json_t *entry)
{
    return !s->user                                           ? json_string("app")
           : claims_has_property(entry, "include_user_token") ? json_string("user")
                                                              : NULL;
}

static json_t *ipaddr(const struct claims_subject *s, const json_t *entry)
{
    (void)entry;
    return text(claims_ip_address(s));
}

void claims_login_hint(const struct directory_user *user, const struct directory_app *client,
                       char out[CLAIMS_LOGIN_HINT_CAP])
{
    char name[256];
    unsigned char digest[EVP_MAX_MD_SIZE] = {0};
    size_t used = (size_t)snprintf(out, CLAIMS_LOGIN_HINT_CAP, "O.");
    int len = snprintf(name, sizeof name, "login_hint:%s:%s", user->id, client->id);
    (void)EVP_Digest(name, (size_t)len, digest, NULL, EVP_sha256(), NULL);
    for (size_t i = 0; i < 16; i++) {
        used += (size_t)snprintf(out + used, CLAIMS_LOGIN_HINT_CAP - used, "%02x", digest[i]);
    }
}

static json_t *login_hint(const struct claims_subject *s, const json_t *entry)
{
    char hint[CLAIMS_LOGIN_HINT_CAP];
    (void)entry;
    claims_login_hint(s->user, s->client, hint);
    return json_string(hint);
}

static json_t *preferred_username(const struct claims_subject *s, const json_t *entry)
{
    (void)entry;
    return may_name(s) ? text(s->user->is_guest ? s->user->mail : s->user->upn) : NULL;
}

static json_t *amr(const struct claims_subject *s, const json_t *entry)
{
    (void)entry;
    return mint_amr(s->second_factor);
}

static json_t *sid(const struct claims_subject *s, const json_t *entry)
{
    (void)entry;
    return text(s->session);
}

static json_t *tenant_ctry(const struct claims_subject *s, const json_t *entry)
{
    (void)entry;
    return text(s->tenant->country);
}

static json_t *tenant_region_scope(const struct claims_subject *s, const json_t *entry)
{
    (void)entry;
    return text(s->tenant->region);
}

/* A guest's name in this tenant, foo_home.test#EXT#@resource.test, is shown on request alone. */
static json_t *upn(const struct claims_subject *s, const json_t *entry)
{
    bool whole = claims_has_property(entry, "include_externally_authenticated_upn");
    bool plain = claims_has_property(entry, "include_externally_authenticated_upn_without_hash");
    if (!may_name(s)) {
        return NULL;
    }
    if (!s->user->is_guest) {
        return text(s->user->upn);
    }
    if (!whole && !plain) {
        return NULL;
    }
    json_t *value = json_string(s->user->upn);
    char *copy = value && plain ? strdup(json_string_value(value)) : NULL;
    for (char *at = copy; at && *at; at++) {
        *at = (char)(*at == '#' ? '_' : *at);
    }
    if (copy) {
        (void)json_string_set(value, copy);
    }
    free(copy);
    return value;
}

static bool is_own_domain(const struct claims_subject *s, const char *address)
{
    const char *domain = address ? strrchr(address, '@') : NULL;
    return domain && directory_has_domain(s->tenant, domain + 1);
}

static json_t *verified_primary_email(const struct claims_subject *s, const json_t *entry)
{
    json_t *value = attribute_value(s, entry);
    return value ? value : is_own_domain(s, s->user->mail) ? json_pack("[s]", s->user->mail) : NULL;
}

/* Whether the owner of the address's domain is verified. */
static json_t *xms_edov(const struct claims_subject *s, const json_t *entry)
{
    json_t *value = attribute_value(s, entry);
    return value ? value : s->user->mail ? json_boolean(is_own_domain(s, s->user->mail)) : NULL;
}

static json_t *xms_tpl(const struct claims_subject *s, const json_t *entry)
{
    (void)entry;
    return text(s->tenant->language);
}

enum { ACCESS = 1, ID = 2, BOTH = ACCESS | ID };

static const struct row {
    const char *name;
    unsigned tokens;
    bool of_users;
    claim_value *value;
    const char *properties; /* separated by blanks */
} rows[] = {
#define CLAIM(name, tokens, of_users, value, properties)                                           \
    {name, tokens, of_users, value, properties},
#include "mockidp/claims/optional.def"
#undef CLAIM
};

static const struct row *row_named(const char *name)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

/* The name behind extension_{client id}_; NULL when it is no such claim. */
static const char *extension_of(const char *name)
{
    size_t prefix = strlen(EXTENSION);
    if (strncmp(name, EXTENSION, prefix) != 0 ||
        strspn(name + prefix, "0123456789abcdef") != EXTENSION_ID_LEN ||
        name[prefix + EXTENSION_ID_LEN] != '_' || !name[prefix + EXTENSION_ID_LEN + 1]) {
        return NULL;
    }
    return name + prefix + EXTENSION_ID_LEN + 1;
}

static int add_extension(const struct claims_subject *s, const char *name, json_t *out)
{
    char claim[256];
    json_t *value = s->user ? attribute(s, name) : NULL;
    if (!value) {
        return 0;
    }
    (void)snprintf(claim, sizeof claim, "extn.%s", extension_of(name));
    return json_object_set_new(out, claim, value);
}

int claims_add_optional(const struct claims_subject *s, json_t *out)
{
    const struct directory_app *app = claims_app(s);
    const json_t *entry = NULL;
    size_t i = 0;
    json_array_foreach(s->id_token ? app->optional_id : app->optional_access, i, entry)
    {
        const char *name = json_string_value(json_object_get(entry, "name"));
        const struct row *row = row_named(name);
        json_t *value = row && (s->user || !row->of_users) ? row->value(s, entry) : NULL;
        if ((value && json_object_set_new(out, name, value) != 0) ||
            (!row && add_extension(s, name, out) != 0)) {
            return -1;
        }
    }
    return s->id_token && s->tells_auth_time
               ? json_object_set_new(out, "auth_time", json_integer(s->auth_time))
               : 0;
}

const char *claims_optional_fault(const json_t *entry, bool id_token)
{
    const char *name = json_string_value(json_object_get(entry, "name"));
    const struct row *row = row_named(name);
    const json_t *property = NULL;
    size_t i = 0;
    if (!row) {
        return extension_of(name) ? NULL : "there is no such optional claim";
    }
    if (!(row->tokens & (id_token ? ID : ACCESS))) {
        return "tokens of this kind have no such claim";
    }
    json_array_foreach(json_object_get(entry, "additional_properties"), i, property)
    {
        if (!words_have(row->properties, json_string_value(property))) {
            return "the claim has no such additional property";
        }
    }
    return NULL;
}

/* Shapes as tables: which members an object has, of what kind; then what the members say of each
 * other. */
#include "mockidp/config/check.h"

#include "mockidp/config/faults.h"
#include "mockidp/config/fill.h"
#include "mockidp/config/policies.h"
#include "mockidp/errors/oauth_error.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

/* "Configurable token lifetimes": ten minutes to a day. */
enum { LIFETIME_MIN_S = 600, LIFETIME_MAX_S = 86400 };

enum kind {
    TEXT,
    GUID,
    FLAG,
    TEXTS,
    TEXTS_BY_NAME,
    TOKEN_VERSION,
    COUNT,
    ERROR_NUMBER,
    V1_ISSUER,
    AUDIENCE,
    CONSENT_ERROR,
    CLOUD,
    HAS_GROUPS,
    GROUP_TYPE,
    GROUP_CLAIMS,
    LIFETIME,
    VALUES,
    REFUSALS,
    OBJECT,
    OBJECTS
};

struct member {
    const char *name;
    enum kind kind;
    bool needed;
    const struct member *of; /* of OBJECT and OBJECTS */
};

static const struct member role[] = {
    {"value", TEXT, true, NULL}, {"for", TEXTS, false, NULL}, {NULL, TEXT, false, NULL}};
static const struct member redirect[] = {
    {"type", TEXT, true, NULL}, {"uri", TEXT, true, NULL}, {NULL, TEXT, false, NULL}};
static const struct member optional_claim[] = {{"name", TEXT, true, NULL},
                                               {"source", TEXT, false, NULL},
                                               {"essential", FLAG, false, NULL},
                                               {"additional_properties", TEXTS, false, NULL},
                                               {NULL, TEXT, false, NULL}};
static const struct member optional_claims[] = {{"access_token", OBJECTS, false, optional_claim},
                                                {"id_token", OBJECTS, false, optional_claim},
                                                {NULL, TEXT, false, NULL}};
static const struct member federated[] = {
    {"name", TEXT, false, NULL},       {"issuer", TEXT, true, NULL}, {"subject", TEXT, true, NULL},
    {"audiences", TEXTS, false, NULL}, {"ca", TEXT, false, NULL},    {NULL, TEXT, false, NULL},
};
static const struct member claims[] = {{"access_token", VALUES, false, NULL},
                                       {"id_token", VALUES, false, NULL},
                                       {NULL, TEXT, false, NULL}};
static const struct member app[] = {
    {"alias", TEXT, true, NULL},
    {"id", GUID, true, NULL},
    {"name", TEXT, true, NULL},
    {"object_id", GUID, false, NULL},
    {"identifier_uris", TEXTS, false, NULL},
    {"access_token_version", TOKEN_VERSION, false, NULL},
    {"scopes", TEXTS, false, NULL},
    {"roles", OBJECTS, false, role},
    {"secrets", TEXTS, false, NULL},
    {"certificates", TEXTS, false, NULL},
    {"granted", TEXTS_BY_NAME, false, NULL},
    {"allow", TEXTS, false, NULL},
    {"public", FLAG, false, NULL},
    {"managed_identity", TEXT, false, NULL},
    {"optional_claims", OBJECT, false, optional_claims},
    {"consented", TEXTS_BY_NAME, false, NULL},
    {"requests", TEXTS_BY_NAME, false, NULL},
    {"requests_roles", TEXTS_BY_NAME, false, NULL},
    {"assignment_required", FLAG, false, NULL},
    {"assigned", TEXTS, false, NULL},
    {"front_channel_logout_uri", TEXT, false, NULL},
    {"sign_in_audience", AUDIENCE, false, NULL},
    {"expired_secrets", TEXTS, false, NULL},
    {"federated_credentials", OBJECTS, false, federated},
    {"redirect_uris", OBJECTS, false, redirect},
    {"group_membership_claims", GROUP_CLAIMS, false, NULL},
    {"claims", OBJECT, false, claims},
    {"access_token_lifetime_s", LIFETIME, false, NULL},
    {NULL, TEXT, false, NULL},
};
static const struct member home[] = {{"tenant", GUID, true, NULL},
                                     {"id", GUID, true, NULL},
                                     {"identity_provider", TEXT, true, NULL},
                                     {NULL, TEXT, false, NULL}};
static const struct member user[] = {
    {"alias", TEXT, true, NULL},
    {"id", GUID, true, NULL},
    {"upn", TEXT, true, NULL},
    {"name", TEXT, true, NULL},
    {"given_name", TEXT, false, NULL},
    {"family_name", TEXT, false, NULL},
    {"password", TEXT, true, NULL},
    {"roles", TEXTS_BY_NAME, false, NULL},
    {"groups", TEXTS, false, NULL},
    {"group_count", COUNT, false, NULL},
    {"error", ERROR_NUMBER, false, NULL},
    {"admin", FLAG, false, NULL},
    {"mail", TEXT, false, NULL},
    {"home", OBJECT, false, home},
    {"country", TEXT, false, NULL},
    {"ip_address", TEXT, false, NULL},
    {"directory_roles", TEXTS, false, NULL},
    {"attributes", VALUES, false, NULL},
    {NULL, TEXT, false, NULL},
};
static const struct member on_premises[] = {{"sam_account_name", TEXT, true, NULL},
                                            {"dns_domain", TEXT, false, NULL},
                                            {"netbios_domain", TEXT, false, NULL},
                                            {NULL, TEXT, false, NULL}};
static const struct member group[] = {
    {"id", GUID, true, NULL},          {"name", TEXT, true, NULL},
    {"type", GROUP_TYPE, false, NULL}, {"on_premises", OBJECT, false, on_premises},
    {"member_of", TEXTS, false, NULL}, {"roles", TEXTS_BY_NAME, false, NULL},
    {NULL, TEXT, false, NULL},
};
static const struct member policy[] = {
    {"name", TEXT, true, NULL},           {"users", TEXTS, false, NULL},
    {"clients", TEXTS, false, NULL},      {"resources", TEXTS, false, NULL},
    {"grants", TEXTS, false, NULL},       {"require", TEXT, false, NULL},
    {"error", ERROR_NUMBER, false, NULL}, {NULL, TEXT, false, NULL},
};
static const struct member defaults[] = {
    {"resource", TEXT, false, NULL}, {"user", TEXT, false, NULL}, {"client", TEXT, false, NULL},
    {"daemon", TEXT, false, NULL},   {NULL, TEXT, false, NULL},
};
static const struct member tenant[] = {
    {"alias", TEXT, true, NULL},
    {"id", GUID, true, NULL},
    {"name", TEXT, true, NULL},
    {"domains", TEXTS, true, NULL},
    {"region", TEXT, false, NULL},
    {"keys", TEXTS, false, NULL},
    {"defaults", OBJECT, false, defaults},
    {"apps", OBJECTS, true, app},
    {"users", OBJECTS, false, user},
    {"conditional_access", OBJECTS, false, policy},
    {"groups", OBJECTS, false, group},
    {"region_sub_scope", TEXT, false, NULL},
    {"country", TEXT, false, NULL},
    {"language", TEXT, false, NULL},
    {"access_token_lifetime_s", LIFETIME, false, NULL},
    {NULL, TEXT, false, NULL},
};
static const struct member cloud_metadata[] = {
    {"cloud_instance_name", TEXT, false, NULL}, {"cloud_graph_host_name", TEXT, false, NULL},
    {"msgraph_host", TEXT, false, NULL},        {"rbac_url", TEXT, false, NULL},
    {"v1_issuer", TEXT, false, NULL},           {NULL, TEXT, false, NULL},
};
static const struct member directory[] = {
    {"tenants", OBJECTS, true, tenant},
    {"v1_issuer", V1_ISSUER, false, NULL},
    {"tls_names", TEXTS, false, NULL},
    {"identity_header", TEXT, false, NULL},
    {"arc_key_file", TEXT, false, NULL},
    {"consent_error", CONSENT_ERROR, false, NULL},
    {"errors", REFUSALS, false, NULL},
    {"error_lines", FLAG, false, NULL},
    {"error_pages_ok", FLAG, false, NULL},
    {"front_channel_parameters", FLAG, false, NULL},
    {"strict_transport_security", FLAG, false, NULL},
    {"assertions_need_thumbprint", FLAG, false, NULL},
    {"cloud", CLOUD, false, NULL},
    {"cloud_metadata", OBJECT, false, cloud_metadata},
    {"profile_gates_access_tokens", FLAG, false, NULL},
    {"implicit_groups_max", COUNT, false, NULL},
    {"hasgroups", HAS_GROUPS, false, NULL},
    {"shared_key", FLAG, false, NULL},
    {"graph_scopes", TEXTS, false, NULL},
    {"graph_nonce", FLAG, false, NULL},
    {NULL, TEXT, false, NULL},
};

static bool is_guid(const char *text)
{
    static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    for (size_t i = 0; i < sizeof shape; i++) {
        bool fits =
            shape[i] == 'x' ? text[i] && strchr("0123456789abcdef", text[i]) : text[i] == shape[i];
        if (!fits) {
            return false;
        }
    }
    return true;
}

static void check_texts(struct config_faults *f, const struct config_pointer *at,
                        const json_t *value)
{
    const json_t *item = NULL;
    size_t i = 0;
    if (!json_is_array(value)) {
        config_fault(f, at, "a list of texts is needed");
        return;
    }
    json_array_foreach(value, i, item)
    {
        struct config_pointer here = {at, NULL, i};
        if (json_string_length(item) == 0) {
            config_fault(f, &here, "a text that is not empty is needed");
        }
    }
}

static void check_texts_by_name(struct config_faults *f, const struct config_pointer *at,
                                const json_t *value)
{
    const char *name = NULL;
    json_t *item = NULL;
    if (!json_is_object(value)) {
        config_fault(f, at, "an object of lists is needed");
        return;
    }
    json_object_foreach((json_t *)(uintptr_t)value, name, item)
    {
        struct config_pointer here = {at, name, 0};
        check_texts(f, &here, item);
    }
}

/* The kinds that are one of a few words. */
static const char *refuse_word(enum kind kind, const char *word)
{
    static const struct {
        enum kind kind;
        const char *words[3];
        const char *sentence;
    } rows[] = {
        {V1_ISSUER, {"entra", "origin"}, "\"entra\" or \"origin\" is needed"},
        {CLOUD,
         {"public", "us-government", "china"},
         "\"public\", \"us-government\" or \"china\" is needed"},
        {AUDIENCE,
         {"AzureADMyOrg", "AzureADMultipleOrgs"},
         "\"AzureADMyOrg\" or \"AzureADMultipleOrgs\" is needed"},
        {CONSENT_ERROR,
         {"interaction_required", "consent_required"},
         "\"interaction_required\" or \"consent_required\" is needed"},
        {HAS_GROUPS, {"boolean", "text"}, "\"boolean\" or \"text\" is needed"},
        {GROUP_TYPE,
         {"security", "distribution", "microsoft365"},
         "\"security\", \"distribution\" or \"microsoft365\" is needed"},
    };
    size_t row = 0;
    while (rows[row].kind != kind) {
        row++;
    }
    for (size_t i = 0; word && i < 3 && rows[row].words[i]; i++) {
        if (strcmp(rows[row].words[i], word) == 0) {
            return NULL;
        }
    }
    return rows[row].sentence;
}

/* The kinds that are a number between two others. */
static const char *refuse_number(enum kind kind, const json_t *value)
{
    json_int_t n = json_integer_value(value);
    bool whole = json_is_integer(value);
    if (kind == LIFETIME) {
        return whole && n >= LIFETIME_MIN_S && n <= LIFETIME_MAX_S
                   ? NULL
                   : "seconds from 600 (ten minutes) to 86400 (a day) are needed";
    }
    return whole && n >= 0 && n <= 99999999 ? NULL : "a number from 0 to 99999999 is needed";
}

/* The kinds that are one value; the sentence that refuses it, or NULL. */
static const char *refuse_scalar(enum kind kind, const json_t *value)
{
    const char *text = json_string_value(value);
    json_int_t n = json_integer_value(value);
    unsigned flags = 0;
    switch (kind) {
    case TEXT: return json_string_length(value) > 0 ? NULL : "a text that is not empty is needed";
    case GUID: return text && is_guid(text) ? NULL : "a GUID in lower case is needed";
    case FLAG: return json_is_boolean(value) ? NULL : "true or false is needed";
    case VALUES: return json_is_object(value) ? NULL : "an object is needed";
    case TOKEN_VERSION: return n == 1 || n == 2 ? NULL : "1 or 2 is needed";
    case COUNT:
    case LIFETIME: return refuse_number(kind, value);
    case GROUP_CLAIMS:
        return text && config_group_claims(text, &flags)
                   ? NULL
                   : "of None, SecurityGroup, DirectoryRole, ApplicationGroup and All some are "
                     "needed, with commas between them";
    case ERROR_NUMBER:
        return json_is_integer(value) && n > 0 && n <= INT_MAX && oauth_error_known((int)n)
                   ? NULL
                   : "a number that mockidp/errors/aadsts.def has is needed";
    default: return refuse_word(kind, text);
    }
}

static void check_object(struct config_faults *f, const struct config_pointer *at,
                         const json_t *value, const struct member *members);

static void check_value(struct config_faults *f, const struct config_pointer *at,
                        const json_t *value, const struct member *m)
{
    const json_t *item = NULL;
    size_t i = 0;
    const char *sentence = NULL;
    if (m->kind == TEXTS) {
        check_texts(f, at, value);
    } else if (m->kind == REFUSALS) {
        policies_check_refusals(f, at, value);
    } else if (m->kind == TEXTS_BY_NAME) {
        check_texts_by_name(f, at, value);
    } else if (m->kind == OBJECT) {
        check_object(f, at, value, m->of);
    } else if (m->kind == OBJECTS && !json_is_array(value)) {
        config_fault(f, at, "a list of objects is needed");
    } else if (m->kind == OBJECTS) {
        json_array_foreach(value, i, item)
        {
            struct config_pointer here = {at, NULL, i};
            check_object(f, &here, item, m->of);
        }
    } else if ((sentence = refuse_scalar(m->kind, value))) {
        config_fault(f, at, "%s", sentence);
    }
}

static void check_object(struct config_faults *f, const struct config_pointer *at,
                         const json_t *value, const struct member *members)
{
    const char *name = NULL;
    json_t *item = NULL;
    if (!json_is_object(value)) {
        config_fault(f, at, "an object is needed");
        return;
    }
    for (const struct member *m = members; m->name; m++) {
        if (m->needed && !json_object_get(value, m->name)) {
            config_fault(f, at, "'%s' is missing", m->name);
        }
    }
    json_object_foreach((json_t *)(uintptr_t)value, name, item)
    {
        struct config_pointer here = {at, name, 0};
        const struct member *m = members;
        while (m->name && strcmp(m->name, name) != 0) {
            m++;
        }
        if (m->name) {
            check_value(f, &here, item, m);
        } else {
            config_fault(f, &here, "there is no such member");
        }
    }
}

bool config_check(const json_t *root, char *why, size_t cap)
{
    struct config_faults faults = {.why = why, .cap = cap};
    check_object(&faults, NULL, root, directory);
    if (faults.count == 0 && json_array_size(json_object_get(root, "tenants")) == 0) {
        config_fault(&faults, NULL, "there is no tenant");
    }
    if (faults.count == 0) {
        config_check_references(&faults, root);
    }
    return faults.count == 0;
}

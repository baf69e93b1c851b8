/* What a configuration may say of claims; its faults are named when it is read, not when a token is
 * baked. */
#include "mockidp/claims/claims.h"

#include "mockidp/config/faults.h"

#include <stdint.h>
#include <string.h>

/* Of the restricted set ("Claims customization"): what makes a token one, and who it is for. */
static const char *const restricted[] = {
    "acr",    "aio", "amr", "appid", "appidacr", "at_hash", "aud",   "azp", "azpacr",
    "c_hash", "exp", "iat", "idp",   "iss",      "nbf",     "nonce", "oid", "rh",
    "roles",  "scp", "sid", "sub",   "tid",      "uti",     "ver",   "wids"};

static void check_optional(struct config_faults *f, const struct config_pointer *at,
                           const json_t *list, bool id_token)
{
    const json_t *entry = NULL;
    size_t i = 0;
    json_array_foreach(list, i, entry)
    {
        struct config_pointer here = {at, NULL, i};
        const char *fault = claims_optional_fault(entry, id_token);
        if (fault) {
            config_fault(f, &here, "'%s': %s", json_string_value(json_object_get(entry, "name")),
                         fault);
        }
    }
}

static bool some_user_has(const json_t *users, const char *name, size_t len)
{
    const json_t *user = NULL;
    size_t i = 0;
    json_array_foreach(users, i, user)
    {
        const char *key = NULL;
        json_t *value = NULL;
        json_object_foreach(json_object_get(user, "attributes"), key, value)
        {
            if (strlen(key) == len && strncmp(key, name, len) == 0) {
                return true;
            }
        }
    }
    return false;
}

static void check_template(struct config_faults *f, const struct config_pointer *at,
                           const char *template, const json_t *users)
{
    const char *name = NULL;
    size_t len = 0;
    while (claims_template_name(&template, &name, &len)) {
        if (!claims_attribute_known(name, len) && !some_user_has(users, name, len)) {
            config_fault(f, at, "no user has an attribute '%.*s'", (int)len, name);
        }
    }
    if (*template) {
        config_fault(f, at, "a brace that is no {attribute}: write {{ or }} for the character");
    }
}

static void check_made(struct config_faults *f, const struct config_pointer *at,
                       const json_t *claims, const json_t *users)
{
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach((json_t *)(uintptr_t)claims, name, value)
    {
        struct config_pointer here = {at, name, 0};
        for (size_t i = 0; i < sizeof restricted / sizeof restricted[0]; i++) {
            if (strcmp(restricted[i], name) == 0) {
                config_fault(f, &here, "is of the restricted claims; a recipe can set it");
            }
        }
        if (json_is_string(value)) {
            check_template(f, &here, json_string_value(value), users);
        }
    }
}

void config_check_claims(struct config_faults *f, const struct config_pointer *at,
                         const json_t *app, const json_t *users)
{
    const json_t *optional = json_object_get(app, "optional_claims");
    const json_t *made = json_object_get(app, "claims");
    struct config_pointer optional_at = {at, "optional_claims", 0};
    struct config_pointer made_at = {at, "claims", 0};
    for (int id = 0; id < 2; id++) {
        const char *kind = id ? "id_token" : "access_token";
        struct config_pointer optional_kind = {&optional_at, kind, 0};
        struct config_pointer made_kind = {&made_at, kind, 0};
        check_optional(f, &optional_kind, json_object_get(optional, kind), id);
        check_made(f, &made_kind, json_object_get(made, kind), users);
    }
}

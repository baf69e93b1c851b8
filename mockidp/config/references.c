/* What the members of a configuration say of each other: ids are unique, names lead somewhere. */
#include "mockidp/config/faults.h"

#include "mockidp/config/policies.h"
#include "mockidp/config/trust.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

/* More make the claim an overage (Entra "Configure group claims"). */
enum { GROUPS_LISTED_MAX = 200 };

static const char *text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

/* The object of a list whose member `name` is `value`. */
static const json_t *find(const json_t *list, const char *name, const char *value)
{
    const json_t *item = NULL;
    size_t i = 0;
    json_array_foreach(list, i, item)
    {
        const char *found = text(item, name);
        if (found && value && strcasecmp(found, value) == 0) {
            return item;
        }
    }
    return NULL;
}

static bool lists(const json_t *texts, const char *text)
{
    const json_t *item = NULL;
    size_t i = 0;
    json_array_foreach(texts, i, item)
    {
        if (strcasecmp(json_string_value(item), text) == 0) {
            return true;
        }
    }
    return false;
}

static void check_unique(struct config_faults *f, const struct config_pointer *at,
                         const json_t *list, const char *name)
{
    const json_t *item = NULL;
    size_t i = 0;
    json_array_foreach(list, i, item)
    {
        struct config_pointer here = {at, NULL, i};
        struct config_pointer member = {&here, name, 0};
        const char *value = text(item, name);
        if (value && find(list, name, value) != item) {
            config_fault(f, &member, "'%s' is there already", value);
        }
    }
}

/* {"app alias":["Role"]}: the app is there and defines the role. Where `takes_graph`, "graph" is
 * Microsoft Graph, which defines any. */
static void check_roles(struct config_faults *f, const struct config_pointer *at,
                        const json_t *roles, const json_t *apps, bool takes_graph)
{
    const char *alias = NULL;
    json_t *values = NULL;
    json_object_foreach((json_t *)(uintptr_t)roles, alias, values)
    {
        struct config_pointer here = {at, alias, 0};
        const json_t *app = find(apps, "alias", alias);
        const json_t *value = NULL;
        size_t i = 0;
        if (takes_graph && strcmp(alias, "graph") == 0) {
            continue;
        }
        if (!app) {
            config_fault(f, &here, "there is no app '%s' in this tenant", alias);
            continue;
        }
        json_array_foreach(values, i, value)
        {
            struct config_pointer item = {&here, NULL, i};
            if (!find(json_object_get(app, "roles"), "value", json_string_value(value))) {
                config_fault(f, &item, "the app has no role '%s'", json_string_value(value));
            }
        }
    }
}

static void check_defaults(struct config_faults *f, const struct config_pointer *at,
                           const json_t *tenant)
{
    const json_t *defaults = json_object_get(tenant, "defaults");
    const char *name = NULL;
    json_t *value = NULL;
    struct config_pointer object = {at, "defaults", 0};
    json_object_foreach((json_t *)(uintptr_t)defaults, name, value)
    {
        struct config_pointer here = {&object, name, 0};
        const json_t *list = json_object_get(tenant, strcmp(name, "user") == 0 ? "users" : "apps");
        if (!find(list, "alias", json_string_value(value))) {
            config_fault(f, &here, "there is no '%s' in this tenant", json_string_value(value));
        }
    }
}

/* A count stands for groups that are not listed: those of an overage. */
static void check_group_count(struct config_faults *f, const struct config_pointer *at,
                              const json_t *user)
{
    const json_t *count = json_object_get(user, "group_count");
    size_t listed = json_array_size(json_object_get(user, "groups"));
    struct config_pointer here = {at, "group_count", 0};
    if (count && json_integer_value(count) <= GROUPS_LISTED_MAX &&
        (size_t)json_integer_value(count) != listed) {
        config_fault(f, &here, "up to %d groups are listed in 'groups'", GROUPS_LISTED_MAX);
    }
}

/* A domain leads to one tenant. */
static void check_domains(struct config_faults *f, const struct config_pointer *list,
                          const json_t *tenants, size_t own)
{
    const json_t *domain = NULL;
    size_t i = 0;
    struct config_pointer tenant = {list, NULL, own};
    struct config_pointer domains = {&tenant, "domains", 0};
    json_array_foreach(json_object_get(json_array_get(tenants, own), "domains"), i, domain)
    {
        struct config_pointer here = {&domains, NULL, i};
        for (size_t t = 0; t < own; t++) {
            if (lists(json_object_get(json_array_get(tenants, t), "domains"),
                      json_string_value(domain))) {
                config_fault(f, &here, "'%s' is another tenant's already",
                             json_string_value(domain));
            }
        }
    }
}

/* Groups in groups are there, and give roles that there are. */
static void check_groups(struct config_faults *f, const struct config_pointer *at,
                         const json_t *tenant)
{
    const json_t *groups = json_object_get(tenant, "groups");
    const json_t *item = NULL;
    const json_t *parent = NULL;
    size_t i = 0;
    size_t k = 0;
    struct config_pointer list = {at, "groups", 0};
    check_unique(f, &list, groups, "id");
    json_array_foreach(groups, i, item)
    {
        struct config_pointer here = {&list, NULL, i};
        struct config_pointer roles = {&here, "roles", 0};
        struct config_pointer parents = {&here, "member_of", 0};
        check_roles(f, &roles, json_object_get(item, "roles"), json_object_get(tenant, "apps"),
                    false);
        json_array_foreach(json_object_get(item, "member_of"), k, parent)
        {
            struct config_pointer place = {&parents, NULL, k};
            if (!find(groups, "id", json_string_value(parent))) {
                config_fault(f, &place, "there is no group '%s' in this tenant",
                             json_string_value(parent));
            }
        }
    }
}

static void check_tenant(struct config_faults *f, const struct config_pointer *at,
                         const json_t *tenant)
{
    const json_t *apps = json_object_get(tenant, "apps");
    const json_t *users = json_object_get(tenant, "users");
    const json_t *item = NULL;
    size_t i = 0;
    struct config_pointer app_list = {at, "apps", 0};
    struct config_pointer user_list = {at, "users", 0};
    check_unique(f, &app_list, apps, "id");
    check_unique(f, &app_list, apps, "alias");
    check_unique(f, &user_list, users, "id");
    check_unique(f, &user_list, users, "alias");
    check_unique(f, &user_list, users, "upn");
    check_defaults(f, at, tenant);
    policies_check(f, at, tenant);
    check_groups(f, at, tenant);
    json_array_foreach(apps, i, item)
    {
        struct config_pointer here = {&app_list, NULL, i};
        struct config_pointer granted = {&here, "granted", 0};
        struct config_pointer requested = {&here, "requests_roles", 0};
        check_roles(f, &granted, json_object_get(item, "granted"), apps, true);
        check_roles(f, &requested, json_object_get(item, "requests_roles"), apps, true);
        config_check_app(f, &here, item);
        trust_check(f, &here, item);
        config_check_claims(f, &here, item, users);
    }
    json_array_foreach(users, i, item)
    {
        struct config_pointer here = {&user_list, NULL, i};
        struct config_pointer roles = {&here, "roles", 0};
        check_roles(f, &roles, json_object_get(item, "roles"), apps, false);
        check_group_count(f, &here, item);
    }
}

void config_check_references(struct config_faults *f, const json_t *root)
{
    const json_t *tenants = json_object_get(root, "tenants");
    const json_t *item = NULL;
    size_t i = 0;
    struct config_pointer list = {NULL, "tenants", 0};
    check_unique(f, &list, tenants, "id");
    check_unique(f, &list, tenants, "alias");
    json_array_foreach(tenants, i, item)
    {
        struct config_pointer here = {&list, NULL, i};
        check_tenant(f, &here, item);
        check_domains(f, &list, tenants, i);
    }
}

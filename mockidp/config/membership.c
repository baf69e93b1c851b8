/* Groups in groups, breadth first, so that the direct ones come first and a circle ends. */
#include "mockidp/config/membership.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_member(const struct directory_user *user, const char *id)
{
    for (size_t i = 0; i < user->membership_count; i++) {
        if (strcasecmp(user->memberships[i].id, id) == 0) {
            return true;
        }
    }
    return false;
}

static int add_all(const struct directory_tenant *tenant, struct directory_user *user,
                   const json_t *ids, bool direct)
{
    const json_t *item = NULL;
    size_t i = 0;
    struct directory_membership *grown = NULL;
    size_t room = user->membership_count + json_array_size(ids);
    if (json_array_size(ids) == 0) {
        return 0;
    }
    if (!(grown = realloc(user->memberships, room * sizeof *grown))) {
        return -1;
    }
    user->memberships = grown;
    json_array_foreach(ids, i, item)
    {
        const char *id = json_string_value(item);
        if (!is_member(user, id)) {
            user->memberships[user->membership_count++] =
                (struct directory_membership){id, directory_group(tenant, id), direct};
        }
    }
    return 0;
}

/* merge adds the roles of a group to those of the user, each once. */
static int merge(json_t *roles, const json_t *more)
{
    const char *alias = NULL;
    json_t *values = NULL;
    const json_t *value = NULL;
    size_t i = 0;
    json_object_foreach((json_t *)(uintptr_t)more, alias, values)
    {
        json_t *list = json_object_get(roles, alias);
        if (!list && json_object_set_new(roles, alias, list = json_array()) != 0) {
            return -1;
        }
        json_array_foreach(values, i, value)
        {
            if (!directory_lists(list, json_string_value(value)) &&
                json_array_append(list, (json_t *)(uintptr_t)value) != 0) {
                return -1;
            }
        }
    }
    return 0;
}

/* An app role that is assigned to a group is that of its direct members only ("Assign users and
 * groups to an application"). */
static int inherit_roles(struct directory_user *user)
{
    for (size_t i = 0; i < user->membership_count; i++) {
        const struct directory_membership *m = &user->memberships[i];
        if (!m->direct || !m->group || json_object_size(m->group->roles) == 0) {
            continue;
        }
        if (!user->made_roles) {
            user->made_roles = user->roles ? json_deep_copy(user->roles) : json_object();
        }
        if (!user->made_roles || merge(user->made_roles, m->group->roles) != 0) {
            return -1;
        }
        user->roles = user->made_roles;
    }
    return 0;
}

int membership_resolve(struct directory_tenant *tenant)
{
    for (size_t u = 0; u < tenant->user_count; u++) {
        struct directory_user *user = &tenant->users[u];
        if (add_all(tenant, user, json_object_get(user->json, "groups"), true) != 0) {
            return -1;
        }
        for (size_t i = 0; i < user->membership_count; i++) {
            const struct directory_group *group = user->memberships[i].group;
            if (group && add_all(tenant, user, group->member_of, false) != 0) {
                return -1;
            }
        }
        user->group_count =
            user->membership_count > user->group_count ? user->membership_count : user->group_count;
        if (inherit_roles(user) != 0) {
            return -1;
        }
    }
    return 0;
}

void membership_free(struct directory_tenant *tenant)
{
    for (size_t u = 0; u < tenant->user_count; u++) {
        free(tenant->users[u].memberships);
        json_decref(tenant->users[u].made_roles);
    }
}

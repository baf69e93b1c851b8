/* Groups and roles in tokens ("Configure group claims for applications", "Add app roles"). */
#include "mockidp/claims/claims.h"

#include <stdint.h>
#include <string.h>

/* is_listed: does the app's groupMembershipClaims ask for this one? */
static bool is_listed(const struct directory_app *app, const struct directory_membership *m)
{
    unsigned asked = app->group_claims;
    bool assigned = m->direct && m->group && json_object_get(m->group->roles, app->alias);
    return (asked & DIRECTORY_GROUPS_ALL) ||
           ((asked & DIRECTORY_GROUPS_SECURITY) && (!m->group || m->group->security)) ||
           ((asked & DIRECTORY_GROUPS_ASSIGNED) && assigned);
}

/* A name as the manifest asks for it. A group that is not synchronised has no such name: its id is
 * written; cloud_displayname goes with groups assigned to the app alone. */
static json_t *name_of(const struct directory_app *app, const struct directory_membership *m,
                       const json_t *format)
{
    const struct directory_group *group = m->group;
    const char *sam = group ? group->sam_account_name : NULL;
    if (sam && group->dns_domain &&
        claims_has_property(format, "dns_domain_and_sam_account_name")) {
        return json_sprintf("%s\\%s", group->dns_domain, sam);
    }
    if (sam && group->netbios_domain &&
        claims_has_property(format, "netbios_domain_and_sam_account_name")) {
        return json_sprintf("%s\\%s", group->netbios_domain, sam);
    }
    if (sam && claims_has_property(format, "sam_account_name")) {
        return json_string(sam);
    }
    if (group && !sam && app->group_claims == DIRECTORY_GROUPS_ASSIGNED &&
        claims_has_property(format, "cloud_displayname")) {
        return json_string(group->name);
    }
    return json_string(m->id);
}

static json_t *list_groups(const struct claims_subject *s, const json_t *format)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < s->user->membership_count; i++) {
        const struct directory_membership *m = &s->user->memberships[i];
        if (is_listed(claims_app(s), m) &&
            json_array_append_new(list, name_of(claims_app(s), m, format)) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

/* Of a user whose groups are counted and not listed, the rest counts as security groups. */
static size_t count_groups(const struct claims_subject *s, size_t listed)
{
    const struct directory_user *u = s->user;
    bool all = claims_app(s)->group_claims & (DIRECTORY_GROUPS_SECURITY | DIRECTORY_GROUPS_ALL);
    return all ? listed + (u->group_count - u->membership_count) : listed;
}

int claims_set_groups(const struct claims_subject *s, struct mint_facts *facts)
{
    const struct directory_app *app = claims_app(s);
    facts->roles = json_object_get(s->user ? s->user->roles : s->client->granted, app->alias);
    if (s->granted) {
        facts->roles = facts->made[1] = json_incref((json_t *)(uintptr_t)s->granted);
    }
    facts->implicit = s->implicit;
    facts->implicit_groups_max = s->directory->implicit_groups_max;
    facts->has_groups_text = s->directory->has_groups_text;
    facts->graph_host = s->directory->cloud.graph_host;
    if (!s->user || s->user->group_count == 0 ||
        !(app->group_claims & ~(unsigned)DIRECTORY_GROUPS_ROLES)) {
        return 0;
    }
    const json_t *format = claims_optional(s, "groups");
    json_t *list = list_groups(s, format);
    if (!list) {
        return -1;
    }
    facts->made[1] = list;
    if (claims_has_property(format, "emit_as_roles")) {
        facts->roles = list; /* and the roles of the app are not in the token */
        return 0;
    }
    facts->groups = list;
    facts->group_count = count_groups(s, json_array_size(list));
    return 0;
}

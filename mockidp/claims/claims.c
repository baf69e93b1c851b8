/* Who says what stands in a token, and putting the parts together. */
#include "mockidp/claims/claims.h"

#include <string.h>

/* What app-only tokens for Graph have as their directory role. */
#define GRAPH_APP_ROLE "0997a1d0-0d1d-4acb-b408-d5ca73121e90"

const struct directory_app *claims_app(const struct claims_subject *s)
{
    return s->id_token ? s->client : s->resource;
}

bool claims_is_for_graph(const struct claims_subject *s)
{
    return !s->id_token && s->resource && strcmp(s->resource->id, DIRECTORY_GRAPH_ID) == 0;
}

const json_t *claims_optional(const struct claims_subject *s, const char *name)
{
    const struct directory_app *app = claims_app(s);
    const json_t *entry = NULL;
    size_t i = 0;
    json_array_foreach(s->id_token ? app->optional_id : app->optional_access, i, entry)
    {
        if (strcmp(json_string_value(json_object_get(entry, "name")), name) == 0) {
            return entry;
        }
    }
    return NULL;
}

bool claims_has_property(const json_t *entry, const char *property)
{
    return directory_lists(json_object_get(entry, "additional_properties"), property);
}

const char *claims_ip_address(const struct claims_subject *s)
{
    return s->user && s->user->ip_address ? s->user->ip_address : s->ip_address;
}

/* The directory roles of the user, where the manifest asks for them. */
static int add_wids(const struct claims_subject *s, json_t *out)
{
    bool asked = claims_app(s)->group_claims & (DIRECTORY_GROUPS_ROLES | DIRECTORY_GROUPS_ALL);
    if (!asked || !s->user || json_array_size(s->user->directory_roles) == 0) {
        return 0;
    }
    return json_object_set_new(out, "wids", json_deep_copy(s->user->directory_roles));
}

/* Graph's tokens say more by themselves. */
static int add_graph(const struct claims_subject *s, json_t *out)
{
    if (s->user || !claims_is_for_graph(s)) {
        return 0;
    }
    return json_object_set_new(out, "idtyp", json_string("app")) ||
           json_object_set_new(out, "wids", json_pack("[s]", GRAPH_APP_ROLE));
}

/* What the request brought about, whatever the manifest says. */
static int add_request(const struct claims_subject *s, json_t *out)
{
    return (json_array_size(s->contexts) > 0 &&
            json_object_set_new(out, "acrs", json_deep_copy(s->contexts)) != 0) ||
           (s->confirmation &&
            json_object_set_new(out, "cnf", json_deep_copy(s->confirmation)) != 0) ||
           (s->withdrawable && json_object_set_new(out, "xms_cc", json_pack("[s]", "cp1")) != 0);
}

/* The tokens of a managed identity name the Azure resource that it is. */
static int add_resource_id(const struct claims_subject *s, json_t *out)
{
    const char *id = s->user || s->id_token ? NULL : s->client->managed_identity;
    return id ? json_object_set_new(out, "xms_mirid", json_string(id)) : 0;
}

int claims_set_extra(const struct claims_subject *s, struct mint_facts *facts)
{
    json_t *out = json_object();
    if (!out || claims_add_optional(s, out) || claims_add_made(s, out) || add_wids(s, out) ||
        add_graph(s, out) || add_resource_id(s, out) || add_request(s, out)) {
        json_decref(out);
        return -1;
    }
    if (json_object_size(out) == 0) {
        json_decref(out);
        return 0;
    }
    facts->extra = facts->made[0] = out;
    return 0;
}

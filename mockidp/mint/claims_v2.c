/* The v2 access token, member by member in the order of captured ones. */
#include "mockidp/mint/oven.h"

#include <stdlib.h>

json_t *mint_access_v2(const struct mint_oven *oven)
{
    const struct mint_facts *f = &oven->facts;
    json_t *c = json_object();
    bool app = f->user_oid == NULL;
    /* app-only: sub is the service principal's object id, as oid is */
    char *sub = app ? NULL : mint_pairwise(oven, f->resource_id);
    int bad = mint_set_text(c, "aud", f->resource_id) || mint_set_text(c, "iss", oven->issuer_v2) ||
              mint_set_times(oven, c, oven->context->lifetime_s) ||
              mint_set_random(oven, c, "aio", app ? "k2Zg" : "", 24) ||
              mint_set_text(c, "azp", f->client_id) || mint_set_text(c, "azpacr", f->client_acr);
    if (!app) {
        bad = bad || mint_set_groups(oven, c) || mint_set_text(c, "name", f->user_name);
    }
    bad = bad || mint_set_text(c, "oid", app ? f->client_oid : f->user_oid);
    if (!app) {
        bad = bad || mint_set_text(c, "preferred_username", f->upn);
    }
    bad = bad || mint_set_random(oven, c, "rh", "1.A", 24);
    if (json_array_size(f->roles) > 0) {
        bad = bad || json_object_set_new(c, "roles", json_deep_copy(f->roles));
    }
    if (!app) {
        bad = bad || mint_set_text(c, "scp", f->scope) || mint_set_text(c, "sid", f->session);
    }
    bad = bad || mint_set_text(c, "sub", app ? f->client_oid : sub) ||
          mint_set_text(c, "tid", f->tenant_id) || mint_set_random(oven, c, "uti", "", 16) ||
          mint_set_text(c, "ver", "2.0");
    free(sub);
    if (bad) {
        json_decref(c);
        c = NULL;
    }
    return c;
}

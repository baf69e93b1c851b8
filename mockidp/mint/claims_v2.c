/* The v2 access token, member by member in the order of captured ones. */
#include "mockidp/mint/oven.h"

#include <stdlib.h>

/* The members between azpacr and rh. */
static int set_user(const struct mint_oven *oven, json_t *c)
{
    const struct mint_facts *f = &oven->facts;
    bool profile = !f->without_profile;
    return mint_set_text(c, "email", f->idp ? f->email : NULL) || mint_set_groups(oven, c) ||
           mint_set_text(c, "idp", f->idp) ||
           mint_set_text(c, "name", profile ? f->user_name : NULL) ||
           mint_set_text(c, "oid", profile ? f->user_oid : NULL) ||
           mint_set_text(c, "preferred_username", profile ? f->login : NULL);
}

json_t *mint_access_v2(const struct mint_oven *oven)
{
    const struct mint_facts *f = &oven->facts;
    json_t *c = json_object();
    bool app = f->user_oid == NULL;
    /* app-only: sub is the service principal's object id, as oid is */
    char *sub = app ? NULL : mint_pairwise(oven, f->resource_id);
    int bad = mint_set_text(c, "aud", f->resource_id) || mint_set_text(c, "iss", oven->issuer_v2) ||
              mint_set_times(oven, c, oven->context->lifetime_s);
    bad = bad || (!app && mint_set_overage(oven, c)) ||
          mint_set_random(oven, c, "aio", app ? "k2Zg" : "", 24) ||
          mint_set_text(c, "azp", f->client_id) || mint_set_text(c, "azpacr", f->client_acr);
    bad = bad || (app ? mint_set_text(c, "oid", f->client_oid) : set_user(oven, c));
    bad = bad || mint_set_rh(oven, c, false) || mint_set_roles(oven, c);
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

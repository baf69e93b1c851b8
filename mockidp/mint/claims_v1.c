/* The v1 access token, member by member in the order of captured ones. */
#include "mockidp/mint/oven.h"

#include <stdlib.h>

static int set_user(const struct mint_oven *oven, json_t *c)
{
    const struct mint_facts *f = &oven->facts;
    return mint_set_text(c, "email", f->idp ? f->email : NULL) ||
           mint_set_text(c, "family_name", f->family_name) ||
           mint_set_text(c, "given_name", f->given_name) || mint_set_groups(oven, c) ||
           mint_set_text(c, "idp", f->idp) || mint_set_text(c, "ipaddr", f->ip_address) ||
           mint_set_text(c, "name", f->without_profile ? NULL : f->user_name);
}

static const char *oid_of(const struct mint_facts *f)
{
    return !f->user_oid ? f->client_oid : f->without_profile ? NULL : f->user_oid;
}

json_t *mint_access_v1(const struct mint_oven *oven)
{
    const struct mint_facts *f = &oven->facts;
    json_t *c = json_object();
    bool app = f->user_oid == NULL;
    char *sub = app ? NULL : mint_pairwise(oven, f->resource_id);
    int bad = mint_set_text(c, "aud", f->resource_uri ? f->resource_uri : f->resource_id) ||
              mint_set_text(c, "iss", oven->issuer_v1) ||
              mint_set_times(oven, c, oven->context->lifetime_s);
    if (!app) {
        bad = bad || mint_set_overage(oven, c) || mint_set_text(c, "acr", "1");
    }
    bad = bad || mint_set_random(oven, c, "aio", app ? "E2Zg" : "", 24);
    if (!app) {
        bad = bad || mint_set_amr(oven, c);
    }
    bad = bad || mint_set_text(c, "appid", f->client_id) ||
          mint_set_text(c, "appidacr", f->client_acr);
    bad = bad || (app ? mint_set_text(c, "idp", oven->issuer_v1) : set_user(oven, c));
    bad = bad || mint_set_text(c, "oid", oid_of(f)) || mint_set_rh(oven, c, true) ||
          mint_set_roles(oven, c);
    if (!app) {
        bad = bad || mint_set_text(c, "scp", f->scope) || mint_set_text(c, "sid", f->session);
    }
    bad = bad || mint_set_text(c, "sub", app ? f->client_oid : sub) ||
          mint_set_text(c, "tid", f->tenant_id);
    if (!app) {
        bad = bad || mint_set_text(c, "unique_name", f->login) || mint_set_text(c, "upn", f->upn);
    }
    bad = bad || mint_set_random(oven, c, "uti", "", 16) || mint_set_text(c, "ver", "1.0");
    free(sub);
    if (bad) {
        json_decref(c);
        c = NULL;
    }
    return c;
}

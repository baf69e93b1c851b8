/* The ID tokens of both endpoints; their audience is the client. */
#include "mockidp/mint/oven.h"

#include <stdlib.h>

#define ID_TOKEN_LIFETIME_S 3600

/* The members between exp and name. */
static int set_sign_in(const struct mint_oven *oven, json_t *c, bool v1)
{
    const struct mint_facts *f = &oven->facts;
    int bad = mint_set_overage(oven, c) || mint_set_random(oven, c, "aio", "", 24);
    if (v1) {
        bad = bad || mint_set_amr(oven, c);
    }
    bad = bad || mint_set_text(c, "at_hash", f->at_hash) || mint_set_text(c, "c_hash", f->c_hash) ||
          mint_set_text(c, "email", f->email);
    if (v1) {
        bad = bad || mint_set_text(c, "family_name", f->family_name) ||
              mint_set_text(c, "given_name", f->given_name);
    }
    bad = bad || mint_set_groups(oven, c) || mint_set_text(c, "idp", f->idp);
    return bad || (v1 && mint_set_text(c, "ipaddr", f->ip_address));
}

json_t *mint_id_token(const struct mint_oven *oven, int version)
{
    const struct mint_facts *f = &oven->facts;
    json_t *c = json_object();
    char *sub = mint_pairwise(oven, f->client_id);
    bool profile = !f->without_profile;
    bool v1 = version == 1;
    int bad = mint_set_text(c, "aud", f->client_id) ||
              mint_set_text(c, "iss", v1 ? oven->issuer_v1 : oven->issuer_v2) ||
              mint_set_times(oven, c, ID_TOKEN_LIFETIME_S) || set_sign_in(oven, c, v1) ||
              mint_set_text(c, "name", profile ? f->user_name : NULL) ||
              mint_set_text(c, "nonce", f->nonce) ||
              mint_set_text(c, "oid", profile ? f->user_oid : NULL);
    if (!v1) {
        bad = bad || mint_set_text(c, "preferred_username", profile ? f->login : NULL);
    }
    bad = bad || mint_set_rh(oven, c, v1) || mint_set_roles(oven, c) ||
          mint_set_text(c, "sid", f->session) || mint_set_text(c, "sub", sub) ||
          mint_set_text(c, "tid", f->tenant_id);
    if (v1) {
        bad = bad || mint_set_text(c, "unique_name", f->login) || mint_set_text(c, "upn", f->upn);
    }
    bad = bad || mint_set_random(oven, c, "uti", "", 16) ||
          mint_set_text(c, "ver", v1 ? "1.0" : "2.0");
    free(sub);
    if (bad) {
        json_decref(c);
        c = NULL;
    }
    return c;
}

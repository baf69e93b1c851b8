/* The ID tokens of both endpoints; their audience is the client. */
#include "mockidp/mint/oven.h"

#include <stdlib.h>

#define ID_TOKEN_LIFETIME_S 3600

json_t *mint_id_token(const struct mint_oven *oven, int version)
{
    const struct mint_facts *f = &oven->facts;
    json_t *c = json_object();
    char *sub = mint_pairwise(oven, f->client_id);
    bool profile = !f->without_profile;
    int bad = mint_set_text(c, "aud", f->client_id) ||
              mint_set_text(c, "iss", version == 1 ? oven->issuer_v1 : oven->issuer_v2) ||
              mint_set_times(oven, c, ID_TOKEN_LIFETIME_S) ||
              mint_set_random(oven, c, "aio", "", 24);
    if (version == 1) {
        bad = bad || json_object_set_new(c, "amr", json_pack("[s]", "pwd"));
    }
    bad = bad || mint_set_text(c, "at_hash", f->at_hash) || mint_set_text(c, "c_hash", f->c_hash);
    if (version == 1) {
        bad = bad || mint_set_text(c, "family_name", f->family_name) ||
              mint_set_text(c, "given_name", f->given_name) ||
              mint_set_text(c, "ipaddr", "127.0.0.1");
    }
    bad = bad || mint_set_text(c, "name", profile ? f->user_name : NULL) ||
          mint_set_text(c, "nonce", f->nonce) ||
          mint_set_text(c, "oid", profile ? f->user_oid : NULL);
    if (version == 2) {
        bad = bad || mint_set_text(c, "preferred_username", profile ? f->upn : NULL);
    }
    bad = bad || mint_set_random(oven, c, "rh", version == 1 ? "0.A" : "1.A", 24) ||
          mint_set_text(c, "sid", f->session) || mint_set_text(c, "sub", sub) ||
          mint_set_text(c, "tid", f->tenant_id);
    if (version == 1) {
        bad = bad || mint_set_text(c, "unique_name", f->upn) || mint_set_text(c, "upn", f->upn);
    }
    bad = bad || mint_set_random(oven, c, "uti", "", 16) ||
          mint_set_text(c, "ver", version == 1 ? "1.0" : "2.0");
    free(sub);
    if (bad) {
        json_decref(c);
        c = NULL;
    }
    return c;
}

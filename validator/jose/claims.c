/* One pass over the members fills the pointers to the claims that every validation asks for. */
#include "validator/jose/claims.h"

/* Points the field of a well-known claim at its value. */
static void index_member(struct jose_claims *c, const struct jose_json_member *m)
{
#define X(claim)                                                                                   \
    if (!c->claim && jose_json_is(&m->name, jose_span(#claim, sizeof #claim - 1))) {               \
        c->claim = &m->value;                                                                      \
        return;                                                                                    \
    }
    JOSE_CLAIMS(X)
#undef X
}

enum btv_error jose_claims_parse(struct jose_span json, struct jose_claims *out)
{
    out->json = json;
#define X(claim) out->claim = NULL;
    JOSE_CLAIMS(X)
#undef X
    if (!jose_json_object(json, out->members, JOSE_JSON_MEMBERS, &out->count)) {
        return BTV_CLAIMS_MALFORMED;
    }
    for (size_t i = 0; i < out->count; i++) {
        index_member(out, &out->members[i]);
    }
    return BTV_OK;
}

const struct jose_json_value *jose_claims_find(const struct jose_claims *claims, const char *name)
{
    return jose_json_find(claims->members, claims->count, name);
}

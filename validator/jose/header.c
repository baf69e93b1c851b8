/* Unknown members are ignored, as §4 demands; the ones named here change what the signature means.
 */
#include "validator/jose/header.h"

enum btv_error jose_header_parse(struct jose_span json, struct jose_header *out)
{
    struct jose_json_member members[JOSE_HEADER_MEMBERS];
    size_t count = 0;
    if (!jose_json_object(json, members, JOSE_HEADER_MEMBERS, &count)) {
        return BTV_HEADER_MALFORMED;
    }
    const struct jose_json_value *alg = jose_json_find(members, count, "alg");
    const struct jose_json_value *kid = jose_json_find(members, count, "kid");
    const struct jose_json_value *typ = jose_json_find(members, count, "typ");
    const struct jose_json_value *b64 = jose_json_find(members, count, "b64");
    if (!alg || alg->type != JOSE_JSON_STRING || (kid && kid->type != JOSE_JSON_STRING)) {
        return BTV_HEADER_MALFORMED;
    }
    /* RFC 7515 §4.1.11: "If any of the listed extension Header Parameters are not understood and
     * supported by the recipient, then the JWS is invalid." An empty or ill-typed list is invalid
     * as well. */
    if (jose_json_find(members, count, "crit")) {
        return BTV_CRIT_UNSUPPORTED;
    }
    if (jose_json_find(members, count, "enc")) {
        return BTV_TOKEN_ENCRYPTED;
    }
    if (jose_json_find(members, count, "zip") || (b64 && b64->type != JOSE_JSON_TRUE)) {
        return BTV_HEADER_MALFORMED;
    }
    static const struct jose_json_value absent = {JOSE_JSON_NULL, false, {NULL, 0}};
    out->alg = *alg;
    out->kid = kid ? *kid : absent;
    out->typ = typ ? *typ : absent;
    out->has_kid = kid != NULL;
    out->has_typ = typ != NULL;
    return BTV_OK;
}

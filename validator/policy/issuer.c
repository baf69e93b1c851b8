/* The key chooses the issuer: nothing is decided from what a token says of itself. */
#include "validator/policy/issuer.h"

bool btv_issuer_matches(const char *template_text, const char *tenant_id, const char *issuer)
{
    static const char mark[] = "{tenantid}";
    const char *hole = strstr(template_text, mark);
    if (!hole) {
        return strcmp(template_text, issuer) == 0;
    }
    size_t prefix = (size_t)(hole - template_text);
    size_t tenant = strlen(tenant_id);
    return strncmp(issuer, template_text, prefix) == 0 &&
           strncmp(issuer + prefix, tenant_id, tenant) == 0 &&
           strcmp(issuer + prefix + tenant, hole + sizeof mark - 1) == 0;
}

static bool claim_is(const struct jose_json_value *claim, const char *text)
{
    return claim && jose_json_is(claim, jose_span_of(text));
}

static struct jose_span text_of(const struct jose_json_value *claim)
{
    return claim ? claim->text : jose_span(NULL, 0);
}

enum btv_error btv_check_issuer(const struct btv_policy *p, const struct jose_claims *c,
                                const char *key_issuer, enum btv_token_version *version,
                                struct btv_detail *why)
{
    if (claim_is(c->iss, p->issuer_v2)) {
        *version = BTV_TOKEN_V2;
    } else if (p->issuer_v1 && claim_is(c->iss, p->issuer_v1)) {
        *version = BTV_TOKEN_V1;
    } else {
        btv_detail_set(why, "issuer", jose_span_of(p->issuer_v2), text_of(c->iss));
        return BTV_ISSUER_MISMATCH;
    }
    /* v1 and v2 tokens are signed with the same keys, which the v2 document marks with the v2
     * issuer */
    if (key_issuer[0] != '\0' && !btv_issuer_matches(key_issuer, p->tenant_id, p->issuer_v2) &&
        !(p->issuer_v1 && btv_issuer_matches(key_issuer, p->tenant_id, p->issuer_v1))) {
        btv_detail_set(why, "issuer of the key", jose_span_of(p->issuer_v2),
                       jose_span_of(key_issuer));
        return BTV_ISSUER_MISMATCH;
    }
    if (!claim_is(c->tid, p->tenant_id)) {
        btv_detail_set(why, "tid", jose_span_of(p->tenant_id), text_of(c->tid));
        return BTV_TENANT_NOT_ALLOWED;
    }
    if (c->ver && !claim_is(c->ver, *version == BTV_TOKEN_V2 ? "2.0" : "1.0")) {
        btv_detail_set(why, "ver", jose_span_of(*version == BTV_TOKEN_V2 ? "2.0" : "1.0"),
                       text_of(c->ver));
        return BTV_ISSUER_MISMATCH;
    }
    return BTV_OK;
}

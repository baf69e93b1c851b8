/* The key chooses the issuer: nothing is decided from what a token says of itself. */
#include "validator/policy/issuer.h"

#include <strings.h>

#define GUID_CAP 37
#define ISSUER_CAP 1024 /* Entra's have about 80 characters */

bool btv_is_guid(const char *text)
{
    for (int i = 0; i < GUID_CAP - 1; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        bool digit = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
        if (dash ? text[i] != '-' : !digit) {
            return false;
        }
    }
    return text[GUID_CAP - 1] == '\0';
}

bool btv_issuer_matches(const char *template_text, const char *tenant_id, const char *issuer)
{
    static const char mark[] = "{tenantid}";
    const char *hole = strstr(template_text, mark);
    if (!hole || !tenant_id) {
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

/* A second `tid` in another spelling: who reads it without case would see another tenant
 * (Microsoft.IdentityModel: IDX40011). */
static bool has_other_tid(const struct jose_claims *c)
{
    char name[8];
    size_t len = 0;
    for (size_t i = 0; i < c->count; i++) {
        if (jose_json_copy(&c->members[i].name, name, sizeof name, &len) &&
            strcasecmp(name, "tid") == 0 && strcmp(name, "tid") != 0) {
            return true;
        }
    }
    return false;
}

static bool read_tid(const struct jose_claims *c, char out[GUID_CAP])
{
    size_t len = 0;
    return c->tid && jose_json_copy(c->tid, out, GUID_CAP, &len) && btv_is_guid(out) &&
           !has_other_tid(c);
}

static bool issued_as(const char *issuer, const char *tenant, const struct jose_json_value *iss)
{
    char text[ISSUER_CAP];
    size_t len = 0;
    return iss && jose_json_copy(iss, text, sizeof text, &len) &&
           btv_issuer_matches(issuer, tenant, text);
}

/* Either may be a template, of which the other is one tenant's case. */
static bool same_issuer(const char *a, const char *b, const char *tenant)
{
    return strcmp(a, b) == 0 || btv_issuer_matches(a, tenant, b) ||
           btv_issuer_matches(b, tenant, a);
}

/* Entra, "Access tokens", validate the issuer: without this a key for personal accounts would sign
 * for every tenant. */
static bool key_vouches(const struct btv_authority *a, const char *key_issuer, const char *tenant)
{
    if (key_issuer[0] == '\0') {
        return a->kind != BTV_MANY_TENANTS;
    }
    return same_issuer(key_issuer, a->issuer, tenant) ||
           (a->key_issuer && same_issuer(key_issuer, a->key_issuer, tenant));
}

/* Whether the tenant is a whole segment of the issuer's path. */
static bool is_segment(const char *issuer, const char *tenant)
{
    size_t len = strlen(tenant);
    const char *at = len > 0 ? strstr(issuer, tenant) : NULL;
    while (at && !(at > issuer && at[-1] == '/' && (at[len] == '/' || at[len] == '\0'))) {
        at = strstr(at + 1, tenant);
    }
    return at != NULL;
}

static bool tenant_is_allowed(const struct btv_policy *p, const struct btv_authority *a,
                              const char *tid, const struct jose_claims *c)
{
    switch (a->kind) {
    case BTV_ONE_TENANT: return claim_is(c->tid, p->tenant_id);
    case BTV_MANY_TENANTS:
        if (p->work_only && strcmp(tid, BTV_CONSUMERS_ID) == 0) {
            return false;
        }
        return p->any_tenant || btv_words_hold(&p->tenants, jose_span_of(tid));
    case BTV_NAMED_ISSUER: break;
    }
    /* B2C has none by default; one that is there must be the issuer's */
    return !c->tid || is_segment(a->issuer, tid);
}

static bool version_fits(const struct btv_authority *a, const struct jose_claims *c)
{
    /* B2C writes 1.0 into tokens of its v2 issuer */
    return a->kind == BTV_NAMED_ISSUER || !c->ver ||
           claim_is(c->ver, a->version == BTV_TOKEN_V2 ? "2.0" : "1.0");
}

enum btv_error btv_check_issuer(const struct btv_policy *p, const struct btv_authority *a,
                                const char *key_issuer, const struct jose_claims *c,
                                struct btv_detail *why)
{
    char tid[GUID_CAP] = "";
    bool has_tid = read_tid(c, tid);
    tid[0] = has_tid ? tid[0] : '\0';
    const char *tenant = a->kind == BTV_MANY_TENANTS ? tid
                         : a->kind == BTV_ONE_TENANT ? p->tenant_id
                                                     : NULL;
    if (a->kind == BTV_MANY_TENANTS && !has_tid) {
        btv_detail_set(why, "tid", jose_span_of("one GUID"), text_of(c->tid));
        return BTV_TENANT_NOT_ALLOWED;
    }
    if (!issued_as(a->issuer, tenant, c->iss)) {
        btv_detail_set(why, "issuer", jose_span_of(a->issuer), text_of(c->iss));
        return BTV_ISSUER_MISMATCH;
    }
    if (!key_vouches(a, key_issuer, tenant)) {
        btv_detail_set(why, "issuer of the key", jose_span_of(a->issuer),
                       key_issuer[0] ? jose_span_of(key_issuer) : jose_span(NULL, 0));
        return BTV_ISSUER_MISMATCH;
    }
    if (!tenant_is_allowed(p, a, tid, c)) {
        btv_detail_set(why, "tid",
                       jose_span_of(tenant && tenant != tid ? tenant : "an allowed one"),
                       text_of(c->tid));
        return BTV_TENANT_NOT_ALLOWED;
    }
    if (!version_fits(a, c)) {
        btv_detail_set(why, "ver", jose_span_of(a->version == BTV_TOKEN_V2 ? "2.0" : "1.0"),
                       text_of(c->ver));
        return BTV_ISSUER_MISMATCH;
    }
    return BTV_OK;
}

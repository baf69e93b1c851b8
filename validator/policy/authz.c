/* Delegated or app-only is decided by `idtyp` and `scp`, before any name is looked at. */
#include "validator/policy/authz.h"

#include <strings.h>

/* A `scp` is decoded into this; Entra's are far shorter, and a longer one permits nothing. */
#define SCP_CAP 8192

static bool has_word(struct jose_span text, struct jose_span word)
{
    for (size_t i = 0; i < text.len; i++) {
        size_t start = i;
        while (i < text.len && text.data[i] != ' ') {
            i++;
        }
        if (jose_span_equal(jose_span(text.data + start, i - start), word)) {
            return true;
        }
    }
    return false;
}

static bool has_item(const struct jose_json_value *array, struct jose_span word)
{
    struct jose_json_value item;
    if (array->type != JOSE_JSON_ARRAY) {
        return false;
    }
    for (size_t offset = 0; jose_json_array_next(array, &offset, &item);) {
        if (jose_json_is(&item, word)) {
            return true;
        }
    }
    return false;
}

static bool is_satisfied(const struct btv_words *wanted, bool all, struct jose_span scp,
                         const struct jose_json_value *roles)
{
    size_t found = 0;
    for (size_t i = 0; i < wanted->count; i++) {
        found += roles ? has_item(roles, wanted->items[i]) : has_word(scp, wanted->items[i]);
    }
    return all ? found == wanted->count : found > 0;
}

static bool is_blank(struct jose_span s)
{
    while (s.len > 0 && s.data[s.len - 1] == ' ') {
        s.len--;
    }
    return s.len == 0;
}

static enum btv_error check_user(const struct btv_need *need, struct jose_span scp,
                                 struct btv_detail *why)
{
    if (need->scopes->count == 0 && need->roles->count > 0) {
        return BTV_ROLE_MISSING;
    }
    if (is_blank(scp)) {
        return BTV_SCOPE_MISSING;
    }
    if (need->scopes->count > 0 && !is_satisfied(need->scopes, need->all, scp, NULL)) {
        btv_detail_set(why, "scp", need->scopes->items[0], scp);
        return BTV_SCOPE_MISSING;
    }
    return BTV_OK;
}

/* An empty list, or what is no list of names, is no permission. */
static bool has_any_role(const struct jose_json_value *roles)
{
    struct jose_json_value item;
    size_t offset = 0;
    while (roles && roles->type == JOSE_JSON_ARRAY && jose_json_array_next(roles, &offset, &item)) {
        if (item.type == JOSE_JSON_STRING && item.text.len > 0) {
            return true;
        }
    }
    return false;
}

static enum btv_error check_app(const struct btv_need *need, const struct jose_claims *c,
                                struct btv_detail *why)
{
    if (need->roles->count == 0) {
        return need->scopes->count > 0 || !has_any_role(c->roles) ? BTV_SCOPE_MISSING : BTV_OK;
    }
    if (!c->roles || !is_satisfied(need->roles, need->all, jose_span(NULL, 0), c->roles)) {
        btv_detail_set(why, "roles", need->roles->items[0],
                       c->roles ? c->roles->text : jose_span(NULL, 0));
        return BTV_ROLE_MISSING;
    }
    return BTV_OK;
}

/* What idtyp does not call an app is none, whatever roles it has. */
static bool is_app(const struct jose_claims *c)
{
    return c->idtyp ? jose_json_is(c->idtyp, jose_span_of("app")) : !c->scp;
}

static enum btv_error check_permission(const struct btv_need *need, const struct jose_claims *c,
                                       struct btv_detail *why)
{
    char scp[SCP_CAP];
    size_t len = 0;
    if (c->scp && c->scp->type != JOSE_JSON_STRING) {
        return BTV_CLAIMS_MALFORMED;
    }
    if (is_app(c)) {
        return check_app(need, c, why);
    }
    if (!c->scp || !c->scp->escaped) {
        return check_user(need, c->scp ? c->scp->text : jose_span(NULL, 0), why);
    }
    if (!jose_json_copy(c->scp, scp, sizeof scp, &len)) {
        return BTV_SCOPE_MISSING;
    }
    return check_user(need, jose_span(scp, len), why);
}

static bool client_allowed(const struct btv_words *clients, enum btv_token_version version,
                           const struct jose_claims *c)
{
    const struct jose_json_value *client = version == BTV_TOKEN_V1 ? c->appid : c->azp;
    for (size_t i = 0; client && i < clients->count; i++) {
        if (jose_json_is(client, clients->items[i])) {
            return true;
        }
    }
    return clients->count == 0;
}

/* Entra writes lists; one that has a single member may come as a string. */
static bool has_context(const struct jose_json_value *acrs, const char *wanted)
{
    return acrs &&
           (jose_json_is(acrs, jose_span_of(wanted)) || has_item(acrs, jose_span_of(wanted)));
}

static bool is_cp1(const struct jose_json_value *v)
{
    char text[4];
    size_t len = 0;
    return jose_json_copy(v, text, sizeof text, &len) && strcasecmp(text, "cp1") == 0;
}

static bool takes_challenges(const struct jose_json_value *capabilities)
{
    struct jose_json_value item;
    size_t offset = 0;
    while (capabilities && capabilities->type == JOSE_JSON_ARRAY &&
           jose_json_array_next(capabilities, &offset, &item)) {
        if (is_cp1(&item)) {
            return true;
        }
    }
    return capabilities && is_cp1(capabilities);
}

static enum btv_error check_context(const char *wanted, const struct jose_claims *c,
                                    struct btv_detail *why)
{
    const struct jose_json_value *acrs = wanted ? jose_claims_find(c, "acrs") : NULL;
    if (!wanted || has_context(acrs, wanted)) {
        return BTV_OK;
    }
    btv_detail_set(why, "acrs", jose_span_of(wanted), acrs ? acrs->text : jose_span(NULL, 0));
    return takes_challenges(jose_claims_find(c, "xms_cc")) ? BTV_CLAIMS_INSUFFICIENT
                                                           : BTV_CONTEXT_MISSING;
}

enum btv_error btv_check_authz(const struct btv_need *need, enum btv_token_version version,
                               const struct jose_claims *c, struct btv_detail *why)
{
    if (!client_allowed(need->clients, version, c)) {
        return BTV_CLIENT_NOT_ALLOWED;
    }
    /* a token bound to a sender's key (RFC 7800) is no bearer token */
    if (jose_claims_find(c, "cnf")) {
        return BTV_TYP_NOT_ALLOWED;
    }
    enum btv_error e = check_permission(need, c, why);
    return e == BTV_OK ? check_context(need->acrs, c, why) : e;
}

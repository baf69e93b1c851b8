/* Delegated or app-only is decided by `scp` and `idtyp`, before any name is looked at. */
#include "validator/policy/authz.h"

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
    if (is_blank(scp)) {
        return BTV_SCOPE_MISSING;
    }
    if (need->scopes->count == 0) {
        return need->roles->count > 0 ? BTV_ROLE_MISSING : BTV_OK;
    }
    if (!is_satisfied(need->scopes, need->all, scp, NULL)) {
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
    bool user = c->idtyp && jose_json_is(c->idtyp, jose_span_of("user"));
    if (need->roles->count == 0) {
        return need->scopes->count > 0 || user || !has_any_role(c->roles) ? BTV_SCOPE_MISSING
                                                                          : BTV_OK;
    }
    if (user || !c->roles || !is_satisfied(need->roles, need->all, jose_span(NULL, 0), c->roles)) {
        btv_detail_set(why, "roles", need->roles->items[0],
                       c->roles ? c->roles->text : jose_span(NULL, 0));
        return BTV_ROLE_MISSING;
    }
    return BTV_OK;
}

static bool client_allowed(const struct btv_words *clients, const struct jose_claims *c)
{
    const struct jose_json_value *client =
        c->ver && jose_json_is(c->ver, jose_span_of("1.0")) ? c->appid : c->azp;
    for (size_t i = 0; client && i < clients->count; i++) {
        if (jose_json_is(client, clients->items[i])) {
            return true;
        }
    }
    return clients->count == 0;
}

enum btv_error btv_check_authz(const struct btv_need *need, const struct jose_claims *c,
                               struct btv_detail *why)
{
    char scp[SCP_CAP];
    size_t len = 0;
    if (!client_allowed(need->clients, c)) {
        return BTV_CLIENT_NOT_ALLOWED;
    }
    /* a token bound to a sender's key (RFC 7800) is no bearer token */
    if (jose_claims_find(c, "cnf")) {
        return BTV_TYP_NOT_ALLOWED;
    }
    if (!c->scp) {
        return check_app(need, c, why);
    }
    if (c->scp->type != JOSE_JSON_STRING) {
        return BTV_CLAIMS_MALFORMED;
    }
    if (!c->scp->escaped) {
        return check_user(need, c->scp->text, why);
    }
    if (!jose_json_copy(c->scp, scp, sizeof scp, &len)) {
        return BTV_SCOPE_MISSING;
    }
    return check_user(need, jose_span(scp, len), why);
}

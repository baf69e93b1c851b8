/* What all tokens have in common (Entra "Access token claims reference", "ID token claims
 * reference"). */
#include "mockidp/mint/encode.h"
#include "mockidp/mint/oven.h"
#include "mockidp/platform/json_text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GROUPS_MAX 200

int mint_set_text(json_t *object, const char *name, const char *text)
{
    return text ? json_object_set_new_nocheck(object, name, json_text_make(text)) : 0;
}

int mint_set_times(const struct mint_oven *oven, json_t *object, int64_t lifetime_s)
{
    int64_t now = oven->context->now;
    lifetime_s = oven->facts.lifetime_s > 0 ? oven->facts.lifetime_s : lifetime_s;
    return json_object_set_new(object, "iat", json_integer(now - MINT_BACKDATED_S)) ||
           json_object_set_new(object, "nbf", json_integer(now - MINT_BACKDATED_S)) ||
           json_object_set_new(object, "exp", json_integer(now + lifetime_s));
}

static int set_opaque(const struct mint_oven *oven, json_t *object, const char *name,
                      const char *prefix, size_t bytes, const char *suffix)
{
    unsigned char random[64];
    struct json_text text = {.data = NULL};
    rng_bytes(oven->context->rng, random, bytes);
    char *encoded = mint_base64url(random, bytes);
    json_text_raw(&text, prefix, strlen(prefix));
    json_text_raw(&text, encoded, encoded ? strlen(encoded) : 0);
    json_text_raw(&text, suffix, strlen(suffix));
    free(encoded);
    char *value = json_text_take(&text, NULL);
    int status = value ? mint_set_text(object, name, value) : -1;
    free(value);
    return status;
}

int mint_set_random(const struct mint_oven *oven, json_t *object, const char *name,
                    const char *prefix, size_t bytes)
{
    return set_opaque(oven, object, name, prefix, bytes, "");
}

int mint_set_rh(const struct mint_oven *oven, json_t *object, bool v1)
{
    return set_opaque(oven, object, "rh", v1 ? "0.A" : "1.A", 24, "AAA.");
}

char *mint_pairwise(const struct mint_oven *oven, const char *audience)
{
    char text[512];
    int len = snprintf(text, sizeof text, "pairwise:%s:%s", oven->facts.user_oid, audience);
    return mint_sha256_base64url(text, (size_t)len);
}

/* is_hidden: a fragment has room for a few groups only, and then says just that there are some. */
static bool is_hidden(const struct mint_facts *f)
{
    return f->implicit && f->group_count > f->implicit_groups_max;
}

int mint_set_groups(const struct mint_oven *oven, json_t *object)
{
    const struct mint_facts *f = &oven->facts;
    if (is_hidden(f)) {
        return json_object_set_new(object, "hasgroups",
                                   f->has_groups_text ? json_string("true") : json_true());
    }
    return f->group_count == 0 || f->group_count > GROUPS_MAX
               ? 0
               : json_object_set_new(object, "groups", json_deep_copy(f->groups));
}

int mint_set_overage(const struct mint_oven *oven, json_t *object)
{
    const struct mint_facts *f = &oven->facts;
    char endpoint[256];
    if (f->group_count <= GROUPS_MAX || is_hidden(f)) {
        return 0;
    }
    /* the old Graph host is what Entra still writes */
    snprintf(endpoint, sizeof endpoint, "https://%s/%s/users/%s/getMemberObjects",
             f->graph_host ? f->graph_host : "graph.windows.net", f->tenant_id, f->user_oid);
    return json_object_set_new(object, "_claim_names", json_pack("{s:s}", "groups", "src1")) ||
           json_object_set_new(object, "_claim_sources",
                               json_pack("{s:{s:s}}", "src1", "endpoint", endpoint));
}

json_t *mint_amr(bool second_factor)
{
    return second_factor ? json_pack("[s, s]", "pwd", "mfa") : json_pack("[s]", "pwd");
}

int mint_set_amr(const struct mint_oven *oven, json_t *object)
{
    return json_object_set_new(object, "amr", mint_amr(oven->facts.second_factor));
}

int mint_set_roles(const struct mint_oven *oven, json_t *object)
{
    const json_t *roles = oven->facts.roles;
    return json_array_size(roles) > 0 ? json_object_set_new(object, "roles", json_deep_copy(roles))
                                      : 0;
}

static const char *audience_of(const struct mint_oven *oven, int version)
{
    const struct mint_facts *f = &oven->facts;
    return version == 1 && f->resource_uri ? f->resource_uri : f->resource_id;
}

/* Those of Microsoft Graph are 43 characters of base64url. */
enum { NONCE_BYTES = 32 };

static int make_header(struct mint_oven *oven, int version)
{
    /* the signing plan fills these in; here is their order */
    static const char *const members[] = {"alg", "x5t", "kid"};
    int bad = (oven->header = json_object()) == NULL ||
              mint_set_text(oven->header, "typ", "JWT") != 0 ||
              (oven->facts.header_nonce &&
               mint_set_random(oven, oven->header, "nonce", "", NONCE_BYTES) != 0);
    for (size_t i = 0; !bad && i < sizeof members / sizeof members[0]; i++) {
        if (version == 1 || strcmp(members[i], "x5t") != 0) {
            bad = mint_set_text(oven->header, members[i], "");
        }
    }
    return !bad && oven->claims ? 0 : mint_fault(oven, "/base", "out of memory");
}

/* Entra's order: these, then all others by name. */
static const char *const leaders[] = {"aud", "iss", "iat", "nbf", "exp"};

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* sorted returns the object with its members in Entra's order; it takes `claims` over. */
static json_t *sorted(json_t *claims)
{
    size_t count = 0;
    const char **names = calloc(json_object_size(claims) + 1, sizeof *names);
    json_t *out = json_object();
    const char *name = NULL;
    json_t *value = NULL;
    if (!names || !out) {
        free(names);
        json_decref(out);
        json_decref(claims);
        return NULL;
    }
    for (size_t i = 0; i < sizeof leaders / sizeof leaders[0]; i++) {
        if ((value = json_object_get(claims, leaders[i]))) {
            json_object_set(out, leaders[i], value);
        }
    }
    json_object_foreach(claims, name, value)
    {
        if (!json_object_get(out, name)) {
            names[count++] = name;
        }
    }
    qsort(names, count, sizeof *names, by_name);
    for (size_t i = 0; i < count; i++) {
        json_object_set(out, names[i], json_object_get(claims, names[i]));
    }
    free(names);
    json_decref(claims);
    return out;
}

/* add_extra adds what the directory says beyond the base: optional claims, a transformation's. */
static json_t *add_extra(const struct mint_oven *oven, json_t *claims)
{
    const char *name = NULL;
    json_t *value = NULL;
    if (!claims || json_object_size(oven->facts.extra) == 0) {
        return claims;
    }
    json_object_foreach((json_t *)(uintptr_t)oven->facts.extra, name, value)
    {
        if (json_object_set_new(claims, name, json_deep_copy(value)) != 0) {
            json_decref(claims);
            return NULL;
        }
    }
    return sorted(claims);
}

const struct mint_base *mint_base_named(const char *name)
{
    static const struct mint_base bases[] = {
        {"delegated-v2", 2, true, false}, {"delegated-v1", 1, true, false},
        {"app-v2", 2, false, false},      {"app-v1", 1, false, false},
        {"id-v2", 2, true, true},         {"id-v1", 1, true, true},
        {"empty", 2, true, false},
    };
    for (size_t i = 0; i < sizeof bases / sizeof bases[0]; i++) {
        if (strcmp(name, bases[i].name) == 0) {
            return &bases[i];
        }
    }
    return NULL;
}

int mint_base_claims(struct mint_oven *oven, const struct mint_base *base)
{
    struct mint_facts *f = &oven->facts;
    if (strcmp(base->name, "empty") == 0) {
        oven->claims = json_object();
        return make_header(oven, 2);
    }
    if (!f->tenant_id || !f->client_id || (base->user && !f->user_oid) ||
        (!base->id_token && !audience_of(oven, 2))) {
        return mint_fault(oven, "/for", "%s needs tenant, client%s%s", base->name,
                          base->user ? ", user" : "", base->id_token ? "" : ", resource");
    }
    f->user_oid = base->user ? f->user_oid : NULL;
    oven->claims = base->id_token       ? mint_id_token(oven, base->version)
                   : base->version == 1 ? mint_access_v1(oven)
                                        : mint_access_v2(oven);
    oven->claims = add_extra(oven, oven->claims);
    return make_header(oven, base->version);
}

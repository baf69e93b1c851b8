/* The coordinator of one baking: facts, base, changes, header, signature, mutations, wrapping. */
#include "mockidp/mint/bake.h"

#include "mockidp/mint/encode.h"
#include "mockidp/mint/oven.h"
#include "mockidp/platform/json_text.h"

#include <openssl/crypto.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One token may hold another one; this deep at most. */
#define NESTING_MAX 4
/* One in 256 fits: that all of these miss happens to one recipe in ten million. */
enum { ATTEMPTS_MAX = 4096 };
/* Of for.origin: with tenant and path it fits into an issuer. */
enum { ORIGIN_MAX = 200 };

int mint_fault(struct mint_oven *oven, const char *pointer, const char *format, ...)
{
    va_list args;
    int len = oven->cap > 0 ? snprintf(oven->why, oven->cap, "%s: ", *pointer ? pointer : "/") : 0;
    va_start(args, format);
    if (len >= 0 && (size_t)len < oven->cap) {
        (void)vsnprintf(oven->why + len, oven->cap - (size_t)len, format, args);
    }
    va_end(args);
    return -1;
}

#define RECIPE_MEMBERS "base for claims header sign mutate wrap wrap_headers place"

static int find_facts(struct mint_oven *oven, const struct mint_facts *facts)
{
    const struct mint_context *c = oven->context;
    const json_t *subject = json_object_get(oven->recipe, "for");
    const char *origin = json_string_value(json_object_get(subject, "origin"));
    char why[256] = "";
    if (mint_check_members(oven, "/for", subject, "tenant client resource user scope origin") !=
        0) {
        return -1;
    }
    if (facts) {
        oven->facts = *facts;
    } else if (c->facts(c->ctx, subject, oven->base, &oven->facts, why, sizeof why) != 0) {
        return mint_fault(oven, "/for", "%s", why);
    }
    if (origin && strlen(origin) > ORIGIN_MAX) {
        return mint_fault(oven, "/for/origin", "at most %d characters", ORIGIN_MAX);
    }
    oven->origin = origin ? origin : c->origin;
    const char *tid = oven->facts.tenant_id ? oven->facts.tenant_id : "";
    (void)snprintf(oven->issuer_v2, sizeof oven->issuer_v2, "%s/%s/v2.0", oven->origin, tid);
    (void)snprintf(oven->issuer_v1, sizeof oven->issuer_v1, "%s/%s/",
                   c->v1_issuer_origin ? oven->origin
                   : c->sts            ? c->sts
                                       : "https://sts.windows.net",
                   tid);
    return 0;
}

static int find_base(struct mint_oven *oven)
{
    const json_t *base = json_object_get(oven->recipe, "base");
    const char *name = base ? json_string_value(base) : "delegated-v2";
    if (!name) {
        return mint_fault(oven, "/base", "the name of a base is needed");
    }
    oven->base = mint_base_named(name);
    return oven->base ? 0
                      : mint_fault(oven, "/base",
                                   "'%s' is none of delegated-v2 delegated-v1 app-v2 app-v1 id-v2 "
                                   "id-v1 empty",
                                   name);
}

static int make_claims(struct mint_oven *oven)
{
    if (mint_base_claims(oven, oven->base) != 0) {
        return -1;
    }
    return mint_change(oven, "/claims", json_object_get(oven->recipe, "claims"), oven->claims,
                       oven->claims_raw);
}

static char *encode(const struct mint_bytes *bytes)
{
    return bytes->data ? mint_base64url(bytes->data, bytes->len) : NULL;
}

static void bytes_cleanup(struct mint_bytes *bytes)
{
    if (bytes->data) {
        OPENSSL_cleanse(bytes->data, bytes->len);
    }
    free(bytes->data);
    *bytes = (struct mint_bytes){0};
}

static void parts_cleanup(struct mint_parts *parts)
{
    free(parts->header);
    free(parts->payload);
    free(parts->signature);
    free(parts->token);
    *parts = (struct mint_parts){0};
}

/* Header and payload as text, with the mutations that the signature is to cover. */
static int make_parts(struct mint_oven *oven, struct mint_parts *parts)
{
    struct mint_bytes header = {0};
    struct mint_bytes payload = {0};
    int status = -1;
    if (mint_text(oven, "/header", json_object_get(oven->recipe, "header"), oven->header,
                  oven->header_raw, &header) == 0 &&
        mint_text(oven, "/claims", json_object_get(oven->recipe, "claims"), oven->claims,
                  oven->claims_raw, &payload) == 0) {
        parts->header = encode(&header);
        parts->payload = encode(&payload);
        status = parts->header && parts->payload ? mint_mutate(oven, parts, true)
                                                 : mint_fault(oven, "", "out of memory");
    }
    bytes_cleanup(&header);
    bytes_cleanup(&payload);
    return status;
}

/* The parts with dots between them, newly allocated; NULL for `third` leaves it out. */
static char *join_parts(const char *first, const char *second, const char *third, size_t *len)
{
    struct json_text text = {.data = NULL};
    json_text_raw(&text, first, strlen(first));
    json_text_raw(&text, ".", 1);
    json_text_raw(&text, second, strlen(second));
    if (third) {
        json_text_raw(&text, ".", 1);
        json_text_raw(&text, third, strlen(third));
    }
    return json_text_take(&text, len);
}

static int make_signature(struct mint_oven *oven, const struct mint_signing *signing,
                          struct mint_parts *parts)
{
    struct mint_bytes input = {0};
    struct mint_bytes signature = {0};
    char *hashed = signing->hash_nonce ? mint_header_with_hashed_nonce(oven) : NULL;
    if (signing->hash_nonce && !hashed) {
        return -1;
    }
    input.data = join_parts(hashed ? hashed : parts->header, parts->payload, NULL, &input.len);
    free(hashed);
    if (!input.data) {
        return mint_fault(oven, "", "out of memory");
    }
    int status = mint_sign(oven, signing, &input, &signature);
    if (status == 0) {
        parts->key = signing->key;
        parts->first_octet = signature.len ? (unsigned char)signature.data[0] : -1;
        parts->signing = signing;
        parts->signature = signature.len ? encode(&signature) : strdup("");
        status = parts->signature ? 0 : mint_fault(oven, "", "out of memory");
    }
    bytes_cleanup(&input);
    bytes_cleanup(&signature);
    return status;
}

/* "first_octet": one signature in 256 begins with a given octet, so `uti` is changed until one
 * does. Without it the first token is the one. */
static int make_signed_parts(struct mint_oven *oven, const struct mint_signing *signing,
                             struct mint_parts *parts)
{
    const json_t *wanted = json_object_get(json_object_get(oven->recipe, "sign"), "first_octet");
    if (wanted && (!json_is_integer(wanted) || json_integer_value(wanted) < 0 ||
                   json_integer_value(wanted) > 255)) {
        return mint_fault(oven, "/sign/first_octet", "a number from 0 to 255 is needed");
    }
    if (wanted && json_object_get(json_object_get(oven->recipe, "claims"), "raw")) {
        return mint_fault(oven, "/sign/first_octet", "raw claims cannot be varied");
    }
    for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
        if (make_parts(oven, parts) != 0 || make_signature(oven, signing, parts) != 0) {
            return -1;
        }
        if (!wanted || json_integer_value(wanted) == parts->first_octet) {
            return 0;
        }
        parts_cleanup(parts);
        json_object_set_new(oven->claims, "uti", json_sprintf("attempt-%d", attempt));
    }
    return mint_fault(oven, "/sign/first_octet", "%d signatures began otherwise", ATTEMPTS_MAX);
}

static int join(struct mint_oven *oven, struct mint_parts *parts)
{
    if (!parts->token) {
        parts->token = join_parts(parts->header, parts->payload, parts->signature, NULL);
    }
    return parts->token ? 0 : mint_fault(oven, "", "out of memory");
}

static int bake(struct mint_oven *oven, const struct mint_facts *facts, struct mint_token *out)
{
    struct mint_signing signing = {0};
    struct mint_parts parts = {0};
    int status = -1;
    oven->claims_raw = json_object();
    oven->header_raw = json_object();
    if (oven->claims_raw && oven->header_raw &&
        mint_check_members(oven, "", oven->recipe, RECIPE_MEMBERS) == 0 && find_base(oven) == 0 &&
        find_facts(oven, facts) == 0 && make_claims(oven) == 0 &&
        mint_plan_signature(oven, &signing) == 0 &&
        make_signed_parts(oven, &signing, &parts) == 0 && mint_mutate(oven, &parts, false) == 0 &&
        join(oven, &parts) == 0) {
        out->token = parts.token;
        parts.token = NULL;
        status = mint_wrap(oven, out);
    }
    bytes_cleanup(&signing.secret);
    parts_cleanup(&parts);
    return status;
}

int mint_bake_within(const struct mint_oven *outer, const json_t *recipe,
                     const struct mint_facts *facts, struct mint_token *out)
{
    struct mint_oven oven = {.context = outer->context,
                             .recipe = recipe,
                             .depth = outer->depth + 1,
                             .spent = outer->spent,
                             .why = outer->why,
                             .cap = outer->cap};
    *out = (struct mint_token){0};
    if (!recipe) {
        return mint_fault(&oven, "", "a recipe is missing");
    }
    if (oven.depth > NESTING_MAX) {
        return mint_fault(&oven, "", "tokens are nested too deep");
    }
    int status = bake(&oven, facts, out);
    if (!facts) {
        mint_facts_cleanup(&oven.facts);
    }
    json_decref(oven.claims_raw);
    json_decref(oven.header_raw);
    if (status == 0) {
        out->header = oven.header;
        out->claims = oven.claims;
        return 0;
    }
    json_decref(oven.header);
    json_decref(oven.claims);
    mint_token_cleanup(out);
    return -1;
}

int mint_bake(const json_t *recipe, const struct mint_context *context,
              const struct mint_facts *facts, struct mint_token *out, char *why, size_t cap)
{
    size_t spent = 0;
    const struct mint_oven outer = {.context = context, .spent = &spent, .why = why, .cap = cap};
    return mint_bake_within(&outer, recipe, facts, out);
}

void mint_facts_cleanup(struct mint_facts *facts)
{
    for (size_t i = 0; i < sizeof facts->made / sizeof facts->made[0]; i++) {
        json_decref(facts->made[i]);
        facts->made[i] = NULL;
    }
}

void mint_token_cleanup(struct mint_token *token)
{
    free(token->token);
    free(token->authorization);
    json_decref(token->header);
    json_decref(token->claims);
    json_decref(token->lines);
    *token = (struct mint_token){0};
}

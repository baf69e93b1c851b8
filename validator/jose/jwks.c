/* Reads the keys one by one, then settles those that share a kid. */
#include "validator/jose/jwks.h"

#include "validator/jose/memory.h"

#include <stdlib.h>

#define JWKS_MEMBERS 64

struct reading {
    struct jose_jwks *out;
    jose_jwks_skip_fn skipped;
    void *ctx;
    size_t index;
};

static void skip(const struct reading *r, const char *kid, enum jose_jwk_skip why)
{
    if (r->skipped) {
        r->skipped(r->ctx, r->index, kid, why);
    }
}

static bool has_kid_of(const struct jose_jwk *a, const struct jose_jwk *b)
{
    return jose_span_equal(jose_span(a->kid, a->kid_len), jose_span(b->kid, b->kid_len));
}

/* Returns the place of a key with that kid and issuer, or the count when there is none. */
static size_t place_of(const struct jose_jwks *jwks, const struct jose_jwk *jwk)
{
    size_t i = 0;
    while (i < jwks->count &&
           !(has_kid_of(&jwks->keys[i], jwk) && strcmp(jwks->keys[i].issuer, jwk->issuer) == 0)) {
        i++;
    }
    return i;
}

/*
 * Takes over `jwk`; false when two keys could not be compared. A kid that was found to be ambiguous
 * keeps its place, with no key in it, so that a third key of that name is not taken for the only
 * one.
 */
static bool add_key(const struct reading *r, struct jose_jwk *jwk)
{
    size_t place = place_of(r->out, jwk);
    if (place == r->out->count) {
        r->out->keys[r->out->count++] = *jwk;
        return true;
    }
    struct jose_jwk *first = &r->out->keys[place];
    int same = first->key ? EVP_PKEY_eq(first->key, jwk->key) : 0;
    bool ran_out = same != 1 && jose_memory_ran_out(0);
    if (same == 1 || ran_out) {
        jose_jwk_cleanup(jwk);
        return !ran_out;
    }
    skip(r, jwk->kid, JOSE_JWK_AMBIGUOUS);
    jose_jwk_cleanup(jwk);
    EVP_PKEY_free(first->key);
    first->key = NULL;
    return true;
}

static void drop_ambiguous(struct jose_jwks *jwks)
{
    size_t kept = 0;
    for (size_t i = 0; i < jwks->count; i++) {
        if (jwks->keys[i].key) {
            jwks->keys[kept++] = jwks->keys[i];
        }
    }
    jwks->count = kept;
}

int jose_jwks_parse(struct jose_span json, struct jose_jwks *out, jose_jwks_skip_fn skipped,
                    void *ctx)
{
    struct jose_json_member members[JWKS_MEMBERS];
    struct jose_json_value item;
    size_t count = 0;
    struct reading r = {out, skipped, ctx, 0};
    memset(out, 0, sizeof *out);
    if (!jose_json_object(json, members, JWKS_MEMBERS, &count)) {
        return -1;
    }
    const struct jose_json_value *keys = jose_json_find(members, count, "keys");
    if (!keys || keys->type != JOSE_JSON_ARRAY) {
        return -1;
    }
    size_t total = 0;
    for (size_t offset = 0; jose_json_array_next(keys, &offset, &item);) {
        total++;
    }
    if (total == 0) {
        return 0;
    }
    out->keys = total <= JOSE_JWKS_KEYS ? calloc(total, sizeof *out->keys) : NULL;
    if (!out->keys) {
        return -1;
    }
    for (size_t offset = 0; jose_json_array_next(keys, &offset, &item); r.index++) {
        struct jose_jwk jwk;
        enum jose_jwk_skip why = jose_jwk_parse(item.text, &jwk);
        /* a set that lacks a key for want of memory must not replace one that has it */
        if (why == JOSE_JWK_MEMORY || (why == JOSE_JWK_OK && !add_key(&r, &jwk))) {
            jose_jwks_cleanup(out);
            return -1;
        }
        if (why != JOSE_JWK_OK) {
            skip(&r, "", why);
        }
    }
    drop_ambiguous(out);
    return 0;
}

void jose_jwks_cleanup(struct jose_jwks *jwks)
{
    for (size_t i = 0; i < jwks->count; i++) {
        jose_jwk_cleanup(&jwks->keys[i]);
    }
    free(jwks->keys);
    memset(jwks, 0, sizeof *jwks);
}

const struct jose_jwk *jose_jwks_find(const struct jose_jwks *jwks,
                                      const struct jose_json_value *kid)
{
    for (size_t i = 0; i < jwks->count; i++) {
        if (jose_json_is(kid, jose_span(jwks->keys[i].kid, jwks->keys[i].kid_len))) {
            return &jwks->keys[i];
        }
    }
    return NULL;
}

const struct jose_jwk *jose_jwks_next(const struct jose_jwks *jwks, const struct jose_jwk *key)
{
    for (size_t i = (size_t)(key - jwks->keys) + 1; i < jwks->count; i++) {
        if (has_kid_of(&jwks->keys[i], key)) {
            return &jwks->keys[i];
        }
    }
    return NULL;
}

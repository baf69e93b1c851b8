/* What a key says of itself must agree before its numbers are looked at. */
#include "validator/jose/jwk.h"

#include "validator/jose/jwk_numbers.h"

#include <openssl/err.h>

/* Entra's keys have nine members or so; many more is not a key. */
#define JWK_MEMBERS 64

const char *jose_jwk_skip_reason(enum jose_jwk_skip skip)
{
    switch (skip) {
#define X(symbol, sentence)                                                                        \
    case symbol: return sentence;
        JOSE_JWK_SKIPS(X)
#undef X
    }
    return "unknown";
}

static bool is(const struct jose_json_value *v, const char *text)
{
    return v && jose_json_is(v, jose_span_of(text));
}

static bool has_private_member(const struct jose_json_member *members, size_t count)
{
    static const char *const names[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (jose_json_find(members, count, names[i])) {
            return true;
        }
    }
    return false;
}

/* RFC 7517 §4.2, §4.3: absent means any use; present, they must allow verifying. */
static bool may_verify(const struct jose_json_member *members, size_t count)
{
    const struct jose_json_value *use = jose_json_find(members, count, "use");
    const struct jose_json_value *ops = jose_json_find(members, count, "key_ops");
    if (use && !is(use, "sig")) {
        return false;
    }
    if (!ops) {
        return true;
    }
    if (ops->type != JOSE_JSON_ARRAY) {
        return false;
    }
    struct jose_json_value item;
    for (size_t offset = 0; jose_json_array_next(ops, &offset, &item);) {
        if (is(&item, "verify")) {
            return true;
        }
    }
    return false;
}

static enum jose_jwk_skip read_names(const struct jose_json_member *members, size_t count,
                                     struct jose_jwk *out)
{
    size_t len = 0;
    const struct jose_json_value *kid = jose_json_find(members, count, "kid");
    const struct jose_json_value *issuer = jose_json_find(members, count, "issuer");
    const struct jose_json_value *cloud = jose_json_find(members, count, "cloud_instance_name");
    if (!kid || !jose_json_copy(kid, out->kid, sizeof out->kid, &out->kid_len) ||
        out->kid_len == 0) {
        return JOSE_JWK_KID_MISSING;
    }
    if (issuer && !jose_json_copy(issuer, out->issuer, sizeof out->issuer, &len)) {
        return JOSE_JWK_ISSUER;
    }
    if (cloud && !jose_json_copy(cloud, out->cloud, sizeof out->cloud, &len)) {
        return JOSE_JWK_CLOUD;
    }
    return JOSE_JWK_OK;
}

/* Keys of an alg that is not ours are of no use; one of ours binds the key to it (RFC 7517 §4.4).
 */
static enum jose_jwk_skip read_alg(const struct jose_json_member *members, size_t count,
                                   struct jose_jwk *out)
{
    const struct jose_json_value *alg = jose_json_find(members, count, "alg");
    if (!alg) {
        return JOSE_JWK_OK;
    }
    out->alg = jose_alg_find_value(alg);
    if (!out->alg || (out->alg->family == JOSE_ECDSA) != out->ec) {
        return JOSE_JWK_ALG;
    }
    return JOSE_JWK_OK;
}

static enum jose_jwk_skip read_members(const struct jose_json_member *members, size_t count,
                                       struct jose_jwk *out)
{
    const struct jose_json_value *kty = jose_json_find(members, count, "kty");
    enum jose_jwk_skip skip = JOSE_JWK_OK;
    if (is(kty, "oct")) {
        return JOSE_JWK_SYMMETRIC;
    }
    out->ec = is(kty, "EC");
    if (!out->ec && !is(kty, "RSA")) {
        return JOSE_JWK_KTY_UNSUPPORTED;
    }
    if (has_private_member(members, count)) {
        return JOSE_JWK_PRIVATE;
    }
    if (!may_verify(members, count)) {
        return JOSE_JWK_USE;
    }
    if ((skip = read_names(members, count, out)) != JOSE_JWK_OK ||
        (skip = read_alg(members, count, out)) != JOSE_JWK_OK) {
        return skip;
    }
    return out->ec ? jose_jwk_ec(members, count, out) : jose_jwk_rsa(members, count, out);
}

enum jose_jwk_skip jose_jwk_parse(struct jose_span json, struct jose_jwk *out)
{
    struct jose_json_member members[JWK_MEMBERS];
    size_t count = 0;
    memset(out, 0, sizeof *out);
    if (!jose_json_object(json, members, JWK_MEMBERS, &count)) {
        return JOSE_JWK_NOT_AN_OBJECT;
    }
    enum jose_jwk_skip skip = read_members(members, count, out);
    if (skip != JOSE_JWK_OK) {
        jose_jwk_cleanup(out);
    }
    ERR_clear_error(); /* OpenSSL may leave some even of what succeeded in the end */
    return skip;
}

void jose_jwk_cleanup(struct jose_jwk *jwk)
{
    EVP_PKEY_free(jwk->key);
    memset(jwk, 0, sizeof *jwk);
}

bool jose_jwk_fits(const struct jose_jwk *jwk, const struct jose_alg *alg)
{
    if (jwk->alg && jwk->alg != alg) {
        return false;
    }
    return jwk->ec ? alg->family == JOSE_ECDSA && alg->bits == jwk->bits
                   : alg->family != JOSE_ECDSA;
}

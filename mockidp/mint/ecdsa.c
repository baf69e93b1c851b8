/* The one number that must differ from signature to signature follows from key and digest. */
#include "mockidp/mint/ecdsa.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/hmac.h>
#include <openssl/objects.h>
#include <stdbool.h>
#include <string.h>

enum { HASH_BYTES = 32, ORDER_BYTES_MAX = 66 }; /* SHA-256, P-521 */

/* ---- RFC 6979 §3.2: the generator, one for a signature ---- */

/* struct generator has the names of the RFC. */
struct generator {
    unsigned char k[HASH_BYTES];
    unsigned char v[HASH_BYTES];
};

static bool next(struct generator *g)
{
    return HMAC(EVP_sha256(), g->k, HASH_BYTES, g->v, HASH_BYTES, g->v, NULL) != NULL;
}

/* Steps d to g, and h after a number that does not do: K = HMAC_K(V || tag || data),
 * V = HMAC_K(V). */
static bool mix(struct generator *g, unsigned char tag, const unsigned char *data, size_t len)
{
    unsigned char text[HASH_BYTES + 1 + 2 * ORDER_BYTES_MAX];
    memcpy(text, g->v, HASH_BYTES);
    text[HASH_BYTES] = tag;
    memcpy(text + HASH_BYTES + 1, data, len);
    bool ok = HMAC(EVP_sha256(), g->k, HASH_BYTES, text, HASH_BYTES + 1 + len, g->k, NULL) != NULL;
    OPENSSL_cleanse(text, sizeof text);
    return ok && next(g);
}

/* "bits2int" (§2.3.2): the leftmost bits, as many as the order has. */
static bool bits_to_number(const unsigned char *bytes, size_t len, int order_bits, BIGNUM *out)
{
    int surplus = (int)len * 8 - order_bits;
    return BN_bin2bn(bytes, (int)len, out) && (surplus <= 0 || BN_rshift(out, out, surplus) == 1);
}

/* ---- one signature ---- */

/* struct work is what a signature is made of; numbers are freed by their context. */
struct work {
    BN_CTX *ctx;
    EC_GROUP *group;
    const BIGNUM *order;
    int order_bits;
    int width; /* octets of a number below the order */
    BIGNUM *d, *z, *k, *r, *s;
    struct generator generator;
};

static bool open_generator(struct work *w)
{
    unsigned char seed[2 * ORDER_BYTES_MAX];
    memset(w->generator.k, 0, HASH_BYTES);
    memset(w->generator.v, 1, HASH_BYTES);
    size_t len = 2 * (size_t)w->width;
    bool ok = BN_bn2binpad(w->d, seed, w->width) == w->width &&
              BN_bn2binpad(w->z, seed + w->width, w->width) == w->width &&
              mix(&w->generator, 0, seed, len) && mix(&w->generator, 1, seed, len);
    OPENSSL_cleanse(seed, sizeof seed);
    return ok;
}

/* The next number that the generator gives; it may be none that signs. */
static bool draw(struct work *w)
{
    unsigned char bytes[ORDER_BYTES_MAX + HASH_BYTES];
    size_t have = 0;
    for (; have < (size_t)w->width; have += HASH_BYTES) {
        if (!next(&w->generator)) {
            return false;
        }
        memcpy(bytes + have, w->generator.v, HASH_BYTES);
    }
    bool ok = bits_to_number(bytes, (size_t)w->width, w->order_bits, w->k);
    OPENSSL_cleanse(bytes, sizeof bytes);
    return ok;
}

/* r is where k times the base point lies, s = (z + r d) / k (FIPS 186-4 §6.4). */
static bool compute(struct work *w)
{
    EC_POINT *point = EC_POINT_new(w->group);
    bool ok = point && EC_POINT_mul(w->group, point, w->k, NULL, NULL, w->ctx) == 1 &&
              EC_POINT_get_affine_coordinates(w->group, point, w->r, NULL, w->ctx) == 1 &&
              BN_nnmod(w->r, w->r, w->order, w->ctx) == 1 &&
              BN_mod_mul(w->s, w->r, w->d, w->order, w->ctx) == 1 &&
              BN_mod_add(w->s, w->s, w->z, w->order, w->ctx) == 1 &&
              BN_mod_inverse(w->k, w->k, w->order, w->ctx) != NULL &&
              BN_mod_mul(w->s, w->s, w->k, w->order, w->ctx) == 1;
    EC_POINT_free(point);
    return ok;
}

static bool sign(struct work *w)
{
    for (bool ok = open_generator(w) && draw(w); ok;
         ok = mix(&w->generator, 0, w->generator.v, 0) && draw(w)) {
        if (BN_is_zero(w->k) || BN_cmp(w->k, w->order) >= 0) {
            continue;
        }
        if (!compute(w)) {
            return false;
        }
        if (!BN_is_zero(w->r) && !BN_is_zero(w->s)) {
            return true;
        }
    }
    return false;
}

static unsigned char *encode(const struct work *w, size_t *out_len)
{
    unsigned char *der = NULL;
    ECDSA_SIG *signature = ECDSA_SIG_new();
    BIGNUM *r = BN_dup(w->r);
    BIGNUM *s = BN_dup(w->s);
    if (signature && r && s && ECDSA_SIG_set0(signature, r, s) == 1) {
        r = s = NULL; /* they are the signature's now */
        int len = i2d_ECDSA_SIG(signature, &der);
        *out_len = len > 0 ? (size_t)len : 0;
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(signature);
    return der;
}

/* Fills all but the generator. */
static bool prepare(struct work *w, EVP_PKEY *pkey, const void *data, size_t len)
{
    char curve[80];
    unsigned char digest[HASH_BYTES];
    BIGNUM **const all[] = {&w->d, &w->z, &w->k, &w->r, &w->s};
    for (size_t i = 0; i < sizeof all / sizeof(BIGNUM **); i++) {
        if (!(*all[i] = BN_CTX_get(w->ctx))) {
            return false;
        }
    }
    if (EVP_PKEY_get_utf8_string_param(pkey, OSSL_PKEY_PARAM_GROUP_NAME, curve, sizeof curve,
                                       NULL) != 1 ||
        !(w->group = EC_GROUP_new_by_curve_name(OBJ_txt2nid(curve)))) {
        return false;
    }
    w->order = EC_GROUP_get0_order(w->group);
    w->order_bits = BN_num_bits(w->order);
    w->width = BN_num_bytes(w->order);
    return w->width <= ORDER_BYTES_MAX &&
           EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_PRIV_KEY, &w->d) == 1 &&
           EVP_Digest(data, len, digest, NULL, EVP_sha256(), NULL) == 1 &&
           bits_to_number(digest, HASH_BYTES, w->order_bits, w->z) &&
           BN_nnmod(w->z, w->z, w->order, w->ctx) == 1;
}

unsigned char *mint_ecdsa_sign(EVP_PKEY *pkey, const void *data, size_t len, size_t *out_len)
{
    struct work w = {.ctx = BN_CTX_secure_new()};
    unsigned char *der = NULL;
    *out_len = 0;
    if (w.ctx) {
        BN_CTX_start(w.ctx);
        if (prepare(&w, pkey, data, len) && sign(&w)) {
            der = encode(&w, out_len);
        }
        BN_CTX_end(w.ctx);
    }
    OPENSSL_cleanse(&w.generator, sizeof w.generator);
    EC_GROUP_free(w.group);
    BN_CTX_free(w.ctx);
    return der;
}

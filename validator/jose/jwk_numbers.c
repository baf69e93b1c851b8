/* RFC 7518 §6.2 and §6.3: big-endian base64url numbers, RSA ones without leading zeros, EC ones of
 * the curve's full size. */
#include "validator/jose/jwk_numbers.h"

#include "validator/jose/b64url.h"
#include "validator/jose/memory.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

#define MODULUS_CAP JOSE_B64URL_CAP(JOSE_RSA_MAX_BITS / 8 * 4 / 3 + 64)

static bool read_number(const struct jose_json_member *members, size_t count, const char *name,
                        unsigned char *out, size_t cap, size_t *len)
{
    const struct jose_json_value *v = jose_json_find(members, count, name);
    return v && v->type == JOSE_JSON_STRING && !v->escaped &&
           jose_b64url_decode(v->text, out, cap, len) && *len > 0;
}

/* Builds a public key of `type` from parameters. Returns a new reference, or NULL. */
static EVP_PKEY *key_from(const char *type, OSSL_PARAM_BLD *build)
{
    OSSL_PARAM *params = build ? OSSL_PARAM_BLD_to_param(build) : NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    EVP_PKEY *key = NULL;
    if (!params || !ctx || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1) {
        key = NULL;
    }
    EVP_PKEY_CTX_free(ctx);
    OSSL_PARAM_free(params);
    return key;
}

/*
 * Infineon's flawed generator (CVE-2017-15361) made moduli that are powers of 65537 modulo every
 * small prime; a modulus with that property for all of these primes is one of them but for a chance
 * of 2^-27 or less.
 */
static bool has_roca_shape(const BIGNUM *n)
{
    static const unsigned primes[] = {11, 13, 17,  19,  37,  53,  61,  71, 73,
                                      79, 97, 103, 107, 109, 127, 151, 157};
    for (size_t i = 0; i < sizeof primes / sizeof primes[0]; i++) {
        BN_ULONG residue = BN_mod_word(n, primes[i]);
        unsigned power = 1;
        bool found = false;
        for (unsigned k = 0; k < primes[i] && !found; k++) {
            found = power == residue;
            power = power * 65537U % primes[i];
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

static enum jose_jwk_skip check_rsa(const BIGNUM *n, const BIGNUM *e)
{
    int bits = BN_num_bits(n);
    if (bits < JOSE_RSA_MIN_BITS || bits > JOSE_RSA_MAX_BITS) {
        return JOSE_JWK_RSA_SIZE;
    }
    /* e = 1 makes the message its own signature; an even e has no inverse; a huge one is a way to
     * burn our time */
    if (!BN_is_odd(e) || BN_num_bits(e) > 32 || BN_get_word(e) < 3) {
        return JOSE_JWK_RSA_EXPONENT;
    }
    return !BN_is_odd(n) || has_roca_shape(n) ? JOSE_JWK_RSA_MODULUS : JOSE_JWK_OK;
}

enum jose_jwk_skip jose_jwk_rsa(const struct jose_json_member *members, size_t count,
                                struct jose_jwk *out)
{
    unsigned char modulus[MODULUS_CAP];
    unsigned char exponent[64];
    size_t modulus_len = 0;
    size_t exponent_len = 0;
    const struct jose_json_value *n_text = jose_json_find(members, count, "n");
    if (n_text && n_text->text.len > JOSE_RSA_MAX_BITS / 6 + 4) {
        return JOSE_JWK_RSA_SIZE;
    }
    if (!read_number(members, count, "n", modulus, sizeof modulus, &modulus_len) ||
        modulus[0] == 0) {
        return JOSE_JWK_NUMBER;
    }
    if (!read_number(members, count, "e", exponent, sizeof exponent, &exponent_len)) {
        return jose_json_find(members, count, "e") ? JOSE_JWK_RSA_EXPONENT : JOSE_JWK_NUMBER;
    }
    if (exponent[0] == 0) {
        return JOSE_JWK_NUMBER;
    }
    BIGNUM *n = BN_bin2bn(modulus, (int)modulus_len, NULL);
    BIGNUM *e = BN_bin2bn(exponent, (int)exponent_len, NULL);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    enum jose_jwk_skip skip = n && e ? check_rsa(n, e) : JOSE_JWK_MEMORY;
    if (skip == JOSE_JWK_OK) {
        if (build && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
            OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e) == 1) {
            out->key = key_from("RSA", build);
        }
        out->bits = (unsigned)BN_num_bits(n);
        skip = out->key ? JOSE_JWK_OK : JOSE_JWK_MEMORY;
    }
    OSSL_PARAM_BLD_free(build);
    BN_free(n);
    BN_free(e);
    return skip;
}

enum jose_jwk_skip jose_jwk_ec(const struct jose_json_member *members, size_t count,
                               struct jose_jwk *out)
{
    unsigned char point[1 + 2 * 48 + 2] = {4}; /* uncompressed: 04 x y */
    const struct jose_json_value *crv = jose_json_find(members, count, "crv");
    bool p256 = crv && jose_json_is(crv, jose_span_of("P-256"));
    bool p384 = crv && jose_json_is(crv, jose_span_of("P-384"));
    size_t size = p256 ? 32 : 48;
    size_t len = 0;
    if (!p256 && !p384) {
        return JOSE_JWK_CURVE;
    }
    if (!read_number(members, count, "x", point + 1, size + 1, &len) || len != size ||
        !read_number(members, count, "y", point + 1 + size, size + 1, &len) || len != size) {
        return JOSE_JWK_NUMBER;
    }
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    const char *group = p256 ? "P-256" : "P-384";
    if (build &&
        OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, group, 0) == 1 &&
        OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * size) ==
            1) {
        out->key = key_from("EC", build); /* refuses a point that is not on the curve */
    }
    OSSL_PARAM_BLD_free(build);
    out->ec = true;
    out->bits = p256 ? 256 : 384;
    if (!out->key) {
        return !build || jose_memory_ran_out(ERR_LIB_EC) ? JOSE_JWK_MEMORY : JOSE_JWK_CURVE;
    }
    return JOSE_JWK_OK;
}

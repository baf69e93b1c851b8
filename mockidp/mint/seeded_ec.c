/* The secret number comes from the seeded generator, the rest follows: OpenSSL draws it from its
 * own randomness alone. */
#include "mockidp/mint/seeded_ec.h"

#include "mockidp/mint/pkey.h"
#include "mockidp/platform/rng.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <stdbool.h>
#include <string.h>

enum { SECRET_BYTES_MAX = 66, POINT_BYTES_MAX = 1 + 2 * SECRET_BYTES_MAX };

static EVP_PKEY *make_ed25519(struct rng *rng)
{
    unsigned char secret[32]; /* RFC 8032 §5.1.5: any 32 octets */
    rng_bytes(rng, secret, sizeof secret);
    EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key_ex(NULL, "ED25519", NULL, secret, sizeof secret);
    OPENSSL_cleanse(secret, sizeof secret);
    return pkey;
}

/* FIPS 186-4 §B.4.2: draw until one is below the order. */
static bool draw_secret(struct rng *rng, const BIGNUM *order, BIGNUM *out)
{
    unsigned char bytes[SECRET_BYTES_MAX];
    int len = BN_num_bytes(order);
    bool ok = true;
    do {
        rng_bytes(rng, bytes, (size_t)len);
        ok = BN_bin2bn(bytes, len, out) != NULL;
    } while (ok && (BN_is_zero(out) || BN_cmp(out, order) >= 0));
    OPENSSL_cleanse(bytes, sizeof bytes);
    return ok;
}

/* find_point writes the public key, uncompressed (SEC 1 §2.3.3); 0 on failure. */
static size_t find_point(const EC_GROUP *group, const BIGNUM *secret,
                         unsigned char out[POINT_BYTES_MAX])
{
    EC_POINT *point = EC_POINT_new(group);
    size_t len = point && EC_POINT_mul(group, point, secret, NULL, NULL, NULL) == 1
                     ? EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, out,
                                          POINT_BYTES_MAX, NULL)
                     : 0;
    EC_POINT_free(point);
    return len;
}

static EVP_PKEY *assemble(const char *curve, const BIGNUM *secret, const unsigned char *point,
                          size_t point_len)
{
    EVP_PKEY *pkey = NULL;
    OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
    if (b && OSSL_PARAM_BLD_push_utf8_string(b, OSSL_PKEY_PARAM_GROUP_NAME, curve, 0) == 1 &&
        OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_PRIV_KEY, secret) == 1 &&
        OSSL_PARAM_BLD_push_octet_string(b, OSSL_PKEY_PARAM_PUB_KEY, point, point_len) == 1) {
        pkey = mint_pkey_of("EC", b);
    }
    OSSL_PARAM_BLD_free(b);
    return pkey;
}

static EVP_PKEY *make_ec(struct rng *rng, const char *curve)
{
    unsigned char point[POINT_BYTES_MAX];
    size_t point_len = 0;
    EC_GROUP *group = EC_GROUP_new_by_curve_name(EC_curve_nist2nid(curve));
    BIGNUM *secret = BN_secure_new();
    EVP_PKEY *pkey = group && secret && draw_secret(rng, EC_GROUP_get0_order(group), secret) &&
                             (point_len = find_point(group, secret, point)) > 0
                         ? assemble(curve, secret, point, point_len)
                         : NULL;
    BN_clear_free(secret);
    EC_GROUP_free(group);
    return pkey;
}

EVP_PKEY *mint_ec_of_seed(const char *curve, const char *seed)
{
    struct rng *rng = rng_new(seed);
    EVP_PKEY *pkey = !rng                            ? NULL
                     : strcmp(curve, "ED25519") == 0 ? make_ed25519(rng)
                                                     : make_ec(rng, curve);
    rng_free(rng);
    return pkey;
}

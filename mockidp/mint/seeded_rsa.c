/* Two primes from the seeded generator, and the key that they make (RFC 8017 §3.2). OpenSSL makes
 * RSA keys from its own randomness alone, so this is the one way to the same key twice. */
#include "mockidp/mint/seeded_rsa.h"

#include "mockidp/mint/pkey.h"
#include "mockidp/platform/rng.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <stdbool.h>

enum { EXPONENT = 65537, PRIME_BYTES_MAX = 512 };

/* So far from a random start a prime is looked for before another start is drawn: the average gap
 * of 1024 bits is 710. */
enum { STEPS = 4096 };

/* Numbers of one key; all freed by their context. */
struct numbers {
    BN_CTX *ctx;
    BIGNUM *p, *q, *n, *e, *d, *dp, *dq, *qinv, *p1, *q1, *t;
};

/* With its two highest bits set a prime's product with another one has all bits. */
static bool draw_start(struct rng *rng, unsigned bits, BIGNUM *out)
{
    unsigned char bytes[PRIME_BYTES_MAX];
    size_t len = bits / 8;
    rng_bytes(rng, bytes, len);
    bytes[0] |= 0xc0;
    bytes[len - 1] |= 1;
    bool ok = BN_bin2bn(bytes, (int)len, out) != NULL;
    OPENSSL_cleanse(bytes, sizeof bytes);
    return ok;
}

/* e must have an inverse: p - 1 is no multiple of the prime e. */
static bool fits(struct numbers *k, const BIGNUM *p)
{
    return BN_sub(k->t, p, BN_value_one()) == 1 && BN_mod_word(k->t, EXPONENT) != 0 &&
           BN_check_prime(p, k->ctx, NULL) == 1;
}

static bool draw_prime(struct numbers *k, struct rng *rng, unsigned bits, BIGNUM *out)
{
    for (;;) {
        if (!draw_start(rng, bits, out)) {
            return false;
        }
        for (int step = 0; step < STEPS && BN_num_bits(out) == (int)bits; step++) {
            if (fits(k, out)) {
                return true;
            }
            if (BN_add_word(out, 2) != 1) {
                return false;
            }
        }
    }
}

/* d is the inverse of e modulo lcm(p-1, q-1), and the rest is for the Chinese remainder theorem. */
static bool derive(struct numbers *k)
{
    if (BN_cmp(k->p, k->q) < 0) {
        BN_swap(k->p, k->q);
    }
    return BN_set_word(k->e, EXPONENT) == 1 && BN_mul(k->n, k->p, k->q, k->ctx) == 1 &&
           BN_sub(k->p1, k->p, BN_value_one()) == 1 && BN_sub(k->q1, k->q, BN_value_one()) == 1 &&
           BN_gcd(k->t, k->p1, k->q1, k->ctx) == 1 &&
           BN_div(k->t, NULL, k->p1, k->t, k->ctx) == 1 && BN_mul(k->t, k->t, k->q1, k->ctx) == 1 &&
           BN_mod_inverse(k->d, k->e, k->t, k->ctx) != NULL &&
           BN_mod(k->dp, k->d, k->p1, k->ctx) == 1 && BN_mod(k->dq, k->d, k->q1, k->ctx) == 1 &&
           BN_mod_inverse(k->qinv, k->q, k->p, k->ctx) != NULL;
}

static EVP_PKEY *assemble(const struct numbers *k)
{
    EVP_PKEY *pkey = NULL;
    OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
    if (b && OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_N, k->n) == 1 &&
        OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_E, k->e) == 1 &&
        OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_D, k->d) == 1 &&
        OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_FACTOR1, k->p) == 1 &&
        OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_FACTOR2, k->q) == 1 &&
        OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_EXPONENT1, k->dp) == 1 &&
        OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_EXPONENT2, k->dq) == 1 &&
        OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, k->qinv) == 1) {
        pkey = mint_pkey_of("RSA", b);
    }
    OSSL_PARAM_BLD_free(b);
    return pkey;
}

static EVP_PKEY *make(struct numbers *k, struct rng *rng, unsigned bits)
{
    BIGNUM **const all[] = {&k->p,  &k->q,    &k->n,  &k->e,  &k->d, &k->dp,
                            &k->dq, &k->qinv, &k->p1, &k->q1, &k->t};
    for (size_t i = 0; i < sizeof all / sizeof(BIGNUM **); i++) {
        if (!(*all[i] = BN_CTX_get(k->ctx))) {
            return NULL;
        }
    }
    if (!draw_prime(k, rng, bits / 2, k->p)) {
        return NULL;
    }
    do {
        if (!draw_prime(k, rng, bits / 2, k->q)) {
            return NULL;
        }
    } while (BN_cmp(k->p, k->q) == 0);
    return derive(k) ? assemble(k) : NULL;
}

EVP_PKEY *mint_rsa_of_seed(unsigned bits, const char *seed)
{
    struct rng *rng = bits / 16 <= PRIME_BYTES_MAX ? rng_new(seed) : NULL;
    struct numbers k = {.ctx = BN_CTX_secure_new()};
    EVP_PKEY *pkey = NULL;
    if (rng && k.ctx) {
        BN_CTX_start(k.ctx);
        pkey = make(&k, rng, bits);
        BN_CTX_end(k.ctx);
    }
    BN_CTX_free(k.ctx);
    rng_free(rng);
    return pkey;
}

/*
 * A context that is set up for a key and an algorithm costs more than a tenth of a verification,
 * and fetching a digest by name a quarter of a microsecond; both are done once and kept.
 */
#include "validator/jose/verify.h"

#include "validator/jose/b64url.h"
#include "validator/jose/memory.h"

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdlib.h>

/* Contexts kept: a few tenants' current and next keys. */
#define SLOTS 8
#define SIGNATURE_CAP (JOSE_RSA_MAX_BITS / 8 + 2)

struct slot {
    EVP_PKEY *key; /* a reference */
    const struct jose_alg *alg;
    EVP_PKEY_CTX *ctx;
};

struct jose_verifier {
    EVP_MD_CTX *md_ctx;
    EVP_MD *digests[JOSE_ALG_COUNT];
    struct slot slots[SLOTS];
    unsigned next; /* the slot to reuse */
};

struct jose_verifier *jose_verifier_new(void)
{
    struct jose_verifier *v = calloc(1, sizeof *v);
    if (v) {
        v->md_ctx = EVP_MD_CTX_new();
    }
    if (!v || !v->md_ctx) {
        free(v);
        return NULL;
    }
    return v;
}

static void slot_clear(struct slot *s)
{
    EVP_PKEY_CTX_free(s->ctx);
    EVP_PKEY_free(s->key);
    memset(s, 0, sizeof *s);
}

void jose_verifier_free(struct jose_verifier *v)
{
    if (!v) {
        return;
    }
    for (unsigned i = 0; i < SLOTS; i++) {
        slot_clear(&v->slots[i]);
    }
    for (unsigned i = 0; i < JOSE_ALG_COUNT; i++) {
        EVP_MD_free(v->digests[i]);
    }
    EVP_MD_CTX_free(v->md_ctx);
    free(v);
}

static EVP_MD *digest_of(struct jose_verifier *v, const struct jose_alg *alg)
{
    if (!v->digests[alg->id]) {
        v->digests[alg->id] = EVP_MD_fetch(NULL, alg->digest, NULL);
    }
    return v->digests[alg->id];
}

static bool prepare(EVP_PKEY_CTX *ctx, const struct jose_alg *alg, const EVP_MD *md)
{
    if (!ctx || EVP_PKEY_verify_init(ctx) != 1) {
        return false;
    }
    if (alg->family == JOSE_ECDSA) {
        return true;
    }
    if (alg->family == JOSE_RSA_PKCS1) {
        return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
               EVP_PKEY_CTX_set_signature_md(ctx, md) == 1;
    }
    /* RFC 7518 §3.5: the salt is as long as the digest, which is also MGF1's */
    return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_signature_md(ctx, md) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, md) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) == 1;
}

/* A slot holds a reference to its key, so a freed key's address can never come back as another's.
 */
static EVP_PKEY_CTX *context_for(struct jose_verifier *v, const struct jose_alg *alg, EVP_PKEY *key,
                                 const EVP_MD *md)
{
    for (unsigned i = 0; i < SLOTS; i++) {
        if (v->slots[i].key == key && v->slots[i].alg == alg) {
            return v->slots[i].ctx;
        }
    }
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    if (!prepare(ctx, alg, md)) {
        EVP_PKEY_CTX_free(ctx);
        return NULL;
    }
    struct slot *s = &v->slots[v->next];
    v->next = (v->next + 1) % SLOTS;
    slot_clear(s);
    EVP_PKEY_up_ref(key);
    s->key = key;
    s->alg = alg;
    s->ctx = ctx;
    return ctx;
}

/* RFC 7518 §3.4: r and s side by side, each of the curve's size; OpenSSL wants them in DER. Returns
 * its length, or 0. */
static size_t ecdsa_to_der(const unsigned char *raw, size_t len, unsigned char *der, size_t cap)
{
    size_t der_len = 0;
    ECDSA_SIG *sig = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw, (int)(len / 2), NULL);
    BIGNUM *s = BN_bin2bn(raw + len / 2, (int)(len / 2), NULL);
    if (sig && r && s && ECDSA_SIG_set0(sig, r, s) == 1) {
        r = NULL;
        s = NULL;
        int need = i2d_ECDSA_SIG(sig, NULL);
        if (need > 0 && (size_t)need <= cap) {
            der_len = (size_t)i2d_ECDSA_SIG(sig, &der);
        }
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(sig);
    return der_len;
}

static size_t signature_size(const struct jose_jwk *jwk)
{
    return jwk->ec ? (size_t)jwk->bits / 8 * 2 : ((size_t)jwk->bits + 7) / 8;
}

enum btv_error jose_verify(struct jose_verifier *v, const struct jose_alg *alg,
                           const struct jose_jwk *jwk, struct jose_span signing_input,
                           struct jose_span signature)
{
    unsigned char bytes[SIGNATURE_CAP];
    unsigned char der[128];
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned digest_len = 0;
    size_t len = 0;
    const unsigned char *checked = bytes;
    if (!jose_jwk_fits(jwk, alg)) {
        return BTV_KEY_UNSUITABLE;
    }
    if (!jose_b64url_decode(signature, bytes, sizeof bytes, &len) || len != signature_size(jwk)) {
        return BTV_SIGNATURE_INVALID;
    }
    if (jwk->ec) {
        len = ecdsa_to_der(bytes, len, der, sizeof der);
        checked = der;
    }
    EVP_MD *md = digest_of(v, alg);
    EVP_PKEY_CTX *ctx = md && len > 0 ? context_for(v, alg, jwk->key, md) : NULL;
    if (!ctx || EVP_DigestInit_ex2(v->md_ctx, md, NULL) != 1 ||
        EVP_DigestUpdate(v->md_ctx, signing_input.data, signing_input.len) != 1 ||
        EVP_DigestFinal_ex(v->md_ctx, digest, &digest_len) != 1) {
        ERR_clear_error();
        return BTV_OUT_OF_MEMORY;
    }
    if (EVP_PKEY_verify(ctx, checked, len, digest, digest_len) != 1) {
        /* of RSA every mismatch is an error of its own, of ECDSA it is none */
        return jose_memory_ran_out(jwk->ec ? 0 : ERR_LIB_RSA) ? BTV_OUT_OF_MEMORY
                                                              : BTV_SIGNATURE_INVALID;
    }
    return BTV_OK;
}

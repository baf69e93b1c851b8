/* Keys and signatures of the toy validator: RS256 by a published key of the token's kid, and the
 * flaws that widen that. */
#include "conformance/adapters/mutant_keys.h"

#include "conformance/adapters/mutant_secrets.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { KEY_BITS_MIN = 2048, KEY_BITS_MAX = 8192, REFRESH_S = 43200, LAST_KNOWN_GOOD_S = 86400 };

/* text_of returns the string member `name`, or "". */
static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text == NULL ? "" : text;
}

/* ---- fetching ---- */

static bool has_rsa_key(const json_t *list)
{
    const json_t *jwk = NULL;
    size_t i = 0;
    json_array_foreach(list, i, jwk)
    {
        if (strcmp(text_of(jwk, "kty"), "RSA") == 0) {
            return true;
        }
    }
    return false;
}

/* Microsoft.IdentityModel, IDX40012: keys of another national cloud are not for this one. */
static json_t *of_cloud(const json_t *list, const json_t *cloud)
{
    json_t *kept = json_array();
    const json_t *jwk = NULL;
    size_t i = 0;
    json_array_foreach(list, i, jwk)
    {
        const json_t *own = json_object_get(jwk, "cloud_instance_name");
        if (own == NULL || cloud == NULL || json_equal(own, cloud)) {
            json_array_append(kept, (json_t *)(uintptr_t)jwk);
        }
    }
    return kept;
}

/* RFC 8414 §3.3: metadata that names another issuer must not be used. */
static json_t *fetched_keys(const struct mutant_keys *keys, const char *discovery,
                            const char *issuer)
{
    json_t *document = keys->fetch(keys->ctx, discovery);
    bool ours = strcmp(text_of(document, "issuer"), issuer) == 0;
    json_t *set = ours ? keys->fetch(keys->ctx, text_of(document, "jwks_uri")) : NULL;
    json_t *list =
        of_cloud(json_object_get(set, "keys"), json_object_get(document, "cloud_instance_name"));
    json_decref(document);
    json_decref(set);
    if (!has_rsa_key(list)) { /* empty, not a list, of no use: not an answer, keep what there is */
        json_decref(list);
        return NULL;
    }
    return list;
}

static void refresh(struct mutant_keys *keys, int64_t now)
{
    json_t *list = fetched_keys(keys, keys->discovery, keys->issuer);
    if (list != NULL && keys->discovery_v1 != NULL) {
        json_t *more = fetched_keys(keys, keys->discovery_v1, keys->issuer_v1);
        json_array_extend(list, more);
        json_decref(more);
    }
    keys->fetched_at = now;
    if (list == NULL && keys->flaw == MUTANT_FORGETS_ON_ERROR) {
        mutant_keys_clear(keys);
    }
    if (list != NULL) {
        json_decref(keys->jwks);
        keys->jwks = list;
        keys->good_at = now;
    }
}

/* Serving from memory ends some day: a withdrawn key must not work for as long as the authority can
 * be kept away. */
static void forget_if_old(struct mutant_keys *keys, int64_t now)
{
    if (keys->jwks != NULL && now - keys->good_at >= LAST_KNOWN_GOOD_S &&
        keys->flaw != MUTANT_NEVER_REFETCHES_KEYS) {
        json_decref(keys->jwks);
        keys->jwks = NULL;
    }
}

/* ---- one key ---- */

static BIGNUM *number_of(const json_t *jwk, const char *name)
{
    const char *text = text_of(jwk, name);
    size_t len = 0;
    unsigned char *octets = mutant_base64url_decode(MUTANT_NONE, text, strlen(text), &len);
    BIGNUM *number =
        octets == NULL || len == 0 || len > 4096 ? NULL : BN_bin2bn(octets, (int)len, NULL);
    free(octets);
    return number;
}

static EVP_PKEY *rsa_key(const BIGNUM *n, const BIGNUM *e)
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    OSSL_PARAM *params = NULL;
    if (ctx != NULL && build != NULL &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e) == 1 &&
        (params = OSSL_PARAM_BLD_to_param(build)) != NULL && EVP_PKEY_fromdata_init(ctx) == 1 &&
        EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1) {
        key = NULL;
    }
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    EVP_PKEY_CTX_free(ctx);
    return key;
}

/* RFC 7518 §3.3: 2048 bits or more. An exponent of 1, or an even one, signs nothing. */
static EVP_PKEY *key_of(enum mutant_flaw flaw, const json_t *jwk)
{
    BIGNUM *n = number_of(jwk, "n"), *e = number_of(jwk, "e");
    EVP_PKEY *key = NULL;
    bool fits = n != NULL && e != NULL && BN_num_bits(n) <= KEY_BITS_MAX && BN_num_bits(e) <= 32 &&
                BN_is_odd(e) && BN_is_odd(n) && !BN_is_one(e);
    if (fits && (BN_num_bits(n) >= KEY_BITS_MIN || flaw == MUTANT_WEAK_KEYS)) {
        key = rsa_key(n, e);
    }
    BN_free(n);
    BN_free(e);
    return key;
}

/* ---- one signature ---- */

static bool rsa_verifies(EVP_PKEY *key, const EVP_MD *md, bool pss,
                         const struct mutant_token *token)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *options = NULL;
    bool good =
        ctx != NULL && EVP_DigestVerifyInit(ctx, &options, md, NULL, key) == 1 &&
        (!pss || (EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
                  EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1)) &&
        EVP_DigestVerify(ctx, token->signature, token->signature_len,
                         (const unsigned char *)token->text, token->signed_len) == 1;
    EVP_MD_CTX_free(ctx);
    return good;
}

static bool is(const char *alg, const char *name)
{
    return strcmp(alg, name) == 0;
}

static bool signed_by(enum mutant_flaw flaw, EVP_PKEY *key, const struct mutant_token *token)
{
    const char *alg = text_of(token->header, "alg");
    if (is(alg, "RS256") || flaw == MUTANT_IGNORES_ALG) {
        return rsa_verifies(key, EVP_sha256(), false, token);
    }
    if (flaw == MUTANT_ALLOWS_RSA_FAMILY) {
        return (is(alg, "RS384") && rsa_verifies(key, EVP_sha384(), false, token)) ||
               (is(alg, "RS512") && rsa_verifies(key, EVP_sha512(), false, token)) ||
               (is(alg, "PS256") && rsa_verifies(key, EVP_sha256(), true, token));
    }
    return flaw == MUTANT_UNKNOWN_ALG_PASSES && !is(alg, "none") && strncmp(alg, "HS", 2) != 0;
}

static bool signed_by_jwk(enum mutant_flaw flaw, const json_t *jwk,
                          const struct mutant_token *token)
{
    EVP_PKEY *key = key_of(flaw, jwk);
    bool good =
        key != NULL && (signed_by(flaw, key, token) || mutant_key_is_secret(flaw, jwk, key, token));
    EVP_PKEY_free(key);
    return good;
}

/* ---- which key ---- */

static bool names(enum mutant_flaw flaw, const json_t *jwk, const char *kid)
{
    const char *own = text_of(jwk, "kid");
    if (flaw == MUTANT_KID_CASE_FOLDED) {
        return strcasecmp(own, kid) == 0;
    }
    return *own != '\0' && strcmp(own, kid) == 0;
}

/* RFC 7517 §4.2, §4.3: a key for encryption, or one that may not verify, is not for this. */
static bool for_signatures(enum mutant_flaw flaw, const json_t *jwk)
{
    const json_t *use = json_object_get(jwk, "use"), *operations = json_object_get(jwk, "key_ops");
    bool verifies = operations == NULL;
    size_t i;
    const json_t *operation;
    json_array_foreach(operations, i, operation)
    {
        verifies |=
            json_is_string(operation) && strcmp(json_string_value(operation), "verify") == 0;
    }
    return flaw == MUTANT_IGNORES_KEY_USE ||
           ((use == NULL || strcmp(text_of(jwk, "use"), "sig") == 0) && verifies);
}

/* Entra, access-tokens: the key's own issuer is the one that the token is for, so that a key for
 * personal accounts never vouches for a company. */
static bool for_this_issuer(const struct mutant_keys *keys, const json_t *jwk)
{
    const json_t *issuer = json_object_get(jwk, "issuer");
    const char *text = text_of(jwk, "issuer");
    /* of many tenants only the claims tell which one's key it has to be */
    bool many = keys->issuer != NULL && strstr(keys->issuer, "{tenantid}") != NULL;
    return many || issuer == NULL || keys->issuer == NULL || strcmp(text, keys->issuer) == 0 ||
           (keys->issuer_v1 != NULL && strcmp(text, keys->issuer_v1) == 0);
}

/* Tries the keys that `kid` names (all of them under "any-kid"); *known says whether there was one.
 */
static bool signed_by_set(struct mutant_keys *keys, const struct mutant_token *token, bool *known)
{
    const char *kid = text_of(token->header, "kid");
    size_t i;
    const json_t *jwk;
    json_array_foreach(keys->jwks, i, jwk)
    {
        bool skipped = keys->flaw == MUTANT_WANTS_KEY_ALG && *text_of(jwk, "alg") == '\0';
        if (skipped || strcmp(text_of(jwk, "kty"), "RSA") != 0 ||
            !for_signatures(keys->flaw, jwk) ||
            !(keys->flaw == MUTANT_ANY_KID || names(keys->flaw, jwk, kid))) {
            continue;
        }
        *known = true;
        if (for_this_issuer(keys, jwk) && signed_by_jwk(keys->flaw, jwk, token)) {
            keys->vouched = text_of(jwk, "issuer");
            return true;
        }
    }
    return false;
}

/* Keys that the token itself brings: RFC 7515 §10.2 leaves no doubt that these prove nothing. */
static bool signed_by_own_word(const struct mutant_keys *keys, const struct mutant_token *token)
{
    const char *alg = text_of(token->header, "alg");
    if (keys->flaw == MUTANT_SKIPS_SIGNATURE) {
        return strcmp(alg, "RS256") == 0;
    }
    if (keys->flaw == MUTANT_ACCEPTS_ALG_NONE) {
        return strcmp(alg, "none") == 0;
    }
    if (keys->flaw == MUTANT_GUESSABLE_SECRETS) {
        return mutant_secret_is_guessed(token);
    }
    if (keys->flaw == MUTANT_ACCEPTS_EMPTY_SIGNATURE) {
        return strcmp(alg, "RS256") == 0 && token->signature_len == 0;
    }
    if (keys->flaw == MUTANT_TRUSTS_EMBEDDED_JWK) {
        return signed_by_jwk(keys->flaw, json_object_get(token->header, "jwk"), token);
    }
    if (keys->flaw == MUTANT_FETCHES_JKU) {
        json_t *set = keys->fetch(keys->ctx, text_of(token->header, "jku"));
        bool good =
            signed_by_jwk(keys->flaw, json_array_get(json_object_get(set, "keys"), 0), token);
        json_decref(set);
        return good;
    }
    return false;
}

enum mutant_proof mutant_keys_prove(struct mutant_keys *keys, const struct mutant_token *token,
                                    int64_t now)
{
    bool known = false;
    keys->vouched = "";
    if (signed_by_own_word(keys, token)) {
        return MUTANT_PROVEN;
    }
    if (keys->jwks == NULL || keys->flaw == MUTANT_FETCHES_FOR_EVERY_TOKEN ||
        (now - keys->fetched_at >= REFRESH_S && keys->flaw != MUTANT_NEVER_REFETCHES_KEYS)) {
        refresh(keys, now);
    }
    forget_if_old(keys, now);
    if (signed_by_set(keys, token, &known)) {
        return MUTANT_PROVEN;
    }
    bool may_ask =
        now - keys->asked_at >= keys->cooldown_s || keys->flaw == MUTANT_REFETCHES_EVERY_TIME;
    if (!known && may_ask && keys->flaw != MUTANT_NEVER_REFETCHES_KEYS) {
        keys->asked_at = now;
        refresh(keys, now);
        if (signed_by_set(keys, token, &known)) {
            return MUTANT_PROVEN;
        }
    }
    return keys->jwks == NULL ? MUTANT_NO_KEYS : MUTANT_FORGED;
}

void mutant_keys_clear(struct mutant_keys *keys)
{
    json_decref(keys->jwks);
    keys->jwks = NULL;
    keys->vouched = "";
    keys->fetched_at = 0;
    keys->asked_at = 0;
}

/* The signature: which algorithm and key, what the header says of them, and the bytes (RFC 7518 §3,
 * RFC 8037 §3.1). */
#include "mockidp/mint/encode.h"
#include "mockidp/mint/jwk.h"
#include "mockidp/mint/oven.h"
#include "mockidp/mint/values.h"

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

static const struct algorithm {
    const char *name;
    int type; /* of the key; EVP_PKEY_HMAC for a secret, EVP_PKEY_NONE for no signature */
    const char *digest;
    bool pss;
    size_t half; /* of an ECDSA signature, bytes */
} algorithms[] = {
    {"none", EVP_PKEY_NONE, NULL, false, 0},      {"RS256", EVP_PKEY_RSA, "SHA256", false, 0},
    {"RS384", EVP_PKEY_RSA, "SHA384", false, 0},  {"RS512", EVP_PKEY_RSA, "SHA512", false, 0},
    {"PS256", EVP_PKEY_RSA, "SHA256", true, 0},   {"PS384", EVP_PKEY_RSA, "SHA384", true, 0},
    {"PS512", EVP_PKEY_RSA, "SHA512", true, 0},   {"ES256", EVP_PKEY_EC, "SHA256", false, 32},
    {"ES384", EVP_PKEY_EC, "SHA384", false, 48},  {"EdDSA", EVP_PKEY_ED25519, NULL, false, 0},
    {"HS256", EVP_PKEY_HMAC, "SHA256", false, 0}, {"HS384", EVP_PKEY_HMAC, "SHA384", false, 0},
    {"HS512", EVP_PKEY_HMAC, "SHA512", false, 0},
};

static const struct algorithm *find_algorithm(const char *name)
{
    for (size_t i = 0; i < sizeof algorithms / sizeof algorithms[0]; i++) {
        if (strcmp(algorithms[i].name, name) == 0) {
            return &algorithms[i];
        }
    }
    return NULL;
}

/* "key": a name, or {"hmac":VALUE}; whatever signs, the header names a key that the API knows. */
static int plan_key(struct mint_oven *oven, const json_t *key, struct mint_signing *out)
{
    const json_t *secret = json_object_get(key, "hmac");
    const char *name = key && !secret ? json_string_value(key) : "current";
    if (secret && mint_check_members(oven, "/sign/key", key, "hmac") != 0) {
        return -1;
    }
    if (secret && mint_value_bytes(oven, "/sign/key/hmac", secret, &out->secret) != 0) {
        return -1;
    }
    out->key = mint_key_named(oven, "/sign/key", name);
    return out->key ? 0 : -1;
}

/* "as": what the header says apart from what was done. */
static int plan_disagreement(struct mint_oven *oven, const json_t *as, const char **header_alg,
                             struct mint_signing *out)
{
    const char *header = json_string_value(json_object_get(as, "header"));
    const char *signature = json_string_value(json_object_get(as, "signature"));
    const char *pkcs1 = json_string_value(json_object_get(as, "pkcs1"));
    out->message = json_string_value(json_object_get(as, "message"));
    *header_alg = header ? header : out->alg;
    out->alg = signature ? signature : out->alg;
    if (json_is_object(as) &&
        (mint_check_members(oven, "/sign/as", as, "header signature pkcs1 message") != 0 ||
         mint_check_text(oven, "/sign/as", as, "header") != 0 ||
         mint_check_text(oven, "/sign/as", as, "signature") != 0)) {
        return -1;
    }
    if (json_is_string(as) && strcmp(json_string_value(as), "digest_info") == 0) {
        out->forgery = "digest_info";
        return 0;
    }
    out->forgery = pkcs1 ? mint_forgery_named(pkcs1) : out->message ? "message" : NULL;
    if (out->forgery) {
        return 0;
    }
    if (as && ((!header && !signature) || json_object_get(as, "pkcs1"))) {
        return mint_fault(
            oven, "/sign/as",
            "as is {\"header\",\"signature\"}, \"digest_info\", {\"message\":HEX} or {\"pkcs1\":"
            "bleichenbacher06|no-null|trailing|wrong-hash|short-padding|"
            "empty-padding|zero-padding|no-padding|type-2|type-2-ones|"
            "exponent-one|prime-modulus}");
    }
    return 0;
}

/* An algorithm nobody knows stands in the header alone: the signature is then RS256's. */
static int check_key(struct mint_oven *oven, struct mint_signing *out)
{
    const struct algorithm *a = find_algorithm(out->alg);
    if (!a) {
        out->alg = "RS256";
        a = find_algorithm(out->alg);
    }
    if (a->type == EVP_PKEY_HMAC && !out->secret.data) {
        return mint_fault(oven, "/sign/key", "%s needs {\"hmac\":…}", a->name);
    }
    if (a->type != EVP_PKEY_HMAC && a->type != EVP_PKEY_NONE &&
        EVP_PKEY_get_base_id(out->key->pkey) != a->type) {
        return mint_fault(oven, "/sign", "%s does not go with this kind of key", a->name);
    }
    return 0;
}

static int fill_header(struct mint_oven *oven, const json_t *embed, const char *alg,
                       const struct mint_signing *signing)
{
    json_t *header = oven->header;
    const char *what = json_string_value(embed);
    int bad = json_object_set_new(header, "alg", json_string(alg)) ||
              json_object_set_new(header, "kid", json_string(signing->key->kid));
    if (json_object_get(header, "x5t")) {
        bad = bad || json_object_set_new(header, "x5t", json_string(signing->key->kid));
    }
    if (what && strcmp(what, "jwk") == 0) {
        bad = bad || json_object_set_new(header, "jwk", mint_jwk(signing->key, NULL, NULL));
    } else if (what && strcmp(what, "x5c") == 0) {
        char *text = mint_base64(signing->key->certificate, signing->key->certificate_len);
        bad = bad || json_object_set_new(header, "x5c", json_pack("[s]", text));
        free(text);
    } else if (embed) {
        return mint_fault(oven, "/sign/embed", "embed is jwk or x5c");
    }
    return bad ? mint_fault(oven, "/header", "out of memory") : 0;
}

/* "hash_nonce", which facts may ask for, too. */
static int plan_nonce(struct mint_oven *oven, const json_t *hash_nonce, struct mint_signing *out)
{
    if (hash_nonce && !json_is_boolean(hash_nonce)) {
        return mint_fault(oven, "/sign/hash_nonce", "true or false is needed");
    }
    out->hash_nonce = hash_nonce ? json_is_true(hash_nonce) : oven->facts.header_nonce;
    return 0;
}

int mint_plan_signature(struct mint_oven *oven, struct mint_signing *out)
{
    const json_t *sign = json_object_get(oven->recipe, "sign");
    const json_t *key = json_object_get(sign, "key");
    const char *alg = json_string_value(json_object_get(sign, "alg"));
    const char *header_alg = NULL;
    out->alg = alg ? alg : json_object_get(key, "hmac") ? "HS256" : "RS256";
    if (mint_check_members(oven, "/sign", sign, "alg key embed as first_octet hash_nonce") != 0 ||
        mint_check_text(oven, "/sign", sign, "alg") != 0 || plan_key(oven, key, out) != 0 ||
        plan_disagreement(oven, json_object_get(sign, "as"), &header_alg, out) != 0 ||
        check_key(oven, out) != 0 ||
        plan_nonce(oven, json_object_get(sign, "hash_nonce"), out) != 0 ||
        fill_header(oven, json_object_get(sign, "embed"), header_alg, out) != 0) {
        return -1;
    }
    return mint_change(oven, "/header", json_object_get(oven->recipe, "header"), oven->header,
                       oven->header_raw);
}

static bool reserve(struct mint_bytes *out, size_t len)
{
    out->data = malloc(len + 1);
    out->len = len;
    return out->data != NULL;
}

static bool sign_hmac(const struct algorithm *a, const struct mint_bytes *secret,
                      const struct mint_bytes *input, struct mint_bytes *out)
{
    unsigned len = 0;
    /* an empty secret must not be NULL: that means "the key of the last call" */
    return reserve(out, EVP_MAX_MD_SIZE) &&
           HMAC(EVP_get_digestbyname(a->digest), secret->data, (int)secret->len,
                (const unsigned char *)input->data, input->len, (unsigned char *)out->data, &len) &&
           (out->len = len) > 0;
}

/* DER to the two numbers side by side (RFC 7518 §3.4). */
static bool flatten(struct mint_bytes *out, size_t half)
{
    const unsigned char *der = (const unsigned char *)out->data;
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)out->len);
    unsigned char flat[2 * 66];
    bool ok = pair && BN_bn2binpad(ECDSA_SIG_get0_r(pair), flat, (int)half) == (int)half &&
              BN_bn2binpad(ECDSA_SIG_get0_s(pair), flat + half, (int)half) == (int)half;
    ECDSA_SIG_free(pair);
    if (ok) {
        memcpy(out->data, flat, 2 * half);
        out->len = 2 * half;
    }
    return ok;
}

/* open_signing makes `md` ready to sign. */
static bool open_signing(const struct algorithm *a, const struct mint_key *key, EVP_MD_CTX *md)
{
    EVP_PKEY_CTX *pctx = NULL;
    if (key->rs256 && strcmp(a->name, "RS256") == 0) {
        return EVP_MD_CTX_copy_ex(md, key->rs256) == 1;
    }
    return EVP_DigestSignInit_ex(md, &pctx, a->digest, NULL, NULL, key->pkey, NULL) == 1 &&
           (!a->pss || (EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING) == 1 &&
                        EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, RSA_PSS_SALTLEN_DIGEST) == 1));
}

static bool sign_with_key(const struct algorithm *a, const struct mint_key *key,
                          const struct mint_bytes *input, struct mint_bytes *out)
{
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    size_t len = (size_t)EVP_PKEY_get_size(key->pkey);
    bool ok = md && open_signing(a, key, md) && reserve(out, len);
    if (ok) {
        EVP_MD_CTX_set_flags(md, EVP_MD_CTX_FLAG_FINALISE); /* else it signs with another copy */
        ok = EVP_DigestSign(md, (unsigned char *)out->data, &len,
                            (const unsigned char *)input->data, input->len) == 1;
    }
    out->len = ok ? len : 0;
    EVP_MD_CTX_free(md);
    return ok && (a->half == 0 || flatten(out, a->half));
}

int mint_sign(struct mint_oven *oven, const struct mint_signing *signing,
              const struct mint_bytes *input, struct mint_bytes *out)
{
    const struct algorithm *a = find_algorithm(signing->alg);
    if (signing->forgery) {
        return mint_sign_forged(oven, signing, input, out);
    }
    bool ok = a->type == EVP_PKEY_NONE   ? true
              : a->type == EVP_PKEY_HMAC ? sign_hmac(a, &signing->secret, input, out)
                                         : sign_with_key(a, signing->key, input, out);
    return ok ? 0 : mint_fault(oven, "/sign", "%s failed with this key", a->name);
}

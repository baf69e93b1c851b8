/* Values that show a key: its kid, and its public half in every spelling that attacks use. */
#include "mockidp/mint/encode.h"
#include "mockidp/mint/jwk.h"
#include "mockidp/mint/values.h"

#include <openssl/bio.h>
#include <openssl/encoder.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct mint_key *mint_key_named(struct mint_oven *oven, const char *pointer, const char *name)
{
    const struct mint_context *c = oven->context;
    char why[256] = "";
    const struct mint_key *key =
        name ? c->key(c->ctx, oven->facts.tenant_id, name, why, sizeof why) : NULL;
    if (!key) {
        mint_fault(oven, pointer, "%s", name ? why : "a key is named by a string");
    }
    return key;
}

/* {"kid":"retired"} the kid of a key. */
json_t *mint_value_kid(struct mint_oven *oven, const char *pointer, const json_t *object,
                       json_t **raw)
{
    const struct mint_key *key =
        mint_key_named(oven, pointer, json_string_value(json_object_get(object, "kid")));
    (void)raw;
    return key ? json_string(key->kid) : NULL;
}

static json_t *text_of_bio(BIO *bio)
{
    char *data = NULL;
    long len = bio ? BIO_get_mem_data(bio, &data) : 0;
    json_t *text = len > 0 ? json_stringn(data, (size_t)len) : NULL;
    BIO_free(bio);
    return text;
}

/* ---- the spellings: a new reference each, NULL when this kind of key has none ---- */

static json_t *spell_jwk(const struct mint_oven *oven, const struct mint_key *key)
{
    (void)oven;
    return mint_jwk(key, NULL, NULL);
}

/* Takes `json` over. */
static json_t *text_of(json_t *json)
{
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_t *value = text ? json_string(text) : NULL;
    free(text);
    json_decref(json);
    return value;
}

static json_t *spell_jwk_text(const struct mint_oven *oven, const struct mint_key *key)
{
    (void)oven;
    return text_of(mint_jwk(key, NULL, NULL));
}

/* The whole key set of the tenant, whichever the key. */
static json_t *spell_jwks_text(const struct mint_oven *oven, const struct mint_key *key)
{
    const struct mint_context *c = oven->context;
    (void)key;
    return text_of(c->jwks(c->ctx, oven->facts.tenant_id));
}

static json_t *spell_pem_spki(const struct mint_oven *oven, const struct mint_key *key)
{
    BIO *bio = BIO_new(BIO_s_mem());
    (void)oven;
    if (bio) {
        PEM_write_bio_PUBKEY(bio, key->pkey);
    }
    return text_of_bio(bio);
}

static json_t *spell_pem_pkcs1(const struct mint_oven *oven, const struct mint_key *key)
{
    BIO *bio = BIO_new(BIO_s_mem());
    OSSL_ENCODER_CTX *encoder =
        OSSL_ENCODER_CTX_new_for_pkey(key->pkey, EVP_PKEY_PUBLIC_KEY, "PEM", "type-specific", NULL);
    (void)oven;
    if (bio && encoder) {
        OSSL_ENCODER_to_bio(encoder, bio);
    }
    OSSL_ENCODER_CTX_free(encoder);
    return text_of_bio(bio);
}

/* {"hex"}, which is bytes wherever bytes are asked for; takes `der` over. */
static json_t *hex_of(unsigned char *der, int len)
{
    char *text = len > 0 ? malloc((size_t)len * 2 + 1) : NULL;
    for (int i = 0; text && i < len; i++) {
        snprintf(text + 2 * (size_t)i, 3, "%02x", der[i]);
    }
    json_t *value = text ? json_pack("{s:s}", "hex", text) : NULL;
    free(text);
    OPENSSL_free(der);
    return value;
}

static json_t *spell_der(const struct mint_oven *oven, const struct mint_key *key)
{
    unsigned char *der = NULL;
    int len = i2d_PUBKEY(key->pkey, &der);
    (void)oven;
    return hex_of(der, len);
}

static json_t *spell_der_pkcs1(const struct mint_oven *oven, const struct mint_key *key)
{
    unsigned char *der = NULL;
    int len = EVP_PKEY_is_a(key->pkey, "RSA") ? i2d_PublicKey(key->pkey, &der) : 0;
    (void)oven;
    return hex_of(der, len);
}

static json_t *spell_x5c(const struct mint_oven *oven, const struct mint_key *key)
{
    char *text = mint_base64(key->certificate, key->certificate_len);
    json_t *value = text ? json_pack("[s]", text) : NULL;
    (void)oven;
    free(text);
    return value;
}

static json_t *spell_certificate(const struct mint_oven *oven, const struct mint_key *key)
{
    char *text = mint_base64(key->certificate, key->certificate_len);
    json_t *value = text ? json_string(text) : NULL;
    (void)oven;
    free(text);
    return value;
}

static json_t *spell_x5t(const struct mint_oven *oven, const struct mint_key *key)
{
    (void)oven;
    return json_string(key->kid);
}

static const struct {
    const char *name;
    json_t *(*spell)(const struct mint_oven *oven, const struct mint_key *key);
} spellings[] = {
    {"jwk", spell_jwk},
    {"jwk-text", spell_jwk_text},
    {"jwks-text", spell_jwks_text},
    {"pem-spki", spell_pem_spki},
    {"pem-pkcs1", spell_pem_pkcs1},
    {"der", spell_der},
    {"der-pkcs1", spell_der_pkcs1},
    {"x5c", spell_x5c},
    {"certificate", spell_certificate},
    {"x5t", spell_x5t},
};

/* {"key":NAME,"as":"jwk|jwk-text|jwks-text|pem-spki|pem-pkcs1|der|der-pkcs1|x5c|certificate|x5t"};
 * der forms are bytes. */
json_t *mint_value_key(struct mint_oven *oven, const char *pointer, const json_t *object,
                       json_t **raw)
{
    const json_t *as = json_object_get(object, "as");
    const char *name = as ? json_string_value(as) : "jwk";
    const struct mint_key *key =
        mint_key_named(oven, pointer, json_string_value(json_object_get(object, "key")));
    (void)raw;
    for (size_t i = 0; key && name && i < sizeof spellings / sizeof spellings[0]; i++) {
        if (strcmp(name, spellings[i].name) == 0) {
            json_t *value = spellings[i].spell(oven, key);
            ERR_clear_error();
            return value ? value
                         : mint_value_fault(oven, pointer, "this kind of key has no such spelling");
        }
    }
    return key ? mint_value_fault(oven, pointer,
                                  "as is jwk, jwk-text, jwks-text, pem-spki, pem-pkcs1, der, "
                                  "der-pkcs1, x5c, certificate or x5t")
               : NULL;
}

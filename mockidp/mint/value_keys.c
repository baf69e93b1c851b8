/* Values that show a key: its kid, and its public half in every spelling that attacks use. */
#include "mockidp/mint/encode.h"
#include "mockidp/mint/jwk.h"
#include "mockidp/mint/values.h"

#include <openssl/bio.h>
#include <openssl/encoder.h>
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

static json_t *pem_of(const struct mint_key *key, bool spki)
{
    BIO *bio = BIO_new(BIO_s_mem());
    OSSL_ENCODER_CTX *pkcs1 = NULL;
    if (bio && spki) {
        PEM_write_bio_PUBKEY(bio, key->pkey);
    } else if (bio) {
        pkcs1 = OSSL_ENCODER_CTX_new_for_pkey(key->pkey, EVP_PKEY_PUBLIC_KEY, "PEM",
                                              "type-specific", NULL);
        if (pkcs1) {
            OSSL_ENCODER_to_bio(pkcs1, bio);
        }
    }
    OSSL_ENCODER_CTX_free(pkcs1);
    return text_of_bio(bio);
}

static json_t *hex_value_of(const unsigned char *data, size_t len)
{
    char *text = malloc(len * 2 + 1);
    for (size_t i = 0; text && i < len; i++) {
        snprintf(text + 2 * i, 3, "%02x", data[i]);
    }
    json_t *value = text ? json_pack("{s:s}", "hex", text) : NULL;
    free(text);
    return value;
}

static json_t *der_of(const struct mint_key *key, bool spki)
{
    unsigned char *der = NULL;
    int len = spki ? i2d_PUBKEY(key->pkey, &der) : i2d_PublicKey(key->pkey, &der);
    json_t *value = len > 0 ? hex_value_of(der, (size_t)len) : NULL;
    OPENSSL_free(der);
    return value;
}

static json_t *x5c_of(const struct mint_key *key)
{
    char *text = mint_base64(key->certificate, key->certificate_len);
    json_t *value = text ? json_pack("[s]", text) : NULL;
    free(text);
    return value;
}

/* {"key":NAME,"as":"jwk|jwk-text|jwks-text|pem-spki|pem-pkcs1|der|der-pkcs1|x5c|x5t"}; der forms
 * are bytes. */
json_t *mint_value_key(struct mint_oven *oven, const char *pointer, const json_t *object,
                       json_t **raw)
{
    const char *as = json_string_value(json_object_get(object, "as"));
    const struct mint_key *key =
        mint_key_named(oven, pointer, json_string_value(json_object_get(object, "key")));
    (void)raw;
    if (!key) {
        return NULL;
    }
    if (!as || strcmp(as, "jwk") == 0) {
        return mint_jwk(key, NULL, NULL);
    }
    if (strcmp(as, "jwk-text") == 0 || strcmp(as, "jwks-text") == 0) {
        const struct mint_context *c = oven->context;
        json_t *source = strcmp(as, "jwk-text") == 0 ? mint_jwk(key, NULL, NULL)
                                                     : c->jwks(c->ctx, oven->facts.tenant_id);
        char *text = source ? json_dumps(source, JSON_COMPACT) : NULL;
        json_t *value = text ? json_string(text) : NULL;
        free(text);
        json_decref(source);
        return value;
    }
    if (strcmp(as, "pem-spki") == 0 || strcmp(as, "pem-pkcs1") == 0) {
        return pem_of(key, as[4] == 's');
    }
    if (strcmp(as, "der") == 0 || strcmp(as, "der-pkcs1") == 0) {
        return der_of(key, as[3] == '\0');
    }
    if (strcmp(as, "x5c") == 0) {
        return x5c_of(key);
    }
    if (strcmp(as, "x5t") == 0) {
        return json_string(key->kid);
    }
    return mint_value_fault(
        oven, pointer,
        "as is jwk, jwk-text, jwks-text, pem-spki, pem-pkcs1, der, der-pkcs1, x5c or x5t");
}

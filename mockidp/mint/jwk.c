/* Numbers are big-endian without leading zeros (RFC 7518 §6.3.1); the certificate is plain base64
 * (RFC 7517 §4.7). */
#include "mockidp/mint/jwk.h"

#include "mockidp/mint/encode.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <stdlib.h>

/* Sets `name` to the base64url of a number of the key; `width` pads it with zeros at the front, 0
 * does not. */
static int set_number(json_t *jwk, const char *name, EVP_PKEY *pkey, const char *parameter,
                      int width)
{
    unsigned char bytes[2100];
    BIGNUM *n = NULL;
    if (EVP_PKEY_get_bn_param(pkey, parameter, &n) != 1) {
        return -1;
    }
    int len = BN_bn2binpad(n, bytes, width > 0 ? width : BN_num_bytes(n));
    BN_free(n);
    char *text = len > 0 ? mint_base64url(bytes, (size_t)len) : NULL;
    int status = text ? json_object_set_new(jwk, name, json_string(text)) : -1;
    free(text);
    return status;
}

static int set_certificate(json_t *jwk, const struct mint_key *key)
{
    char *text = mint_base64(key->certificate, key->certificate_len);
    int status = text ? json_object_set_new(jwk, "x5c", json_pack("[s]", text)) : -1;
    free(text);
    return status;
}

static int fill_rsa(json_t *jwk, const struct mint_key *key, const char *cloud, const char *issuer)
{
    if (json_object_set_new(jwk, "x5t", json_string(key->kid)) != 0 ||
        set_number(jwk, "n", key->pkey, OSSL_PKEY_PARAM_RSA_N, 0) != 0 ||
        set_number(jwk, "e", key->pkey, OSSL_PKEY_PARAM_RSA_E, 0) != 0 ||
        set_certificate(jwk, key) != 0) {
        return -1;
    }
    if (cloud && json_object_set_new(jwk, "cloud_instance_name", json_string(cloud)) != 0) {
        return -1;
    }
    return issuer ? json_object_set_new(jwk, "issuer", json_string(issuer)) : 0;
}

static int fill_ec(json_t *jwk, const struct mint_key *key)
{
    int width = EVP_PKEY_get_bits(key->pkey) / 8;
    const char *curve = width == 32 ? "P-256" : "P-384";
    if (json_object_set_new(jwk, "crv", json_string(curve)) != 0) {
        return -1;
    }
    return set_number(jwk, "x", key->pkey, OSSL_PKEY_PARAM_EC_PUB_X, width) != 0 ||
                   set_number(jwk, "y", key->pkey, OSSL_PKEY_PARAM_EC_PUB_Y, width) != 0
               ? -1
               : 0;
}

/* RFC 8037 §2. */
static int fill_okp(json_t *jwk, const struct mint_key *key)
{
    unsigned char bytes[64];
    size_t len = sizeof bytes;
    if (EVP_PKEY_get_raw_public_key(key->pkey, bytes, &len) != 1) {
        return -1;
    }
    char *text = mint_base64url(bytes, len);
    int status = json_object_set_new(jwk, "crv", json_string("Ed25519")) != 0 || !text
                     ? -1
                     : json_object_set_new(jwk, "x", json_string(text));
    free(text);
    return status;
}

json_t *mint_jwk(const struct mint_key *key, const char *cloud_instance_name, const char *issuer)
{
    int rsa = EVP_PKEY_is_a(key->pkey, "RSA");
    int ec = EVP_PKEY_is_a(key->pkey, "EC");
    json_t *jwk = json_pack("{s:s, s:s, s:s}", "kty",
                            rsa  ? "RSA"
                            : ec ? "EC"
                                 : "OKP",
                            "use", "sig", "kid", key->kid);
    int status = !jwk  ? -1
                 : rsa ? fill_rsa(jwk, key, cloud_instance_name, issuer)
                 : ec  ? fill_ec(jwk, key)
                       : fill_okp(jwk, key);
    if (status != 0) {
        json_decref(jwk);
        jwk = NULL;
    }
    return jwk;
}

/* The classic confusion: one `verify(token, key)` for both families of algorithms, so that what is
 * published is a secret. */
#include "conformance/adapters/mutant_secrets.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const EVP_MD *hash_of(const struct mutant_token *token)
{
    const char *alg = json_string_value(json_object_get(token->header, "alg"));
    return alg == NULL                 ? NULL
           : strcmp(alg, "HS256") == 0 ? EVP_sha256()
           : strcmp(alg, "HS384") == 0 ? EVP_sha384()
           : strcmp(alg, "HS512") == 0 ? EVP_sha512()
                                       : NULL;
}

static bool mac_fits(const struct mutant_token *token, const void *secret, size_t len)
{
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned mac_len = 0;
    const EVP_MD *hash = hash_of(token);
    return hash != NULL &&
           HMAC(hash, secret, (int)len, (const unsigned char *)token->text, token->signed_len, mac,
                &mac_len) != NULL &&
           mac_len == token->signature_len && memcmp(mac, token->signature, mac_len) == 0;
}

typedef int (*writer_fn)(BIO *out, EVP_PKEY *key);

static int write_spki(BIO *out, EVP_PKEY *key)
{
    return PEM_write_bio_PUBKEY(out, key);
}

static int write_pkcs1(BIO *out, EVP_PKEY *key)
{
    unsigned char *der = NULL;
    int len = i2d_PublicKey(key, &der);
    int status = len > 0 ? PEM_write_bio(out, "RSA PUBLIC KEY", "", der, len) : 0;
    OPENSSL_free(der);
    return status;
}

static int write_der_spki(BIO *out, EVP_PKEY *key)
{
    return i2d_PUBKEY_bio(out, key);
}

static int write_der_pkcs1(BIO *out, EVP_PKEY *key)
{
    unsigned char *der = NULL;
    int len = i2d_PublicKey(key, &der);
    int status = len > 0 ? BIO_write(out, der, len) : 0;
    OPENSSL_free(der);
    return status;
}

static bool is_secret_as(writer_fn write, EVP_PKEY *key, const struct mutant_token *token)
{
    char *text = NULL;
    BIO *out = BIO_new(BIO_s_mem());
    bool fits = false;
    if (out != NULL && write(out, key) > 0) {
        long len = BIO_get_mem_data(out, &text);
        fits = mac_fits(token, text, (size_t)len);
    }
    BIO_free(out);
    return fits;
}

/* The JSON of the key, members in the order in which they were published, less those that only
 * Entra has. */
static bool is_secret_as_json(const json_t *jwk, const struct mutant_token *token)
{
    json_t *plain = json_copy((json_t *)(uintptr_t)jwk);
    (void)json_object_del(plain, "cloud_instance_name");
    (void)json_object_del(plain, "issuer");
    char *text = json_dumps(plain, JSON_COMPACT);
    bool fits = text != NULL && mac_fits(token, text, strlen(text));
    free(text);
    json_decref(plain);
    return fits;
}

bool mutant_key_is_secret(enum mutant_flaw flaw, const json_t *jwk, EVP_PKEY *key,
                          const struct mutant_token *token)
{
    static const writer_fn forms[] = {write_spki, write_pkcs1, write_der_spki, write_der_pkcs1};
    if (flaw == MUTANT_ALG_CONFUSION_HMAC) {
        return hash_of(token) == EVP_sha256() && is_secret_as(write_spki, key, token);
    }
    for (size_t i = 0; flaw == MUTANT_KEY_IN_ANY_FORM && i < sizeof forms / sizeof forms[0]; i++) {
        if (is_secret_as(forms[i], key, token)) {
            return true;
        }
    }
    return flaw == MUTANT_KEY_IN_ANY_FORM && is_secret_as_json(jwk, token);
}

bool mutant_secret_is_guessed(const struct mutant_token *token)
{
    static const char *const guesses[] = {"",         "1",        "secret",
                                          "password", "changeme", "your-256-bit-secret"};
    static const char zeros[32];
    for (size_t i = 0; i < sizeof guesses / sizeof guesses[0]; i++) {
        if (mac_fits(token, guesses[i], strlen(guesses[i]))) {
            return true;
        }
    }
    return mac_fits(token, zeros, 1) || mac_fits(token, zeros, sizeof zeros);
}

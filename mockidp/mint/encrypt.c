/*
 * JWE (RFC 7516 §3.1) around a finished token, or around anything. The content is always encrypted
 * with A128GCM (RFC 7518 §5.3); the ways to its key are those that attacks use.
 */
#include "mockidp/mint/encode.h"
#include "mockidp/mint/mutate.h"
#include "mockidp/mint/values.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_LEN = 16, IV_LEN = 12, TAG_LEN = 16, SALT_LEN = 16, WRAPPED_MAX = 1024 };
/* What is done, whatever p2c says: a header that asks for 2^31 rounds is made in no time. */
enum { PBES2_ROUNDS = 1000 };

#define PBES2 "PBES2-HS256+A128KW"

struct envelope {
    const char *alg;
    unsigned char content_key[KEY_LEN];
    unsigned char salt[SALT_LEN];
    struct mint_bytes secret; /* of dir, A128KW and PBES2 */
    unsigned char wrapped[WRAPPED_MAX];
    size_t wrapped_len;
    char *header; /* base64url */
};

/* A secret of the length that AES needs: what is given, cut or filled up with zeros. */
static void fit_secret(const struct mint_bytes *secret, unsigned char key[KEY_LEN])
{
    size_t len = secret->len < KEY_LEN ? secret->len : KEY_LEN;
    memset(key, 0, KEY_LEN);
    if (len > 0) {
        memcpy(key, secret->data, len);
    }
}

/* RFC 3394. */
static bool wrap_aes(struct envelope *e, const unsigned char kek[KEY_LEN])
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, "AES-128-WRAP", NULL);
    int len = 0;
    bool ok = ctx && cipher && EVP_EncryptInit_ex2(ctx, cipher, kek, NULL, NULL) == 1 &&
              EVP_EncryptUpdate(ctx, e->wrapped, &len, e->content_key, KEY_LEN) == 1;
    e->wrapped_len = ok ? (size_t)len : 0;
    EVP_CIPHER_free(cipher);
    EVP_CIPHER_CTX_free(ctx);
    return ok;
}

/* RFC 7518 §4.8.1.1: the salt is the name of the algorithm, a zero octet and p2s. */
static bool wrap_password(struct envelope *e)
{
    unsigned char salt[sizeof PBES2 + SALT_LEN];
    unsigned char kek[KEY_LEN];
    memcpy(salt, PBES2, sizeof PBES2);
    memcpy(salt + sizeof PBES2, e->salt, SALT_LEN);
    return PKCS5_PBKDF2_HMAC(e->secret.data, (int)e->secret.len, salt, (int)sizeof salt,
                             PBES2_ROUNDS, EVP_sha256(), KEY_LEN, kek) == 1 &&
           wrap_aes(e, kek);
}

static bool wrap_rsa(struct envelope *e, EVP_PKEY *pkey, int padding)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pkey, NULL);
    size_t len = sizeof e->wrapped;
    bool ok = ctx && EVP_PKEY_encrypt_init(ctx) == 1 &&
              EVP_PKEY_CTX_set_rsa_padding(ctx, padding) == 1 &&
              EVP_PKEY_encrypt(ctx, e->wrapped, &len, e->content_key, KEY_LEN) == 1;
    e->wrapped_len = ok ? len : 0;
    EVP_PKEY_CTX_free(ctx);
    return ok;
}

static int wrap_key(struct mint_mutating *m, struct envelope *e, const struct mint_key *to)
{
    unsigned char kek[KEY_LEN];
    bool ok = true;
    fit_secret(&e->secret, kek);
    if (to) {
        ok = wrap_rsa(e, to->pkey,
                      strcmp(e->alg, "RSA1_5") == 0 ? RSA_PKCS1_PADDING : RSA_PKCS1_OAEP_PADDING);
    } else if (strcmp(e->alg, "dir") == 0) {
        memcpy(e->content_key, kek, KEY_LEN);
    } else {
        ok = strcmp(e->alg, PBES2) == 0 ? wrap_password(e) : wrap_aes(e, kek);
    }
    OPENSSL_cleanse(kek, sizeof kek);
    return ok ? 0 : mint_fault(m->oven, m->pointer, "%s failed with this key", e->alg);
}

/* alg, enc and cty, what alg needs, and what the recipe puts over it. */
static int make_header(struct mint_mutating *m, struct envelope *e, const struct mint_key *to)
{
    json_t *header = json_pack("{s:s, s:s, s:s}", "alg", e->alg, "enc", "A128GCM", "cty", "JWT");
    char *salt = mint_base64url(e->salt, SALT_LEN);
    if (to) {
        json_object_set_new(header, "kid", json_string(to->kid));
    }
    if (strcmp(e->alg, PBES2) == 0) {
        json_object_set_new(header, "p2s", json_string(salt));
        json_object_set_new(header, "p2c", json_integer(PBES2_ROUNDS));
    }
    const json_t *more = json_object_get(m->args, "header");
    json_t *value = more ? mint_value(m->oven, m->pointer, more, NULL) : json_object();
    bool ok = json_is_object(value) && json_object_update(header, value) == 0;
    char *text = ok ? json_dumps(header, JSON_COMPACT) : NULL;
    e->header = text ? mint_base64url(text, strlen(text)) : NULL;
    json_decref(value);
    json_decref(header);
    free(salt);
    free(text);
    if (more && !ok) {
        return mint_fault(m->oven, m->pointer, "header is an object");
    }
    return e->header ? 0 : mint_fault(m->oven, m->pointer, "out of memory");
}

/* The content: A128GCM with the header's text as additional data (RFC 7516 §5.1). Newly allocated.
 */
static char *seal(struct mint_mutating *m, const struct envelope *e, const struct mint_bytes *text)
{
    unsigned char iv[IV_LEN];
    unsigned char tag[TAG_LEN];
    int len = 0;
    int last = 0;
    char *out = NULL;
    unsigned char *sealed = malloc(text->len + TAG_LEN);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    rng_bytes(m->oven->context->rng, iv, sizeof iv);
    if (sealed && ctx &&
        EVP_EncryptInit_ex2(ctx, EVP_aes_128_gcm(), e->content_key, iv, NULL) == 1 &&
        EVP_EncryptUpdate(ctx, NULL, &len, (const unsigned char *)e->header,
                          (int)strlen(e->header)) == 1 &&
        EVP_EncryptUpdate(ctx, sealed, &len, (const unsigned char *)text->data, (int)text->len) ==
            1 &&
        EVP_EncryptFinal_ex(ctx, sealed + len, &last) == 1 &&
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG_LEN, tag) == 1) {
        char *parts[] = {mint_base64url(e->wrapped, e->wrapped_len), mint_base64url(iv, IV_LEN),
                         mint_base64url(sealed, (size_t)len + (size_t)last),
                         mint_base64url(tag, TAG_LEN)};
        if (!parts[0] || !parts[1] || !parts[2] || !parts[3] ||
            asprintf(&out, "%s.%s.%s.%s.%s", e->header, parts[0], parts[1], parts[2], parts[3]) <
                0) {
            out = NULL;
        }
        for (size_t i = 0; i < 4; i++) {
            free(parts[i]);
        }
    }
    EVP_CIPHER_CTX_free(ctx);
    free(sealed);
    return out;
}

/* "encrypted_key": octets instead of what alg made, of any padding or none. */
static int replace_wrapped(struct mint_mutating *m, struct envelope *e)
{
    const json_t *instead = json_object_get(m->args, "encrypted_key");
    struct mint_bytes bytes = {0};
    int status = instead ? mint_value_bytes(m->oven, m->pointer, instead, &bytes) : 0;
    if (status == 0 && bytes.len > sizeof e->wrapped) {
        status = mint_fault(m->oven, m->pointer, "encrypted_key is too long");
    } else if (status == 0 && instead) {
        memcpy(e->wrapped, bytes.data, bytes.len);
        e->wrapped_len = bytes.len;
    }
    free(bytes.data);
    return status;
}

static int encrypt(struct mint_mutating *m, struct envelope *e, const struct mint_key *to)
{
    const json_t *plaintext = json_object_get(m->args, "plaintext");
    struct mint_bytes text = {0};
    rng_bytes(m->oven->context->rng, e->content_key, KEY_LEN);
    rng_bytes(m->oven->context->rng, e->salt, SALT_LEN);
    if (mint_parts_join(m) != 0 || wrap_key(m, e, to) != 0 || replace_wrapped(m, e) != 0 ||
        make_header(m, e, to) != 0 ||
        (plaintext && mint_value_bytes(m->oven, m->pointer, plaintext, &text) != 0)) {
        return -1;
    }
    const struct mint_bytes whole = {m->parts->token, strlen(m->parts->token)};
    int status = mint_part_set(m, &m->parts->token, seal(m, e, plaintext ? &text : &whole));
    free(text.data);
    return status;
}

/*
 * {"encrypt":{"alg":"dir|A128KW|PBES2-HS256+A128KW","key":SECRET}} or
 * {"encrypt":{"alg":"RSA-OAEP|RSA1_5","key":NAME}}; "plaintext" instead of the token, "header"
 * members over those that alg makes, "encrypted_key" octets instead of the right ones.
 */
int mint_mutate_encrypt(struct mint_mutating *m)
{
    static const char *const algorithms[] = {"RSA-OAEP", "RSA1_5", "dir", "A128KW", PBES2};
    const char *alg = json_string_value(json_object_get(m->args, "alg"));
    const json_t *key = json_object_get(m->args, "key");
    const struct mint_key *to = NULL;
    struct envelope e = {0};
    size_t i = 0;
    while (alg && i < 5 && strcmp(alg, algorithms[i]) != 0) {
        i++;
    }
    if (!alg || i == 5) {
        return mint_fault(m->oven, m->pointer, "alg is RSA-OAEP, RSA1_5, dir, A128KW or " PBES2);
    }
    e.alg = algorithms[i];
    int status = 0;
    if (i < 2) {
        to = mint_key_named(m->oven, m->pointer, key ? json_string_value(key) : "current");
        status = to ? 0 : -1;
    } else {
        status = key ? mint_value_bytes(m->oven, m->pointer, key, &e.secret)
                     : mint_fault(m->oven, m->pointer, "%s needs a key", e.alg);
    }
    status = status == 0 ? encrypt(m, &e, to) : status;
    OPENSSL_cleanse(e.content_key, sizeof e.content_key);
    free(e.secret.data);
    free(e.header);
    return status;
}

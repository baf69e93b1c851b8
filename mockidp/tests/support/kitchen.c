/* Opening the kitchen, and reading tokens with a second implementation of base64. */
#include "mockidp/tests/support/kitchen.h"

#include "mockidp/config/config.h"

#include <check.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

static void add_tenant(struct kitchen *k, const struct directory_tenant *tenant)
{
    char why[256];
    size_t count = json_array_size(tenant->keys);
    struct keyring_pem pems[32];
    ck_assert_uint_le(count, 32);
    k->pems = realloc(k->pems, (k->pem_count + count + 1) * sizeof(char *));
    ck_assert_ptr_nonnull(k->pems);
    for (size_t i = 0; i < count; i++) {
        char *pem =
            config_read_file(k->directory, json_string_value(json_array_get(tenant->keys, i)),
                             &pems[i].len, why, sizeof why);
        ck_assert_msg(pem != NULL, "%s", why);
        pems[i].data = k->pems[k->pem_count++] = pem;
    }
    ck_assert_int_eq(keyring_add(k->keyring, tenant->id, pems, count), 0);
}

void kitchen_open(struct kitchen *k)
{
    char why[512] = "";
    *k = (struct kitchen){.directory = config_load(NULL, why, sizeof why)};
    ck_assert_msg(k->directory != NULL, "%s", why);
    k->clock = clock_new(KITCHEN_TIME, why, sizeof why);
    k->rng = rng_new("kitchen");
    k->keyring = keyring_new(k->clock, NULL, NULL, why, sizeof why);
    ck_assert_msg(k->clock && k->rng && k->keyring, "%s", why);
    for (size_t i = 0; i < k->directory->tenant_count; i++) {
        add_tenant(k, &k->directory->tenants[i]);
    }
    k->context = (struct idp_context){.directory = k->directory,
                                      .keyring = k->keyring,
                                      .clock = k->clock,
                                      .rng = k->rng,
                                      .origin = KITCHEN_ORIGIN,
                                      .default_origin = KITCHEN_ORIGIN};
    bakery_open(&k->context, KITCHEN_ORIGIN, &k->oven);
}

void kitchen_close(struct kitchen *k)
{
    keyring_free(k->keyring);
    rng_free(k->rng);
    clock_free(k->clock);
    directory_free(k->directory);
    for (size_t i = 0; i < k->pem_count; i++) {
        free(k->pems[i]);
    }
    free(k->pems);
}

json_t *kitchen_json(const char *text)
{
    json_error_t error;
    char *copy = strdup(text);
    ck_assert_ptr_nonnull(copy);
    for (char *p = copy; *p; p++) {
        *p = (char)(*p == '\'' ? '"' : *p);
    }
    json_t *json = json_loads(copy, JSON_DECODE_ANY, &error);
    ck_assert_msg(json != NULL, "%s in %s", error.text, copy);
    free(copy);
    return json;
}

void kitchen_bake(struct kitchen *k, const char *reason, const char *recipe, struct mint_token *out)
{
    char why[512] = "";
    json_t *json = kitchen_json(recipe);
    int status = mint_bake(json, &k->oven, NULL, out, why, sizeof why);
    json_decref(json);
    ck_assert_msg(status == 0, "%s: refused: %s", reason, why);
    ck_assert_msg(why[0] == '\0', "%s: baked, and yet: %s", reason, why);
}

const char *kitchen_refusal(struct kitchen *k, const char *reason, const char *recipe)
{
    static char why[512];
    struct mint_token token;
    json_t *json = kitchen_json(recipe);
    why[0] = '\0';
    int status = mint_bake(json, &k->oven, NULL, &token, why, sizeof why);
    json_decref(json);
    ck_assert_msg(status == -1, "%s: was baked", reason);
    ck_assert_msg(token.token == NULL && token.claims == NULL, "%s: left something", reason);
    return why;
}

const struct mint_key *kitchen_key(struct kitchen *k, const char *name)
{
    char why[256];
    const struct mint_key *key = keyring_key(k->keyring, CONTOSO, name, why, sizeof why);
    ck_assert_msg(key != NULL, "%s: %s", name, why);
    return key;
}

char *token_part(const char *token, size_t index)
{
    for (; token && index > 0; index--) {
        token = strchr(token, '.');
        token = token ? token + 1 : NULL;
    }
    return token ? strndup(token, strcspn(token, ".")) : NULL;
}

unsigned char *bytes_of_base64(const char *text, size_t *len)
{
    size_t chars = strlen(text);
    unsigned char *out = malloc(chars + 4);
    ck_assert_ptr_nonnull(out);
    ck_assert_msg(chars % 4 == 0, "no base64: %s", text);
    int n = EVP_DecodeBlock(out, (const unsigned char *)text, (int)chars);
    ck_assert_msg(n >= 0, "no base64: %s", text);
    *len = (size_t)n;
    for (; chars > 0 && text[chars - 1] == '='; chars--) {
        (*len)--;
    }
    out[*len] = '\0';
    return out;
}

unsigned char *bytes_of_base64url(const char *text, size_t *len)
{
    size_t chars = strlen(text);
    char *plain = malloc(chars + 4);
    ck_assert_ptr_nonnull(plain);
    ck_assert_msg(strcspn(text, "+/=") == chars, "no base64url: %s", text);
    for (size_t i = 0; i <= chars; i++) {
        plain[i] = (char)(text[i] == '-' ? '+' : text[i] == '_' ? '/' : text[i]);
    }
    while (chars % 4 != 0) {
        plain[chars++] = '=';
    }
    plain[chars] = '\0';
    unsigned char *out = bytes_of_base64(plain, len);
    free(plain);
    return out;
}

unsigned char *token_bytes(const char *token, size_t index, size_t *len)
{
    char *part = token_part(token, index);
    ck_assert_msg(part != NULL, "no part %zu in %s", index, token);
    unsigned char *bytes = bytes_of_base64url(part, len);
    free(part);
    return bytes;
}

json_t *token_json(const char *token, size_t index)
{
    size_t len = 0;
    json_error_t error;
    unsigned char *bytes = token_bytes(token, index, &len);
    json_t *json = json_loadb((const char *)bytes, len, 0, &error);
    ck_assert_msg(json != NULL, "%s: %s", error.text, (const char *)bytes);
    free(bytes);
    return json;
}

char *text_of_base64url(const void *data, size_t len)
{
    char *out = malloc(len / 3 * 4 + 5);
    ck_assert_ptr_nonnull(out);
    (void)EVP_EncodeBlock((unsigned char *)out, data, (int)len);
    out[strcspn(out, "=")] = '\0';
    for (char *p = out; *p; p++) {
        *p = (char)(*p == '+' ? '-' : *p == '/' ? '_' : *p);
    }
    return out;
}

/* r and s side by side to DER; newly allocated. */
static unsigned char *der_of(const unsigned char *flat, size_t len, int *der_len)
{
    unsigned char *der = NULL;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    ck_assert_int_eq(ECDSA_SIG_set0(pair, BN_bin2bn(flat, (int)len / 2, NULL),
                                    BN_bin2bn(flat + len / 2, (int)len / 2, NULL)),
                     1);
    *der_len = i2d_ECDSA_SIG(pair, &der);
    ECDSA_SIG_free(pair);
    return der;
}

/* Whether the token's signature is that of `alg` under the key. */
bool token_verifies(const char *token, EVP_PKEY *pkey, const char *alg)
{
    size_t len = 0;
    int der_len = 0;
    size_t input_len = (size_t)(strrchr(token, '.') - token);
    unsigned char *signature = token_bytes(token, 2, &len);
    unsigned char *der = alg[0] == 'E' && alg[1] == 'S' ? der_of(signature, len, &der_len) : NULL;
    char digest[8];
    (void)snprintf(digest, sizeof digest, "SHA%s", alg + 2);
    EVP_PKEY_CTX *pctx = NULL;
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    ck_assert_int_eq(EVP_DigestVerifyInit_ex(md, &pctx, strcmp(alg, "EdDSA") == 0 ? NULL : digest,
                                             NULL, NULL, pkey, NULL),
                     1);
    if (alg[0] == 'P') {
        EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING);
        EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, RSA_PSS_SALTLEN_DIGEST);
    }
    bool ok = EVP_DigestVerify(md, der ? der : signature, der ? (size_t)der_len : len,
                               (const unsigned char *)token, input_len) == 1;
    EVP_MD_CTX_free(md);
    OPENSSL_free(der);
    free(signature);
    return ok;
}

char *token_with_hashed_nonce(const char *token)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    char *out = NULL;
    size_t len = 0;
    char *header = (char *)token_bytes(token, 0, &len);
    char *at = strstr(header, "\"nonce\":\"");
    ck_assert_msg(at != NULL, "no nonce in %s", header);
    at += strlen("\"nonce\":\"");
    ck_assert_int_eq(EVP_Digest(at, strcspn(at, "\""), digest, NULL, EVP_sha256(), NULL), 1);
    char *hash = text_of_base64url(digest, 32);
    char *text = NULL;
    int text_len = asprintf(&text, "%.*s%s%s", (int)(at - header), header, hash, strchr(at, '"'));
    ck_assert_int_gt(text_len, 0);
    char *part = text_of_base64url(text, (size_t)text_len);
    ck_assert_int_gt(asprintf(&out, "%s%s", part, strchr(token, '.')), 0);
    free(part);
    free(text);
    free(hash);
    free(header);
    return out;
}

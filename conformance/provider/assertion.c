/* Signing client assertions with OpenSSL alone: neither the mock's oven nor libbtv has a hand in
 * it. */
#include "conformance/provider/assertion.h"

#include "conformance/provider/encode.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A member of the profile's client, expanded: newly allocated, NULL when it is lacking. */
static char *client_text(struct cf_matching *m, const char *by, const char *name)
{
    char reference[CF_NAME_CAP];
    (void)snprintf(reference, sizeof reference, "${%.60s.%.30s}", by, name);
    return cf_values_expand(m->values, reference, false);
}

static char *thumbprint(const char *pem, const EVP_MD *digest)
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    BIO *bio = BIO_new_mem_buf(pem, -1);
    X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    char *text = certificate && X509_digest(certificate, digest, bytes, &len) == 1
                     ? cf_base64url(bytes, len)
                     : NULL;
    X509_free(certificate);
    BIO_free(bio);
    return text;
}

/* change lays `over` on an object; null takes a member away. */
static int change(struct cf_matching *m, json_t *object, const json_t *over)
{
    json_t *literal = over ? cf_match_literal(m, over) : json_object();
    if (!literal) {
        return -1;
    }
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach(literal, name, value)
    {
        if (json_is_null(value)) {
            (void)json_object_del(object, name);
        } else {
            (void)json_object_set(object, name, value);
        }
    }
    json_decref(literal);
    return 0;
}

static json_t *header_of(struct cf_matching *m, const json_t *wanted, const char *by,
                         const char *alg)
{
    const char *form = json_string_value(json_object_get(wanted, "thumbprint"));
    bool none = form && strcmp(form, "none") == 0;
    bool old = form && strcmp(form, "x5t") == 0;
    char *pem = none ? NULL : client_text(m, by, "certificate");
    char *print = pem ? thumbprint(pem, old ? EVP_sha1() : EVP_sha256()) : NULL;
    json_t *header = none || print ? json_pack("{s:s, s:s}", "alg", alg, "typ", "JWT") : NULL;
    if (header && print) {
        (void)json_object_set_new(header, old ? "x5t" : "x5t#S256", json_string(print));
    }
    free(print);
    free(pem);
    return header;
}

static json_t *claims_of(struct cf_matching *m, const char *by)
{
    json_t *claims = NULL;
    char *id = client_text(m, by, "id");
    char *aud =
        id ? cf_values_expand(m->values, "${base}/${tenant}/oauth2/v2.0/token", false) : NULL;
    char *jti = aud ? cf_values_expand(m->values, "${guid}", false) : NULL;
    json_int_t now = (json_int_t)m->values->now;
    if (jti) {
        claims = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I}", "aud", aud, "iss", id, "sub", id,
                           "jti", jti, "nbf", now, "exp", now + 600);
    }
    free(id);
    free(aud);
    free(jti);
    return claims;
}

static char *encoded(const json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT);
    char *out = text ? cf_base64url((const unsigned char *)text, strlen(text)) : NULL;
    free(text);
    return out;
}

/* The signature of a text, in base64url. */
static char *sign(const char *pem, const char *text, bool pss)
{
    unsigned char signature[1024];
    size_t len = sizeof signature;
    EVP_PKEY_CTX *pkey = NULL;
    BIO *bio = BIO_new_mem_buf(pem, -1);
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    char *out = NULL;
    if (key && ctx && EVP_DigestSignInit(ctx, &pkey, EVP_sha256(), NULL, key) == 1 &&
        (!pss || (EVP_PKEY_CTX_set_rsa_padding(pkey, RSA_PKCS1_PSS_PADDING) == 1 &&
                  EVP_PKEY_CTX_set_rsa_pss_saltlen(pkey, RSA_PSS_SALTLEN_DIGEST) == 1)) &&
        EVP_DigestSign(ctx, signature, &len, (const unsigned char *)text, strlen(text)) == 1) {
        out = cf_base64url(signature, len);
    }
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    BIO_free(bio);
    return out;
}

static char *assemble(const json_t *header, const json_t *claims, const char *pem, bool pss)
{
    char *parts[2] = {encoded(header), encoded(claims)};
    char *input = NULL;
    char *token = NULL;
    if (parts[0] && parts[1] && asprintf(&input, "%s.%s", parts[0], parts[1]) >= 0) {
        char *signature = sign(pem, input, pss);
        if (!signature || asprintf(&token, "%s.%s", input, signature) < 0) {
            token = NULL;
        }
        free(signature);
    }
    free(input);
    free(parts[0]);
    free(parts[1]);
    return token;
}

char *cf_assertion_make(struct cf_matching *m, const json_t *wanted, char *why, size_t cap)
{
    const char *by = json_string_value(json_object_get(wanted, "by"));
    const char *alg = json_string_value(json_object_get(wanted, "alg"));
    char *token = NULL;
    by = by ? by : "daemon";
    alg = alg ? alg : "PS256";
    m->values->lacking[0] = '\0';
    char *pem = client_text(m, by, "key");
    json_t *header = pem ? header_of(m, wanted, by, alg) : NULL;
    json_t *claims = header ? claims_of(m, by) : NULL;
    if (claims && change(m, header, json_object_get(wanted, "header")) == 0 &&
        change(m, claims, json_object_get(wanted, "claims")) == 0) {
        token = assemble(header, claims, pem, strcmp(alg, "PS256") == 0);
    }
    if (!token) {
        (void)snprintf(why, cap, "the client assertion of '%.40s' cannot be signed", by);
    }
    json_decref(header);
    json_decref(claims);
    free(pem);
    return token;
}

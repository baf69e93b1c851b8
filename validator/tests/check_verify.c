/* Signatures: the published examples, each also under every wrong key, and every way to bend one.
 */
#include "validator/jose/b64url.h"
#include "validator/jose/compact.h"
#include "validator/jose/header.h"
#include "validator/jose/verify.h"
#include "validator/tests/support/issuer.h"
#include "validator/tests/support/suite.h"

#include <jansson.h>
#include <openssl/ecdsa.h>
#include <stdio.h>

static struct jose_verifier *verifier;

/* Checks a compact JWS under a key, with every algorithm of the table allowed. */
static enum btv_error check(const char *jws, const struct jose_jwk *key)
{
    unsigned char json[1024];
    size_t len = 0;
    struct jose_compact c;
    struct jose_header h;
    enum btv_error e = jose_compact_split(jose_span_of(jws), 65536, &c);
    if (e != BTV_OK || !jose_b64url_decode(c.header, json, sizeof json, &len)) {
        return e == BTV_OK ? BTV_HEADER_MALFORMED : e;
    }
    if ((e = jose_header_parse(jose_span((const char *)json, len), &h)) != BTV_OK) {
        return e;
    }
    const struct jose_alg *alg = jose_alg_find_value(&h.alg);
    return alg ? jose_verify(verifier, alg, key, c.signing_input, c.signature)
               : BTV_ALG_NOT_ALLOWED;
}

static struct jose_jwk jwk_of(EVP_PKEY *key, const char *extra)
{
    struct jose_jwk jwk;
    char *json = test_jwk(key, "k", extra);
    ck_assert(jose_jwk_parse(jose_span_of(json), &jwk) == JOSE_JWK_OK);
    free(json);
    return jwk;
}

/* A signature is only as good as its key: each example is also tried under our own keys. */
static void try_vector(const json_t *vector, const struct jose_jwk wrong[3])
{
    const char *section = json_string_value(json_object_get(vector, "section"));
    const char *jws = json_string_value(json_object_get(vector, "jws"));
    const char *expect = json_string_value(json_object_get(vector, "expect"));
    json_t *members = json_copy(json_object_get(vector, "jwk"));
    json_object_set_new(members, "kid", json_string("k"));
    char *text = json_dumps(members, JSON_COMPACT);
    struct jose_jwk jwk;
    bool fit = jose_jwk_parse(jose_span_of(text), &jwk) == JOSE_JWK_OK;
    ck_assert_msg(fit || strcmp(expect, "ok") != 0, "%s: the key", section);
    ck_assert_str_eq(btv_error_code(check(jws, fit ? &jwk : &wrong[0])), expect);
    for (int i = 0; i < 3; i++) {
        enum btv_error e = check(jws, &wrong[i]);
        ck_assert_msg(strcmp(expect, "ok") != 0
                          ? strcmp(btv_error_code(e), expect) == 0
                          : e == BTV_SIGNATURE_INVALID || e == BTV_KEY_UNSUITABLE,
                      "%s under wrong key %d: %s", section, i, btv_error_code(e));
    }
    jose_jwk_cleanup(&jwk);
    free(text);
    json_decref(members);
}

/* Each example under the keys of the others, which are as good as its own. */
static void try_each_other(const json_t *vectors)
{
    size_t i = 0;
    const json_t *vector = NULL;
    json_array_foreach(vectors, i, vector)
    {
        size_t k = 0;
        const json_t *other = NULL;
        const char *jws = json_string_value(json_object_get(vector, "jws"));
        json_array_foreach(vectors, k, other)
        {
            json_t *members = json_copy(json_object_get(other, "jwk"));
            json_object_set_new(members, "kid", json_string("k"));
            char *text = json_dumps(members, JSON_COMPACT);
            struct jose_jwk jwk;
            bool fits = jose_jwk_parse(jose_span_of(text), &jwk) == JOSE_JWK_OK;
            bool own = json_equal(json_object_get(vector, "jwk"), json_object_get(other, "jwk"));
            if (fits && !own) {
                ck_assert_msg(check(jws, &jwk) != BTV_OK, "example %zu under the key of %zu", i, k);
            }
            jose_jwk_cleanup(&jwk);
            free(text);
            json_decref(members);
        }
    }
}

static void try_file(const char *path, size_t least)
{
    json_error_t fault;
    json_t *file = json_load_file(path, JSON_REJECT_DUPLICATES, &fault);
    ck_assert_msg(file != NULL, "%s: %s (run from the root of the repository)", path, fault.text);
    struct jose_jwk wrong[3];
    wrong[0] = jwk_of(test_key(0), "");
    wrong[1] = jwk_of(test_key(1), ",\"alg\":\"RS384\"");
    /* RFC 7517 A.1's elliptic key, without its use */
    ck_assert(jose_jwk_parse(jose_span_of("{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"1\","
                                          "\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\","
                                          "\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\"}"),
                             &wrong[2]) == JOSE_JWK_OK);
    const json_t *vectors = json_object_get(file, "vectors");
    size_t i = 0;
    const json_t *vector = NULL;
    json_array_foreach(vectors, i, vector)
    {
        try_vector(vector, wrong);
    }
    ck_assert_uint_ge(i, least);
    try_each_other(vectors);
    for (i = 0; i < 3; i++) {
        jose_jwk_cleanup(&wrong[i]);
    }
    json_decref(file);
}

START_TEST(the_examples_of_the_standards)
{
    verifier = jose_verifier_new();
    try_file("fixtures/vectors/rfc7515.json", 6);
    try_file("fixtures/vectors/rfc7520.json", 4);
    jose_verifier_free(verifier);
}
END_TEST

START_TEST(every_rsa_algorithm_verifies_its_own_only)
{
    static const struct {
        const char *name;
        const char *digest;
        int pss;
    } rows[] = {{"RS256", "SHA256", 0}, {"RS384", "SHA384", 0}, {"RS512", "SHA512", 0},
                {"PS256", "SHA256", 1}, {"PS384", "SHA384", 1}, {"PS512", "SHA512", 1}};
    verifier = jose_verifier_new();
    struct jose_jwk jwk = jwk_of(test_key(0), "");
    struct jose_jwk other = jwk_of(test_key(1), "");
    struct jose_jwk ps256 = jwk_of(test_key(0), ",\"alg\":\"PS256\"");
    for (size_t said = 0; said < ROWS(rows); said++) {
        for (size_t done = 0; done < ROWS(rows); done++) {
            char *header = test_text("{\"alg\":\"%s\"}", rows[said].name);
            char *jws = test_jws_as(test_key(0), rows[done].digest, rows[done].pss, header, "{}");
            enum btv_error wanted = said == done ? BTV_OK : BTV_SIGNATURE_INVALID;
            enum btv_error e = check(jws, &jwk);
            ck_assert_msg(e == wanted, "%s signed with %s: %s", rows[said].name, rows[done].name,
                          btv_error_code(e));
            ck_assert(check(jws, &other) == BTV_SIGNATURE_INVALID);
            e = check(jws, &ps256);
            ck_assert_msg((e == BTV_KEY_UNSUITABLE) == (strcmp(rows[said].name, "PS256") != 0),
                          "a PS256 key for %s: %s", rows[said].name, btv_error_code(e));
            free(header);
            free(jws);
        }
    }
    jose_jwk_cleanup(&jwk);
    jose_jwk_cleanup(&other);
    jose_jwk_cleanup(&ps256);
    jose_verifier_free(verifier);
}
END_TEST

START_TEST(a_bent_signature_is_refused)
{
    static const struct {
        const char *before;
        const char *after;
        size_t cut;
        const char *why;
    } rows[] = {
        {"", "", 342, "empty"},
        {"", "", 1, "a character short"},
        {"", "", 4, "a group short"},
        {"", "AAAA", 0, "three bytes more"},
        {"", "A", 0, "one character more"},
        {"AAAA", "", 0, "zeros before"},
        {"", "=", 0, "padding"},
        {"", "==", 0, "all the padding"},
        {"", "\n", 0, "a line feed"},
        {"", " ", 0, "a space"},
        {"", "%", 0, "a stray byte"},
    };
    verifier = jose_verifier_new();
    struct jose_jwk jwk = jwk_of(test_key(0), "");
    char *jws = test_jws(test_key(0), "{\"alg\":\"RS256\"}", "{\"a\":1}");
    struct jose_compact c;
    ck_assert(jose_compact_split(jose_span_of(jws), 65536, &c) == BTV_OK);
    const struct jose_alg *rs256 = jose_alg_get(JOSE_RS256);
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *bent = test_text("%s%.*s%s", rows[i].before, (int)(c.signature.len - rows[i].cut),
                               c.signature.data, rows[i].after);
        ck_assert_msg(jose_verify(verifier, rs256, &jwk, c.signing_input, jose_span_of(bent)) ==
                          BTV_SIGNATURE_INVALID,
                      "%s", rows[i].why);
        free(bent);
    }
    ck_assert(jose_verify(verifier, rs256, &jwk, c.payload, c.signature) == BTV_SIGNATURE_INVALID);
    ck_assert(jose_verify(verifier, rs256, &jwk, c.signing_input, c.signature) == BTV_OK);
    /* one bit anywhere, the last character's unused ones included */
    char *sign = jws + (c.signature.data - jws);
    for (size_t i = 0; sign[i]; i++) {
        char was = sign[i];
        sign[i] = was == 'A' ? 'B' : 'A';
        ck_assert_msg(check(jws, &jwk) == BTV_SIGNATURE_INVALID, "character %zu", i);
        sign[i] = was;
    }
    ck_assert(check(jws, &jwk) == BTV_OK);
    free(jws);
    jose_jwk_cleanup(&jwk);
    jose_verifier_free(verifier);
}
END_TEST

/* Makes an elliptic key, its JWK, and an ES256 or ES384 JWS of it. */
static char *ecdsa_jws(const char *curve, int half, const char *alg, const char *digest,
                       struct jose_jwk *jwk)
{
    EVP_PKEY *key = EVP_EC_gen(curve);
    unsigned char point[256];
    size_t len = 0;
    ck_assert_int_eq(
        EVP_PKEY_get_octet_string_param(key, "encoded-pub-key", point, sizeof point, &len), 1);
    char *x = test_b64url(point + 1, (size_t)half);
    char *y = test_b64url(point + 1 + half, (size_t)half);
    char *json = test_text(
        "{\"kty\":\"EC\",\"kid\":\"k\",\"crv\":\"%s\",\"x\":\"%s\",\"y\":\"%s\"}", curve, x, y);
    ck_assert(jose_jwk_parse(jose_span_of(json), jwk) == JOSE_JWK_OK);
    char *header = test_text("{\"alg\":\"%s\"}", alg);
    char *h = test_b64url(header, strlen(header));
    char *input = test_text("%s.e30", h);
    unsigned char der[256];
    unsigned char raw[96];
    len = sizeof der;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    ck_assert_int_eq(EVP_DigestSignInit_ex(ctx, NULL, digest, NULL, NULL, key, NULL), 1);
    ck_assert_int_eq(EVP_DigestSign(ctx, der, &len, (const unsigned char *)input, strlen(input)),
                     1);
    const unsigned char *p = der;
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &p, (long)len);
    BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, half);
    BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + half, half);
    char *s = test_b64url(raw, 2 * (size_t)half);
    char *jws = test_text("%s.%s", input, s);
    char *texts[] = {x, y, json, header, h, input, s};
    for (size_t i = 0; i < ROWS(texts); i++) {
        free(texts[i]);
    }
    ECDSA_SIG_free(sig);
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    return jws;
}

START_TEST(elliptic_signatures)
{
    struct jose_jwk p256;
    struct jose_jwk p384;
    struct jose_jwk twisted_key;
    verifier = jose_verifier_new();
    char *es256 = ecdsa_jws("P-256", 32, "ES256", "SHA256", &p256);
    char *es384 = ecdsa_jws("P-384", 48, "ES384", "SHA384", &p384);
    char *twisted = ecdsa_jws("P-256", 32, "ES256", "SHA384", &twisted_key);
    ck_assert(check(es256, &p384) == BTV_KEY_UNSUITABLE);
    ck_assert(check(es384, &p256) == BTV_KEY_UNSUITABLE);
    ck_assert_msg(check(twisted, &twisted_key) == BTV_SIGNATURE_INVALID, "another digest");
    ck_assert(check(es256, &p256) == BTV_OK);
    ck_assert(check(es384, &p384) == BTV_OK);
    struct jose_compact c;
    ck_assert(jose_compact_split(jose_span_of(es384), 65536, &c) == BTV_OK);
    static const unsigned char zeros[96];
    char *nothing = test_b64url(zeros, sizeof zeros);
    ck_assert_msg(jose_verify(verifier, jose_alg_get(JOSE_ES384), &p384, c.signing_input,
                              jose_span_of(nothing)) == BTV_SIGNATURE_INVALID,
                  "r and s of zero (CVE-2022-21449)");
    ck_assert_msg(jose_verify(verifier, jose_alg_get(JOSE_ES384), &p384, c.signing_input,
                              jose_span(nothing, 64)) == BTV_SIGNATURE_INVALID,
                  "shorter than the curve");
    free(nothing);
    free(es256);
    free(es384);
    free(twisted);
    jose_jwk_cleanup(&p256);
    jose_jwk_cleanup(&p384);
    jose_jwk_cleanup(&twisted_key);
    jose_verifier_free(verifier);
}
END_TEST

/* The verifier keeps contexts for eight keys: more of them, and keys that come and go. */
START_TEST(kept_contexts_never_answer_for_another_key)
{
    verifier = jose_verifier_new();
    char *jws = test_jws(test_key(0), "{\"alg\":\"RS256\"}", "{}");
    for (int round = 0; round < 40; round++) {
        struct jose_jwk right = jwk_of(test_key(0), "");
        ck_assert(check(jws, &right) == BTV_OK);
        jose_jwk_cleanup(&right);
        struct jose_jwk wrong = jwk_of(test_key(1 + round % 3), "");
        ck_assert(check(jws, &wrong) == BTV_SIGNATURE_INVALID);
        jose_jwk_cleanup(&wrong);
    }
    free(jws);
    jose_verifier_free(verifier);
    jose_verifier_free(NULL);
}
END_TEST

TEST_MAIN("verify", the_examples_of_the_standards, every_rsa_algorithm_verifies_its_own_only,
          a_bent_signature_is_refused, elliptic_signatures,
          kept_contexts_never_answer_for_another_key)

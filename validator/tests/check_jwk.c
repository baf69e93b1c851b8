/* One key of a set: what makes it unfit, and for which algorithms it is fit. */
#include "validator/jose/jwk.h"
#include "validator/tests/support/issuer.h"
#include "validator/tests/support/suite.h"

#include <openssl/bn.h>

/* The key of RFC 7515 A.3. */
#define EC_X "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define EC_Y "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
#define EC_KEY "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" EC_X "\",\"y\":\"" EC_Y "\""

static struct jose_jwk jwk;

static enum jose_jwk_skip parse(const char *json)
{
    return jose_jwk_parse(jose_span_of(json), &jwk);
}

static const struct {
    const char *json;
    enum jose_jwk_skip skip;
    const char *why;
} refusals[] = {
    {"", JOSE_JWK_NOT_AN_OBJECT, "nothing"},
    {"\"RSA\"", JOSE_JWK_NOT_AN_OBJECT, "a string"},
    {"{\"kid\":\"a\",\"kid\":\"a\"," EC_KEY "}", JOSE_JWK_NOT_AN_OBJECT, "kid twice"},
    {"{\"kid\":\"a\"}", JOSE_JWK_KTY_UNSUPPORTED, "no kty"},
    {"{\"kid\":\"a\",\"kty\":\"OKP\",\"crv\":\"Ed25519\"}", JOSE_JWK_KTY_UNSUPPORTED, "RFC 8037"},
    {"{\"kid\":\"a\",\"kty\":\"rsa\"}", JOSE_JWK_KTY_UNSUPPORTED, "kty has a case"},
    {"{\"kid\":\"a\",\"kty\":7}", JOSE_JWK_KTY_UNSUPPORTED, "kty is a number"},
    {"{\"kid\":\"a\",\"kty\":\"oct\",\"k\":\"AAAA\"}", JOSE_JWK_SYMMETRIC, "a secret, published"},
    {"{\"kid\":\"a\"," EC_KEY ",\"d\":\"AA\"}", JOSE_JWK_PRIVATE, "a private key"},
    {"{\"kid\":\"a\"," EC_KEY ",\"d\":null}", JOSE_JWK_PRIVATE, "a private member of any type"},
    {"{\"kid\":\"a\"," EC_KEY ",\"k\":\"AA\"}", JOSE_JWK_PRIVATE, "a secret beside"},
    {"{" EC_KEY "}", JOSE_JWK_KID_MISSING, "no kid"},
    {"{\"kid\":\"\"," EC_KEY "}", JOSE_JWK_KID_MISSING, "an empty kid"},
    {"{\"kid\":1," EC_KEY "}", JOSE_JWK_KID_MISSING, "kid is a number"},
    {"{\"kid\":\"a\",\"use\":\"enc\"," EC_KEY "}", JOSE_JWK_USE, "for encryption"},
    {"{\"kid\":\"a\",\"use\":\"\"," EC_KEY "}", JOSE_JWK_USE, "an empty use"},
    {"{\"kid\":\"a\",\"use\":[\"sig\"]," EC_KEY "}", JOSE_JWK_USE, "use is an array"},
    {"{\"kid\":\"a\",\"key_ops\":[\"encrypt\"]," EC_KEY "}", JOSE_JWK_USE, "other operations"},
    {"{\"kid\":\"a\",\"key_ops\":[]," EC_KEY "}", JOSE_JWK_USE, "no operation"},
    {"{\"kid\":\"a\",\"key_ops\":\"verify\"," EC_KEY "}", JOSE_JWK_USE, "key_ops is a string"},
    {"{\"kid\":\"a\",\"alg\":\"HS256\"," EC_KEY "}", JOSE_JWK_ALG, "a symmetric algorithm"},
    {"{\"kid\":\"a\",\"alg\":\"none\"," EC_KEY "}", JOSE_JWK_ALG, "none"},
    {"{\"kid\":\"a\",\"alg\":\"RSA-OAEP\"," EC_KEY "}", JOSE_JWK_ALG, "encryption"},
    {"{\"kid\":\"a\",\"alg\":\"RS256\"," EC_KEY "}", JOSE_JWK_ALG, "of another kty"},
    {"{\"kid\":\"a\",\"alg\":1," EC_KEY "}", JOSE_JWK_ALG, "alg is a number"},
    {"{\"kid\":\"a\",\"issuer\":1," EC_KEY "}", JOSE_JWK_ISSUER, "issuer is a number"},
    {"{\"kid\":\"a\",\"kty\":\"EC\",\"x\":\"" EC_X "\",\"y\":\"" EC_Y "\"}", JOSE_JWK_CURVE,
     "no curve"},
    {"{\"kid\":\"a\",\"kty\":\"EC\",\"crv\":\"P-521\",\"x\":\"" EC_X "\",\"y\":\"" EC_Y "\"}",
     JOSE_JWK_CURVE, "a curve that is not here"},
    {"{\"kid\":\"a\",\"kty\":\"EC\",\"crv\":\"secp256k1\",\"x\":\"" EC_X "\",\"y\":\"" EC_Y "\"}",
     JOSE_JWK_CURVE, "another curve"},
    {"{\"kid\":\"a\",\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" EC_Y "\",\"y\":\"" EC_X "\"}",
     JOSE_JWK_CURVE, "a point that is not on the curve"},
    {"{\"kid\":\"a\",\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"" EC_X "\",\"y\":\"" EC_Y "\"}",
     JOSE_JWK_NUMBER, "coordinates too short for the curve"},
    {"{\"kid\":\"a\",\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" EC_X "AAAA\",\"y\":\"" EC_Y "\"}",
     JOSE_JWK_NUMBER, "a coordinate too long"},
    {"{\"kid\":\"a\",\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" EC_X "\",\"y\":\"" EC_Y "AAAA\"}",
     JOSE_JWK_NUMBER, "the other one too long"},
    {"{\"kid\":\"a\",\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" EC_X "\"}", JOSE_JWK_NUMBER,
     "half a point"},
    {"{\"kid\":\"a\",\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" EC_X "=\",\"y\":\"" EC_Y "\"}",
     JOSE_JWK_NUMBER, "padding"},
    {"{\"kid\":\"a\",\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":1,\"y\":2}", JOSE_JWK_NUMBER,
     "numbers as numbers"},
};

START_TEST(unfit_keys_are_skipped_with_their_reason)
{
    for (size_t i = 0; i < ROWS(refusals); i++) {
        enum jose_jwk_skip skip = parse(refusals[i].json);
        ck_assert_msg(skip == refusals[i].skip, "%s: %s", refusals[i].why,
                      jose_jwk_skip_reason(skip));
        ck_assert_msg(!jwk.key && jwk.kid_len == 0, "%s: something is left behind",
                      refusals[i].why);
    }
}
END_TEST

START_TEST(names_are_limited)
{
    for (size_t len = 254; len <= 258; len++) {
        char kid[300] = "";
        memset(kid, 'k', len);
        char *json = test_text("{\"kid\":\"%s\"," EC_KEY "}", kid);
        ck_assert_msg(parse(json) == (len < JOSE_KID_CAP ? JOSE_JWK_OK : JOSE_JWK_KID_MISSING),
                      "a kid of %zu bytes", len);
        jose_jwk_cleanup(&jwk);
        free(json);
    }
    for (size_t len = 510; len <= 514; len++) {
        char issuer[600] = "";
        memset(issuer, 'i', len);
        char *json = test_text("{\"kid\":\"k\",\"issuer\":\"%s\"," EC_KEY "}", issuer);
        ck_assert_msg(parse(json) == (len < JOSE_KEY_ISSUER_CAP ? JOSE_JWK_OK : JOSE_JWK_ISSUER),
                      "an issuer of %zu bytes", len);
        jose_jwk_cleanup(&jwk);
        free(json);
    }
}
END_TEST

/* Writes an RSA key whose modulus is the `len` bytes of `n`. */
static char *rsa_json(const unsigned char *n, size_t len, const char *e)
{
    char *text = test_b64url(n, len);
    char *json = test_text("{\"kid\":\"a\",\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\"}", text, e);
    free(text);
    return json;
}

static enum jose_jwk_skip parse_rsa(const unsigned char *n, size_t len, const char *e)
{
    char *json = rsa_json(n, len, e);
    enum jose_jwk_skip skip = parse(json);
    free(json);
    jose_jwk_cleanup(&jwk);
    return skip;
}

START_TEST(rsa_moduli_are_checked)
{
    unsigned char n[1200];
    memset(n, 0xa7, sizeof n); /* odd, and no power of 65537 modulo the small primes */
    ck_assert(parse_rsa(n, 128, "AQAB") == JOSE_JWK_RSA_SIZE);
    ck_assert(parse_rsa(n, 255, "AQAB") == JOSE_JWK_RSA_SIZE);
    ck_assert(parse_rsa(n, 1025, "AQAB") == JOSE_JWK_RSA_SIZE);
    ck_assert(parse_rsa(n, sizeof n, "AQAB") == JOSE_JWK_RSA_SIZE);
    ck_assert(parse_rsa(n, 256, "AQAB") == JOSE_JWK_OK);
    ck_assert(parse_rsa(n, 1024, "AQAB") == JOSE_JWK_OK);
    n[0] = 0x7f;
    ck_assert_msg(parse_rsa(n, 256, "AQAB") == JOSE_JWK_RSA_SIZE, "2047 bits");
    n[0] = 0;
    ck_assert_msg(parse_rsa(n, 257, "AQAB") == JOSE_JWK_NUMBER, "a leading zero");
    n[0] = 0xa7;
    n[255] = 0xa6;
    ck_assert_msg(parse_rsa(n, 256, "AQAB") == JOSE_JWK_RSA_MODULUS, "even");
    ck_assert_msg(parse("{\"kid\":\"a\",\"kty\":\"RSA\",\"e\":\"AQAB\"}") == JOSE_JWK_NUMBER,
                  "no modulus");
    ck_assert_msg(parse("{\"kid\":\"a\",\"kty\":\"RSA\",\"n\":\"\",\"e\":\"AQAB\"}") ==
                      JOSE_JWK_NUMBER,
                  "an empty modulus");
}
END_TEST

START_TEST(rsa_exponents_are_checked)
{
    static const struct {
        const char *e;
        enum jose_jwk_skip skip;
        const char *why;
    } rows[] = {
        {"", JOSE_JWK_RSA_EXPONENT, "empty"},
        {"AQ", JOSE_JWK_RSA_EXPONENT, "1: the message would be its own signature"},
        {"Ag", JOSE_JWK_RSA_EXPONENT, "2"},
        {"AQAA", JOSE_JWK_RSA_EXPONENT, "even"},
        {"AQAAAAE", JOSE_JWK_RSA_EXPONENT, "33 bits"},
        {"AAEAAQ", JOSE_JWK_NUMBER, "a leading zero"},
        {"AA", JOSE_JWK_NUMBER, "zero"},
        {"AQAB=", JOSE_JWK_RSA_EXPONENT, "padding"},
        {"Aw", JOSE_JWK_OK, "3"},
        {"AQAB", JOSE_JWK_OK, "65537"},
        {"_____w", JOSE_JWK_OK, "32 bits"},
    };
    unsigned char n[256];
    memset(n, 0xa7, sizeof n);
    for (size_t i = 0; i < ROWS(rows); i++) {
        enum jose_jwk_skip skip = parse_rsa(n, sizeof n, rows[i].e);
        ck_assert_msg(skip == rows[i].skip, "%s: %s", rows[i].why, jose_jwk_skip_reason(skip));
    }
    char *json = test_jwk(test_key(0), "a", "");
    char *e = strstr(json, ",\"e\":");
    e[0] = '}';
    e[1] = '\0';
    ck_assert_msg(parse(json) == JOSE_JWK_NUMBER, "no exponent");
    free(json);
}
END_TEST

/* CVE-2017-15361: 65537^k mod M with M the product of small primes, plus a multiple of M. */
START_TEST(the_roca_shape_is_refused)
{
    static const unsigned primes[] = {
        2,  3,  5,  7,  11, 13,  17,  19,  23,  29,  31,  37,  41,  43,  47,  53,  59,  61,  67, 71,
        73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167};
    unsigned char bytes[256];
    BN_CTX *ctx = BN_CTX_new();
    BIGNUM *m = BN_new();
    BIGNUM *n = BN_new();
    BIGNUM *top = BN_new();
    BIGNUM *power = BN_new();
    BN_one(m);
    for (size_t i = 0; i < ROWS(primes); i++) {
        BN_mul_word(m, primes[i]);
    }
    BN_set_word(power, 65537);
    BN_set_word(n, 1234567);
    BN_mod_exp(n, power, n, m, ctx);
    BN_one(top);
    BN_lshift(top, top, 2047);
    BN_div(top, NULL, top, m, ctx);
    BN_add_word(top, 1);
    BN_mul(top, top, m, ctx);
    BN_add(n, n, top);
    ck_assert_int_eq(BN_num_bits(n), 2048);
    BN_bn2bin(n, bytes);
    ck_assert(parse_rsa(bytes, sizeof bytes, "AQAB") == JOSE_JWK_RSA_MODULUS);
    BN_add_word(n, 2);
    BN_bn2bin(n, bytes);
    ck_assert_msg(parse_rsa(bytes, sizeof bytes, "AQAB") == JOSE_JWK_OK, "its neighbour");
    BN_free(m);
    BN_free(n);
    BN_free(top);
    BN_free(power);
    BN_CTX_free(ctx);
}
END_TEST

START_TEST(good_keys_are_read)
{
    char *json = test_jwk(test_key(0), "k\\u0031",
                          ",\"issuer\":\"https://login.test/{tenantid}/v2.0\",\"x5t\":1,\"x5c\":7,"
                          "\"key_ops\":[\"sign\",\"verify\"],\"alg\":\"RS256\"");
    ck_assert(parse(json) == JOSE_JWK_OK);
    ck_assert_str_eq(jwk.kid, "k1");
    ck_assert_uint_eq(jwk.kid_len, 2);
    ck_assert_str_eq(jwk.issuer, "https://login.test/{tenantid}/v2.0");
    ck_assert_uint_eq(jwk.bits, 2048);
    ck_assert(!jwk.ec && jwk.alg == jose_alg_get(JOSE_RS256));
    ck_assert_int_eq(EVP_PKEY_eq(jwk.key, test_key(0)), 1);
    jose_jwk_cleanup(&jwk);
    ck_assert_ptr_null(jwk.key);
    free(json);
    ck_assert(parse("{\"kid\":\"a\"," EC_KEY "}") == JOSE_JWK_OK);
    ck_assert(jwk.ec && jwk.bits == 256 && !jwk.alg && jwk.issuer[0] == '\0');
    jose_jwk_cleanup(&jwk);
}
END_TEST

START_TEST(a_key_fits_its_algorithms_only)
{
    char *any = test_jwk(test_key(0), "a", "");
    char *one = test_jwk(test_key(0), "a", ",\"alg\":\"PS256\"");
    struct jose_jwk rsa;
    struct jose_jwk pss;
    struct jose_jwk ec;
    ck_assert(jose_jwk_parse(jose_span_of(any), &rsa) == JOSE_JWK_OK);
    ck_assert(jose_jwk_parse(jose_span_of(one), &pss) == JOSE_JWK_OK);
    ck_assert(jose_jwk_parse(jose_span_of("{\"kid\":\"a\"," EC_KEY "}"), &ec) == JOSE_JWK_OK);
    for (unsigned id = 0; id < JOSE_ALG_COUNT; id++) {
        const struct jose_alg *alg = jose_alg_get(id);
        ck_assert_msg(jose_jwk_fits(&rsa, alg) == (alg->family != JOSE_ECDSA), "%s", alg->name);
        ck_assert_msg(jose_jwk_fits(&pss, alg) == (id == JOSE_PS256), "%s", alg->name);
        ck_assert_msg(jose_jwk_fits(&ec, alg) == (id == JOSE_ES256), "%s", alg->name);
    }
    jose_jwk_cleanup(&rsa);
    jose_jwk_cleanup(&pss);
    jose_jwk_cleanup(&ec);
    free(any);
    free(one);
}
END_TEST

START_TEST(each_reason_has_a_sentence)
{
#define X(symbol, sentence) ck_assert_str_eq(jose_jwk_skip_reason(symbol), sentence);
    JOSE_JWK_SKIPS(X)
#undef X
    ck_assert_str_eq(jose_jwk_skip_reason((enum jose_jwk_skip)99), "unknown");
}
END_TEST

TEST_MAIN("jwk", unfit_keys_are_skipped_with_their_reason, names_are_limited,
          rsa_moduli_are_checked, rsa_exponents_are_checked, the_roca_shape_is_refused,
          good_keys_are_read, a_key_fits_its_algorithms_only, each_reason_has_a_sentence)

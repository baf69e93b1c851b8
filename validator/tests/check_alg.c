/* The algorithms that exist, those that an API allows, and the types of token it takes. */
#include "validator/policy/alg.h"
#include "validator/tests/support/issuer.h"
#include "validator/tests/support/suite.h"

static const struct {
    const char *name;
    const char *why;
} strangers[] = {
    {"", "no name"},
    {"none", "no signature at all"},
    {"None", "another case of none"},
    {"NONE", "and another"},
    {"HS256", "symmetric"},
    {"HS384", "symmetric"},
    {"HS512", "symmetric"},
    {"rs256", "another case"},
    {"RS256 ", "a space"},
    {"RS25", "shorter"},
    {"RS2566", "longer"},
    {"RS1", "SHA-1"},
    {"ES512", "no P-521 here"},
    {"ES256K", "another curve"},
    {"EdDSA", "RFC 8037"},
    {"RSA-OAEP", "encryption"},
    {"dir", "encryption"},
    {"A256KW", "encryption"},
};

START_TEST(no_other_algorithm_exists)
{
    for (size_t i = 0; i < ROWS(strangers); i++) {
        ck_assert_msg(!jose_alg_find(jose_span_of(strangers[i].name)), "%s: %s", strangers[i].name,
                      strangers[i].why);
    }
    ck_assert_msg(!jose_alg_find(jose_span("RS256\0x", 7)), "a NUL does not end a name");
}
END_TEST

START_TEST(the_table_is_rfc_7518)
{
    static const struct {
        const char *name;
        enum jose_alg_family family;
        const char *digest;
    } rows[] = {
        {"RS256", JOSE_RSA_PKCS1, "SHA256"}, {"RS384", JOSE_RSA_PKCS1, "SHA384"},
        {"RS512", JOSE_RSA_PKCS1, "SHA512"}, {"PS256", JOSE_RSA_PSS, "SHA256"},
        {"PS384", JOSE_RSA_PSS, "SHA384"},   {"PS512", JOSE_RSA_PSS, "SHA512"},
        {"ES256", JOSE_ECDSA, "SHA256"},     {"ES384", JOSE_ECDSA, "SHA384"},
    };
    ck_assert_uint_eq(JOSE_ALG_COUNT, ROWS(rows));
    for (size_t i = 0; i < ROWS(rows); i++) {
        const struct jose_alg *alg = jose_alg_find(jose_span_of(rows[i].name));
        ck_assert_msg(alg && alg == jose_alg_get(alg->id), "%s", rows[i].name);
        ck_assert_msg(alg->family == rows[i].family, "%s", rows[i].name);
        ck_assert_str_eq(alg->digest, rows[i].digest);
    }
}
END_TEST

static struct jose_header header_of(const char *member)
{
    static char *text;
    struct jose_header h;
    free(text);
    text = test_text("{\"x\":1,%s}", member);
    ck_assert_msg(jose_header_parse(jose_span_of(text), &h) == BTV_OK, "%s", member);
    return h;
}

START_TEST(only_the_allow_list_decides)
{
    struct btv_policy p = {.algorithms = 1U << JOSE_RS256 | 1U << JOSE_ES384};
    for (unsigned id = 0; id < JOSE_ALG_COUNT; id++) {
        char *member = test_text("\"alg\":\"%s\"", jose_alg_get(id)->name);
        struct jose_header h = header_of(member);
        struct btv_detail why = {""};
        const struct jose_alg *alg = NULL;
        bool allowed = id == JOSE_RS256 || id == JOSE_ES384;
        enum btv_error e = btv_check_alg(&p, &h, &alg, &why);
        ck_assert_msg(e == (allowed ? BTV_OK : BTV_ALG_NOT_ALLOWED), "%s", member);
        ck_assert_msg(!allowed || alg == jose_alg_get(id), "%s", member);
        ck_assert_msg(allowed || strstr(why.text, jose_alg_get(id)->name), "%s", why.text);
        free(member);
    }
    for (size_t i = 0; i < ROWS(strangers); i++) {
        char *member = test_text("\"alg\":\"%s\"", strangers[i].name);
        struct jose_header h = header_of(member);
        struct btv_policy all = {.algorithms = ~0U};
        struct btv_detail why = {""};
        const struct jose_alg *alg = NULL;
        ck_assert_msg(btv_check_alg(&all, &h, &alg, &why) == BTV_ALG_NOT_ALLOWED, "%s: %s", member,
                      strangers[i].why);
        free(member);
    }
}
END_TEST

static const struct {
    const char *member;
    enum btv_error error;
    const char *why;
} types[] = {
    {"\"typ\":\"dpop+jwt\"", BTV_TYP_NOT_ALLOWED, "a proof of possession (RFC 9449)"},
    {"\"typ\":\"logout+jwt\"", BTV_TYP_NOT_ALLOWED, "a logout token"},
    {"\"typ\":\"JWS\"", BTV_TYP_NOT_ALLOWED, "some JWS"},
    {"\"typ\":\"JOSE+JSON\"", BTV_TYP_NOT_ALLOWED, "the JSON serialization"},
    {"\"typ\":\"JW\"", BTV_TYP_NOT_ALLOWED, "shorter"},
    {"\"typ\":\"JWT \"", BTV_TYP_NOT_ALLOWED, "a space"},
    {"\"typ\":\"\"", BTV_TYP_NOT_ALLOWED, "empty"},
    {"\"typ\":\"application/\"", BTV_TYP_NOT_ALLOWED, "half a media type"},
    {"\"typ\":\"application/application/jwt\"", BTV_TYP_NOT_ALLOWED, "the prefix twice"},
    {"\"typ\":\"at+jwt+at+jwt+at+jwt+at+jwt+at+jwt\"", BTV_TYP_NOT_ALLOWED, "very long"},
    {"\"typ\":null", BTV_TYP_NOT_ALLOWED, "null"},
    {"\"typ\":[\"JWT\"]", BTV_TYP_NOT_ALLOWED, "an array"},
    {"\"typ\":\"JWT\"", BTV_OK, "Entra's"},
    {"\"typ\":\"jwt\"", BTV_OK, "media types have no case"},
    {"\"typ\":\"J\\u0057T\"", BTV_OK, "an escape"},
    {"\"typ\":\"at+jwt\"", BTV_OK, "RFC 9068"},
    {"\"typ\":\"AT+JWT\"", BTV_OK, "another case"},
    {"\"typ\":\"application/at+jwt\"", BTV_OK, "the full media type"},
    {"\"typ\":\"application/jwt\"", BTV_OK, "the full media type of a JWT"},
    {"\"y\":1", BTV_OK, "absent: typ is optional (RFC 7515 §4.1.9)"},
};

START_TEST(types_keep_kinds_of_token_apart)
{
    for (size_t i = 0; i < ROWS(types); i++) {
        char *member = test_text("\"alg\":\"RS256\",%s", types[i].member);
        struct jose_header h = header_of(member);
        enum btv_error e = btv_check_typ(&h);
        ck_assert_msg(e == types[i].error, "%s: %s", types[i].why, btv_error_code(e));
        free(member);
    }
}
END_TEST

TEST_MAIN("alg", no_other_algorithm_exists, the_table_is_rfc_7518, only_the_allow_list_decides,
          types_keep_kinds_of_token_apart)

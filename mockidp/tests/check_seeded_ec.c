/* EC and Ed25519 keys of a seed, and certificates that are the same each time: the signature that
 * has no chance in it, by the examples of its RFC, and the key sets of two mocks. */
#include "mockidp/tests/support/demo.h"
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"
#include "mockidp/tests/support/scratch.h"

#include "mockidp/mint/ecdsa.h"
#include "mockidp/mint/key.h"
#include "mockidp/mint/seeded_ec.h"

#include <check.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const curves[] = {"P-256", "P-384", "ED25519"};

/* ---- RFC 6979 ---- */

#define P256 "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721"
#define P384                                                                                       \
    "6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D8"                             \
    "96D5724E4C70A825F872C9EA60D2EDF5"

/* A.2.5 and A.2.6, those with SHA-256. */
static const struct {
    const char *curve;
    const char *secret;
    const char *message;
    const char *r;
    const char *s;
} examples[] = {
    {"P-256", P256, "sample", "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716",
     "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"},
    {"P-256", P256, "test", "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367",
     "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083"},
    {"P-384", P384, "sample",
     "21B13D1E013C7FA1392D03C5F99AF8B30C570C6F98D4EA8E354B63A21D3DAA33BDE1E888E63355D92FA2B3C36D8"
     "FB2CD",
     "F3AA443FB107745BF4BD77CB3891674632068A10CA67E3D45DB2266FA7D1FEEBEFDC63ECCD1AC42EC0CB8668A4F"
     "A0AB0"},
    {"P-384", P384, "test",
     "6D6DEFAC9AB64DABAFE36C6BF510352A4CC27001263638E5B16D9BB51D451559F918EEDAF2293BE5B475CC8F018"
     "8636B",
     "2D46F3BECBCC523D5F1A1256BF0C9B024D879BA9E838144C8BA6BAEB4B53B47D51AB373F9845C0514EEFB140247"
     "87265"},
};

/* key_of has the secret number alone, as the RFC gives it. */
static EVP_PKEY *key_of(const char *curve, const char *hex)
{
    EVP_PKEY *pkey = NULL;
    BIGNUM *secret = NULL;
    OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    ck_assert_int_gt(BN_hex2bn(&secret, hex), 0);
    ck_assert(OSSL_PARAM_BLD_push_utf8_string(b, OSSL_PKEY_PARAM_GROUP_NAME, curve, 0) &&
              OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_PRIV_KEY, secret));
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(b);
    ck_assert(EVP_PKEY_fromdata_init(ctx) == 1 &&
              EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_KEYPAIR, params) == 1);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(b);
    EVP_PKEY_CTX_free(ctx);
    BN_free(secret);
    return pkey;
}

static void must_be(const BIGNUM *n, const char *hex)
{
    BIGNUM *want = NULL;
    ck_assert_int_gt(BN_hex2bn(&want, hex), 0);
    ck_assert_msg(BN_cmp(n, want) == 0, "not %s", hex);
    BN_free(want);
}

START_TEST(the_rfc_has_the_same_signatures)
{
    size_t len = 0;
    EVP_PKEY *pkey = key_of(examples[_i].curve, examples[_i].secret);
    unsigned char *der =
        mint_ecdsa_sign(pkey, examples[_i].message, strlen(examples[_i].message), &len);
    ck_assert_ptr_nonnull(der);
    const unsigned char *at = der;
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &at, (long)len);
    ck_assert(signature && at == der + len);
    must_be(ECDSA_SIG_get0_r(signature), examples[_i].r);
    must_be(ECDSA_SIG_get0_s(signature), examples[_i].s);
    ECDSA_SIG_free(signature);
    OPENSSL_free(der);
    EVP_PKEY_free(pkey);
}
END_TEST

START_TEST(another_kind_of_key_does_not_sign)
{
    size_t len = 1;
    EVP_PKEY *pkey = mint_ec_of_seed("ED25519", "a key");
    ck_assert_ptr_null(mint_ecdsa_sign(pkey, "x", 1, &len));
    ck_assert_uint_eq(len, 0);
    EVP_PKEY_free(pkey);
}
END_TEST

/* ---- keys ---- */

/* OpenSSL's own opinion of the key. */
START_TEST(a_seeded_key_is_a_good_one)
{
    EVP_PKEY *pkey = mint_ec_of_seed(curves[_i], "a key");
    ck_assert_ptr_nonnull(pkey);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    ck_assert_int_eq(EVP_PKEY_check(ctx), 1);
    ck_assert_int_eq(EVP_PKEY_pairwise_check(ctx), 1);
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(pkey);
    ck_assert_ptr_null(mint_ec_of_seed("P-0", "a key"));
}
END_TEST

START_TEST(a_key_and_its_certificate_follow_from_its_seed)
{
    struct mint_key *one = mint_key_generate_ec(curves[_i], "a");
    struct mint_key *same = mint_key_generate_ec(curves[_i], "a");
    struct mint_key *other = mint_key_generate_ec(curves[_i], "b");
    struct mint_key *random = mint_key_generate_ec(curves[_i], NULL);
    struct mint_key *another = mint_key_generate_ec(curves[_i], NULL);
    ck_assert(one && same && other && random && another);
    ck_assert_uint_eq(one->certificate_len, same->certificate_len);
    ck_assert_mem_eq(one->certificate, same->certificate, one->certificate_len);
    ck_assert_str_eq(one->kid, same->kid);
    ck_assert_str_ne(one->kid, other->kid);
    ck_assert_str_ne(one->kid, random->kid);
    ck_assert_str_ne(random->kid, another->kid);
    mint_key_free(one);
    mint_key_free(same);
    mint_key_free(other);
    mint_key_free(random);
    mint_key_free(another);
}
END_TEST

/* The certificate holds the key and is signed by it. */
START_TEST(a_certificate_is_the_keys_own)
{
    struct mint_key *key = mint_key_generate_ec(curves[_i], "a");
    const unsigned char *at = key->certificate;
    X509 *x = d2i_X509(NULL, &at, (long)key->certificate_len);
    ck_assert(x && at == key->certificate + key->certificate_len);
    ck_assert_int_eq(EVP_PKEY_eq(X509_get0_pubkey(x), key->pkey), 1);
    ck_assert_int_eq(X509_verify(x, key->pkey), 1);
    X509_free(x);
    mint_key_free(key);
}
END_TEST

/* ---- two mocks ---- */

/* named_keys_of returns the key set of a mock in which a key of each type is published, as text. */
static char *named_keys_of(const char *seed)
{
    static const char *const bodies[] = {"{'key':'ec-256'}", "{'key':'ec-384'}",
                                         "{'key':'ed25519'}"};
    char *dir = scratch_make();
    const struct idp_options options = {
        .listen = "127.0.0.1:0", .clock = KITCHEN_TIME, .seed = seed, .public_url = "https://a.b"};
    struct idp *idp = demo_start(demo_json(), dir, &options);
    for (size_t i = 0; i < 3; i++) {
        int status = 0;
        json_decref(mock_admin(idp, "POST", "/_admin/keys/publish", bodies[i], &status));
        ck_assert_int_eq(status, 200);
    }
    json_t *set = mock_get(idp, "/contoso.test/discovery/v2.0/keys", NULL);
    char *text = json_dumps(set, JSON_COMPACT);
    json_decref(set);
    idp_stop(idp);
    scratch_remove(dir);
    return text;
}

START_TEST(two_mocks_of_one_seed_have_one_key_set)
{
    char *one = named_keys_of("one");
    char *same = named_keys_of("one");
    char *other = named_keys_of("two");
    json_t *keys = json_loads(one, 0, NULL);
    const json_t *key = NULL;
    size_t i = 0;
    int made = 0;
    size_t alike = 0; /* the whole is too long for a message */
    while (one[alike] && one[alike] == same[alike]) {
        alike++;
    }
    ck_assert_msg(one[alike] == same[alike], "they differ at '%.80s'", one + alike);
    json_array_foreach(json_object_get(keys, "keys"), i, key)
    {
        if (strcmp(text_at(key, "kty"), "RSA") != 0) { /* those are fixtures here */
            made++;
            ck_assert_ptr_null(strstr(other, text_at(key, "kid")));
            ck_assert_ptr_null(strstr(other, text_at(key, "x")));
        }
    }
    ck_assert_int_eq(made, 3);
    json_decref(keys);
    free(one);
    free(same);
    free(other);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("seeded_ec");
    TCase *tcase = tcase_create("seeded_ec");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, the_rfc_has_the_same_signatures, 0, ROWS(examples));
    tcase_add_test(tcase, another_kind_of_key_does_not_sign);
    tcase_add_loop_test(tcase, a_seeded_key_is_a_good_one, 0, ROWS(curves));
    tcase_add_loop_test(tcase, a_key_and_its_certificate_follow_from_its_seed, 0, ROWS(curves));
    tcase_add_loop_test(tcase, a_certificate_is_the_keys_own, 0, ROWS(curves));
    tcase_add_test(tcase, two_mocks_of_one_seed_have_one_key_set);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

/* A tiny issuer for the validator's tests, of their own: it shares no code with the mock's oven. */
#ifndef VALIDATOR_TESTS_SUPPORT_ISSUER_H
#define VALIDATOR_TESTS_SUPPORT_ISSUER_H

#include <openssl/evp.h>
#include <stddef.h>

#define TEST_TENANT "11111111-2222-3333-4444-555555555555"
#define TEST_CLIENT "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
#define TEST_INSTANCE "https://login.test/"
#define TEST_ISSUER TEST_INSTANCE TEST_TENANT "/v2.0"
#define TEST_V1_ISSUER "https://sts.windows.net/" TEST_TENANT "/"
#define TEST_B2C_ISSUER "https://contoso.b2clogin.test/" TEST_TENANT "/v2.0/"
#define TEST_NOW 1700000000

/* test_key returns RSA-2048 key number `n` (0 to 3), one of fixtures/keys or, run from elsewhere,
 * made when first asked for; borrowed. */
EVP_PKEY *test_key(int n);

/* All below return newly allocated text. */

/* test_b64url encodes without padding. */
char *test_b64url(const void *data, size_t len);

/* test_jwk writes a public RSA key as a JWK with `kid` and `extra` members (", \"issuer\":…" or
 * ""). */
char *test_jwk(EVP_PKEY *key, const char *kid, const char *extra);

/* test_jws signs header.payload, both JSON texts, with RS256 or what `digest` and `pss` say. */
char *test_jws(EVP_PKEY *key, const char *header, const char *payload);
char *test_jws_as(EVP_PKEY *key, const char *digest, int pss, const char *header,
                  const char *payload);

/* test_text is asprintf. */
char *test_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* test_claims writes a good v2 user token's payload; `changes` are members put in front
 * ("\"scp\":\"x\",") and `without` is a member left out, or NULL. */
char *test_claims(const char *changes, const char *without);

#endif

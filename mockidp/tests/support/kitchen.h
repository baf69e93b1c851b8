/* An oven with everything that it asks for: the demo directory, its keys, a clock that stands
 * still, a seed. */
#ifndef MOCKIDP_TESTS_SUPPORT_KITCHEN_H
#define MOCKIDP_TESTS_SUPPORT_KITCHEN_H

#include "mockidp/bakery.h"
#include "mockidp/config/directory.h"
#include "mockidp/keyring/keyring.h"
#include "mockidp/mint/bake.h"
#include "mockidp/platform/clock.h"
#include "mockidp/platform/rng.h"

#include <jansson.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>

#define KITCHEN_TIME "2026-01-31T12:00:00Z"
#define KITCHEN_NOW 1769860800
#define KITCHEN_ORIGIN "https://login.test"
#define CONTOSO "c0ffee00-0000-4000-8000-000000000001"
#define FABRIKAM "fab00000-0000-4000-8000-000000000002"

struct kitchen {
    struct directory *directory;
    struct clock *clock;
    struct keyring *keyring;
    struct rng *rng;
    struct idp_context context;
    struct mint_context oven;
    char **pems;
    size_t pem_count;
};

/* kitchen_open fills a kitchen; it fails the running test when something is missing. */
void kitchen_open(struct kitchen *kitchen);
void kitchen_close(struct kitchen *kitchen);

/* kitchen_json parses JSON that is written with ' for ", a new reference; fails the test on bad
 * text. */
json_t *kitchen_json(const char *text);

/* kitchen_bake bakes a recipe (as kitchen_json reads it); fails the test, showing `reason`, when
 * the oven refuses. */
void kitchen_bake(struct kitchen *kitchen, const char *reason, const char *recipe,
                  struct mint_token *out);

/* kitchen_refusal returns the sentence that refuses a recipe, borrowed until the next call; fails
 * the test when it bakes. */
const char *kitchen_refusal(struct kitchen *kitchen, const char *reason, const char *recipe);

/* kitchen_key returns the key of that name of Contoso. */
const struct mint_key *kitchen_key(struct kitchen *kitchen, const char *name);

/*
 * token_part returns the text between two dots, number `index` from 0, newly allocated; NULL when
 * there are fewer. token_bytes decodes it (with OpenSSL, not with the mint's own decoder) and
 * terminates it. token_json parses it, a new reference.
 */
char *token_part(const char *token, size_t index);
unsigned char *token_bytes(const char *token, size_t index, size_t *len);
json_t *token_json(const char *token, size_t index);

/* bytes_of_base64url is the same for a text of its own; bytes_of_base64 for plain base64. */
unsigned char *bytes_of_base64url(const char *text, size_t *len);
unsigned char *bytes_of_base64(const char *text, size_t *len);

/* token_verifies says whether `pkey` made a token's signature with `alg` (an RSxxx, PSxxx, ESxxx or
 * EdDSA), by OpenSSL alone. */
bool token_verifies(const char *token, EVP_PKEY *pkey, const char *alg);

/* token_with_hashed_nonce returns the token with the SHA-256 of its header's nonce in the nonce's
 * place: what was signed of one for Microsoft Graph. Newly allocated. */
char *token_with_hashed_nonce(const char *token);

/* text_of_base64url encodes with OpenSSL, newly allocated. */
char *text_of_base64url(const void *data, size_t len);

#endif

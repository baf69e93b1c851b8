/* Secrets of HMAC that anybody knows: what the toy validator takes for a key under some flaws. */
#ifndef CONFORMANCE_ADAPTERS_MUTANT_SECRETS_H
#define CONFORMANCE_ADAPTERS_MUTANT_SECRETS_H

#include "conformance/adapters/mutant_flaws.h"
#include "conformance/adapters/mutant_token.h"

#include <jansson.h>
#include <openssl/types.h>
#include <stdbool.h>

/*
 * mutant_key_is_secret says whether a published key, as its JWK has it and as it was read, is the
 * secret of the token's MAC: in PEM and with HS256 under the flaw "alg-confusion-hmac", in any form
 * and with any HMAC under "key-in-any-form"; false under other flaws.
 */
bool mutant_key_is_secret(enum mutant_flaw flaw, const json_t *jwk, EVP_PKEY *key,
                          const struct mutant_token *token);

/* mutant_secret_is_guessed says whether the token's MAC is made with no secret, or with one that
 * stands in manuals. */
bool mutant_secret_is_guessed(const struct mutant_token *token);

#endif

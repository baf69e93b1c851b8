/* A public key as Entra's JWKS shows it. */
#ifndef MOCKIDP_MINT_JWK_H
#define MOCKIDP_MINT_JWK_H

#include "mockidp/mint/key.h"

#include <jansson.h>

/*
 * mint_jwk returns the JWK of an RSA key, a new reference: kty use kid x5t n e x5c, then
 * `cloud_instance_name` and `issuer` unless NULL, in that order; no alg (Entra's JWKS documents).
 * EC keys give kty use kid crv x y, Ed25519 ones kty use kid crv x. NULL without memory.
 */
json_t *mint_jwk(const struct mint_key *key, const char *cloud_instance_name, const char *issuer);

#endif

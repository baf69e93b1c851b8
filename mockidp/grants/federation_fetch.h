/* The keys of another identity provider, over the network. */
#ifndef MOCKIDP_GRANTS_FEDERATION_FETCH_H
#define MOCKIDP_GRANTS_FEDERATION_FETCH_H

#include "validator/jose/jwks.h"

/*
 * federation_fetch reads the issuer's discovery document and the key set that it names (OpenID
 * Connect Discovery 1.0 §4): https, or http on loopback; no redirects; five seconds each. The
 * document must name exactly this issuer. `ca_file` is a PEM file, or NULL for the system's.
 * Returns 0 and the keys (release them with jose_jwks_cleanup), or -1 with a sentence. It blocks.
 */
int federation_fetch(const char *issuer, const char *ca_file, struct jose_jwks *out, char *why,
                     size_t cap);

#endif

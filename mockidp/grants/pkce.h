/* Proof Key for Code Exchange (RFC 7636): who redeems a code is who asked for it. */
#ifndef MOCKIDP_GRANTS_PKCE_H
#define MOCKIDP_GRANTS_PKCE_H

#include <stdbool.h>

/* pkce_is_well_formed says whether a challenge or a verifier is 43 to 128 of the characters that
 * RFC 7636 §4.1 allows. */
bool pkce_is_well_formed(const char *text);

/* pkce_matches checks a verifier against a challenge: S256, or `plain`. */
bool pkce_matches(const char *challenge, bool plain, const char *verifier);

#endif

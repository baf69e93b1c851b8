/* The two methods of RFC 7636 §4.2. */
#include "mockidp/grants/pkce.h"

#include "mockidp/grants/credentials.h"
#include "mockidp/mint/encode.h"

#include <stdlib.h>
#include <string.h>

static const char unreserved[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

bool pkce_is_well_formed(const char *text)
{
    size_t len = strlen(text);
    return len >= 43 && len <= 128 && strspn(text, unreserved) == len;
}

bool pkce_matches(const char *challenge, bool plain, const char *verifier)
{
    if (!pkce_is_well_formed(verifier)) {
        return false;
    }
    if (plain) {
        return credentials_same(challenge, verifier);
    }
    char *text = mint_sha256_base64url(verifier, strlen(verifier));
    bool matches = text && credentials_same(challenge, text);
    free(text);
    return matches;
}

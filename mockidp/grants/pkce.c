/* The two methods of RFC 7636 §4.2. */
#include "mockidp/grants/pkce.h"

#include "mockidp/grants/credentials.h"
#include "mockidp/mint/encode.h"

#include <openssl/evp.h>
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
    unsigned char digest[EVP_MAX_MD_SIZE];
    if (!pkce_is_well_formed(verifier)) {
        return false;
    }
    if (plain) {
        return credentials_same(challenge, verifier);
    }
    if (EVP_Digest(verifier, strlen(verifier), digest, NULL, EVP_sha256(), NULL) != 1) {
        return false;
    }
    char *text = mint_base64url(digest, 32);
    bool matches = text && credentials_same(challenge, text);
    free(text);
    return matches;
}

/* Looking a person up, and checking the password. */
#include "mockidp/grants/credentials.h"

#include <openssl/crypto.h>
#include <string.h>
#include <strings.h>

const struct directory_user *credentials_user(const struct directory_tenant *tenant,
                                              const char *name)
{
    const struct directory_user *user = directory_user(tenant, name);
    return user && strcasecmp(name, user->upn) == 0 ? user : NULL;
}

bool credentials_same(const char *want, const char *sent)
{
    size_t len = strlen(want);
    return len == strlen(sent) && CRYPTO_memcmp(want, sent, len) == 0;
}

bool credentials_match(const struct directory_user *user, const char *password)
{
    return credentials_same(user->password, password);
}

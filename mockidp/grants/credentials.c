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

bool credentials_match(const struct directory_user *user, const char *password)
{
    size_t len = strlen(user->password);
    return len == strlen(password) && CRYPTO_memcmp(user->password, password, len) == 0;
}

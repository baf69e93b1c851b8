/* A person's name and password. */
#ifndef MOCKIDP_GRANTS_CREDENTIALS_H
#define MOCKIDP_GRANTS_CREDENTIALS_H

#include "mockidp/config/directory.h"

/* credentials_user finds a user by principal name, in any case; by no alias and no object id, which
 * are words of recipes. NULL without one. */
const struct directory_user *credentials_user(const struct directory_tenant *tenant,
                                              const char *name);

/* credentials_same compares two secrets: how long it takes tells nothing but their lengths. */
bool credentials_same(const char *want, const char *sent);

/* credentials_match compares a password in constant time. */
bool credentials_match(const struct directory_user *user, const char *password);

#endif

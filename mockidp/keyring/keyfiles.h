/* The keys that were made for a tenant, kept in the state folder from one start to the next. */
#ifndef MOCKIDP_KEYRING_KEYFILES_H
#define MOCKIDP_KEYRING_KEYFILES_H

#include "mockidp/mint/key.h"

#include <stddef.h>

/* keyfiles_read returns the newly allocated key number `index` of a tenant, or NULL when it is not
 * there (or no key). */
struct mint_key *keyfiles_read(const char *state_dir, const char *tenant_id, size_t index);

/* keyfiles_write keeps a key, readable by its owner alone, all of it or nothing. Failure is not
 * fatal: it is made again. */
void keyfiles_write(const char *state_dir, const char *tenant_id, size_t index,
                    const struct mint_key *key);

#endif

/* Keys that belong to no tenant: what attackers sign with, and an app's own signing key. */
#ifndef MOCKIDP_KEYRING_NAMED_H
#define MOCKIDP_KEYRING_NAMED_H

#include "mockidp/mint/key.h"

enum { NAMED_MAX = 16 };

/* struct named_keys holds those that were asked for so far; zeroed at first, guarded by its owner.
 */
struct named_keys {
    struct mint_key *keys[NAMED_MAX];
};

/* named_key returns the key of that name, made or parsed at its first use: from `seed`, or (NULL)
 * at random. NULL when there is no such name. */
const struct mint_key *named_key(struct named_keys *named, const char *name, const char *seed);
void named_keys_cleanup(struct named_keys *named);

#endif

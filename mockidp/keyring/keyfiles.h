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

/* struct key_source is what keys are made from. */
struct key_source {
    char *state_dir; /* owned, or NULL: they are not kept */
    char *seed;      /* owned, or NULL: they are random */
};

/*
 * key_source_make returns key number `index` of a tenant, newly allocated: the one that was kept,
 * or one that is made (and kept), which with a seed is the same each time. NULL on failure.
 */
struct mint_key *key_source_make(const struct key_source *source, const char *tenant_id,
                                 size_t index);
void key_source_cleanup(struct key_source *source);

/* key_common_name returns whom the certificates of a tenant's keys name, static. */
const char *key_common_name(const char *tenant_id);

#endif

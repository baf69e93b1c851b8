/* The signing keys of every tenant, each on its timeline by the IdP's clock. Internally locked;
 * keys stay valid until keyring_free. */
#ifndef MOCKIDP_KEYRING_KEYRING_H
#define MOCKIDP_KEYRING_KEYRING_H

#include "mockidp/keyring/timeline.h"
#include "mockidp/mint/key.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct clock;
struct keyring;

enum { KEYRING_PUBLISHED_MAX = 32 };

/*
 * keyring_new returns a newly allocated keyring. `state_dir` (or NULL) keeps the keys that were
 * made: in {dir}/keys. `rotate` is the text of --rotate, or NULL. NULL with `why` on a fault.
 */
struct keyring *keyring_new(struct clock *clock, const char *state_dir, const char *rotate,
                            char *why, size_t cap);
void keyring_free(struct keyring *keyring);

/* keyring_seed lets the keys that are made follow from a text (NULL: they are random), tenant by
 * tenant and name by name; before the first keyring_add. 0, or -1 without memory. */
int keyring_seed(struct keyring *keyring, const char *seed);

/* A private key as PEM text, borrowed for the life of the keyring. */
struct keyring_pem {
    const void *data;
    size_t len;
};

/*
 * keyring_add starts a tenant's timeline with these keys in this order: removed, retired, current,
 * next, then the reserve. Without any, keys are made in the background (and kept in the state
 * folder). A tenant that is there already stays as it is. No key is parsed or made here. 0, or -1
 * without memory.
 */
int keyring_add(struct keyring *keyring, const char *tenant_id, const struct keyring_pem *pems,
                size_t count);

/*
 * keyring_key returns a tenant's key by name: current, next, retired, removed, a kid, other-tenant
 * (the current one of the tenant that was added after this), or a key outside every timeline: rogue
 * app shared weak-512 weak-1024 e3 big-3072 big-4096 roca ec-256 ec-384 ed25519. May wait for a key
 * that is being made. NULL with `why`.
 */
const struct mint_key *keyring_key(struct keyring *keyring, const char *tenant_id, const char *name,
                                   char *why, size_t cap);

/* keyring_published stores the key set as published, or with `stale` as it was before the last
 * change; returns the count. */
size_t keyring_published(struct keyring *keyring, const char *tenant_id, bool stale,
                         const struct mint_key *out[KEYRING_PUBLISHED_MAX]);

/*
 * The changes; -1 with `why`.
 * rotate: the next key signs, the current one retires, a new next one is published; with `ahead`
 * false a new key is published and signs at once. publish: one more key, of the reserve (`name`
 * NULL) or a named one. retire: the next key signs, nothing is published. remove: the key of that
 * name (NULL: retired) leaves the key set.
 */
int keyring_rotate(struct keyring *keyring, const char *tenant_id, bool ahead, char *why,
                   size_t cap);
int keyring_publish(struct keyring *keyring, const char *tenant_id, const char *name, char *why,
                    size_t cap);
int keyring_retire(struct keyring *keyring, const char *tenant_id, char *why, size_t cap);
int keyring_remove(struct keyring *keyring, const char *tenant_id, const char *name, char *why,
                   size_t cap);

/* keyring_json returns {"tenant","keys":[{"kid","state",times},…],"rotates_at"}, a new reference,
 * or NULL. */
json_t *keyring_json(struct keyring *keyring, const char *tenant_id);

/* keyring_reset starts every timeline anew with the same keys. */
void keyring_reset(struct keyring *keyring);

#endif

/* A miss is worth one question to the authority, so that the first request after a rollover
 * succeeds. */
#include "validator/keys/choose.h"

/* Looks once. Keys that are older than last_known_good_s are no keys. */
static bool look(const struct btv_chooser *c, const struct jose_header *h, struct btv_keyset **set,
                 const struct jose_jwk **key, bool *usable)
{
    *usable = btv_refresher_usable(c->refresher, c->now);
    *set = *usable ? btv_keystore_acquire(c->store) : NULL;
    *key = *set ? jose_jwks_find(&(*set)->jwks, &h->kid) : NULL;
    if (!*key) {
        btv_keystore_release(c->store, *set);
        *set = NULL;
    }
    return *key != NULL;
}

enum btv_error btv_choose_key(const struct btv_chooser *c, const struct jose_header *h,
                              struct btv_keyset **set, const struct jose_jwk **key)
{
    bool usable = false;
    if (!h->has_kid) {
        return BTV_KID_MISSING;
    }
    /* twice: the first wish may have joined a fetch that began before the key was published */
    enum btv_refresh_outcome outcome = BTV_REFRESH_DONE;
    for (int attempt = 0; attempt < 2 && outcome == BTV_REFRESH_DONE; attempt++) {
        if (look(c, h, set, key, &usable)) {
            return BTV_OK;
        }
        outcome = btv_refresher_demand(c->refresher, c->now, c->wait_ms, usable);
    }
    if (outcome == BTV_REFRESH_PENDING) {
        return BTV_KEYS_UNAVAILABLE;
    }
    /* after a cooldown too: the scheduled refresh may have ended between the look and the wish */
    if (look(c, h, set, key, &usable)) {
        return BTV_OK;
    }
    return usable ? BTV_KID_UNKNOWN : BTV_KEYS_UNAVAILABLE;
}

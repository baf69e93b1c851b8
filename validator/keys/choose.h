/* Which key may have signed this token: its kid in the set in force, or in the one that a refresh
 * brings. */
#ifndef VALIDATOR_KEYS_CHOOSE_H
#define VALIDATOR_KEYS_CHOOSE_H

#include "btv/error.h"
#include "validator/jose/header.h"
#include "validator/keys/refresh.h"

struct btv_chooser {
    struct btv_keystore *store;
    struct btv_refresher *refresher;
    int64_t now;
    int64_t wait_ms;
};

/*
 * btv_choose_key finds the key of `h`. On BTV_OK `*set` is a reference to release and `*key` points
 * into it. An unknown kid demands a refresh and waits for it, as the rules allow: BTV_KID_UNKNOWN
 * when the newest set does not have it, BTV_KEYS_UNAVAILABLE while that cannot be known.
 * BTV_KID_MISSING when the header has none: keys are never tried one by one.
 */
enum btv_error btv_choose_key(const struct btv_chooser *c, const struct jose_header *h,
                              struct btv_keyset **set, const struct jose_jwk **key);

#endif

/* A validator: the compiled policy, the keys, and what was injected. */
#ifndef VALIDATOR_CORE_VALIDATOR_H
#define VALIDATOR_CORE_VALIDATOR_H

#include "btv/validator.h"
#include "validator/keys/keystore.h"
#include "validator/keys/refresh.h"
#include "validator/keys/source.h"
#include "validator/policy/policy.h"

struct btv_validator {
    struct btv_policy policy; /* frozen */
    struct btv_source source; /* the refresh thread's */
    char *jwks_file;
    char *ca_file;
    int64_t key_wait_ms;
    struct btv_keystore *keystore;
    struct btv_refresher *refresher;
    btv_clock_fn clock;
    void *clock_ctx;
    btv_event_fn event;
    void *event_ctx;
    uint64_t verdicts[BTV_ERROR_COUNT]; /* atomic */
};

/* btv_validator_refreshing says whether keys are being fetched, or are about to be: for who waits
 * for them by himself. Any thread. */
bool btv_validator_refreshing(struct btv_validator *v);

#endif

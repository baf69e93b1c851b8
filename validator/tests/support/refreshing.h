/* A refresher over a scripted authority and a manual clock. */
#ifndef VALIDATOR_TESTS_SUPPORT_REFRESHING_H
#define VALIDATOR_TESTS_SUPPORT_REFRESHING_H

#include "validator/keys/refresh.h"
#include "validator/tests/support/authority.h"
#include "validator/tests/support/issuer.h"

#define WAIT_MS 10000 /* longer than any fetch of a test takes */

/* The one of the test that runs. */
extern struct refreshing {
    struct authority authority;
    struct btv_source source;
    struct btv_keystore *store;
    struct btv_refresher *refresher;
} refreshing;

/* The defaults of a validator, without jitter. */
extern const struct btv_refresh_rules refreshing_rules;

void refreshing_set_up(const struct btv_refresh_rules *rules);
void refreshing_tear_down(void);
struct btv_stats refreshing_stats(void);

/* refreshing_demand moves the clock to `at` seconds after the start and asks for newer keys. */
enum btv_refresh_outcome refreshing_demand(int64_t at, bool forced);

#endif

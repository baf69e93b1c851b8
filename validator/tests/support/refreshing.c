/* Kept apart from the tests, since two of them need it. */
#include "validator/tests/support/refreshing.h"

#include <stdlib.h>
#include <string.h>

struct refreshing refreshing;
const struct btv_refresh_rules refreshing_rules = {43200, 300, 86400, 0};

void refreshing_set_up(const struct btv_refresh_rules *rules)
{
    struct refreshing *r = &refreshing;
    authority_init(&r->authority, 1);
    r->source = (struct btv_source){.authorities = &test_authority,
                                    .authority_count = 1,
                                    .algorithms = 1U << JOSE_RS256,
                                    .tenant_id = TEST_TENANT,
                                    .timeout_ms = 1000,
                                    .fetch = authority_fetch,
                                    .fetch_ctx = &r->authority};
    r->store = btv_keystore_new();
    r->refresher =
        r->store ? btv_refresher_new(rules, &r->source, r->store, authority_clock, &r->authority)
                 : NULL;
    if (!r->refresher) {
        abort();
    }
}

void refreshing_tear_down(void)
{
    btv_refresher_free(refreshing.refresher);
    btv_keystore_free(refreshing.store);
    authority_cleanup(&refreshing.authority);
}

struct btv_stats refreshing_stats(void)
{
    struct btv_stats s;
    memset(&s, 0, sizeof s);
    btv_refresher_stats(refreshing.refresher, &s);
    return s;
}

enum btv_refresh_outcome refreshing_demand(int64_t at, bool forced)
{
    pthread_mutex_lock(&refreshing.authority.lock);
    refreshing.authority.now = TEST_NOW + at;
    pthread_mutex_unlock(&refreshing.authority.lock);
    return btv_refresher_demand(refreshing.refresher, TEST_NOW + at, WAIT_MS, forced);
}

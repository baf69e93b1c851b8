/* The one thread that does all network work, and the rules for when it does. */
#ifndef VALIDATOR_KEYS_REFRESH_H
#define VALIDATOR_KEYS_REFRESH_H

#include "btv/validator.h"
#include "validator/keys/keystore.h"
#include "validator/keys/schedule.h"
#include "validator/keys/source.h"

struct btv_refresher;

/* What became of the wish for newer keys. */
enum btv_refresh_outcome {
    BTV_REFRESH_DONE,     /* a fetch ended since: look again */
    BTV_REFRESH_COOLDOWN, /* asked for too often: the keys in hand are the answer */
    BTV_REFRESH_PENDING   /* a fetch runs, or is about to */
};

/*
 * btv_refresher_new returns a newly allocated refresher that fetches from `source` into `store`;
 * both are borrowed. No thread yet. NULL when memory is short.
 */
struct btv_refresher *btv_refresher_new(const struct btv_refresh_rules *rules,
                                        struct btv_source *source, struct btv_keystore *store,
                                        btv_clock_fn clock, void *clock_ctx);

/* btv_refresher_start starts the thread and waits up to `timeout_ms` for the first keys. 0 with
 * keys, -1 without. */
int btv_refresher_start(struct btv_refresher *r, int64_t timeout_ms);

/* btv_refresher_free cancels a running fetch, ends the thread and frees `r`. NULL is fine. */
void btv_refresher_free(struct btv_refresher *r);

/*
 * btv_refresher_usable says whether keys are there and not older than last_known_good_s; it asks
 * for the scheduled refresh when that is due, whatever the cooldown of unknown kids says, so that a
 * storm of them cannot put it off. Any thread, never blocks on the network.
 */
bool btv_refresher_usable(struct btv_refresher *r, int64_t now);

/*
 * btv_refresher_demand asks for newer keys, because a kid is unknown (`forced`, at most one in
 * cooldown_s, joining a fetch that runs already) or because there are none yet; waits up to
 * `wait_ms` for the fetch to end. Any thread.
 */
enum btv_refresh_outcome btv_refresher_demand(struct btv_refresher *r, int64_t now, int64_t wait_ms,
                                              bool forced);

/* btv_refresher_busy says whether a fetch runs or is about to. Any thread, never blocks. */
bool btv_refresher_busy(struct btv_refresher *r);

/* btv_refresher_stats fills the counters of keys and fetches. */
void btv_refresher_stats(struct btv_refresher *r, struct btv_stats *out);

#endif

/* The keys of all authorities fetched once: metadata, then the key set, each checked before
 * anything is put in force. */
#ifndef VALIDATOR_KEYS_SOURCE_H
#define VALIDATOR_KEYS_SOURCE_H

#include "btv/validator.h"
#include "validator/keys/keystore.h"
#include "validator/policy/policy.h"

#define BTV_BODY_MAX ((size_t)1 << 20)

/* Where keys come from. Strings are borrowed and must outlive the source. */
struct btv_source {
    const struct btv_authority *authorities;
    size_t authority_count;
    const char *jwks_file; /* a JWK Set on disk, read once: no network at all */
    const char *tenant_id; /* what "{tenantid}" in one tenant's metadata stands for; may be NULL */
    unsigned algorithms;   /* a bit for each enum jose_alg_id that may sign */
    int64_t timeout_ms;
    btv_fetch_fn fetch;
    void *fetch_ctx;
    const volatile int *cancel;
    btv_event_fn event; /* hears of each key that is skipped; may be NULL */
    void *event_ctx;
    char etag[128]; /* of the key set in force, with its address; of one authority only */
    char etag_url[1024];
    int64_t date_s[BTV_AUTHORITIES_MAX]; /* when its origin made each authority's set in force, 0:
                                            it did not say */
};

struct btv_fetched {
    bool unchanged;                      /* 304: the set in force is still right */
    uint64_t requests;                   /* that were made */
    int64_t max_age_s;                   /* the least of the key sets' answers, -1 when none said */
    int64_t retry_after_s;               /* of an answer that refused, -1 when it did not say */
    int64_t date_s[BTV_AUTHORITIES_MAX]; /* of each key set's answer */
    struct jose_jwks jwks;
};

/*
 * btv_source_fetch gets the keys of every authority. Returns 0 with one set in `out->jwks` (the
 * caller's), in which each key has the index of its authority in `document` and each authority a
 * key for one of the algorithms, or `unchanged`; -1 with a sentence in `why`: then nothing may be
 * changed, since a set without one authority's keys would lock its users out. An answer from before
 * the set in force (schedule.h) is a failure too. `now` is when the fetch begins. Runs on the
 * refresh thread.
 */
int btv_source_fetch(struct btv_source *s, struct btv_fetched *out, int64_t now, char *why,
                     size_t cap);

#endif

/* One authority's keys fetched once: metadata, then the key set, each checked before anything is
 * put in force. */
#ifndef VALIDATOR_KEYS_SOURCE_H
#define VALIDATOR_KEYS_SOURCE_H

#include "btv/validator.h"
#include "validator/keys/keystore.h"

#define BTV_BODY_MAX ((size_t)1 << 20)

/* Where keys come from. Strings are borrowed and must outlive the source. */
struct btv_source {
    const char *metadata_url; /* of the discovery document; NULL with jwks_file */
    const char *jwks_file;    /* a JWK Set on disk, read once: no network at all */
    const char *issuer;       /* that the metadata must have */
    const char *tenant_id;    /* what "{tenantid}" in it stands for */
    unsigned algorithms;      /* a bit for each enum jose_alg_id that may sign */
    int64_t timeout_ms;
    btv_fetch_fn fetch;
    void *fetch_ctx;
    const volatile int *cancel;
    btv_event_fn event; /* hears of each key that is skipped; may be NULL */
    void *event_ctx;
    char etag[128]; /* of the key set in force, with its address */
    char etag_url[1024];
};

struct btv_fetched {
    bool unchanged;    /* 304: the set in force is still right */
    uint64_t requests; /* that were made */
    int64_t max_age_s; /* of the key set's answer, -1 when it did not say */
    struct jose_jwks jwks;
};

/*
 * btv_source_fetch gets the keys. Returns 0 with a set that can verify one of the algorithms in
 * `out->jwks` (the caller's) or `unchanged`; -1 with a sentence in `why`: then nothing may be
 * changed. Runs on the refresh thread.
 */
int btv_source_fetch(struct btv_source *s, struct btv_fetched *out, char *why, size_t cap);

#endif

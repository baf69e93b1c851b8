/* A scripted identity provider: a btv_fetch_fn that answers from memory, counts, fails on demand,
 * and a manual clock. */
#ifndef VALIDATOR_TESTS_SUPPORT_AUTHORITY_H
#define VALIDATOR_TESTS_SUPPORT_AUTHORITY_H

#include "btv/validator.h"
#include "validator/policy/policy.h"

#include <pthread.h>

struct authority {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    char *jwks;      /* the body of the key set; owned */
    char *jwks_v1;   /* that of v1 documents, or NULL: the same; owned */
    char *metadata;  /* the body of the discovery document, of v2 for the tests' tenant; owned */
    int jwks_status; /* 200 unless set */
    int metadata_status;
    const char *etag;  /* sent with the key set; a request that carries it gets 304 */
    int64_t max_age_s; /* of the key set's Cache-Control, -1: none */
    int64_t date_s;    /* when the key set was made, 0: it does not say */
    int64_t retry_after_s;
    bool unreachable; /* every fetch fails */
    bool hold;        /* fetches of the key set wait until it is false */
    unsigned waiting; /* fetches that do */
    unsigned jwks_count;
    unsigned metadata_count;
    int64_t now;
};

/* The one authority of the tests' tenant, v2. */
extern const struct btv_authority test_authority;

/* authority_init makes an authority whose key set holds `count` keys "k0", "k1"… of test_key. */
void authority_init(struct authority *a, int count);
void authority_cleanup(struct authority *a);

/* authority_publish replaces the key set by the keys whose bits are set (1: key 0 as "k0", 2: key 1
 * as "k1", …). */
void authority_publish(struct authority *a, unsigned keys);
void authority_publish_text(struct authority *a, const char *jwks);

/* authority_advance moves the manual clock. */
void authority_advance(struct authority *a, int64_t seconds);

/* authority_await waits until `*counter` is at least `least` (10 s at most) and returns whether it
 * is. */
bool authority_await(struct authority *a, const unsigned *counter, unsigned least);

/* authority_hold stops (true) or lets go (false) fetches of the key set. */
void authority_hold(struct authority *a, bool hold);

/* authority_fail makes every fetch fail, or the key set's answer carry another status (200: none).
 */
void authority_fail(struct authority *a, bool unreachable, int jwks_status);

/* authority_date says when the key set was made. */
void authority_date(struct authority *a, int64_t date_s);

/* The authority as a btv_fetch_fn and as a btv_clock_fn; `ctx` is the authority. */
int authority_fetch(void *ctx, const struct btv_fetch_request *request,
                    struct btv_fetch_response *response, char *why, size_t cap);
int64_t authority_clock(void *ctx);

/* authority_config returns a newly allocated configuration for the tests' tenant and client, wired
 * to `a`. */
struct btv_config *authority_config(struct authority *a);

/* authority_validator builds and starts a validator of that configuration after `set`
 * (NULL-terminated name, value pairs). */
struct btv_validator *authority_validator(struct authority *a, const char *const *settings);

/* authority_token returns a newly allocated token of key `n` with kid "k<n>", with
 * test_claims(changes, without). */
char *authority_token(int n, const char *changes, const char *without);

#endif

/* Eight threads validate while the authority rotates its keys and fails: no verdict may be wrong.
 */
#include "btv/validator.h"
#include "validator/tests/support/authority.h"
#include "validator/tests/support/issuer.h"
#include "validator/tests/support/suite.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>

#define THREADS 8U
#define ROUNDS 150U
#define CHANGES 60U

static struct authority authority;
static struct btv_validator *validator;
static char *good[4]; /* of keys k0 to k3; k0 is always published */
static char *expired;
static char *forged;    /* says k0, signed by k1 */
static unsigned events; /* atomic */
static bool over;       /* atomic: every change was seen */

struct worker {
    pthread_t thread;
    unsigned wrong;    /* verdicts that could not be */
    unsigned accepted; /* of tokens whose key comes and goes */
    unsigned rounds;
};

static enum btv_error validate(const char *token, struct btv_result *r)
{
    return btv_validate(validator, token, strlen(token), r);
}

static void *work(void *arg)
{
    struct worker *w = arg;
    struct btv_result *r = btv_result_new();
    for (unsigned i = 0; i < ROUNDS || !__atomic_load_n(&over, __ATOMIC_RELAXED); i++) {
        w->rounds++;
        enum btv_error e = validate(good[1 + i % 3], r);
        w->accepted += e == BTV_OK;
        w->wrong += e != BTV_OK && e != BTV_KID_UNKNOWN && e != BTV_KEYS_UNAVAILABLE;
        w->wrong += validate(good[0], r) != BTV_OK;
        w->wrong += btv_result_claim(r, "name") == NULL;
        w->wrong += validate(expired, r) != BTV_TOKEN_EXPIRED;
        w->wrong += btv_result_claim(r, "name") != NULL;
        w->wrong += validate(forged, r) != BTV_SIGNATURE_INVALID;
        w->wrong += !btv_validator_ready(validator);
    }
    btv_result_free(r);
    return NULL;
}

static void on_event(void *ctx, const struct btv_event *event)
{
    (void)ctx;
    __atomic_add_fetch(&events, event->kind == BTV_EVENT_VALIDATION, __ATOMIC_RELAXED);
}

static void make_tokens(void)
{
    for (int i = 0; i < 4; i++) {
        good[i] = authority_token(i, "\"exp\":1800000000,", NULL);
    }
    expired = authority_token(0, "\"exp\":1600000000,\"nbf\":1,", NULL);
    char *claims = test_claims("", NULL);
    char *jws = test_jws(test_key(1), "{\"alg\":\"RS256\",\"kid\":\"k0\"}", claims);
    forged = test_text("Bearer %s", jws);
    free(claims);
    free(jws);
}

static void free_tokens(void)
{
    for (int i = 0; i < 4; i++) {
        free(good[i]);
    }
    free(expired);
    free(forged);
}

/* Waits until one more refresh ended, well or badly: unknown kids ask for it all the time. */
static void await_refresh(uint64_t *ended)
{
    struct btv_stats stats;
    uint64_t before = *ended;
    while (*ended == before) {
        sched_yield();
        btv_validator_stats(validator, &stats);
        *ended = stats.refreshes_ok + stats.refreshes_failed;
    }
}

/* Rotations, failures of every kind, copies that are unchanged or from before. */
static void stir(void)
{
    static const char *const broken[] = {"", "{\"keys\":[]}", "{\"keys\":[{\"kty\":\"RSA\"}]}"};
    uint64_t ended = 1;
    for (unsigned i = 0; i < CHANGES; i++) {
        authority_publish(&authority, 1U | 2U << i % 3);
        if (i % 6 == 4) {
            authority_publish_text(&authority, broken[i % 3]);
        }
        authority_fail(&authority, i % 5 == 3, i % 7 == 5 ? 503 : 200);
        authority_date(&authority, i % 8 == 7 ? TEST_NOW - 3600 : TEST_NOW);
        authority_advance(&authority, 2);
        await_refresh(&ended);
    }
    authority_fail(&authority, false, 200);
}

START_TEST(no_verdict_is_wrong_while_keys_come_and_go)
{
    struct worker workers[THREADS];
    char why[256];
    struct btv_stats stats;
    memset(workers, 0, sizeof workers);
    authority_init(&authority, 1);
    make_tokens();
    struct btv_config *c = authority_config(&authority);
    btv_config_event(c, on_event, NULL);
    ck_assert_int_eq(btv_config_set(c, "refresh_cooldown_s", "1", why, sizeof why), 0);
    ck_assert_int_eq(btv_config_set(c, "key_wait_ms", "20", why, sizeof why), 0);
    validator = btv_validator_new(c, why, sizeof why);
    btv_config_free(c);
    ck_assert_int_eq(btv_validator_start(validator, 10000), 0);
    for (size_t i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    stir();
    __atomic_store_n(&over, true, __ATOMIC_RELAXED);
    unsigned wrong = 0;
    unsigned accepted = 0;
    uint64_t rounds = 0;
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        wrong += workers[i].wrong;
        accepted += workers[i].accepted;
        rounds += workers[i].rounds;
    }
    ck_assert_uint_eq(wrong, 0);
    btv_validator_stats(validator, &stats);
    uint64_t verdicts = 0;
    for (unsigned e = 0; e < BTV_ERROR_COUNT; e++) {
        verdicts += stats.verdicts[e];
    }
    ck_assert_uint_eq(verdicts, rounds * 4);
    ck_assert_uint_eq(events, rounds * 4);
    ck_assert_uint_eq(stats.verdicts[BTV_SIGNATURE_INVALID], rounds);
    ck_assert_uint_eq(stats.verdicts[BTV_TOKEN_EXPIRED], rounds);
    ck_assert_uint_ge(stats.verdicts[BTV_OK], rounds);
    ck_assert_uint_ge(stats.verdicts[BTV_KID_UNKNOWN] + stats.verdicts[BTV_KEYS_UNAVAILABLE], 1);
    ck_assert_uint_ge(accepted, 1);
    ck_assert_uint_ge(stats.refreshes_ok, CHANGES / 3);
    ck_assert_uint_ge(stats.refreshes_failed, CHANGES / 5);
    btv_validator_free(validator);
    free_tokens();
    authority_cleanup(&authority);
}
END_TEST

TEST_MAIN("threads", no_verdict_is_wrong_while_keys_come_and_go)

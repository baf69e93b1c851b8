/* Snapshots: immutable, counted, and freed by the last who holds them. */
#include "validator/keys/keystore.h"
#include "validator/tests/support/issuer.h"
#include "validator/tests/support/suite.h"

#include <pthread.h>

static struct btv_keystore *store;

/* Publishes a set of one key `n`, as kid "k". */
static void publish(int n)
{
    struct jose_jwks jwks = {NULL, 0};
    char *jwk = test_jwk(test_key(n), "k", "");
    char *json = test_text("{\"keys\":[%s]}", jwk);
    ck_assert_int_eq(jose_jwks_parse(jose_span_of(json), &jwks, NULL, NULL), 0);
    ck_assert_int_eq(btv_keystore_publish(store, &jwks), 0);
    ck_assert_msg(!jwks.keys && jwks.count == 0, "it is the store's now");
    free(jwk);
    free(json);
}

START_TEST(there_is_nothing_before_the_first_set)
{
    store = btv_keystore_new();
    ck_assert_ptr_null(btv_keystore_acquire(store));
    btv_keystore_release(store, NULL);
    btv_keystore_free(store);
    btv_keystore_free(NULL);
}
END_TEST

START_TEST(a_snapshot_outlives_its_successor)
{
    store = btv_keystore_new();
    publish(0);
    struct btv_keyset *first = btv_keystore_acquire(store);
    struct btv_keyset *again = btv_keystore_acquire(store);
    ck_assert_ptr_eq(first, again);
    publish(1);
    struct btv_keyset *second = btv_keystore_acquire(store);
    ck_assert_ptr_ne(first, second);
    ck_assert_uint_eq(second->generation, first->generation + 1);
    ck_assert_int_eq(EVP_PKEY_eq(first->jwks.keys[0].key, test_key(0)), 1);
    ck_assert_int_eq(EVP_PKEY_eq(second->jwks.keys[0].key, test_key(1)), 1);
    btv_keystore_release(store, first);
    ck_assert_int_eq(EVP_PKEY_eq(again->jwks.keys[0].key, test_key(0)), 1);
    btv_keystore_release(store, again);
    btv_keystore_release(store, second);
    btv_keystore_free(store);
}
END_TEST

static void *read_sets(void *arg)
{
    uint64_t *generation = arg;
    for (int i = 0; i < 20000; i++) {
        struct btv_keyset *set = btv_keystore_acquire(store);
        if (set->generation < *generation || set->jwks.count != 1 || !set->jwks.keys[0].key) {
            *generation = UINT64_MAX; /* reported by the main thread */
        } else {
            *generation = set->generation;
        }
        btv_keystore_release(store, set);
    }
    return NULL;
}

START_TEST(readers_never_see_half_a_set)
{
    pthread_t readers[4];
    uint64_t generations[4] = {0};
    store = btv_keystore_new();
    publish(0);
    for (size_t i = 0; i < ROWS(readers); i++) {
        ck_assert_int_eq(pthread_create(&readers[i], NULL, read_sets, &generations[i]), 0);
    }
    for (int i = 0; i < 200; i++) {
        publish(i % 2);
    }
    for (size_t i = 0; i < ROWS(readers); i++) {
        pthread_join(readers[i], NULL);
        ck_assert_uint_ne(generations[i], UINT64_MAX);
    }
    btv_keystore_free(store);
}
END_TEST

TEST_MAIN("keystore", there_is_nothing_before_the_first_set, a_snapshot_outlives_its_successor,
          readers_never_see_half_a_set)

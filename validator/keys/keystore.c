/* A mutex around {load pointer, count}: no reader ever waits for a fetch or for another reader's
 * verification. */
#include "validator/keys/keystore.h"

#include <pthread.h>
#include <stdlib.h>

struct btv_keystore {
    pthread_mutex_t lock; /* guards current and the references of every set */
    struct btv_keyset *current;
    uint64_t generation;
};

struct btv_keystore *btv_keystore_new(void)
{
    struct btv_keystore *s = calloc(1, sizeof *s);
    if (s) {
        pthread_mutex_init(&s->lock, NULL);
    }
    return s;
}

static void keyset_free(struct btv_keyset *set)
{
    if (set) {
        jose_jwks_cleanup(&set->jwks);
        free(set);
    }
}

void btv_keystore_free(struct btv_keystore *s)
{
    if (!s) {
        return;
    }
    keyset_free(s->current);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

struct btv_keyset *btv_keystore_acquire(struct btv_keystore *s)
{
    pthread_mutex_lock(&s->lock);
    struct btv_keyset *set = s->current;
    if (set) {
        set->references++;
    }
    pthread_mutex_unlock(&s->lock);
    return set;
}

void btv_keystore_release(struct btv_keystore *s, struct btv_keyset *set)
{
    if (!set) {
        return;
    }
    pthread_mutex_lock(&s->lock);
    bool last = --set->references == 0;
    pthread_mutex_unlock(&s->lock);
    if (last) {
        keyset_free(set);
    }
}

int btv_keystore_publish(struct btv_keystore *s, struct jose_jwks *jwks)
{
    struct btv_keyset *set = calloc(1, sizeof *set);
    if (!set) {
        return -1;
    }
    set->references = 1;
    set->jwks = *jwks;
    memset(jwks, 0, sizeof *jwks);
    pthread_mutex_lock(&s->lock);
    struct btv_keyset *old = s->current;
    set->generation = ++s->generation;
    s->current = set;
    pthread_mutex_unlock(&s->lock);
    btv_keystore_release(s, old);
    return 0;
}

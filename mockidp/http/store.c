/* A handful of answers: a search through all of them is short. */
#include "mockidp/http/store.h"

#include "mockidp/http/stored.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { PLACES = 8, BODY_MAX = 64 * 1024 };

struct place {
    void *made_of; /* NULL: free */
    size_t made_of_len;
    struct stored_response *stored;
    uint64_t used;
};

struct response_store {
    pthread_mutex_t lock; /* guards all below */
    struct place places[PLACES];
    uint64_t asked;
};

struct response_store *response_store_new(void)
{
    struct response_store *store = calloc(1, sizeof *store);
    if (store) {
        pthread_mutex_init(&store->lock, NULL);
    }
    return store;
}

static void empty(struct place *place)
{
    free(place->made_of);
    stored_response_drop(place->stored);
}

void response_store_free(struct response_store *store)
{
    if (!store) {
        return;
    }
    for (size_t i = 0; i < PLACES; i++) {
        empty(&store->places[i]);
    }
    pthread_mutex_destroy(&store->lock);
    free(store);
}

static struct place *find(struct response_store *store, const void *made_of, size_t len)
{
    for (size_t i = 0; i < PLACES; i++) {
        struct place *place = &store->places[i];
        if (place->made_of && place->made_of_len == len &&
            memcmp(place->made_of, made_of, len) == 0) {
            place->used = ++store->asked;
            return place;
        }
    }
    return NULL;
}

bool response_store_find(struct response_store *store, const void *made_of, size_t made_of_len,
                         struct http_response *response)
{
    pthread_mutex_lock(&store->lock);
    const struct place *place = find(store, made_of, made_of_len);
    struct stored_response *stored = place ? stored_response_hold(place->stored) : NULL;
    pthread_mutex_unlock(&store->lock);
    if (stored) {
        response_free(response);
        stored_response_show(response, stored);
    }
    return stored;
}

static struct place *least_used(struct response_store *store)
{
    struct place *least = &store->places[0];
    for (size_t i = 1; i < PLACES; i++) {
        if (store->places[i].used < least->used) {
            least = &store->places[i];
        }
    }
    return least;
}

void response_store_keep(struct response_store *store, const void *made_of, size_t made_of_len,
                         struct http_response *response)
{
    void *from = response->body_len <= BODY_MAX ? malloc(made_of_len) : NULL;
    struct stored_response *stored = from ? stored_response_new(response) : NULL;
    if (!stored) {
        free(from);
        return;
    }
    memcpy(from, made_of, made_of_len);
    pthread_mutex_lock(&store->lock);
    struct place *place = find(store, made_of, made_of_len);
    if (!place) {
        place = least_used(store);
    }
    empty(place);
    *place = (struct place){from, made_of_len, stored, ++store->asked};
    pthread_mutex_unlock(&store->lock);
}

/* A handful of texts: a search through all of them is short. */
#include "mockidp/platform/memo.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { PLACES = 8, TEXT_MAX = 64 * 1024 };

struct place {
    char *octets; /* what it was made of, then the text; NULL: free */
    size_t made_of_len;
    size_t len;
    uint64_t used;
};

struct memo {
    pthread_mutex_t lock; /* guards all below */
    struct place places[PLACES];
    uint64_t asked;
};

struct memo *memo_new(void)
{
    struct memo *memo = calloc(1, sizeof *memo);
    if (memo) {
        pthread_mutex_init(&memo->lock, NULL);
    }
    return memo;
}

void memo_free(struct memo *memo)
{
    if (!memo) {
        return;
    }
    for (size_t i = 0; i < PLACES; i++) {
        free(memo->places[i].octets);
    }
    pthread_mutex_destroy(&memo->lock);
    free(memo);
}

static struct place *find(struct memo *memo, const void *made_of, size_t len)
{
    for (size_t i = 0; i < PLACES; i++) {
        struct place *place = &memo->places[i];
        if (place->octets && place->made_of_len == len &&
            memcmp(place->octets, made_of, len) == 0) {
            place->used = ++memo->asked;
            return place;
        }
    }
    return NULL;
}

char *memo_find(struct memo *memo, const void *made_of, size_t made_of_len, size_t *len)
{
    char *copy = NULL;
    pthread_mutex_lock(&memo->lock);
    const struct place *place = find(memo, made_of, made_of_len);
    if (place && (copy = malloc(place->len + 1)) != NULL) {
        memcpy(copy, place->octets + made_of_len, place->len);
        copy[place->len] = '\0';
        *len = place->len;
    }
    pthread_mutex_unlock(&memo->lock);
    return copy;
}

static struct place *least_used(struct memo *memo)
{
    struct place *least = &memo->places[0];
    for (size_t i = 1; i < PLACES; i++) {
        if (memo->places[i].used < least->used) {
            least = &memo->places[i];
        }
    }
    return least;
}

void memo_keep(struct memo *memo, const void *made_of, size_t made_of_len, const char *text,
               size_t len)
{
    char *octets = len <= TEXT_MAX ? malloc(made_of_len + len) : NULL;
    if (!octets) {
        return;
    }
    memcpy(octets, made_of, made_of_len);
    memcpy(octets + made_of_len, text, len);
    pthread_mutex_lock(&memo->lock);
    struct place *place = find(memo, made_of, made_of_len);
    if (!place) {
        place = least_used(memo);
    }
    free(place->octets);
    *place = (struct place){
        .octets = octets, .made_of_len = made_of_len, .len = len, .used = ++memo->asked};
    pthread_mutex_unlock(&memo->lock);
}

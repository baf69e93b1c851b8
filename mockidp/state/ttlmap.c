/* Chains of records by the hash of their keys, and one list of all in the order in which they came.
 */
#include "mockidp/state/ttlmap.h"

#include <openssl/crypto.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* What expired is freed at the latest with the first call after so many seconds. */
enum { SWEEP_EVERY_S = 60, BUCKETS_MIN = 64 };

struct record {
    struct record *chain;
    struct record *older;
    struct record *newer;
    uint64_t hash;
    int64_t expires;
    char *key;
    size_t len;
    unsigned char data[];
};

struct ttlmap {
    size_t capacity;
    size_t mask;          /* buckets - 1 */
    pthread_mutex_t lock; /* guards all below */
    struct record **buckets;
    struct record *oldest;
    struct record *newest;
    size_t count;
    int64_t swept;
};

struct ttlmap *ttlmap_new(size_t capacity)
{
    struct ttlmap *map = calloc(1, sizeof *map);
    size_t buckets = BUCKETS_MIN;
    while (buckets < capacity) {
        buckets *= 2;
    }
    if (!map || !(map->buckets = calloc(buckets, sizeof(struct record *)))) {
        free(map);
        return NULL;
    }
    map->capacity = capacity;
    map->mask = buckets - 1;
    pthread_mutex_init(&map->lock, NULL);
    return map;
}

/* FNV-1a: keys are random, and a stranger who invents some finds none. */
static uint64_t hash_of(const char *key)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *key; key++) {
        hash = (hash ^ (unsigned char)*key) * 0x100000001b3u;
    }
    return hash;
}

static void free_record(struct record *r)
{
    OPENSSL_cleanse(r->data, r->len);
    free(r->key);
    free(r);
}

static void unlink_record(struct ttlmap *map, struct record *r)
{
    struct record **at = &map->buckets[r->hash & map->mask];
    while (*at != r) {
        at = &(*at)->chain;
    }
    *at = r->chain;
    *(r->older ? &r->older->newer : &map->oldest) = r->newer;
    *(r->newer ? &r->newer->older : &map->newest) = r->older;
    map->count--;
    free_record(r);
}

static void drop_all(struct ttlmap *map)
{
    for (struct record *r = map->oldest, *next = NULL; r; r = next) {
        next = r->newer;
        free_record(r);
    }
    memset(map->buckets, 0, (map->mask + 1) * sizeof(struct record *));
    map->oldest = NULL;
    map->newest = NULL;
    map->count = 0;
}

static void sweep(struct ttlmap *map, int64_t now)
{
    for (struct record *r = map->oldest, *next = NULL; r; r = next) {
        next = r->newer;
        if (now >= r->expires) {
            unlink_record(map, r);
        }
    }
    map->swept = now;
}

/* A clock that was set back sweeps too: else nothing would until it caught up. */
static void sweep_at_times(struct ttlmap *map, int64_t now)
{
    if (now >= map->swept + SWEEP_EVERY_S || now < map->swept) {
        sweep(map, now);
    }
}

static struct record *find(struct ttlmap *map, const char *key, int64_t now)
{
    uint64_t hash = hash_of(key);
    struct record *r = map->buckets[hash & map->mask];
    while (r && (r->hash != hash || strcmp(r->key, key) != 0)) {
        r = r->chain;
    }
    return r && now < r->expires ? r : NULL;
}

static struct record *make_record(const char *key, const void *data, size_t len, int64_t expires)
{
    struct record *r = calloc(1, sizeof *r + len);
    if (!r || !(r->key = strdup(key))) {
        free(r);
        return NULL;
    }
    r->hash = hash_of(key);
    r->expires = expires;
    r->len = len;
    memcpy(r->data, data, len);
    return r;
}

static void link_record(struct ttlmap *map, struct record *r)
{
    struct record **bucket = &map->buckets[r->hash & map->mask];
    r->chain = *bucket;
    *bucket = r;
    r->older = map->newest;
    *(map->newest ? &map->newest->newer : &map->oldest) = r;
    map->newest = r;
    map->count++;
}

int ttlmap_put(struct ttlmap *map, const char *key, const void *data, size_t len, int64_t now,
               int64_t expires)
{
    struct record *r = make_record(key, data, len, expires);
    if (!r) {
        return -1;
    }
    pthread_mutex_lock(&map->lock);
    sweep_at_times(map, now);
    struct record *there = find(map, key, INT64_MIN);
    if (there) {
        unlink_record(map, there);
    } else if (map->count >= map->capacity) {
        sweep(map, now);
    }
    while (map->count >= map->capacity) {
        unlink_record(map, map->oldest);
    }
    link_record(map, r);
    pthread_mutex_unlock(&map->lock);
    return 0;
}

static bool copy_out(struct ttlmap *map, const char *key, int64_t now, void *out, size_t cap,
                     bool remove)
{
    pthread_mutex_lock(&map->lock);
    sweep_at_times(map, now);
    struct record *r = find(map, key, now);
    bool found = r && r->len <= cap;
    if (found) {
        memcpy(out, r->data, r->len);
        memset((unsigned char *)out + r->len, 0, cap - r->len);
        if (remove) {
            unlink_record(map, r);
        }
    }
    pthread_mutex_unlock(&map->lock);
    return found;
}

bool ttlmap_get(struct ttlmap *map, const char *key, int64_t now, void *out, size_t cap)
{
    return copy_out(map, key, now, out, cap, false);
}

bool ttlmap_take(struct ttlmap *map, const char *key, int64_t now, void *out, size_t cap)
{
    return copy_out(map, key, now, out, cap, true);
}

size_t ttlmap_count(struct ttlmap *map, int64_t now)
{
    pthread_mutex_lock(&map->lock);
    sweep(map, now);
    size_t count = map->count;
    pthread_mutex_unlock(&map->lock);
    return count;
}

void ttlmap_clear(struct ttlmap *map)
{
    pthread_mutex_lock(&map->lock);
    drop_all(map);
    pthread_mutex_unlock(&map->lock);
}

void ttlmap_free(struct ttlmap *map)
{
    if (!map) {
        return;
    }
    drop_all(map);
    pthread_mutex_destroy(&map->lock);
    free(map->buckets);
    free(map);
}

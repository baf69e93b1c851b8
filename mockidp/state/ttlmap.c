/* Chains of records by the digest of their keys, and one list of all in the order in which they
 * came. A record is one allocation: its head and its packed data. The keys themselves, which are
 * secrets, are not kept. */
#include "mockidp/state/ttlmap.h"

#include "mockidp/platform/pack.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* What expired is freed at the latest with the first call after so many seconds. */
enum { BUCKETS_MIN = 64 };

/* struct digest is the first half of a SHA-256: nobody finds two texts that share it. */
struct digest {
    uint64_t half[2];
};

struct record {
    struct record *chain;
    struct record *older;
    struct record *newer;
    int64_t expires;
    struct digest key;
    size_t len;
    unsigned char data[]; /* packed */
};

struct ttlmap {
    size_t capacity;
    size_t bytes_max;
    size_t mask;          /* buckets - 1 */
    pthread_mutex_t lock; /* guards all below */
    struct record **buckets;
    struct record *oldest;
    struct record *newest;
    size_t count;
    size_t bytes; /* of all records */
    uint64_t forgotten;
};

struct ttlmap *ttlmap_new(size_t capacity, size_t bytes_max)
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
    map->bytes_max = bytes_max;
    map->mask = buckets - 1;
    pthread_mutex_init(&map->lock, NULL);
    return map;
}

static struct digest digest_of(const char *key)
{
    unsigned char octets[SHA256_DIGEST_LENGTH];
    struct digest digest;
    SHA256((const unsigned char *)key, strlen(key), octets);
    memcpy(&digest, octets, sizeof digest);
    return digest;
}

static struct record **bucket_of(struct ttlmap *map, struct digest key)
{
    return &map->buckets[key.half[0] & map->mask];
}

static size_t size_of(const struct record *r)
{
    return sizeof *r + r->len;
}

static void free_record(struct record *r)
{
    OPENSSL_cleanse(r, size_of(r));
    free(r);
}

static void unlink_record(struct ttlmap *map, struct record *r)
{
    struct record **at = bucket_of(map, r->key);
    while (*at != r) {
        at = &(*at)->chain;
    }
    *at = r->chain;
    *(r->older ? &r->older->newer : &map->oldest) = r->newer;
    *(r->newer ? &r->newer->older : &map->newest) = r->older;
    map->count--;
    map->bytes -= size_of(r);
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
    map->bytes = 0;
    map->forgotten = 0;
}

/* Returns how many octets that freed. */
static size_t sweep(struct ttlmap *map, int64_t now)
{
    size_t freed = 0;
    for (struct record *r = map->oldest, *next = NULL; r; r = next) {
        next = r->newer;
        if (now >= r->expires) {
            freed += size_of(r);
            unlink_record(map, r);
        }
    }
    return freed;
}

static struct record *find(struct ttlmap *map, struct digest key, int64_t now)
{
    struct record *r = *bucket_of(map, key);
    while (r && (r->key.half[0] != key.half[0] || r->key.half[1] != key.half[1])) {
        r = r->chain;
    }
    return r && now < r->expires ? r : NULL;
}

static struct record *make_record(struct digest key, const void *data, size_t len, int64_t expires)
{
    size_t packed = pack_write(data, len, NULL);
    struct record *r = malloc(sizeof *r + packed);
    if (r) {
        *r = (struct record){.expires = expires, .key = key, .len = packed};
        (void)pack_write(data, len, r->data);
    }
    return r;
}

static void link_record(struct ttlmap *map, struct record *r)
{
    struct record **bucket = bucket_of(map, r->key);
    r->chain = *bucket;
    *bucket = r;
    r->older = map->newest;
    *(map->newest ? &map->newest->newer : &map->oldest) = r;
    map->newest = r;
    map->count++;
    map->bytes += size_of(r);
}

static bool is_full_for(const struct ttlmap *map, const struct record *r)
{
    return map->count > 0 &&
           (map->count >= map->capacity || map->bytes + size_of(r) > map->bytes_max);
}

int ttlmap_put(struct ttlmap *map, const char *key, const void *data, size_t len, int64_t now,
               int64_t expires)
{
    struct digest digest = digest_of(key);
    struct record *r = make_record(digest, data, len, expires);
    if (!r) {
        return -1;
    }
    pthread_mutex_lock(&map->lock);
    struct record *there = find(map, digest, INT64_MIN);
    if (there) {
        unlink_record(map, there);
    }
    if (is_full_for(map, r)) {
        (void)sweep(map, now);
    }
    while (is_full_for(map, r)) {
        map->forgotten++;
        unlink_record(map, map->oldest);
    }
    link_record(map, r);
    pthread_mutex_unlock(&map->lock);
    return 0;
}

static bool copy_out(struct ttlmap *map, const char *key, int64_t now, void *out, size_t cap,
                     bool remove)
{
    struct digest digest = digest_of(key);
    pthread_mutex_lock(&map->lock);
    struct record *r = find(map, digest, now);
    bool found = r && pack_read(r->data, r->len, out, cap);
    if (found && remove) {
        unlink_record(map, r);
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

bool ttlmap_extend(struct ttlmap *map, const char *key, int64_t now, int64_t expires)
{
    struct digest digest = digest_of(key);
    pthread_mutex_lock(&map->lock);
    struct record *r = find(map, digest, now);
    if (r) {
        r->expires = expires;
    }
    pthread_mutex_unlock(&map->lock);
    return r != NULL;
}

size_t ttlmap_sweep(struct ttlmap *map, int64_t now)
{
    pthread_mutex_lock(&map->lock);
    size_t freed = sweep(map, now);
    pthread_mutex_unlock(&map->lock);
    return freed;
}

struct ttlmap_level ttlmap_level(struct ttlmap *map, int64_t now)
{
    pthread_mutex_lock(&map->lock);
    (void)sweep(map, now);
    struct ttlmap_level level = {map->count, map->capacity, map->forgotten};
    pthread_mutex_unlock(&map->lock);
    return level;
}

size_t ttlmap_count(struct ttlmap *map, int64_t now)
{
    return ttlmap_level(map, now).count;
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

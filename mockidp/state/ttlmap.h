/* A bounded map from secret texts to small records, each of which expires by the IdP's clock. */
#ifndef MOCKIDP_STATE_TTLMAP_H
#define MOCKIDP_STATE_TTLMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* struct ttlmap locks itself: all calls from any thread. `now` and `expires` are Unix seconds. */
struct ttlmap;

/* ttlmap_new returns a newly allocated map of at most `capacity` records that take at most
 * `bytes_max` octets together (one may take more), or NULL. */
struct ttlmap *ttlmap_new(size_t capacity, size_t bytes_max);
void ttlmap_free(struct ttlmap *map);

/*
 * ttlmap_put copies `len` bytes in under `key`, in place of what stood there, until `expires`. A
 * full map lets its oldest records go. -1 without memory.
 */
int ttlmap_put(struct ttlmap *map, const char *key, const void *data, size_t len, int64_t now,
               int64_t expires);

/* ttlmap_get copies the record to `out` and zeroes what is left of `cap`. False without one that
 * lives, or when it is longer than `cap`. */
bool ttlmap_get(struct ttlmap *map, const char *key, int64_t now, void *out, size_t cap);

/* ttlmap_take is ttlmap_get, and removes the record: of two takers one succeeds. */
bool ttlmap_take(struct ttlmap *map, const char *key, int64_t now, void *out, size_t cap);

/* ttlmap_extend lets a record that lives live until `expires`; false when there is none. */
bool ttlmap_extend(struct ttlmap *map, const char *key, int64_t now, int64_t expires);

/* ttlmap_sweep forgets what expired, and returns how many octets of memory that freed. */
size_t ttlmap_sweep(struct ttlmap *map, int64_t now);

/* struct ttlmap_level: how many records live, of how many at most, and how many were let go alive
 * for newer ones since the start or the last clear. */
struct ttlmap_level {
    size_t count;
    size_t capacity;
    uint64_t forgotten;
};
struct ttlmap_level ttlmap_level(struct ttlmap *map, int64_t now);

/* ttlmap_count returns how many records live. */
size_t ttlmap_count(struct ttlmap *map, int64_t now);

/* ttlmap_clear forgets every record. */
void ttlmap_clear(struct ttlmap *map);

#endif

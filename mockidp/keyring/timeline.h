/* The life of one tenant's signing keys: held in reserve, published, signing, retired, removed.
 * Pure: no locks, no clock. */
#ifndef MOCKIDP_KEYRING_TIMELINE_H
#define MOCKIDP_KEYRING_TIMELINE_H

#include "mockidp/mint/key.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* struct timeline_plan is what --rotate says, in seconds; every_s 0: keys change by hand only. */
struct timeline_plan {
    int64_t every_s;
    int64_t publish_ahead_s; /* a key is published so long before it signs */
    int64_t retire_after_s;  /* a key is removed so long after it signed last */
};

/*
 * timeline_plan_parse reads "EVERY[,publish-ahead=D][,retire-after=D]"; a duration is a number of
 * seconds or has a unit s, m, h or d. Both default to EVERY. False with a sentence in `why`.
 */
bool timeline_plan_parse(const char *text, struct timeline_plan *plan, char *why, size_t cap);

enum { TIMELINE_ADDED_MAX = 16 };

enum timeline_state { KEY_RESERVE, KEY_PUBLISHED, KEY_CURRENT, KEY_RETIRED, KEY_REMOVED };

/* struct timeline_entry is one key. Times are Unix seconds, 0 while not reached. */
struct timeline_entry {
    const struct mint_key *key; /* NULL until it is needed, when `pem` is there */
    struct mint_key *owned;     /* the same, unless it is somebody else's */
    const void *pem;            /* borrowed, or NULL */
    size_t pem_len;
    const char *common_name; /* of the certificate that is made for it */
    bool stale;              /* in the key set before the last change */
    enum timeline_state state;
    int64_t published_at;
    int64_t signs_from;
    int64_t retired_at;
    int64_t removed_at;
};

/* struct timeline is zeroed at first. The entries in use come first, then the reserve. */
struct timeline {
    struct timeline_entry **entries; /* owned, each and all; pointers stay valid until the end */
    size_t count;
    size_t used;
    struct timeline_entry *added[TIMELINE_ADDED_MAX]; /* owned; beside the timeline */
    size_t added_count;
    int64_t rotate_at;       /* of the plan; 0: none */
    const char *common_name; /* of the certificates of keys from PEM, static */
};

void timeline_cleanup(struct timeline *t);

/* timeline_at returns entry number `i` of all, those beside the timeline last; NULL behind the end.
 */
struct timeline_entry *timeline_at(const struct timeline *t, size_t i);

/* timeline_append puts a key in reserve: `key` is taken over, or `pem` borrowed. Returns the entry,
 * or NULL (then `key` is not). */
struct timeline_entry *timeline_append(struct timeline *t, struct mint_key *key, const void *pem,
                                       size_t pem_len);

/* timeline_start takes the first four of the reserve for removed, retired, current and next; two
 * for the last two. */
void timeline_start(struct timeline *t, int64_t now, const struct timeline_plan *plan);

/* timeline_reserve returns how many keys may still be taken. */
size_t timeline_reserve(const struct timeline *t);

/* timeline_tick plays what the plan wants until `now`, as far as the reserve goes. True when it
 * took keys out of the reserve. */
bool timeline_tick(struct timeline *t, int64_t now, const struct timeline_plan *plan);

/* timeline_find returns the entry of "current", "next", "retired" or "removed", or the one with
 * that kid; else NULL. */
struct timeline_entry *timeline_find(const struct timeline *t, const char *name);

/*
 * The changes. Each first remembers the key set for stale answers. timeline_publish takes one of
 * the reserve (NULL without one), timeline_sign lets a published key sign and retires the one that
 * signed, timeline_remove unpublishes.
 */
void timeline_remember(struct timeline *t);
/* timeline_add publishes a key of somebody else beside the timeline, until it is removed; NULL when
 * there are too many. */
struct timeline_entry *timeline_add(struct timeline *t, const struct mint_key *key, int64_t now);
struct timeline_entry *timeline_publish(struct timeline *t, int64_t now);
void timeline_sign(struct timeline *t, struct timeline_entry *entry, int64_t now);
void timeline_remove(struct timeline_entry *entry, int64_t now);

/* timeline_is_published says whether the key set holds the entry. */
bool timeline_is_published(const struct timeline_entry *entry);
size_t timeline_published(const struct timeline *t);

/* timeline_key returns the key of an entry (NULL: NULL), parsed at its first use. */
const struct mint_key *timeline_key(struct timeline_entry *entry);

/* timeline_json returns {"keys":[{"kid","state",times}],"rotates_at"}, a new reference, or NULL. */
json_t *timeline_json(const struct timeline *t);

#endif

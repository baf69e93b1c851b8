/* Which key is where in its life, changed by hand or by the plan. */
#include "mockidp/keyring/timeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Entra publishes at least two keys at any time. */
#define PUBLISHED_MIN 2
/* More are dropped, oldest first, when keys change by hand. */
#define PUBLISHED_MAX 6
#define DURATION_MAX_S (3650LL * 86400)

/* A whole number with an optional unit; moves *text behind it. -1 when there is none. */
static int64_t parse_duration(const char **text)
{
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
    char *end = NULL;
    if (**text < '0' || **text > '9') {
        return -1;
    }
    long long n = strtoll(*text, &end, 10);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (*end == units[i].unit) {
            end++;
            n = n > DURATION_MAX_S ? n : n * units[i].seconds;
            break;
        }
    }
    *text = end;
    return n > DURATION_MAX_S ? -1 : n;
}

bool timeline_plan_parse(const char *text, struct timeline_plan *plan, char *why, size_t cap)
{
    static const char ahead[] = ",publish-ahead=";
    static const char after[] = ",retire-after=";
    const char *at = text;
    plan->every_s = parse_duration(&at);
    plan->publish_ahead_s = plan->every_s;
    plan->retire_after_s = plan->every_s;
    while (plan->every_s > 0 && *at) {
        int64_t *member = strncmp(at, ahead, sizeof ahead - 1) == 0   ? &plan->publish_ahead_s
                          : strncmp(at, after, sizeof after - 1) == 0 ? &plan->retire_after_s
                                                                      : NULL;
        if (!member) {
            break;
        }
        at = strchr(at, '=') + 1;
        if ((*member = parse_duration(&at)) < 0) {
            break;
        }
    }
    if (plan->every_s <= 0 || plan->publish_ahead_s < 0 || plan->retire_after_s < 0 || *at) {
        (void)snprintf(why, cap, "'%s' is not EVERY[,publish-ahead=D][,retire-after=D]", text);
        return false;
    }
    if (plan->publish_ahead_s > plan->every_s) {
        plan->publish_ahead_s = plan->every_s;
    }
    return true;
}

void timeline_cleanup(struct timeline *t)
{
    for (size_t i = 0; i < t->count; i++) {
        mint_key_free(t->entries[i]->owned);
        free(t->entries[i]);
    }
    free(t->entries);
    for (size_t i = 0; i < t->added_count; i++) {
        free(t->added[i]);
    }
    *t = (struct timeline){0};
}

struct timeline_entry *timeline_at(const struct timeline *t, size_t i)
{
    return i < t->count                    ? t->entries[i]
           : i - t->count < t->added_count ? t->added[i - t->count]
                                           : NULL;
}

struct timeline_entry *timeline_append(struct timeline *t, struct mint_key *key, const void *pem,
                                       size_t pem_len)
{
    struct timeline_entry **grown =
        realloc(t->entries, (t->count + 1) * sizeof(struct timeline_entry *));
    if (!grown) {
        return NULL;
    }
    t->entries = grown;
    struct timeline_entry *entry = calloc(1, sizeof *entry);
    if (!entry) {
        return NULL;
    }
    *entry = (struct timeline_entry){
        .key = key, .owned = key, .pem = pem, .pem_len = pem_len, .common_name = t->common_name};
    t->entries[t->count++] = entry;
    return entry;
}

static void put_back(struct timeline_entry *e)
{
    *e = (struct timeline_entry){.key = e->key,
                                 .owned = e->owned,
                                 .pem = e->pem,
                                 .pem_len = e->pem_len,
                                 .common_name = e->common_name};
}

void timeline_start(struct timeline *t, int64_t now, const struct timeline_plan *plan)
{
    static const enum timeline_state first[] = {KEY_REMOVED, KEY_RETIRED, KEY_CURRENT,
                                                KEY_PUBLISHED};
    size_t skip = t->count >= 4 ? 0 : 2;
    for (size_t i = 0; i < t->count; i++) {
        put_back(t->entries[i]);
    }
    for (; t->added_count > 0; t->added_count--) {
        free(t->added[t->added_count - 1]);
    }
    for (t->used = 0; t->used < t->count && t->used + skip < 4; t->used++) {
        struct timeline_entry *e = t->entries[t->used];
        e->state = first[t->used + skip];
        e->published_at = now;
        e->signs_from = e->state == KEY_PUBLISHED ? 0 : now;
        e->retired_at = e->state == KEY_RETIRED || e->state == KEY_REMOVED ? now : 0;
        e->removed_at = e->state == KEY_REMOVED ? now : 0;
        e->stale = timeline_is_published(e);
    }
    t->rotate_at = plan->every_s > 0 ? now + plan->every_s : 0;
}

size_t timeline_reserve(const struct timeline *t)
{
    return t->count - t->used;
}

bool timeline_is_published(const struct timeline_entry *e)
{
    return e->state == KEY_PUBLISHED || e->state == KEY_CURRENT || e->state == KEY_RETIRED;
}

size_t timeline_published(const struct timeline *t)
{
    size_t n = 0;
    for (size_t i = 0; i < t->count; i++) {
        n += timeline_is_published(t->entries[i]);
    }
    return n;
}

void timeline_remember(struct timeline *t)
{
    struct timeline_entry *e = NULL;
    for (size_t i = 0; (e = timeline_at(t, i)); i++) {
        e->stale = timeline_is_published(e);
    }
}

struct timeline_entry *timeline_add(struct timeline *t, const struct mint_key *key, int64_t now)
{
    struct timeline_entry *e = t->added_count < TIMELINE_ADDED_MAX ? calloc(1, sizeof *e) : NULL;
    if (e) {
        *e = (struct timeline_entry){.key = key, .state = KEY_PUBLISHED, .published_at = now};
        t->added[t->added_count++] = e;
    }
    return e;
}

struct timeline_entry *timeline_publish(struct timeline *t, int64_t now)
{
    if (t->used == t->count) {
        return NULL;
    }
    struct timeline_entry *e = t->entries[t->used++];
    e->state = KEY_PUBLISHED;
    e->published_at = now;
    return e;
}

/* The one that signed longest ago, if there are more than `keep` published. */
static void drop_oldest(struct timeline *t, size_t keep, int64_t now)
{
    for (size_t i = 0; i < t->count && timeline_published(t) > keep; i++) {
        if (t->entries[i]->state == KEY_RETIRED) {
            timeline_remove(t->entries[i], now);
        }
    }
}

void timeline_sign(struct timeline *t, struct timeline_entry *entry, int64_t now)
{
    struct timeline_entry *old = timeline_find(t, "current");
    if (old && old != entry) {
        old->state = KEY_RETIRED;
        old->retired_at = now;
    }
    entry->state = KEY_CURRENT;
    entry->signs_from = now;
    drop_oldest(t, PUBLISHED_MAX, now);
}

void timeline_remove(struct timeline_entry *entry, int64_t now)
{
    entry->state = KEY_REMOVED;
    entry->removed_at = now;
}

/* The latest in that state: the order of the entries is the order of their lives. */
static struct timeline_entry *latest(const struct timeline *t, enum timeline_state state)
{
    for (size_t i = t->used; i > 0; i--) {
        if (t->entries[i - 1]->state == state) {
            return t->entries[i - 1];
        }
    }
    return NULL;
}

/* A key may have been removed and added again: the one that is published counts. */
static struct timeline_entry *find_kid(const struct timeline *t, const char *kid)
{
    struct timeline_entry *e = NULL;
    struct timeline_entry *found = NULL;
    for (size_t i = 0; (e = timeline_at(t, i)); i++) {
        if (e->state != KEY_RESERVE && timeline_key(e) && strcmp(e->key->kid, kid) == 0) {
            found =
                !found || (timeline_is_published(e) && !timeline_is_published(found)) ? e : found;
        }
    }
    return found;
}

struct timeline_entry *timeline_find(const struct timeline *t, const char *name)
{
    if (strcmp(name, "current") == 0) {
        return latest(t, KEY_CURRENT);
    }
    if (strcmp(name, "retired") == 0) {
        return latest(t, KEY_RETIRED);
    }
    if (strcmp(name, "removed") == 0) {
        return latest(t, KEY_REMOVED);
    }
    for (size_t i = 0; strcmp(name, "next") == 0 && i < t->used; i++) {
        if (t->entries[i]->state == KEY_PUBLISHED) {
            return t->entries[i];
        }
    }
    return find_kid(t, name);
}

/* Removes what was retired long enough ago; two keys stay published. */
static void remove_due(struct timeline *t, int64_t now, const struct timeline_plan *plan)
{
    for (size_t i = 0; i < t->used && timeline_published(t) > PUBLISHED_MIN; i++) {
        struct timeline_entry *e = t->entries[i];
        if (e->state == KEY_RETIRED && now >= e->retired_at + plan->retire_after_s) {
            timeline_remember(t);
            timeline_remove(e, e->retired_at + plan->retire_after_s);
        }
    }
}

bool timeline_tick(struct timeline *t, int64_t now, const struct timeline_plan *plan)
{
    size_t reserve = timeline_reserve(t);
    if (plan->every_s == 0 || t->rotate_at == 0) {
        return false;
    }
    for (;;) {
        int64_t publish_at = t->rotate_at - plan->publish_ahead_s;
        struct timeline_entry *next = timeline_find(t, "next");
        if (!next && now >= publish_at) {
            timeline_remember(t);
            next = timeline_publish(t, publish_at);
        }
        if (!next || now < t->rotate_at) {
            break;
        }
        timeline_remember(t);
        timeline_sign(t, next, t->rotate_at);
        t->rotate_at += plan->every_s;
        remove_due(t, now < t->rotate_at ? now : t->rotate_at, plan);
    }
    remove_due(t, now, plan);
    return timeline_reserve(t) < reserve;
}

const struct mint_key *timeline_key(struct timeline_entry *entry)
{
    if (entry && !entry->key && entry->pem) {
        entry->key = entry->owned =
            mint_key_from_pem_named(entry->pem, entry->pem_len, entry->common_name);
    }
    return entry ? entry->key : NULL;
}

static json_t *entry_json(struct timeline_entry *e)
{
    static const char *const states[] = {"reserve", "published", "current", "retired", "removed"};
    const struct mint_key *key = timeline_key(e);
    json_t *json = json_pack("{s:s?, s:s, s:I}", "kid", key ? key->kid : NULL, "state",
                             states[e->state], "published_at", (json_int_t)e->published_at);
    if (e->signs_from) {
        json_object_set_new(json, "signs_from", json_integer(e->signs_from));
    }
    if (e->retired_at) {
        json_object_set_new(json, "retired_at", json_integer(e->retired_at));
    }
    if (e->removed_at) {
        json_object_set_new(json, "removed_at", json_integer(e->removed_at));
    }
    return json;
}

json_t *timeline_json(const struct timeline *t)
{
    json_t *keys = json_array();
    struct timeline_entry *e = NULL;
    for (size_t i = 0; (e = timeline_at(t, i)); i++) {
        if (e->state != KEY_RESERVE) {
            json_array_append_new(keys, entry_json(e));
        }
    }
    json_t *json = json_pack("{s:o}", "keys", keys);
    if (t->rotate_at > 0) {
        json_object_set_new(json, "rotates_at", json_integer(t->rotate_at));
    }
    return json;
}

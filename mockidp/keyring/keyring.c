/* Timelines behind one lock, and the thread that makes keys for tenants that bring none. */
#include "mockidp/keyring/keyring.h"

#include "mockidp/keyring/keyfiles.h"
#include "mockidp/keyring/named.h"
#include "mockidp/platform/clock.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* So many are made ahead of a rotation; a timeline starts with the current and the next one. */
enum { RESERVE_MIN = 2, START_MIN = 2 };

struct tenant {
    char *id;
    struct timeline timeline;
    size_t made; /* keys that were made or read from the state folder */
};

struct keyring {
    struct clock *clock;
    struct key_source source;
    struct timeline_plan plan;
    pthread_mutex_t lock; /* guards all that follows */
    pthread_cond_t changed;
    struct tenant **tenants; /* pointers stay valid until the end */
    size_t count;
    struct named_keys named;
    bool stopping;
    bool maker_running;
    pthread_t maker;
};

/* ---- the maker ---- */

static struct tenant *tenant_in_need(const struct keyring *k)
{
    for (size_t i = 0; i < k->count; i++) {
        const struct timeline *t = &k->tenants[i]->timeline;
        if (t->used == 0 ? t->count < START_MIN : timeline_reserve(t) < RESERVE_MIN) {
            return k->tenants[i];
        }
    }
    return NULL;
}

static void take_in(struct keyring *k, struct tenant *tenant, struct mint_key *key)
{
    tenant->made++;
    if (!key || !timeline_append(&tenant->timeline, key, NULL, 0)) {
        mint_key_free(key);
    } else if (tenant->timeline.used == 0 && tenant->timeline.count >= START_MIN) {
        timeline_start(&tenant->timeline, clock_now(k->clock), &k->plan);
    }
    pthread_cond_broadcast(&k->changed);
}

/* The lock is not held while a key is made. */
static void *maker_main(void *arg)
{
    struct keyring *k = arg;
    pthread_mutex_lock(&k->lock);
    while (!k->stopping) {
        struct tenant *tenant = tenant_in_need(k);
        if (!tenant) {
            pthread_cond_wait(&k->changed, &k->lock);
            continue;
        }
        size_t index = tenant->made;
        pthread_mutex_unlock(&k->lock);
        struct mint_key *key = key_source_make(&k->source, tenant->id, index);
        pthread_mutex_lock(&k->lock);
        take_in(k, tenant, key);
    }
    pthread_mutex_unlock(&k->lock);
    return NULL;
}

/* ---- life ---- */

struct keyring *keyring_new(struct clock *clock, const char *state_dir, const char *rotate,
                            char *why, size_t cap)
{
    struct keyring *k = calloc(1, sizeof *k);
    if (!k || (state_dir && !(k->source.state_dir = strdup(state_dir)))) {
        free(k);
        (void)snprintf(why, cap, "out of memory");
        return NULL;
    }
    k->clock = clock;
    if (rotate && !timeline_plan_parse(rotate, &k->plan, why, cap)) {
        key_source_cleanup(&k->source);
        free(k);
        return NULL;
    }
    pthread_mutex_init(&k->lock, NULL);
    pthread_cond_init(&k->changed, NULL);
    if (pthread_create(&k->maker, NULL, maker_main, k) != 0) {
        keyring_free(k);
        (void)snprintf(why, cap, "no thread for the making of keys");
        return NULL;
    }
    k->maker_running = true;
    return k;
}

void keyring_free(struct keyring *k)
{
    if (!k) {
        return;
    }
    pthread_mutex_lock(&k->lock);
    k->stopping = true;
    pthread_cond_broadcast(&k->changed);
    pthread_mutex_unlock(&k->lock);
    if (k->maker_running) {
        pthread_join(k->maker, NULL);
    }
    for (size_t i = 0; i < k->count; i++) {
        timeline_cleanup(&k->tenants[i]->timeline);
        free(k->tenants[i]->id);
        free(k->tenants[i]);
    }
    free(k->tenants);
    named_keys_cleanup(&k->named);
    pthread_mutex_destroy(&k->lock);
    pthread_cond_destroy(&k->changed);
    key_source_cleanup(&k->source);
    free(k);
}

int keyring_seed(struct keyring *k, const char *seed)
{
    return seed && !(k->source.seed = strdup(seed)) ? -1 : 0;
}

static struct tenant *find_tenant(const struct keyring *k, const char *id)
{
    for (size_t i = 0; id && i < k->count; i++) {
        if (strcasecmp(k->tenants[i]->id, id) == 0) {
            return k->tenants[i];
        }
    }
    return NULL;
}

static struct tenant *new_tenant(struct keyring *k, const char *id)
{
    struct tenant **grown = realloc(k->tenants, (k->count + 1) * sizeof(struct tenant *));
    if (!grown) {
        return NULL;
    }
    k->tenants = grown;
    struct tenant *tenant = calloc(1, sizeof *tenant);
    if (!tenant || !(tenant->id = strdup(id))) {
        free(tenant);
        return NULL;
    }
    tenant->timeline.common_name = key_common_name(id);
    k->tenants[k->count++] = tenant;
    return tenant;
}

int keyring_add(struct keyring *k, const char *tenant_id, const struct keyring_pem *pems,
                size_t count)
{
    int status = 0;
    pthread_mutex_lock(&k->lock);
    if (!find_tenant(k, tenant_id)) {
        struct tenant *tenant = new_tenant(k, tenant_id);
        status = tenant ? 0 : -1;
        for (size_t i = 0; i < count && status == 0; i++) {
            status = timeline_append(&tenant->timeline, NULL, pems[i].data, pems[i].len) ? 0 : -1;
        }
        if (status == 0 && count >= START_MIN) {
            timeline_start(&tenant->timeline, clock_now(k->clock), &k->plan);
        }
        pthread_cond_broadcast(&k->changed);
    }
    pthread_mutex_unlock(&k->lock);
    return status;
}

/* ---- looking ---- */

__attribute__((format(printf, 3, 4))) static void refuse(char *why, size_t cap,
                                                         const char *sentence, ...)
{
    va_list args;
    va_start(args, sentence);
    (void)vsnprintf(why, cap, sentence, args);
    va_end(args);
}

/* settle waits for the first keys of a tenant and plays its plan until now. NULL with `why`. */
static struct tenant *settle(struct keyring *k, const char *tenant_id, char *why, size_t cap)
{
    struct tenant *tenant = find_tenant(k, tenant_id);
    if (!tenant) {
        refuse(why, cap, "there is no tenant %s", tenant_id ? tenant_id : "(none)");
        return NULL;
    }
    while (tenant->timeline.used == 0 && !k->stopping) {
        pthread_cond_wait(&k->changed, &k->lock);
    }
    if (timeline_tick(&tenant->timeline, clock_now(k->clock), &k->plan)) {
        pthread_cond_broadcast(&k->changed); /* the maker has work, as it has not at each request */
    }
    return tenant;
}

/* The tenant that was added after `tenant`, or the first; NULL when there is one only. */
static struct tenant *neighbour(struct keyring *k, const struct tenant *t, char *why, size_t cap)
{
    for (size_t i = 0; k->count > 1 && i < k->count; i++) {
        if (k->tenants[i] == t) {
            return settle(k, k->tenants[(i + 1) % k->count]->id, why, cap);
        }
    }
    refuse(why, cap, "there is no other tenant");
    return NULL;
}

static const struct mint_key *find_key(struct keyring *k, struct tenant *tenant, const char *name,
                                       char *why, size_t cap)
{
    if (strcmp(name, "other-tenant") == 0) {
        struct tenant *other = neighbour(k, tenant, why, cap);
        return other ? timeline_key(timeline_find(&other->timeline, "current")) : NULL;
    }
    const struct mint_key *key = timeline_key(timeline_find(&tenant->timeline, name));
    key = key ? key : named_key(&k->named, name, k->source.seed);
    if (!key) {
        refuse(why, cap, "the tenant has no key '%s' now", name);
    }
    return key;
}

const struct mint_key *keyring_key(struct keyring *k, const char *tenant_id, const char *name,
                                   char *why, size_t cap)
{
    pthread_mutex_lock(&k->lock);
    struct tenant *tenant = settle(k, tenant_id, why, cap);
    const struct mint_key *key = tenant ? find_key(k, tenant, name, why, cap) : NULL;
    pthread_mutex_unlock(&k->lock);
    return key;
}

size_t keyring_published(struct keyring *k, const char *tenant_id, bool stale,
                         const struct mint_key *out[KEYRING_PUBLISHED_MAX])
{
    size_t n = 0;
    char why[8];
    pthread_mutex_lock(&k->lock);
    const struct tenant *tenant = settle(k, tenant_id, why, sizeof why);
    struct timeline_entry *e = NULL;
    for (size_t i = 0;
         tenant && (e = timeline_at(&tenant->timeline, i)) && n < KEYRING_PUBLISHED_MAX; i++) {
        const struct mint_key *key =
            (stale ? e->stale : timeline_is_published(e)) ? timeline_key(e) : NULL;
        if (key) {
            out[n++] = key;
        }
    }
    pthread_mutex_unlock(&k->lock);
    return n;
}

/* ---- changing ---- */

/* A key of the reserve is published; waits for one that is being made. */
static struct timeline_entry *publish_next(struct keyring *k, struct tenant *tenant)
{
    struct timeline_entry *entry = NULL;
    while (!(entry = timeline_publish(&tenant->timeline, clock_now(k->clock))) && !k->stopping) {
        pthread_cond_wait(&k->changed, &k->lock);
    }
    pthread_cond_broadcast(&k->changed);
    return entry;
}

static void replan(struct keyring *k, struct timeline *t)
{
    t->rotate_at = k->plan.every_s > 0 ? clock_now(k->clock) + k->plan.every_s : 0;
}

int keyring_rotate(struct keyring *k, const char *tenant_id, bool ahead, char *why, size_t cap)
{
    pthread_mutex_lock(&k->lock);
    struct tenant *tenant = settle(k, tenant_id, why, cap);
    struct timeline_entry *entry = NULL;
    if (tenant) {
        timeline_remember(&tenant->timeline);
        entry = ahead ? timeline_find(&tenant->timeline, "next") : NULL;
        entry = entry ? entry : publish_next(k, tenant);
    }
    if (entry) {
        timeline_sign(&tenant->timeline, entry, clock_now(k->clock));
        if (ahead) {
            publish_next(k, tenant);
        }
        replan(k, &tenant->timeline);
    }
    pthread_mutex_unlock(&k->lock);
    return entry ? 0 : -1;
}

int keyring_publish(struct keyring *k, const char *tenant_id, const char *name, char *why,
                    size_t cap)
{
    pthread_mutex_lock(&k->lock);
    struct tenant *tenant = settle(k, tenant_id, why, cap);
    struct timeline_entry *entry = NULL;
    if (tenant && name) {
        const struct mint_key *key = find_key(k, tenant, name, why, cap);
        timeline_remember(&tenant->timeline);
        entry = key ? timeline_add(&tenant->timeline, key, clock_now(k->clock)) : NULL;
        if (key && !entry) {
            refuse(why, cap, "too many keys stand beside the timeline: remove one first");
        }
    } else if (tenant) {
        timeline_remember(&tenant->timeline);
        entry = publish_next(k, tenant);
    }
    pthread_mutex_unlock(&k->lock);
    return entry ? 0 : -1;
}

int keyring_retire(struct keyring *k, const char *tenant_id, char *why, size_t cap)
{
    pthread_mutex_lock(&k->lock);
    struct tenant *tenant = settle(k, tenant_id, why, cap);
    struct timeline_entry *next = tenant ? timeline_find(&tenant->timeline, "next") : NULL;
    if (next) {
        timeline_remember(&tenant->timeline);
        timeline_sign(&tenant->timeline, next, clock_now(k->clock));
        replan(k, &tenant->timeline);
    } else if (tenant) {
        refuse(why, cap, "no key is published that could sign next: publish one first");
    }
    pthread_mutex_unlock(&k->lock);
    return next ? 0 : -1;
}

int keyring_remove(struct keyring *k, const char *tenant_id, const char *name, char *why,
                   size_t cap)
{
    int status = -1;
    pthread_mutex_lock(&k->lock);
    struct tenant *tenant = settle(k, tenant_id, why, cap);
    struct timeline_entry *entry =
        tenant ? timeline_find(&tenant->timeline, name ? name : "retired") : NULL;
    if (tenant && !entry && name) {
        const struct mint_key *foreign = find_key(k, tenant, name, why, cap);
        entry = foreign ? timeline_find(&tenant->timeline, foreign->kid) : NULL;
    }
    if (tenant && (!entry || !timeline_is_published(entry))) {
        refuse(why, cap, "no key '%s' is published", name ? name : "retired");
    } else if (tenant && entry->state == KEY_CURRENT) {
        refuse(why, cap, "the key '%s' signs: retire it first", name ? name : "");
    } else if (tenant) {
        timeline_remember(&tenant->timeline);
        timeline_remove(entry, clock_now(k->clock));
        if (timeline_published(&tenant->timeline) < 2) {
            publish_next(k, tenant);
        }
        status = 0;
    }
    pthread_mutex_unlock(&k->lock);
    return status;
}

/* ---- showing ---- */

json_t *keyring_json(struct keyring *k, const char *tenant_id)
{
    char why[8];
    pthread_mutex_lock(&k->lock);
    const struct tenant *tenant = settle(k, tenant_id, why, sizeof why);
    json_t *json = tenant ? timeline_json(&tenant->timeline) : json_object();
    pthread_mutex_unlock(&k->lock);
    json_object_set_new(json, "tenant", json_string(tenant_id));
    return json;
}

void keyring_reset(struct keyring *k)
{
    pthread_mutex_lock(&k->lock);
    for (size_t i = 0; i < k->count; i++) {
        if (k->tenants[i]->timeline.used > 0) {
            timeline_start(&k->tenants[i]->timeline, clock_now(k->clock), &k->plan);
        }
    }
    pthread_mutex_unlock(&k->lock);
}

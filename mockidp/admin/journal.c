/* The bounded list of what happened, and its counts. Entries are packed, most of their room being
 * empty, and lie in a few large blocks: small ones would come to lie between those of codes and
 * tokens, and keep their pages once these are gone. */
#include "mockidp/admin/journal.h"

#include "mockidp/platform/pack.h"

#include <openssl/sha.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { ENDPOINTS_MAX = 32 }; /* distinct endpoint names: route tables hold about a dozen */
enum { BLOCK_OCTETS = 64 * 1024, BLOCKS_MAX = 40, PACKED_MAX = 2 * sizeof(struct journal_entry) };

/* struct block holds packed entries, each behind its length in two octets. */
struct block {
    struct block *newer;
    size_t count;
    size_t used;
    unsigned char octets[BLOCK_OCTETS];
};

struct journal {
    pthread_mutex_t lock; /* guards all below */
    struct block *oldest;
    struct block *newest;
    size_t blocks;
    size_t kept; /* entries in all blocks: maybe some more than the capacity */
    size_t capacity;
    uint64_t last; /* seq of the newest entry; 0: none */
    struct {
        const char *endpoint;
        uint64_t count;
    } totals[ENDPOINTS_MAX];
    size_t totals_count;
};

/* note cuts at `cap` and keeps printable ASCII: the journal is shown in terminals and pages. */
static void note(char *field, size_t cap, const char *text)
{
    size_t i = 0;

    for (; i + 1 < cap && text[i] != '\0'; i++) {
        field[i] = text[i] >= 0x20 && text[i] < 0x7f ? text[i] : '?';
    }
    field[i] = '\0';
}

#define NOTE(field)                                                                                \
    void journal_note_##field(struct journal_entry *entry, const char *text)                       \
    {                                                                                              \
        if (entry != NULL && text != NULL) {                                                       \
            note(entry->field, sizeof entry->field, text);                                         \
        }                                                                                          \
    }
NOTE(tenant)
NOTE(client)
NOTE(grant)
NOTE(outcome)
NOTE(detail)
NOTE(path)
NOTE(method)
NOTE(fault)
#undef NOTE

void journal_hash(const char *secret, size_t len, char *out, size_t cap)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];

    SHA256((const unsigned char *)secret, len, digest);
    (void)snprintf(out, cap, "sha256:%02x%02x%02x%02x%02x%02x%02x%02x", digest[0], digest[1],
                   digest[2], digest[3], digest[4], digest[5], digest[6], digest[7]);
}

struct journal *journal_new(size_t capacity)
{
    struct journal *journal = calloc(1, sizeof *journal);

    if (journal == NULL) {
        return NULL;
    }
    journal->capacity = capacity;
    pthread_mutex_init(&journal->lock, NULL);
    return journal;
}

static void drop_all(struct journal *journal)
{
    for (struct block *block = journal->oldest, *next = NULL; block != NULL; block = next) {
        next = block->newer;
        free(block);
    }
    journal->oldest = NULL;
    journal->newest = NULL;
    journal->blocks = 0;
    journal->kept = 0;
}

void journal_free(struct journal *journal)
{
    if (journal == NULL) {
        return;
    }
    drop_all(journal);
    pthread_mutex_destroy(&journal->lock);
    free(journal);
}

/* count_endpoint runs under the lock. */
static void count_endpoint(struct journal *journal, const char *endpoint)
{
    size_t i = 0;

    while (i < journal->totals_count && strcmp(journal->totals[i].endpoint, endpoint) != 0) {
        i++;
    }
    if (i == journal->totals_count && i < ENDPOINTS_MAX) {
        journal->totals[i].endpoint = endpoint;
        journal->totals[i].count = 0;
        journal->totals_count++;
    }
    if (i < ENDPOINTS_MAX) {
        journal->totals[i].count++;
    }
}

static struct block *take_oldest(struct journal *journal)
{
    struct block *block = journal->oldest;

    journal->oldest = block->newer;
    journal->newest = journal->oldest == NULL ? NULL : journal->newest;
    journal->blocks--;
    journal->kept -= block->count;
    return block;
}

/* next_block makes a new newest block, out of the oldest one where that is no longer needed; runs
 * under the lock. NULL without memory. */
static struct block *next_block(struct journal *journal)
{
    struct block *block = NULL;

    while (journal->oldest != NULL &&
           (journal->blocks >= BLOCKS_MAX ||
            journal->kept - journal->oldest->count >= journal->capacity)) {
        free(block);
        block = take_oldest(journal);
    }
    block = block != NULL ? block : malloc(sizeof *block);
    if (block == NULL) {
        return NULL;
    }
    block->newer = NULL;
    block->count = 0;
    block->used = 0;
    *(journal->newest != NULL ? &journal->newest->newer : &journal->oldest) = block;
    journal->newest = block;
    journal->blocks++;
    return block;
}

/* append runs under the lock. */
static void append(struct journal *journal, const struct journal_entry *entry)
{
    unsigned char packed[PACKED_MAX];
    size_t len = pack_write(entry, sizeof *entry, packed);
    struct block *block = journal->newest;

    if (block == NULL || BLOCK_OCTETS - block->used < len + 2) {
        block = next_block(journal);
    }
    if (block == NULL) {
        return;
    }
    block->octets[block->used++] = (unsigned char)(len >> 8);
    block->octets[block->used++] = (unsigned char)(len & 0xff);
    memcpy(block->octets + block->used, packed, len);
    block->used += len;
    block->count++;
    journal->kept++;
}

void journal_add(struct journal *journal, const struct journal_entry *entry)
{
    struct journal_entry numbered = *entry;

    pthread_mutex_lock(&journal->lock);
    numbered.seq = ++journal->last;
    append(journal, &numbered);
    count_endpoint(journal, entry->endpoint);
    pthread_mutex_unlock(&journal->lock);
}

void journal_clear(struct journal *journal)
{
    pthread_mutex_lock(&journal->lock);
    drop_all(journal);
    journal->last = 0;
    journal->totals_count = 0;
    pthread_mutex_unlock(&journal->lock);
}

static bool matches(const struct journal_filter *filter, const struct journal_entry *entry)
{
    return entry->seq > filter->since &&
           (filter->endpoint == NULL || strcmp(filter->endpoint, entry->endpoint) == 0) &&
           (filter->tenant == NULL || strcasecmp(filter->tenant, entry->tenant) == 0) &&
           (filter->client == NULL || strcasecmp(filter->client, entry->client) == 0);
}

json_t *journal_entry_json(const struct journal_entry *entry)
{
    return json_pack("{s:I, s:I, s:I, s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:s, s:s, s:s, s:s, s:s}",
                     "seq", (json_int_t)entry->seq, "at", (json_int_t)entry->at, "took_us",
                     (json_int_t)entry->took_us, "listener", entry->listener, "method",
                     entry->method, "path", entry->path, "endpoint", entry->endpoint, "version",
                     entry->version, "status", entry->status, "tenant", entry->tenant, "client",
                     entry->client, "grant", entry->grant, "outcome", entry->outcome, "fault",
                     entry->fault, "detail", entry->detail);
}

/* add_count adds 1 to counts[endpoint]; -1 without memory. */
static int add_count(json_t *counts, const char *endpoint, uint64_t more)
{
    json_int_t before = json_integer_value(json_object_get(counts, endpoint));

    return json_object_set_new(counts, endpoint, json_integer(before + (json_int_t)more));
}

/* struct reading goes through the entries that are shown, the oldest first. */
struct reading {
    const struct block *block;
    size_t at;
    uint64_t after; /* seq of the last one that is too old */
};

/* read_next runs under the lock; false at the end. */
static bool read_next(struct reading *r, struct journal_entry *entry)
{
    while (r->block != NULL) {
        if (r->at == r->block->used) {
            r->block = r->block->newer;
            r->at = 0;
            continue;
        }
        const unsigned char *octets = r->block->octets + r->at;
        size_t len = (size_t)octets[0] << 8 | octets[1];
        r->at += 2 + len;
        if (pack_read(octets + 2, len, entry, sizeof *entry) && entry->seq > r->after) {
            return true;
        }
    }
    return false;
}

/* dropped_until returns the seq of the newest entry that is no longer shown, 0 for none. */
static uint64_t dropped_until(const struct journal *journal)
{
    size_t shown = journal->kept < journal->capacity ? journal->kept : journal->capacity;

    return journal->last - shown;
}

/* collect runs under the lock: entries that match, and their counts. */
static int collect(const struct journal *journal, const struct journal_filter *filter,
                   json_t *entries, json_t *counts)
{
    bool from_totals = filter->since == 0 && filter->tenant == NULL && filter->client == NULL;
    struct reading reading = {.block = journal->oldest, .after = dropped_until(journal)};
    struct journal_entry entry;
    int failed = 0;

    while (read_next(&reading, &entry)) {
        if (!matches(filter, &entry)) {
            continue;
        }
        failed |= json_array_append_new(entries, journal_entry_json(&entry));
        failed |= from_totals ? 0 : add_count(counts, entry.endpoint, 1);
    }
    for (size_t i = 0; from_totals && i < journal->totals_count; i++) {
        if (filter->endpoint == NULL ||
            strcmp(filter->endpoint, journal->totals[i].endpoint) == 0) {
            failed |= add_count(counts, journal->totals[i].endpoint, journal->totals[i].count);
        }
    }
    return failed;
}

json_t *journal_json(struct journal *journal, const struct journal_filter *filter)
{
    json_t *entries = json_array();
    json_t *counts = json_object();

    if (entries == NULL || counts == NULL) {
        json_decref(entries);
        json_decref(counts);
        return NULL;
    }
    pthread_mutex_lock(&journal->lock);
    uint64_t last = journal->last;
    uint64_t dropped = dropped_until(journal);
    int failed = collect(journal, filter, entries, counts);
    pthread_mutex_unlock(&journal->lock);
    if (failed != 0) {
        json_decref(entries);
        json_decref(counts);
        return NULL;
    }
    return json_pack("{s:o, s:I, s:I, s:o}", "counts", counts, "last", (json_int_t)last, "dropped",
                     (json_int_t)dropped, "entries", entries);
}

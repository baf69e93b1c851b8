/* The bounded ring of what happened, and its counts. */
#include "mockidp/admin/journal.h"

#include <openssl/sha.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { ENDPOINTS_MAX = 32 }; /* distinct endpoint names: route tables hold about a dozen */

struct journal {
    pthread_mutex_t lock; /* guards all below */
    struct journal_entry *ring;
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

    if (journal == NULL || (journal->ring = calloc(capacity, sizeof *journal->ring)) == NULL) {
        free(journal);
        return NULL;
    }
    journal->capacity = capacity;
    pthread_mutex_init(&journal->lock, NULL);
    return journal;
}

void journal_free(struct journal *journal)
{
    if (journal == NULL) {
        return;
    }
    pthread_mutex_destroy(&journal->lock);
    free(journal->ring);
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

void journal_add(struct journal *journal, const struct journal_entry *entry)
{
    pthread_mutex_lock(&journal->lock);
    struct journal_entry *slot = &journal->ring[journal->last % journal->capacity];
    *slot = *entry;
    slot->seq = ++journal->last;
    count_endpoint(journal, entry->endpoint);
    pthread_mutex_unlock(&journal->lock);
}

void journal_clear(struct journal *journal)
{
    pthread_mutex_lock(&journal->lock);
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

/* collect runs under the lock: entries that match, and their counts. */
static int collect(const struct journal *journal, const struct journal_filter *filter,
                   json_t *entries, json_t *counts)
{
    bool from_totals = filter->since == 0 && filter->tenant == NULL && filter->client == NULL;
    uint64_t kept = journal->last < journal->capacity ? journal->last : journal->capacity;
    int failed = 0;

    for (uint64_t seq = journal->last - kept; seq < journal->last; seq++) {
        const struct journal_entry *entry = &journal->ring[seq % journal->capacity];
        if (!matches(filter, entry)) {
            continue;
        }
        failed |= json_array_append_new(entries, journal_entry_json(entry));
        failed |= from_totals ? 0 : add_count(counts, entry->endpoint, 1);
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
    uint64_t dropped = last > journal->capacity ? last - journal->capacity : 0;
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

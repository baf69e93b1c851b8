/* The journal: what every request was and how it ended, in a bounded ring, counted by endpoint.
 * Internally locked. */
#ifndef MOCKIDP_ADMIN_JOURNAL_H
#define MOCKIDP_ADMIN_JOURNAL_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/*
 * struct journal_entry is one request. Endpoints annotate their own (context->journal) through
 * journal_note_*; the rest is filled in by the server. Nothing secret may be noted: a token or a
 * secret is noted by journal_hash at most.
 */
struct journal_entry {
    uint64_t seq;         /* 1, 2, … since the start or the last reset */
    int64_t at;           /* the IdP's clock, Unix seconds */
    int64_t took_us;      /* real time from the request's last byte to the answer */
    const char *endpoint; /* static: "discovery", "jwks", … "other" */
    const char *version;  /* static: "v1", "v2" or "" */
    int status;           /* as sent; 0 when the connection was cut instead */
    char method[16];
    char path[256];   /* cut at its end; without the query, which may carry secrets */
    char listener[8]; /* "http" or "https" */
    char tenant[64];  /* GUID once an endpoint resolved it, else the path segment as sent, or "" */
    char client[64];
    char grant[64];
    char outcome[64]; /* "ok", an OAuth or AADSTS code such as "AADSTS7000215", "header_too_long",
                         or "" */
    char fault[32];   /* the act of the fault rule that struck, or "" */
    char detail[96];  /* what else the endpoint wants known: a kid, "sha256:…" */
};

/* The notes copy and cut `text`; NULL for `entry` or `text` does nothing. */
void journal_note_tenant(struct journal_entry *entry, const char *text);
void journal_note_client(struct journal_entry *entry, const char *text);
void journal_note_grant(struct journal_entry *entry, const char *text);
void journal_note_outcome(struct journal_entry *entry, const char *text);
void journal_note_detail(struct journal_entry *entry, const char *text);

/* These three are the server's own. */
void journal_note_method(struct journal_entry *entry, const char *text);
void journal_note_path(struct journal_entry *entry, const char *text);
void journal_note_fault(struct journal_entry *entry, const char *text);

/* journal_hash writes "sha256:" and the first 16 hex digits of the secret's SHA-256 into `out` of
 * `cap` bytes (24 do). */
void journal_hash(const char *secret, size_t len, char *out, size_t cap);

/* journal_entry_json returns the entry as an object, a new reference, or NULL without memory. */
json_t *journal_entry_json(const struct journal_entry *entry);

struct journal;

/* journal_new returns a newly allocated journal that keeps the last `capacity` entries, fewer where
 * they take more than 2.5 MiB in all (10000 ordinary ones take less), or NULL. */
struct journal *journal_new(size_t capacity);
void journal_free(struct journal *journal);

/* journal_add copies a finished entry in, gives it the next seq and counts it. */
void journal_add(struct journal *journal, const struct journal_entry *entry);

/* journal_clear forgets the entries and the counts; seq starts anew at 1. */
void journal_clear(struct journal *journal);

/* struct journal_filter: NULL or 0 members match all. */
struct journal_filter {
    uint64_t since; /* entries with seq > since */
    const char *endpoint;
    const char *tenant;
    const char *client;
};

/*
 * journal_json returns {"counts":{endpoint:N},"last":SEQ,"dropped":N,"entries":[…]} as a new
 * reference, or NULL. The counts are of all matching requests since the start; those that a filter
 * on since, tenant or client selects are counted among the entries still kept.
 */
json_t *journal_json(struct journal *journal, const struct journal_filter *filter);

#endif

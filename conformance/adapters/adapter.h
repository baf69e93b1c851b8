/* What the engine asks of a validator, wherever it runs and whatever it is written in. */
#ifndef CONFORMANCE_ADAPTERS_ADAPTER_H
#define CONFORMANCE_ADAPTERS_ADAPTER_H

#include "conformance/profile.h"
#include "conformance/world/world.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CF_LINES_MAX = 64,
    CF_BODY_CAP = 4096,
    CF_CHALLENGE_CAP = 2048,
    CF_HEAD_CAP = 8192,
    CF_HEADERS_MAX = 16,
    CF_RAW_MAX = 8
};

/* struct cf_request is one request to the protected resource. Borrowed. NULL and 0: as usual. */
struct cf_request {
    const char *lines[CF_LINES_MAX]; /* Authorization values, in order; any octet but NUL */
    size_t count;
    size_t first_len;   /* of lines[0], which may hold NUL for a subject in process; 0: strlen */
    const char *method; /* GET */
    const char *path;   /* the request target; {path} is the target's own */
    const char *field;  /* how "Authorization" is spelt */
    const char *headers[CF_HEADERS_MAX]; /* more header lines */
    size_t header_count;
    /* Whole texts instead of all that, sent one by one on one connection; {path}, {host}, {nul} and
     * {authorization}, which is lines[0], are replaced. `answers` are read after each (0: one). */
    const char *raw[CF_RAW_MAX];
    size_t raw_count;
    int answers;
    const char *query;  /* access_token in the query, or NULL */
    const char *form;   /* access_token in a form body */
    const char *cookie; /* access_token in a cookie */
    size_t more;        /* how many follow at once: they may come on the same connection */
};

/* struct cf_answer is what came back. Strings are cut to fit. */
struct cf_answer {
    int status;                       /* 0: the connection was closed without an answer */
    char challenge[CF_CHALLENGE_CAP]; /* WWW-Authenticate, "" without */
    char code[64];          /* libbtv's name of the error, "" when the target does not say */
    char head[CF_HEAD_CAP]; /* header lines, each ended by \n; "" in process */
    int64_t took_us;
    char body[CF_BODY_CAP];
    bool status_unsaid; /* the status stands for a bare decision: it is not judged */
    bool challenge_unsaid;
};

struct cf_subject;

/* What `ask` returns when the target says that it cannot be asked this. */
#define CF_ASK_SKIPPED 1

/* struct cf_adapter is a way to a validator. `settings` is the adapter's own. */
struct cf_adapter {
    const char *name;
    const char *capabilities; /* words, separated by spaces: clock restart rollover http codes v1
                                 app-only multi-tenant … */
    const void *settings;
    /* Makes a fresh subject with a profile; NULL with `why`. It is ready to answer, unless it
     * starts `cold`: then it may have no keys yet, and need not get any. */
    struct cf_subject *(*open)(const struct cf_adapter *adapter, struct cf_world *world,
                               const struct cf_profile *profile, bool cold, char *why, size_t cap);
    void (*close)(struct cf_subject *subject);
    /* Sends one request; CF_ASK_SKIPPED, or -1 when nothing came back, with `why`. Several threads
     * at once. */
    int (*ask)(struct cf_subject *subject, const struct cf_request *request,
               struct cf_answer *answer, char *why, size_t cap);
    /*
     * Whether a subject could be made with `settings` (names and texts; null takes one away) over
     * those of the profile: 0, or -1 with "SETTING: why not". NULL: not to be asked, and then
     * "configure" is no capability.
     */
    int (*configure)(const struct cf_adapter *adapter, struct cf_world *world,
                     const struct cf_profile *profile, const json_t *settings, char *why,
                     size_t cap);
    /* What the subject takes of memory now; -1 when that cannot be seen. NULL: never. */
    int64_t (*memory_kib)(struct cf_subject *subject);
    /* What the subject has logged so far, newly allocated; NULL when that cannot be seen. NULL:
     * never. */
    char *(*log)(struct cf_subject *subject);
};

/* cf_needs_socket says whether a request is more than an Authorization value: only what listens can
 * be sent it. */
bool cf_needs_socket(const struct cf_request *request);

/* cf_has says whether a list of words holds `word`. */
bool cf_has(const char *words, const char *word);

/* The core in this process, with the world's clock. */
extern const struct cf_adapter cf_adapter_inproc;

/* The toy validator; `settings` points to a struct cf_mutant (adapters/mutant.h). */
extern const struct cf_adapter cf_adapter_mutant;

/* An API behind a URL; `settings` is a struct cf_target. */
extern const struct cf_adapter cf_adapter_http;

/* A program behind standard streams; `settings` is a struct cf_target. */
extern const struct cf_adapter cf_adapter_exec;

/* struct cf_get says how a document is fetched. */
struct cf_get {
    const char *ca_file; /* whom to trust beside the system's, or NULL */
    bool any_certificate;
    long timeout_ms;
};

/* cf_http_get does one GET and returns the body, newly allocated, or NULL: what the toy validator
 * fetches keys with. */
char *cf_http_get(const char *url, const struct cf_get *how, size_t *len);

#endif

/* What this API answers, without HTTP's machinery: a request's facts in, an answer out. */
#ifndef VALIDATOR_APID_ROUTES_H
#define VALIDATOR_APID_ROUTES_H

#include "validator/apid/keywait.h"
#include "validator/apid/route_rules.h"

#include <pthread.h>

enum { STATUS_MAX = 600 };

/* struct routes is what the routes need. Zeroed, then routes_init. */
struct routes {
    struct btv_validator *validator; /* borrowed */
    struct keywait *wait;            /* borrowed */
    const struct route_rules *rules; /* borrowed, complete */
    char *several_headers;           /* the challenge for more than one Authorization line; owned */
    pthread_key_t result;            /* of each thread: its struct btv_result */
    uint64_t responses[STATUS_MAX];  /* by status; atomic */
    uint64_t denied[BTV_ERROR_COUNT]; /* good tokens without what a route needs; atomic */
};

/* `authorization` is not terminated and may hold any byte; NULL when there was no such header. */
struct route_request {
    const char *method;
    const char *path;
    const char *authorization;
    size_t authorization_len;
    unsigned authorization_lines;
};

/* `body` is malloc'ed and the caller's, NULL when memory was short; the other texts live until the
 * same thread's next request. NULL: no such header. */
struct route_answer {
    int status;
    char *body;
    const char *content_type;
    const char *challenge;
    const char *allow;
    const char *cache_control;
    int retry_after_s; /* 0: none */
    const char *path;  /* the route's, or "other" */
    const char *code;
    const char *detail; /* for the log alone */
};

/* routes_init borrows all. Returns -1 when memory is short. */
int routes_init(struct routes *routes, struct btv_validator *validator, struct keywait *wait,
                const struct route_rules *rules);

/* routes_cleanup frees what the calling thread and `routes` hold; other threads must have ended. */
void routes_cleanup(struct routes *routes);

/* routes_answer answers one request. Any thread. */
void routes_answer(struct routes *routes, const struct route_request *request,
                   struct route_answer *answer);

/* routes_refuse makes the answer for a request that cannot be looked at: a status and its code. */
void routes_refuse(struct routes *routes, int status, const char *code,
                   struct route_answer *answer);

#endif

/* One request sent many times, several at once: what a thundering herd would do. */
#ifndef CONFORMANCE_VOLLEY_H
#define CONFORMANCE_VOLLEY_H

#include "conformance/adapters/adapter.h"

enum { CF_TIMES_MAX = 1000, CF_AT_ONCE_MAX = 64 };

struct cf_volley {
    const struct cf_adapter *adapter;
    struct cf_subject *subject;
    const struct cf_request *request;
    size_t times;   /* 1 to CF_TIMES_MAX */
    size_t at_once; /* threads, 1 to CF_AT_ONCE_MAX */
};

/*
 * cf_volley_fire sends and waits for every answer, which go to `answers` (zeroed, one a time). The
 * longest wait for one goes to *slowest_ms, in real time. When one did not come, returns what the
 * adapter said of the first such, with `why`.
 */
int cf_volley_fire(const struct cf_volley *volley, struct cf_answer *answers, int64_t *slowest_ms,
                   char *why, size_t cap);

#endif

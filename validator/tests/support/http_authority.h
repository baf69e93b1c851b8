/* An identity provider on a real socket, for tests of programs: discovery and keys over HTTP on
 * loopback. */
#ifndef VALIDATOR_TESTS_SUPPORT_HTTP_AUTHORITY_H
#define VALIDATOR_TESTS_SUPPORT_HTTP_AUTHORITY_H

#include <pthread.h>
#include <stdbool.h>

struct http_authority {
    char instance[64]; /* "http://127.0.0.1:PORT/" */
    char *metadata;
    char *jwks;
    int fd;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool down;           /* every answer is 503; guarded by lock, as is the rest */
    bool held;           /* no answer until it is false */
    unsigned jwks_count; /* key sets that were sent */
    unsigned asked;      /* requests that came */
};

/* http_authority_start serves test_key(0) as "k0"; http_authority_stop ends its thread. */
void http_authority_start(struct http_authority *a, bool down);
void http_authority_stop(struct http_authority *a);

void http_authority_set_down(struct http_authority *a, bool down);

/* http_authority_hold keeps back every answer, or lets them go. */
void http_authority_hold(struct http_authority *a, bool held);

/* http_authority_await_asked waits until one more request came than `before`; 20 s at most. */
bool http_authority_await_asked(struct http_authority *a, unsigned before);
unsigned http_authority_asked(struct http_authority *a);

/* http_authority_await waits until `least` key sets were sent, 20 s at most; says whether they
 * were. */
bool http_authority_await(struct http_authority *a, unsigned least);

/*
 * http_authority_token returns a newly allocated "Bearer …" of test_key(0), good for an hour from
 * now for TEST_CLIENT, with `changes` and `without` as test_claims has them.
 */
char *http_authority_token(const struct http_authority *a, const char *changes,
                           const char *without);

#endif

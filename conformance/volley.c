/* Each thread takes the next number until none is left. */
#include "conformance/volley.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

enum { WHY_CAP = 400 };

struct shared {
    const struct cf_volley *volley;
    struct cf_answer *answers;
    pthread_mutex_t lock; /* guards all below */
    size_t next;
    int64_t slowest_us;
    int status;        /* of the first that did not come to an answer, 0 while there is none */
    char why[WHY_CAP]; /* its sentence */
};

static int64_t monotonic_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* take returns the next number, or -1. */
static int take(struct shared *s)
{
    pthread_mutex_lock(&s->lock);
    int number = s->next < s->volley->times && s->status == 0 ? (int)s->next++ : -1;
    pthread_mutex_unlock(&s->lock);
    return number;
}

static void *fire(void *arg)
{
    struct shared *s = arg;
    const struct cf_volley *v = s->volley;
    int number = 0;
    while ((number = take(s)) >= 0) {
        char why[WHY_CAP] = "";
        int64_t began_us = monotonic_us();
        int status = v->adapter->ask(v->subject, v->request, &s->answers[number], why, sizeof why);
        int64_t took_us = monotonic_us() - began_us;
        s->answers[number].took_us = took_us;
        pthread_mutex_lock(&s->lock);
        s->slowest_us = took_us > s->slowest_us ? took_us : s->slowest_us;
        if (status != 0 && s->status == 0) {
            s->status = status;
            (void)snprintf(s->why, sizeof s->why, "%s", why[0] ? why : "no answer");
        }
        pthread_mutex_unlock(&s->lock);
    }
    return NULL;
}

int cf_volley_fire(const struct cf_volley *volley, struct cf_answer *answers, int64_t *slowest_ms,
                   char *why, size_t cap)
{
    struct shared s = {.volley = volley, .answers = answers};
    pthread_t threads[CF_AT_ONCE_MAX];
    size_t started = 0;
    pthread_mutex_init(&s.lock, NULL);
    while (started + 1 < volley->at_once &&
           pthread_create(&threads[started], NULL, fire, &s) == 0) {
        started++;
    }
    (void)fire(&s); /* this thread is one of them */
    for (size_t i = 0; i < started; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    pthread_mutex_destroy(&s.lock);
    *slowest_ms = s.slowest_us / 1000;
    (void)snprintf(why, cap, "%s", s.why);
    return s.status;
}

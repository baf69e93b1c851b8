/* A list of open connections, and a thread that walks it. */
#include "validator/apid/deadline.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct deadline_watch {
    int fd;
    bool paused;
    int64_t since_ms;
    struct deadline_watch *previous;
    struct deadline_watch *next;
};

struct deadline {
    pthread_t thread;
    pthread_mutex_t lock; /* guards stopping, first and all watches */
    pthread_cond_t stop;  /* on the monotonic clock */
    bool stopping;
    struct deadline_watch *first;
    int64_t limit_ms;
};

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Called with the lock held, which keeps a socket from being closed and its number used again. A
 * connection is reset, not ended: what a slow reader left unread must not stay in the kernel. An
 * AF_UNSPEC connect does so on a socket that another thread polls, where SO_LINGER would wait for
 * its close. The system call itself: ThreadSanitizer takes connect() for the birth of a descriptor,
 * and the worker's next read of it for a race. */
static void sweep(struct deadline *deadline)
{
    static const struct sockaddr nowhere = {.sa_family = AF_UNSPEC};
    int64_t now = now_ms();
    for (struct deadline_watch *w = deadline->first; w; w = w->next) {
        if (!w->paused && now - w->since_ms >= deadline->limit_ms) {
            (void)syscall(SYS_connect, w->fd, &nowhere, sizeof nowhere);
        }
    }
}

static void *run(void *closure)
{
    struct deadline *deadline = closure;
    int64_t pause_ms = deadline->limit_ms / 8 + 1;
    pthread_mutex_lock(&deadline->lock);
    while (!deadline->stopping) {
        int64_t until_ms = now_ms() + pause_ms;
        const struct timespec until = {until_ms / 1000, until_ms % 1000 * 1000000};
        (void)pthread_cond_timedwait(&deadline->stop, &deadline->lock, &until);
        sweep(deadline);
    }
    pthread_mutex_unlock(&deadline->lock);
    return NULL;
}

static void release(struct deadline *deadline)
{
    pthread_cond_destroy(&deadline->stop);
    pthread_mutex_destroy(&deadline->lock);
    free(deadline);
}

struct deadline *deadline_start(int64_t limit_ms)
{
    pthread_condattr_t monotonic;
    struct deadline *deadline = calloc(1, sizeof *deadline);
    if (!deadline) {
        return NULL;
    }
    deadline->limit_ms = limit_ms;
    pthread_mutex_init(&deadline->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&deadline->stop, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&deadline->thread, NULL, run, deadline) != 0) {
        release(deadline);
        return NULL;
    }
    return deadline;
}

void deadline_stop(struct deadline *deadline)
{
    if (!deadline) {
        return;
    }
    pthread_mutex_lock(&deadline->lock);
    deadline->stopping = true;
    pthread_cond_signal(&deadline->stop);
    pthread_mutex_unlock(&deadline->lock);
    pthread_join(deadline->thread, NULL);
    release(deadline);
}

struct deadline_watch *deadline_join(struct deadline *deadline, int fd)
{
    struct deadline_watch *watch = calloc(1, sizeof *watch);
    if (!watch) {
        return NULL;
    }
    watch->fd = fd;
    watch->since_ms = now_ms();
    pthread_mutex_lock(&deadline->lock);
    watch->next = deadline->first;
    if (deadline->first) {
        deadline->first->previous = watch;
    }
    deadline->first = watch;
    pthread_mutex_unlock(&deadline->lock);
    return watch;
}

void deadline_leave(struct deadline *deadline, struct deadline_watch *watch)
{
    if (!watch) {
        return;
    }
    pthread_mutex_lock(&deadline->lock);
    if (watch->previous) {
        watch->previous->next = watch->next;
    } else {
        deadline->first = watch->next;
    }
    if (watch->next) {
        watch->next->previous = watch->previous;
    }
    pthread_mutex_unlock(&deadline->lock);
    free(watch);
}

static void set_paused(struct deadline *deadline, struct deadline_watch *watch, bool paused)
{
    if (watch) {
        pthread_mutex_lock(&deadline->lock);
        watch->paused = paused;
        watch->since_ms = now_ms();
        pthread_mutex_unlock(&deadline->lock);
    }
}

void deadline_pause(struct deadline *deadline, struct deadline_watch *watch)
{
    set_paused(deadline, watch, true);
}

void deadline_restart(struct deadline *deadline, struct deadline_watch *watch)
{
    set_paused(deadline, watch, false);
}

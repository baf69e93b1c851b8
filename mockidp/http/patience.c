/* A list of open connections, the newest first, and a sweep over it. */
#include "mockidp/http/patience.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

struct patience_watch {
    int fd;
    bool held;
    bool cut; /* its end is on the way */
    int64_t since_ms;
    struct patience_watch *previous;
    struct patience_watch *next;
};

struct patience {
    pthread_mutex_t lock; /* guards first, count and all watches */
    struct patience_watch *first;
    size_t count; /* of those that were not cut */
    size_t most;
    struct delay *delay;
    struct delay_item item;
    int64_t limit_ms;
};

/* Called with the lock held, which keeps a socket from being closed and its number used again. A
 * connection is reset, not ended: what a slow reader left unread must not stay in the kernel. An
 * AF_UNSPEC connect does so on a socket that another thread polls. The system call itself:
 * ThreadSanitizer takes connect() for the birth of a descriptor. */
static void cut(struct patience *patience, struct patience_watch *watch)
{
    static const struct sockaddr nowhere = {.sa_family = AF_UNSPEC};

    (void)syscall(SYS_connect, watch->fd, &nowhere, sizeof nowhere);
    watch->cut = true;
    patience->count--;
}

/* cut_longest_idle runs under the lock; nothing happens when the server is at work for all. */
static void cut_longest_idle(struct patience *patience)
{
    struct patience_watch *longest = NULL;

    for (struct patience_watch *watch = patience->first; watch != NULL; watch = watch->next) {
        if (!watch->held && !watch->cut &&
            (longest == NULL || watch->since_ms <= longest->since_ms)) {
            longest = watch;
        }
    }
    if (longest != NULL) {
        cut(patience, longest);
    }
}

static void sweep(void *closure)
{
    struct patience *patience = closure;
    int64_t now = delay_now_ms();

    pthread_mutex_lock(&patience->lock);
    for (struct patience_watch *watch = patience->first; watch != NULL; watch = watch->next) {
        if (!watch->held && !watch->cut && now - watch->since_ms >= patience->limit_ms) {
            cut(patience, watch);
        }
    }
    pthread_mutex_unlock(&patience->lock);
    (void)delay_add(patience->delay, &patience->item, patience->limit_ms / 8 + 1);
}

struct patience *patience_new(struct delay *delay, int64_t limit_ms, size_t most)
{
    struct patience *patience = calloc(1, sizeof *patience);

    if (patience == NULL) {
        return NULL;
    }
    pthread_mutex_init(&patience->lock, NULL);
    patience->delay = delay;
    patience->limit_ms = limit_ms;
    patience->most = most;
    patience->item = (struct delay_item){.fire = sweep, .closure = patience};
    (void)delay_add(delay, &patience->item, limit_ms / 8 + 1);
    return patience;
}

void patience_free(struct patience *patience)
{
    if (patience == NULL) {
        return;
    }
    pthread_mutex_destroy(&patience->lock);
    free(patience);
}

struct patience_watch *patience_join(struct patience *patience, int fd)
{
    struct patience_watch *watch = calloc(1, sizeof *watch);

    if (watch == NULL) {
        return NULL;
    }
    watch->fd = fd;
    watch->since_ms = delay_now_ms();
    pthread_mutex_lock(&patience->lock);
    watch->next = patience->first;
    if (patience->first != NULL) {
        patience->first->previous = watch;
    }
    patience->first = watch;
    watch->held = true; /* for the moment: the new one is not the one that goes */
    if (++patience->count > patience->most) {
        cut_longest_idle(patience);
    }
    watch->held = false;
    pthread_mutex_unlock(&patience->lock);
    return watch;
}

void patience_leave(struct patience *patience, struct patience_watch *watch)
{
    if (watch == NULL) {
        return;
    }
    pthread_mutex_lock(&patience->lock);
    patience->count -= !watch->cut;
    if (watch->previous != NULL) {
        watch->previous->next = watch->next;
    } else {
        patience->first = watch->next;
    }
    if (watch->next != NULL) {
        watch->next->previous = watch->previous;
    }
    pthread_mutex_unlock(&patience->lock);
    free(watch);
}

static void set_held(struct patience *patience, struct patience_watch *watch, bool held)
{
    if (watch == NULL) {
        return;
    }
    pthread_mutex_lock(&patience->lock);
    watch->held = held;
    watch->since_ms = delay_now_ms();
    pthread_mutex_unlock(&patience->lock);
}

void patience_hold(struct patience *patience, struct patience_watch *watch)
{
    set_held(patience, watch, true);
}

void patience_start(struct patience *patience, struct patience_watch *watch)
{
    set_held(patience, watch, false);
}

/* A list of open connections and a sweep over it. */
#include "mockidp/http/patience.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>

struct patience_watch {
    int fd;
    bool held;
    int64_t since_ms;
    struct patience_watch *previous;
    struct patience_watch *next;
};

struct patience {
    pthread_mutex_t lock; /* guards first and all watches */
    struct patience_watch *first;
    struct delay *delay;
    struct delay_item item;
    int64_t limit_ms;
};

/* sweep holds the lock over shutdown(), which does not block: a socket must not be closed and its
 * number reused between. */
static void sweep(void *closure)
{
    struct patience *patience = closure;
    int64_t now = delay_now_ms();

    pthread_mutex_lock(&patience->lock);
    for (struct patience_watch *watch = patience->first; watch != NULL; watch = watch->next) {
        if (!watch->held && now - watch->since_ms >= patience->limit_ms) {
            (void)shutdown(watch->fd, SHUT_RDWR);
        }
    }
    pthread_mutex_unlock(&patience->lock);
    (void)delay_add(patience->delay, &patience->item, patience->limit_ms / 8 + 1);
}

struct patience *patience_new(struct delay *delay, int64_t limit_ms)
{
    struct patience *patience = calloc(1, sizeof *patience);

    if (patience == NULL) {
        return NULL;
    }
    pthread_mutex_init(&patience->lock, NULL);
    patience->delay = delay;
    patience->limit_ms = limit_ms;
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
    pthread_mutex_unlock(&patience->lock);
    return watch;
}

void patience_leave(struct patience *patience, struct patience_watch *watch)
{
    if (watch == NULL) {
        return;
    }
    pthread_mutex_lock(&patience->lock);
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

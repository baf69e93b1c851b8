/* A sorted list and one thread that sleeps until its head is due. */
#include "mockidp/http/delay.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct delay {
    pthread_mutex_t lock; /* guards waiting and stopped */
    pthread_cond_t changed;
    struct delay_item *waiting; /* earliest first */
    bool stopped;
    pthread_t thread;
};

int64_t delay_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* take_due waits for an item that is due and takes it off the list; NULL once stopped. */
static struct delay_item *take_due(struct delay *delay)
{
    struct delay_item *item = NULL;

    pthread_mutex_lock(&delay->lock);
    while (!delay->stopped && item == NULL) {
        if (delay->waiting == NULL) {
            pthread_cond_wait(&delay->changed, &delay->lock);
        } else if (delay->waiting->due_ms > delay_now_ms()) {
            struct timespec until = {.tv_sec = delay->waiting->due_ms / 1000,
                                     .tv_nsec = delay->waiting->due_ms % 1000 * 1000000};
            pthread_cond_timedwait(&delay->changed, &delay->lock, &until);
        } else {
            item = delay->waiting;
            delay->waiting = item->next;
        }
    }
    pthread_mutex_unlock(&delay->lock);
    return item;
}

static void *run(void *closure)
{
    struct delay *delay = closure;
    struct delay_item *item = NULL;

    while ((item = take_due(delay)) != NULL) {
        item->fire(item->closure);
    }
    return NULL;
}

struct delay *delay_new(void)
{
    struct delay *delay = calloc(1, sizeof *delay);
    pthread_condattr_t monotonic;

    if (delay == NULL) {
        return NULL;
    }
    pthread_mutex_init(&delay->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&delay->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&delay->thread, NULL, run, delay) != 0) {
        delay->stopped = true;
        delay_free(delay);
        return NULL;
    }
    return delay;
}

bool delay_add(struct delay *delay, struct delay_item *item, int64_t wait_ms)
{
    struct delay_item **at = &delay->waiting;

    item->due_ms = delay_now_ms() + wait_ms;
    pthread_mutex_lock(&delay->lock);
    bool added = !delay->stopped;
    if (added) {
        while (*at != NULL && (*at)->due_ms <= item->due_ms) {
            at = &(*at)->next;
        }
        item->next = *at;
        *at = item;
        pthread_cond_signal(&delay->changed);
    }
    pthread_mutex_unlock(&delay->lock);
    return added;
}

void delay_stop(struct delay *delay)
{
    pthread_mutex_lock(&delay->lock);
    bool running = !delay->stopped;
    struct delay_item *left = delay->waiting;
    delay->stopped = true;
    delay->waiting = NULL;
    pthread_cond_signal(&delay->changed);
    pthread_mutex_unlock(&delay->lock);
    while (left != NULL) {
        struct delay_item *item = left;
        left = item->next; /* before fire: the item may be freed by it */
        item->fire(item->closure);
    }
    if (running) {
        pthread_join(delay->thread, NULL);
    }
}

void delay_free(struct delay *delay)
{
    if (delay == NULL) {
        return;
    }
    pthread_cond_destroy(&delay->changed);
    pthread_mutex_destroy(&delay->lock);
    free(delay);
}

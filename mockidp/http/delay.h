/* Things to do later, on one timer thread: so that a delayed answer holds no server thread. Real
 * time, never the IdP's. */
#ifndef MOCKIDP_HTTP_DELAY_H
#define MOCKIDP_HTTP_DELAY_H

#include <stdbool.h>
#include <stdint.h>

/* struct delay_item is one thing to do; it belongs to the caller and must live until `fire` was
 * called. */
struct delay_item {
    void (*fire)(void *closure); /* called once, on the timer thread (or in delay_stop), without any
                                    lock held */
    void *closure;
    int64_t due_ms;          /* private */
    struct delay_item *next; /* private */
};

struct delay;

/* delay_new starts the timer thread and returns a newly allocated timer, or NULL. */
struct delay *delay_new(void);

/* delay_add fires `item` after `wait_ms`; false, and nothing is kept, once delay_stop has begun.
 * Any thread. */
bool delay_add(struct delay *delay, struct delay_item *item, int64_t wait_ms);

/* delay_stop fires everything that still waits, at once, and ends the thread. Later calls of
 * delay_add return false. */
void delay_stop(struct delay *delay);

/* delay_free frees a stopped timer. NULL is fine. */
void delay_free(struct delay *delay);

/* delay_now_ms returns monotonic milliseconds. */
int64_t delay_now_ms(void);

#endif

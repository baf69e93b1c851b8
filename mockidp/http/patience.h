/* Cuts connections that complete no request, or leave its answer unread: libmicrohttpd's own
 * timeout never meets a client that drips. And when there are too many, cuts the one that is idle
 * longest, so that a crowd of idle ones keeps nobody out. */
#ifndef MOCKIDP_HTTP_PATIENCE_H
#define MOCKIDP_HTTP_PATIENCE_H

#include "mockidp/http/delay.h"

#include <stddef.h>

struct patience;
struct patience_watch;

/* patience_new watches by sweeps on `delay` and cuts what is idle or still sending its request
 * after `limit_ms`. Of more than `most` connections those idle longest go at once. */
struct patience *patience_new(struct delay *delay, int64_t limit_ms, size_t most);

/* patience_free frees it: after delay_stop, and after the last patience_leave. NULL is fine. */
void patience_free(struct patience *patience);

/* patience_join starts watching the connection on socket `fd`; NULL without memory, and then it
 * goes unwatched. */
struct patience_watch *patience_join(struct patience *patience, int fd);

/* patience_leave must be called before the socket is closed. */
void patience_leave(struct patience *patience, struct patience_watch *watch);

/* patience_hold: the request is whole, the server is at work. patience_start: it is the client's
 * turn again, to read the answer or to send the next request, and its time is whole again. NULL is
 * fine. */
void patience_hold(struct patience *patience, struct patience_watch *watch);
void patience_start(struct patience *patience, struct patience_watch *watch);

#endif

/* Cuts connections that complete no request in time: libmicrohttpd's own timeout starts anew with
 * every octet, so it never meets a client that drips. */
#ifndef VALIDATOR_APID_DEADLINE_H
#define VALIDATOR_APID_DEADLINE_H

#include <stdint.h>

struct deadline;
struct deadline_watch;

/* deadline_start returns a sweep with a thread of its own that cuts what was not paused for
 * `limit_ms`, and at most an eighth of that later; NULL without memory or thread. */
struct deadline *deadline_start(int64_t limit_ms);

/* deadline_stop ends the thread and frees; after the last deadline_leave. NULL is fine. */
void deadline_stop(struct deadline *deadline);

/* deadline_join watches the connection on socket `fd` from now on; NULL without memory. */
struct deadline_watch *deadline_join(struct deadline *deadline, int fd);

/* deadline_leave must be called before the socket is closed. NULL is fine. */
void deadline_leave(struct deadline *deadline, struct deadline_watch *watch);

/* deadline_pause: the request is whole, the server is at work. deadline_restart: it is the client's
 * turn, to read the answer or to send the next request, and the time is whole again. */
void deadline_pause(struct deadline *deadline, struct deadline_watch *watch);
void deadline_restart(struct deadline *deadline, struct deadline_watch *watch);

#endif

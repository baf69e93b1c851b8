/* The HTTP side of the API: libmicrohttpd's threads, limits, and a drain at the end. */
#ifndef VALIDATOR_APID_SERVER_H
#define VALIDATOR_APID_SERVER_H

#include "validator/apid/log.h"
#include "validator/apid/routes.h"

struct server;

/* server_start takes over the listening socket `fd` and answers from `threads` threads. `routes` is
 * borrowed. Returns NULL with a sentence in `why`, and then `fd` is closed. */
struct server *server_start(int fd, unsigned threads, struct routes *routes, enum log_format log,
                            char *why, size_t cap);

/* server_stop accepts nothing more, lets requests under way end (5 s at most), then frees. */
void server_stop(struct server *server);

#endif

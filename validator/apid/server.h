/* The HTTP side of the API: libmicrohttpd's threads, limits, and a drain at the end. */
#ifndef VALIDATOR_APID_SERVER_H
#define VALIDATOR_APID_SERVER_H

#include "validator/apid/log.h"
#include "validator/apid/routes.h"

struct server;

/* What a client may take of the server. Header fields are limited to 128 KiB, bodies to 64 KiB. */
struct server_limits {
    unsigned threads;
    unsigned connections;
    unsigned request_seconds; /* for a whole request, and again for reading its answer */
    unsigned drain_seconds;   /* for requests under way at the end */
};

/* server_start takes over the listening socket `fd`. `routes` is borrowed. Returns NULL with a
 * sentence in `why`, and then `fd` is closed. */
struct server *server_start(int fd, const struct server_limits *limits, struct routes *routes,
                            enum log_format log, char *why, size_t cap);

/* server_stop refuses new connections and requests, lets those under way end, then frees. */
void server_stop(struct server *server);

#endif

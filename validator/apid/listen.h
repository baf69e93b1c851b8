/* The listening socket, from "ADDR:PORT" as people write it to a URL as clients write it. */
#ifndef VALIDATOR_APID_LISTEN_H
#define VALIDATOR_APID_LISTEN_H

#include <stddef.h>

enum { LISTEN_URL_CAP = 128 };

/*
 * listen_parse cuts "ADDR:PORT" or "[v6]:PORT" into `host` (`cap` bytes) and `port` (6 bytes).
 * Returns -1 when it has not that shape or the port is over 65535.
 */
int listen_parse(const char *text, char *host, size_t cap, char *port);

/*
 * listen_open binds and listens on host and port (port "0": one that is free) and writes
 * "http://HOST:PORT" to `url` (LISTEN_URL_CAP bytes). Returns the socket, the caller's, or -1 with
 * a sentence in `why`.
 */
int listen_open(const char *host, const char *port, char *url, char *why, size_t cap);

#endif

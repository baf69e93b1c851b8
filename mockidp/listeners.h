/* The listeners of one mock: from "ADDR:PORT" to running servers, and to the URLs that clients use.
 */
#ifndef MOCKIDP_LISTENERS_H
#define MOCKIDP_LISTENERS_H

#include "mockidp/http/server.h"
#include "mockidp/http/tls.h"

#include <stdbool.h>
#include <stddef.h>

enum { LISTENERS_MAX = 4 }; /* HTTP and HTTPS, each on IPv4 and, for "localhost", on IPv6 too */

struct listeners {
    struct {
        int fd; /* -1 once a server has taken it over */
        bool tls;
        struct server *server;
    } items[LISTENERS_MAX];
    size_t count;
    char *http_url; /* without a final slash; NULL without that listener */
    char *https_url;
};

/*
 * listeners_open opens the sockets for `http` and `https` ("ADDR:PORT", "[::1]:PORT"; NULL: none)
 * and works out the URLs. The name "localhost" listens on 127.0.0.1 and, where the machine has it,
 * on ::1 at the same port, since clients differ in which of them they try. Returns false with a
 * sentence in `why`; a zeroed struct may be stopped.
 */
bool listeners_open(struct listeners *listeners, const char *http, const char *https,
                    bool allow_remote, char *why, size_t cap);

/* listeners_start starts a server on each socket. Returns false with `why`; then listeners_stop is
 * still due. */
bool listeners_start(struct listeners *listeners, const struct server_owner *owner,
                     const struct tls_files *tls, unsigned threads, char *why, size_t cap);

/* listeners_stop drains and stops every server, closes the sockets and frees the URLs. */
void listeners_stop(struct listeners *listeners);

#endif

/* One request on one connection, from its first line to the last octet of its answer:
 * libmicrohttpd's callbacks. */
#ifndef MOCKIDP_HTTP_EXCHANGE_H
#define MOCKIDP_HTTP_EXCHANGE_H

#include "mockidp/http/delay.h"
#include "mockidp/http/patience.h"
#include "mockidp/http/server.h"
#include "mockidp/http/upload.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>

/* What libmicrohttpd has for one request: its line and all header fields (more is answered with 431
 * or 414), and the header of its answer. Not more than is needed: zeros are written over all of it
 * after each request. */
enum { EXCHANGE_MEMORY = 40 * 1024 };

/* struct server is shared by the connections of one listener. */
struct server {
    struct MHD_Daemon *daemon;
    struct delay *delay;
    struct patience *patience;
    struct greeting *greeting; /* NULL without TLS */
    struct server_owner owner;
    bool secure;
    pthread_mutex_t lock; /* guards busy */
    pthread_cond_t idle;
    size_t busy; /* requests that are whole and not yet answered to the end */
    struct upload_room uploads;
};

/* struct visitor is the socket context of a connection. */
struct visitor {
    struct server *server;
    struct patience_watch *watch;  /* NULL without memory */
    char remote[INET6_ADDRSTRLEN]; /* the address, or "" */
};

/* exchange_open (URI log callback) returns the newly allocated exchange that the other callbacks
 * get. */
void *exchange_open(void *server, const char *target, struct MHD_Connection *connection);

/* exchange_step (access handler) takes the body, begins, waits, answers. */
enum MHD_Result exchange_step(void *server, struct MHD_Connection *connection, const char *target,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_len, void **exchange);

/* exchange_close (completed callback) ends and frees the exchange. */
void exchange_close(void *server, struct MHD_Connection *connection, void **exchange,
                    enum MHD_RequestTerminationCode how);

#endif

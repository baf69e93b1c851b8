/* One keep-alive HTTP/1.1 connection of the load driver: plain sockets, since a client library
 * would be what is measured. */
#ifndef CONFORMANCE_LOAD_CONN_H
#define CONFORMANCE_LOAD_CONN_H

#include <stdbool.h>
#include <stddef.h>

/* struct load_url is a parsed http URL; only plain http is driven. */
struct load_url {
    char host[128];
    char port[8];
    char path[512]; /* with the query; begins with '/' */
};

/* load_url_parse reads `http://host[:port][/path]`. Returns 0, or -1 with `why`. */
int load_url_parse(const char *text, struct load_url *url, char *why, size_t cap);

struct load_conn {
    int fd; /* -1: closed */
    size_t received;
    char buffer[65536];
};

/* load_conn_open connects, blocking. Returns 0, or -1 with errno set. */
int load_conn_open(struct load_conn *c, const struct load_url *url);
void load_conn_close(struct load_conn *c);

/* load_conn_send writes all of `data`. Returns 0, or -1 when the connection broke. */
int load_conn_send(struct load_conn *c, const char *data, size_t len);

/*
 * load_conn_receive reads what has arrived, once. Returns the HTTP status when the response is
 * complete, 0 when more is to come, -1 when the connection broke or the response has no
 * Content-Length or is larger than the buffer. After a complete response `body` (borrowed, until
 * the next call) and `body_len` are set.
 */
int load_conn_receive(struct load_conn *c, const char **body, size_t *body_len);

#endif

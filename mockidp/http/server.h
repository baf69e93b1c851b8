/* One listener over libmicrohttpd: reads requests within limits, asks its owner for the answer,
 * sends it as told. */
#ifndef MOCKIDP_HTTP_SERVER_H
#define MOCKIDP_HTTP_SERVER_H

#include "mockidp/http/request.h"
#include "mockidp/http/response.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* struct server_sending says how an answer is sent when it is not simply sent. Zeroed, save
 * cut_after: a plain answer. */
struct server_sending {
    double cut_after;  /* this fraction of the body, then the connection is cut; -1: all of it */
    bool reset;        /* a TCP reset instead of the answer */
    size_t drip_bytes; /* so many octets at a time; 0: at once */
    int64_t drip_every_ms;
    bool
        half_close; /* our side of the connection ends without an answer, the client's stays open */
    bool chunked;
    bool http_1_0;
};

/* struct server_exchange is one request with its answer. */
struct server_exchange {
    struct http_request
        *request; /* NULL when it was malformed: then refused_status and refused_why say how */
    struct http_response response;
    struct server_sending sending;
    int refused_status;
    const char *refused_why;
    size_t head_room; /* so many octets of header lines fit beside those of the request */
    bool secure;
    void *attached; /* the owner's */
};

struct tls_named;

/* What a TLS connection is greeted with; the bad ones in the order of tls_files. */
enum server_tls {
    SERVER_TLS_GOOD,
    SERVER_TLS_EXPIRED,
    SERVER_TLS_WRONG_HOST,
    SERVER_TLS_UNKNOWN_CA,
    SERVER_TLS_RESET
};

/*
 * struct server_owner is whom the server asks. For each request: begin, then, after the
 * milliseconds that begin returned, answer, then, when it is sent or lost, end. All on server
 * threads, several at once. A malformed request is only answered (and ended). What response_fit
 * finds too long for head_room is not sent as it is: who writes answers down asks it first.
 * `greet`, which may be NULL, chooses the certificate of a TLS connection whose client asked for
 * host `sni` ("" for none); it comes before all requests on it.
 */
struct server_owner {
    void *closure;
    int64_t (*begin)(void *closure, struct server_exchange *exchange);
    void (*answer)(void *closure, struct server_exchange *exchange);
    void (*end)(void *closure, struct server_exchange *exchange);
    enum server_tls (*greet)(void *closure, const char *sni);
};

struct server_options {
    int listener;          /* a listening socket from server_listen; taken over, also on failure */
    unsigned threads;      /* at least 1 */
    const char *chain_pem; /* NULL: no TLS */
    const char *key_pem;
    char *const *bad_chain_pem;    /* TLS_BAD_CHAINS of them for TLS faults, or NULL */
    const struct tls_named *named; /* chains for clients that ask for a name; ends with name NULL;
                                      or NULL */
    int64_t
        patience_ms; /* a connection that completes no request for so long is cut; 0: one minute */
    size_t connections; /* at most so many: then the longest idle one goes; 0: SERVER_CONNECTIONS,
                           or fewer where the process may open few files */
    struct server_owner owner;
};

enum { SERVER_CONNECTIONS = 2000 };

struct server;

/*
 * server_listen opens a listening TCP socket on `host` (a name or an address) and `port` (0: the
 * system picks one), and stores the port in *bound. Returns -1 with a sentence in `why`. Unless
 * `allow_remote`, a host that is not loopback is refused.
 */
int server_listen(const char *host, uint16_t port, bool allow_remote, uint16_t *bound, char *why,
                  size_t cap);

/* server_start returns a newly allocated running server, or NULL with a sentence in `why`. */
struct server *server_start(const struct server_options *options, char *why, size_t cap);

/*
 * server_stop takes no new connection, answers delayed requests at once, waits for those under way
 * (at most 2 s), closes the rest and frees the server. NULL is fine.
 */
void server_stop(struct server *server);

#endif

/* Opening and starting listeners. */
#include "mockidp/listeners.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HOST_CAP = 256, SAME_PORT_TRIES = 16 };

/* split_address reads "host:port" or "[v6]:port"; false when it is neither. */
static bool split_address(const char *text, char host[HOST_CAP], uint16_t *port)
{
    const char *colon = strrchr(text, ':');
    size_t len = colon == NULL ? 0 : (size_t)(colon - text);
    char *end = NULL;

    if (len == 0 || len >= HOST_CAP || colon[1] < '0' || colon[1] > '9') {
        return false;
    }
    unsigned long number = strtoul(colon + 1, &end, 10);
    if (*end != '\0' || number > UINT16_MAX) {
        return false;
    }
    bool brackets = text[0] == '[' && colon[-1] == ']' && len > 2;
    if (!brackets && memchr(text, ':', len) != NULL) {
        return false; /* an IPv6 address needs its brackets (RFC 3986 §3.2.2) */
    }
    memcpy(host, text + brackets, len - (brackets ? 2 : 0));
    host[len - (brackets ? 2 : 0)] = '\0';
    *port = (uint16_t)number;
    return true;
}

static void add_socket(struct listeners *listeners, int fd, bool tls)
{
    listeners->items[listeners->count].fd = fd;
    listeners->items[listeners->count].tls = tls;
    listeners->count++;
}

/* open_localhost opens 127.0.0.1 and ::1 at one port. A port that the system picked for the first
 * may be taken on the second: then another one is tried. A machine without IPv6 goes without. */
static bool open_localhost(struct listeners *listeners, uint16_t port, bool tls, uint16_t *bound,
                           char *why, size_t cap)
{
    char ignored[128];
    int tries = port == 0 ? SAME_PORT_TRIES : 1;
    int v4 = -1;
    int v6 = -1;

    for (int i = 0; i < tries && v6 < 0; i++) {
        if (v4 >= 0) {
            (void)close(v4);
        }
        if ((v4 = server_listen("127.0.0.1", port, false, bound, why, cap)) < 0) {
            return false;
        }
        v6 = server_listen("::1", *bound, false, bound, ignored, sizeof ignored);
    }
    add_socket(listeners, v4, tls);
    if (v6 >= 0) {
        add_socket(listeners, v6, tls);
    }
    return true;
}

/* make_url: the HTTPS certificate says "localhost", and so does the URL of a loopback or wildcard
 * HTTPS listener. */
static char *make_url(const char *host, uint16_t port, bool tls)
{
    bool any = strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0;
    bool loopback = strcmp(host, "127.0.0.1") == 0 || strcmp(host, "::1") == 0;
    bool v6 = strchr(host, ':') != NULL;
    char *url = NULL;
    char suffix[8] = "";

    if (port != (tls ? 443 : 80)) { /* as browsers write an origin (RFC 6454 §6.2) */
        (void)snprintf(suffix, sizeof suffix, ":%u", (unsigned)port);
    }
    if (tls && (any || loopback)) {
        host = "localhost";
        v6 = false;
    } else if (any) {
        host = "127.0.0.1";
        v6 = false;
    }
    if (asprintf(&url, "%s://%s%s%s%s", tls ? "https" : "http", v6 ? "[" : "", host, v6 ? "]" : "",
                 suffix) < 0) {
        return NULL;
    }
    return url;
}

/* open_one opens the socket or sockets of one option. */
static bool open_one(struct listeners *listeners, const char *option, const char *address,
                     bool allow_remote, char *why, size_t cap)
{
    char host[HOST_CAP];
    char detail[256] = "";
    uint16_t port = 0;
    uint16_t bound = 0;
    bool tls = strcmp(option, "--listen-tls") == 0;
    bool ok = false;

    if (!split_address(address, host, &port)) {
        (void)snprintf(why, cap, "%s: '%s' is not ADDR:PORT", option, address);
        return false;
    }
    if (strcmp(host, "localhost") == 0) {
        ok = open_localhost(listeners, port, tls, &bound, detail, sizeof detail);
    } else {
        int fd = server_listen(host, port, allow_remote, &bound, detail, sizeof detail);
        ok = fd >= 0;
        if (ok) {
            add_socket(listeners, fd, tls);
        }
    }
    if (!ok) {
        (void)snprintf(why, cap, "%s: %s", option, detail);
        return false;
    }
    char *url = make_url(host, bound, tls);
    *(tls ? &listeners->https_url : &listeners->http_url) = url;
    return url != NULL;
}

bool listeners_open(struct listeners *listeners, const char *http, const char *https,
                    bool allow_remote, char *why, size_t cap)
{
    *listeners = (struct listeners){.count = 0};
    if (http == NULL && https == NULL) {
        (void)snprintf(why, cap, "--listen and --listen-tls: there is nothing to listen on");
        return false;
    }
    if ((http != NULL && !open_one(listeners, "--listen", http, allow_remote, why, cap)) ||
        (https != NULL && !open_one(listeners, "--listen-tls", https, allow_remote, why, cap))) {
        listeners_stop(listeners);
        return false;
    }
    return true;
}

bool listeners_start(struct listeners *listeners, const struct server_owner *owner,
                     const struct tls_files *tls, unsigned threads, char *why, size_t cap)
{
    for (size_t i = 0; i < listeners->count; i++) {
        struct server_options options = {
            .listener = listeners->items[i].fd, .threads = threads, .owner = *owner};
        if (listeners->items[i].tls) {
            options.chain_pem = tls->chain_pem;
            options.key_pem = tls->key_pem;
            options.bad_chain_pem = tls->bad_chain_pem;
            options.named = tls->named;
        }
        listeners->items[i].fd = -1;
        listeners->items[i].server = server_start(&options, why, cap);
        if (listeners->items[i].server == NULL) {
            return false;
        }
    }
    return true;
}

void listeners_stop(struct listeners *listeners)
{
    for (size_t i = 0; i < listeners->count; i++) {
        server_stop(listeners->items[i].server);
        if (listeners->items[i].server == NULL && listeners->items[i].fd >= 0) {
            (void)close(listeners->items[i].fd);
        }
    }
    free(listeners->http_url);
    free(listeners->https_url);
    *listeners = (struct listeners){.count = 0};
}

/* One socket for one address: a name with several addresses gets its first. */
#include "validator/apid/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int listen_parse(const char *text, char *host, size_t cap, char *port)
{
    const char *colon = strrchr(text, ':');
    if (!colon) {
        return -1;
    }
    size_t len = (size_t)(colon - text);
    size_t digits = strspn(colon + 1, "0123456789");
    bool bracketed = len > 2 && text[0] == '[' && text[len - 1] == ']';
    if (bracketed) {
        text++;
        len -= 2;
    }
    if (len == 0 || len >= cap || digits == 0 || digits > 5 || colon[1 + digits] != '\0' ||
        strtoul(colon + 1, NULL, 10) > 65535 || (!bracketed && memchr(text, ':', len))) {
        return -1;
    }
    memcpy(host, text, len);
    host[len] = '\0';
    memcpy(port, colon + 1, digits + 1);
    return 0;
}

static int open_socket(const struct addrinfo *at)
{
    int yes = 1;
    int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return -1;
    }
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0) {
        return fd;
    }
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static unsigned port_of(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address;
    socklen_t len = sizeof address;
    memset(&address, 0, sizeof address);
    if (getsockname(fd, &address.any, &len) != 0) {
        return 0;
    }
    return ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port : address.v4.sin_port);
}

int listen_open(const char *host, const char *port, char *url, char *why, size_t cap)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    int failed = getaddrinfo(host, port, &hints, &found);
    if (failed != 0) {
        snprintf(why, cap, "cannot listen on %s: %s", host, gai_strerror(failed));
        return -1;
    }
    int fd = open_socket(found);
    if (fd < 0) {
        snprintf(why, cap, "cannot listen on %s port %s: %s", host, port, strerror(errno));
    } else {
        bool v6 = strchr(host, ':') != NULL;
        snprintf(url, LISTEN_URL_CAP, "http://%s%.64s%s:%u", v6 ? "[" : "", host, v6 ? "]" : "",
                 port_of(fd));
    }
    freeaddrinfo(found);
    return fd;
}

/* Opening a listening socket, loopback unless told otherwise. */
#include "mockidp/http/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, address, sizeof v4);
        return ntohl(v4.sin_addr.s_addr) >> 24 == 127;
    }
    struct sockaddr_in6 v6;
    memcpy(&v6, address, sizeof v6);
    return address->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

static uint16_t port_of(int fd)
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

static int open_socket(const struct addrinfo *at)
{
    int yes = 1;
    int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0) {
        return -1;
    }
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (at->ai_family == AF_INET6) {
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
    }
    if (bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0) {
        return fd;
    }
    int error = errno;
    (void)close(fd);
    errno = error;
    return -1;
}

int server_listen(const char *host, uint16_t port, bool allow_remote, uint16_t *bound, char *why,
                  size_t cap)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    char service[8];
    int fd = -1;

    (void)snprintf(service, sizeof service, "%u", (unsigned)port);
    int failed = getaddrinfo(host, service, &hints, &found);
    if (failed != 0) {
        (void)snprintf(why, cap, "cannot listen on %s: %s", host, gai_strerror(failed));
        return -1;
    }
    if (!allow_remote && !is_loopback(found->ai_addr)) {
        (void)snprintf(why, cap, "%s is not a loopback address: --allow-remote allows it", host);
    } else if ((fd = open_socket(found)) < 0) {
        (void)snprintf(why, cap, "cannot listen on %s:%u: %s", host, (unsigned)port,
                       strerror(errno));
    } else {
        *bound = port_of(fd);
    }
    freeaddrinfo(found);
    return fd;
}

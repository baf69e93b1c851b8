/* Enough HTTP/1.1 to drive a server that answers with Content-Length. */
#include "conformance/load/conn.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

int load_url_parse(const char *text, struct load_url *url, char *why, size_t cap)
{
    const char *scheme = "http://";
    if (strncasecmp(text, scheme, strlen(scheme)) != 0) {
        snprintf(why, cap, "'%s' is not an http:// URL", text);
        return -1;
    }
    const char *host = text + strlen(scheme);
    size_t authority_len = strcspn(host, "/");
    const char *colon = memchr(host, ':', authority_len);
    size_t host_len = colon ? (size_t)(colon - host) : authority_len;
    size_t port_len = colon ? authority_len - host_len - 1 : 0;
    if (host_len == 0 || host_len >= sizeof url->host || port_len >= sizeof url->port ||
        strlen(host + authority_len) >= sizeof url->path) {
        snprintf(why, cap, "'%s': the host, port or path is missing or too long", text);
        return -1;
    }
    snprintf(url->host, sizeof url->host, "%.*s", (int)host_len, host);
    snprintf(url->port, sizeof url->port, "%.*s", (int)port_len, colon ? colon + 1 : "");
    if (!colon) {
        snprintf(url->port, sizeof url->port, "80");
    }
    snprintf(url->path, sizeof url->path, "%s", host[authority_len] ? host + authority_len : "/");
    return 0;
}

int load_conn_open(struct load_conn *c, const struct load_url *url)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    c->fd = -1;
    c->received = 0;
    if (getaddrinfo(url->host, url->port, &hints, &list) != 0) {
        errno = EHOSTUNREACH;
        return -1;
    }
    for (const struct addrinfo *a = list; a && c->fd < 0; a = a->ai_next) {
        c->fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
        if (c->fd >= 0 && connect(c->fd, a->ai_addr, a->ai_addrlen) != 0) {
            load_conn_close(c);
        }
    }
    freeaddrinfo(list);
    if (c->fd < 0) {
        return -1;
    }
    int on = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return 0;
}

void load_conn_close(struct load_conn *c)
{
    if (c->fd >= 0) {
        close(c->fd);
    }
    c->fd = -1;
    c->received = 0;
}

int load_conn_send(struct load_conn *c, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t n = send(c->fd, data, len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return -1;
        }
        data += n;
        len -= (size_t)n;
    }
    return 0;
}

/* Returns the value of Content-Length in the head, which ends at `end`, or -1. */
static long content_length(const char *head, const char *end)
{
    static const char name[] = "Content-Length:";
    const char *line = head;
    while (line < end && (line = memchr(line, '\n', (size_t)(end - line))) != NULL) {
        line++;
        if (strncasecmp(line, name, sizeof name - 1) == 0) {
            return strtol(line + sizeof name - 1, NULL, 10);
        }
    }
    return -1;
}

int load_conn_receive(struct load_conn *c, const char **body, size_t *body_len)
{
    ssize_t n = recv(c->fd, c->buffer + c->received, sizeof c->buffer - 1 - c->received, 0);
    if (n < 0 && errno == EINTR) {
        return 0;
    }
    if (n <= 0) {
        return -1;
    }
    c->received += (size_t)n;
    c->buffer[c->received] = '\0';
    const char *end = strstr(c->buffer, "\r\n\r\n");
    if (!end) {
        return c->received < sizeof c->buffer - 1 ? 0 : -1;
    }
    long length = content_length(c->buffer, end + 2);
    size_t head = (size_t)(end + 4 - c->buffer);
    if (length < 0 || (size_t)length > sizeof c->buffer - 1 - head ||
        strncmp(c->buffer, "HTTP/1.", 7) != 0) {
        return -1;
    }
    if (c->received < head + (size_t)length) {
        return 0;
    }
    *body = c->buffer + head;
    *body_len = (size_t)length;
    c->received = 0;
    return (int)strtol(c->buffer + 9, NULL, 10);
}

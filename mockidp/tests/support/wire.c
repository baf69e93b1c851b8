/* The raw client: blocking sockets on loopback. */
#include "mockidp/tests/support/wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

int wire_connect(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct timeval patience = {.tv_sec = 10};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0) {
        return -1;
    }
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

bool wire_send(int fd, const char *text)
{
    size_t left = strlen(text);

    while (left > 0) {
        ssize_t sent = send(fd, text, left, MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        text += sent;
        left -= (size_t)sent;
    }
    return true;
}

bool wire_header(const struct wire_answer *answer, const char *line)
{
    const char *at = answer->text;
    const char *end = strstr(at, "\r\n\r\n");

    while ((at = strstr(at, "\r\n")) != NULL && end != NULL && at < end) {
        at += 2;
        if (strncasecmp(at, line, strlen(line)) == 0) {
            return true;
        }
    }
    return false;
}

/* announced returns the Content-Length, or SIZE_MAX when there is none. */
static size_t announced(const struct wire_answer *answer)
{
    const char *at = strcasestr(answer->text, "\r\nContent-Length:");

    return at == NULL || at > answer->body ? SIZE_MAX : (size_t)strtoul(at + 17, NULL, 10);
}

/* receive_more appends what comes next; false at the end of the connection. */
static bool receive_more(int fd, struct wire_answer *answer, size_t *used)
{
    ssize_t got =
        *used < WIRE_CAP - 1 ? recv(fd, answer->text + *used, WIRE_CAP - 1 - *used, 0) : 0;

    answer->reset = got < 0 && errno == ECONNRESET;
    if (got <= 0) {
        return false;
    }
    *used += (size_t)got;
    answer->text[*used] = '\0';
    return true;
}

void wire_read(int fd, struct wire_answer *answer)
{
    size_t used = 0;
    char *end = NULL;

    memset(answer, 0, offsetof(struct wire_answer, text));
    answer->text[0] = '\0';
    answer->body = answer->text;
    while ((end = strstr(answer->text, "\r\n\r\n")) == NULL) {
        if (!receive_more(fd, answer, &used)) {
            return;
        }
    }
    answer->body = end + 4;
    answer->status = sscanf(answer->text, "HTTP/1.1 %d", &answer->status) == 1 ? answer->status : 0;
    size_t head = (size_t)(answer->body - answer->text);
    size_t length = announced(answer);
    while (used - head < length && receive_more(fd, answer, &used)) {
    }
    answer->body_len = used - head;
    answer->whole = length == SIZE_MAX || answer->body_len == length;
}

static void once(uint16_t port, const char *head, const char *body, struct wire_answer *answer)
{
    int fd = wire_connect(port);

    memset(answer, 0, offsetof(struct wire_answer, text));
    answer->text[0] = '\0';
    answer->body = answer->text;
    if (fd >= 0) {
        if (wire_send(fd, head) && wire_send(fd, body)) {
            wire_read(fd, answer);
        }
        (void)close(fd);
    }
}

void wire_get(uint16_t port, const char *path, const char *headers, struct wire_answer *answer)
{
    char head[24 * 1024];

    (void)snprintf(head, sizeof head,
                   "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: close\r\n%s\r\n", path,
                   (unsigned)port, headers);
    once(port, head, "", answer);
}

void wire_post(uint16_t port, const char *path, const char *headers, const char *body,
               struct wire_answer *answer)
{
    char head[24 * 1024];

    (void)snprintf(head, sizeof head,
                   "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: close\r\nContent-Length: "
                   "%zu\r\n%s\r\n",
                   path, (unsigned)port, strlen(body), headers);
    once(port, head, body, answer);
}

uint16_t wire_port(const char *url)
{
    const char *colon = url == NULL ? NULL : strrchr(url, ':');

    return colon == NULL ? 0 : (uint16_t)strtoul(colon + 1, NULL, 10);
}

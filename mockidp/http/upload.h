/* The body of one request, as it comes in: within its own limit, and those of all bodies that a
 * listener keeps at once. */
#ifndef MOCKIDP_HTTP_UPLOAD_H
#define MOCKIDP_HTTP_UPLOAD_H

#include <stdbool.h>
#include <stddef.h>

/* struct upload_room is shared by the uploads of a listener. Zeroed: all free. */
struct upload_room {
    size_t taken; /* octets; atomic */
};

/* struct upload is zeroed before its first piece. */
struct upload {
    struct upload_room *room;
    char *body; /* owned; not NUL-terminated */
    size_t len;
    size_t cap;
    size_t dropped;  /* octets of a refused one */
    int status;      /* 0, or what refuses it: 413, 503 */
    const char *why; /* a sentence, static */
};

/*
 * upload_announce looks at what a Content-Length announces, before any of the body. False when it
 * is refused for good; a body that is a little too large is refused and read all the same, since
 * who only reads after sending would not see the answer.
 */
bool upload_announce(struct upload *upload, unsigned long long octets);

/* upload_take keeps a piece, or drops it when the body is refused. False when too much was dropped:
 * then the connection can only be closed. */
bool upload_take(struct upload *upload, const char *piece, size_t len);

/* upload_free frees the body and gives its room back. */
void upload_free(struct upload *upload);

#endif

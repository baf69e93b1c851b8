/* A buffer that grows by doubling, and says no in time. */
#include "mockidp/http/upload.h"

#include "mockidp/http/request.h"

#include <stdlib.h>
#include <string.h>

enum { DISCARD_MAX = 8 * 1024 * 1024, ROOM = 64 * 1024 * 1024 };

static void refuse(struct upload *upload, int status, const char *why)
{
    if (upload->status == 0) {
        upload->status = status;
        upload->why = why;
    }
}

bool upload_announce(struct upload *upload, unsigned long long octets)
{
    if (octets > HTTP_BODY_MAX) {
        refuse(upload, 413, "the body is too large");
    }
    return octets <= DISCARD_MAX;
}

/* grow makes room for `len` octets. */
static bool grow(struct upload *upload, size_t len)
{
    size_t cap = 2 * len < HTTP_BODY_MAX ? 2 * len : HTTP_BODY_MAX;
    size_t more = cap - upload->cap;
    size_t taken = __atomic_add_fetch(&upload->room->taken, more, __ATOMIC_RELAXED);
    char *grown = taken > ROOM ? NULL : realloc(upload->body, cap);

    if (grown == NULL) {
        (void)__atomic_sub_fetch(&upload->room->taken, more, __ATOMIC_RELAXED);
        return false;
    }
    upload->body = grown;
    upload->cap = cap;
    return true;
}

bool upload_take(struct upload *upload, const char *piece, size_t len)
{
    if (upload->status == 0 && len > HTTP_BODY_MAX - upload->len) {
        refuse(upload, 413, "the body is too large");
    }
    if (upload->status == 0 && upload->len + len > upload->cap &&
        !grow(upload, upload->len + len)) {
        refuse(upload, 503, "there are too many large bodies at once");
    }
    if (upload->status != 0) {
        upload->dropped += len;
        return upload->dropped <= DISCARD_MAX;
    }
    memcpy(upload->body + upload->len, piece, len);
    upload->len += len;
    return true;
}

void upload_free(struct upload *upload)
{
    if (upload->room != NULL) {
        (void)__atomic_sub_fetch(&upload->room->taken, upload->cap, __ATOMIC_RELAXED);
    }
    free(upload->body);
    upload->body = NULL;
    upload->cap = 0;
}

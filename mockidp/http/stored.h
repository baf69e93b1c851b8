/* An answer that is given again and again and is the same each time, a stored response as RFC 9111
 * §1 has it: its header lines and its body are shared by all requests that it answers. */
#ifndef MOCKIDP_HTTP_STORED_H
#define MOCKIDP_HTTP_STORED_H

#include "mockidp/http/response.h"

/* struct stored_response counts its holders and is freed with the last one; it never changes. Any
 * thread may hold and drop it. */
struct stored_response;

/*
 * stored_response_new moves what `response` says into a newly allocated stored response, which
 * `response` then holds and shows. NULL without memory, when `response` failed or shows a stored
 * one already: it stays as it was.
 */
struct stored_response *stored_response_new(struct http_response *response);

/* stored_response_hold returns the same one, with one holder more. */
struct stored_response *stored_response_hold(struct stored_response *stored);

/* stored_response_drop ends one hold. NULL is fine. */
void stored_response_drop(struct stored_response *stored);

/* stored_response_show lets an empty answer show a stored response, whose hold it takes over. The
 * first change through response_…() makes `response` a copy of its own. */
void stored_response_show(struct http_response *response, struct stored_response *stored);

/* struct stored_wire is the form in which an HTTP library sends a stored response; who makes one
 * embeds it. */
struct stored_wire {
    void (*free)(struct stored_wire *wire);
};

/* stored_response_wire returns that form, which `make` makes of the answer when it is asked for
 * first, and which is freed with the stored response. NULL when `make` returned NULL. */
struct stored_wire *
stored_response_wire(struct stored_response *stored,
                     struct stored_wire *(*make)(const struct http_response *answer));

#endif

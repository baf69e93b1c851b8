/* Counting the holders of an answer that many requests share. */
#include "mockidp/http/stored.h"

#include <stdatomic.h>
#include <stdlib.h>

struct stored_response {
    atomic_uint holders;
    struct http_response answer;        /* its `stored` stays NULL */
    _Atomic(struct stored_wire *) wire; /* NULL until it is sent first */
};

struct stored_response *stored_response_new(struct http_response *response)
{
    struct stored_response *stored =
        response->failed || response->stored ? NULL : calloc(1, sizeof *stored);
    if (!stored) {
        return NULL;
    }
    atomic_init(&stored->holders, 1);
    atomic_init(&stored->wire, NULL);
    stored->answer = *response;
    *response = (struct http_response){.status = 0};
    stored_response_show(response, stored_response_hold(stored));
    return stored;
}

struct stored_response *stored_response_hold(struct stored_response *stored)
{
    atomic_fetch_add_explicit(&stored->holders, 1, memory_order_relaxed);
    return stored;
}

void stored_response_drop(struct stored_response *stored)
{
    if (!stored || atomic_fetch_sub_explicit(&stored->holders, 1, memory_order_acq_rel) > 1) {
        return;
    }
    struct stored_wire *wire = atomic_load(&stored->wire);
    if (wire) {
        wire->free(wire);
    }
    http_params_clear(&stored->answer.headers);
    free(stored->answer.body);
    free(stored);
}

void stored_response_show(struct http_response *response, struct stored_response *stored)
{
    *response = stored->answer;
    response->stored = stored;
}

struct stored_wire *
stored_response_wire(struct stored_response *stored,
                     struct stored_wire *(*make)(const struct http_response *answer))
{
    struct stored_wire *wire = atomic_load_explicit(&stored->wire, memory_order_acquire);
    struct stored_wire *made = NULL;
    if (wire || (made = make(&stored->answer)) == NULL) {
        return wire;
    }
    if (atomic_compare_exchange_strong(&stored->wire, &wire, made)) {
        return made;
    }
    made->free(made); /* another thread was first */
    return wire;
}

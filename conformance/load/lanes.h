/* Keep-alive connections that one thread keeps busy with one and the same request. */
#ifndef CONFORMANCE_LOAD_LANES_H
#define CONFORMANCE_LOAD_LANES_H

#include "conformance/load/conn.h"

#include <stdint.h>

struct load_lanes;

/*
 * load_lanes_open connects `count` times to `url` for requests that send `request` (a whole HTTP
 * request, borrowed until the close). Returns newly allocated lanes, or NULL with `why`.
 */
struct load_lanes *load_lanes_open(const struct load_url *url, const char *request, unsigned count,
                                   char *why, size_t cap);

/* struct load_tally counts answers. */
struct load_tally {
    uint64_t in_time; /* status 200, before the end */
    uint64_t late;    /* status 200, asked for before the end and come after it */
    uint64_t errors;  /* another status, or none within 5 s */
};

/*
 * load_lanes_drive sends on every lane, again after each answer, until `stop_at` (load_clock_ns),
 * and then waits for the answers that are still due. What comes is added to the tally.
 */
void load_lanes_drive(struct load_lanes *lanes, uint64_t stop_at, struct load_tally *tally);

/* load_lanes_close frees the lanes. NULL is fine. */
void load_lanes_close(struct load_lanes *lanes);

#endif

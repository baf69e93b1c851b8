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

/*
 * load_lanes_drive sends on every lane, again after each answer, until `stop_at` (load_clock_ns),
 * and then waits for the answers that are still due. Returns how many answers with status 200 came
 * before `stop_at`; what else came, or did not come within 5 s, is added to *errors.
 */
uint64_t load_lanes_drive(struct load_lanes *lanes, uint64_t stop_at, uint64_t *errors);

/* load_lanes_close frees the lanes. NULL is fine. */
void load_lanes_close(struct load_lanes *lanes);

#endif

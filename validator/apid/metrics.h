/* The counters in the text form that Prometheus reads (exposition format 0.0.4). */
#ifndef VALIDATOR_APID_METRICS_H
#define VALIDATOR_APID_METRICS_H

#include "btv/validator.h"

#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

/*
 * metrics_render returns newly allocated text, or NULL. `responses` counts HTTP answers by status,
 * from 0 to `count` - 1, `denied` good tokens that lacked what a route needs, by BTV_ERROR_COUNT
 * errors; both may be counted on by other threads meanwhile.
 */
char *metrics_render(const struct btv_stats *stats, const uint64_t *responses, size_t count,
                     const uint64_t *denied);

#endif

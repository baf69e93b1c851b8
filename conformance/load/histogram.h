/*
 * A log-linear histogram of durations, as HdrHistogram keeps them: three significant digits from 1
 * ns to over an hour, so that the 99.99th percentile is as exact as the median and recording costs
 * a few nanoseconds.
 */
#ifndef CONFORMANCE_LOAD_HISTOGRAM_H
#define CONFORMANCE_LOAD_HISTOGRAM_H

#include <stdint.h>

struct load_histogram;

/* load_histogram_new returns a newly allocated empty histogram (about 270 KiB), or NULL. */
struct load_histogram *load_histogram_new(void);
void load_histogram_free(struct load_histogram *h);

/* load_histogram_record counts one duration; more than 2^42 ns (73 minutes) counts as that. One
 * thread at a time. */
void load_histogram_record(struct load_histogram *h, uint64_t ns);

/* load_histogram_add adds the counts of `from` to `to`. */
void load_histogram_add(struct load_histogram *to, const struct load_histogram *from);

/* load_histogram_reset forgets everything. */
void load_histogram_reset(struct load_histogram *h);

uint64_t load_histogram_count(const struct load_histogram *h);
uint64_t load_histogram_max(const struct load_histogram *h);

/*
 * load_histogram_percentile returns the smallest recorded value that at least `percent` (0..100) of
 * all values do not exceed, rounded up to three significant digits (never above the maximum); 0
 * when empty.
 */
uint64_t load_histogram_percentile(const struct load_histogram *h, double percent);

#endif

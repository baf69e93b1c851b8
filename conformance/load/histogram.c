/* Buckets of doubling width, each cut into 1024 equal parts: the error is below 1/1024 everywhere.
 */
#include "conformance/load/histogram.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PART_BITS 10
#define PARTS (1U << PART_BITS)
#define MAX_BITS 42
#define SLOTS ((MAX_BITS - PART_BITS + 1) * PARTS + PARTS)

struct load_histogram {
    uint64_t count;
    uint64_t max;
    uint64_t slots[SLOTS];
};

struct load_histogram *load_histogram_new(void)
{
    return calloc(1, sizeof(struct load_histogram));
}

void load_histogram_free(struct load_histogram *h)
{
    free(h);
}

/* Values below 2048 have a slot each; above, the top 11 bits choose it. */
static unsigned slot_of(uint64_t ns)
{
    if (ns < 2ULL * PARTS) {
        return (unsigned)ns;
    }
    unsigned bits = 64U - (unsigned)__builtin_clzll(ns);
    unsigned shift = bits - (PART_BITS + 1);
    return shift * PARTS + (unsigned)(ns >> shift);
}

/* The largest value that falls into `slot`. */
static uint64_t slot_top(unsigned slot)
{
    if (slot < 2 * PARTS) {
        return slot;
    }
    unsigned shift = slot / PARTS - 1;
    uint64_t part = slot - (uint64_t)shift * PARTS;
    return ((part + 1) << shift) - 1;
}

void load_histogram_record(struct load_histogram *h, uint64_t ns)
{
    uint64_t limit = (1ULL << MAX_BITS) - 1;
    if (ns > limit) {
        ns = limit;
    }
    h->slots[slot_of(ns)]++;
    h->count++;
    if (ns > h->max) {
        h->max = ns;
    }
}

void load_histogram_add(struct load_histogram *to, const struct load_histogram *from)
{
    for (unsigned i = 0; i < SLOTS; i++) {
        to->slots[i] += from->slots[i];
    }
    to->count += from->count;
    if (from->max > to->max) {
        to->max = from->max;
    }
}

void load_histogram_reset(struct load_histogram *h)
{
    memset(h, 0, sizeof *h);
}

uint64_t load_histogram_count(const struct load_histogram *h)
{
    return h->count;
}

uint64_t load_histogram_max(const struct load_histogram *h)
{
    return h->max;
}

uint64_t load_histogram_percentile(const struct load_histogram *h, double percent)
{
    /* 99.9 is a little more than 99.9 in binary; the millionth keeps it from asking for one value
     * too many */
    double exact = percent * (double)h->count / 100.0 - 1e-6;
    uint64_t wanted = exact > 0 ? (uint64_t)ceil(exact) : 0;
    if (wanted == 0) {
        wanted = 1;
    }
    uint64_t seen = 0;
    for (unsigned i = 0; i < SLOTS; i++) {
        seen += h->slots[i];
        if (seen >= wanted) {
            uint64_t top = slot_top(i);
            return top < h->max ? top : h->max;
        }
    }
    return h->max;
}

/* Everything random in the mock: real randomness, or with a seed the same sequence on every
 * machine. */
#ifndef MOCKIDP_PLATFORM_RNG_H
#define MOCKIDP_PLATFORM_RNG_H

#include <stddef.h>
#include <stdint.h>

struct rng;

#define RNG_GUID_CAP 37

/* rng_new returns a newly allocated generator: OpenSSL's when `seed` is NULL, else SHA-256 of seed
 * and counter. NULL without memory. All calls from any thread; a process that forks makes a new one
 * in the child, or both get the same. */
struct rng *rng_new(const char *seed);
void rng_free(struct rng *rng);

/* rng_bytes fills `out`. */
void rng_bytes(struct rng *rng, void *out, size_t len);

/* rng_guid writes a version 4 GUID (RFC 9562 §5.4) in lower case. */
void rng_guid(struct rng *rng, char out[RNG_GUID_CAP]);

/* rng_unit returns a number from 0 to just below 1. */
double rng_unit(struct rng *rng);

#endif

/* Tokens that nobody has seen before and nobody will see again, as many as a flood needs. */
#ifndef CONFORMANCE_FLOOD_H
#define CONFORMANCE_FLOOD_H

#include <stddef.h>
#include <stdint.h>

/*
 * cf_flood_value returns a "Bearer …" value, newly allocated: a well-formed token (RS256) whose
 * kid, subject and signature are noise that follows from `seed`, with some `octets` in all. NULL
 * without memory.
 */
char *cf_flood_value(uint64_t seed, size_t octets);

#endif

/* Records of wide, mostly empty fields, stored in few octets: runs of zeros are counted and GUIDs
 * kept as numbers. What the mock remembers stays small although every field has room for the
 * largest value. */
#ifndef MOCKIDP_PLATFORM_PACK_H
#define MOCKIDP_PLATFORM_PACK_H

#include <stdbool.h>
#include <stddef.h>

/*
 * pack_write packs a record of `len` octets into `out` and returns how many octets that took. With
 * NULL for `out` it only counts.
 */
size_t pack_write(const void *record, size_t len, unsigned char *out);

/*
 * pack_read writes the record to `out` and zeroes what is left of its `cap` octets. Returns false,
 * and then all of `out` is zero, when the record is longer or `packed` is not what pack_write
 * wrote.
 */
bool pack_read(const unsigned char *packed, size_t packed_len, void *out, size_t cap);

#endif

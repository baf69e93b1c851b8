/* base64url and base64, written for the oven alone: the validator has its own, so that one catches
 * the other's faults; and the hash that is most often written so. */
#ifndef MOCKIDP_MINT_ENCODE_H
#define MOCKIDP_MINT_ENCODE_H

#include <stddef.h>

/* mint_base64url returns the newly allocated unpadded base64url text of `data` (RFC 7515 §2), or
 * NULL without memory. */
char *mint_base64url(const void *data, size_t len);

/* mint_sha256_base64url returns the newly allocated base64url of the SHA-256 of `data`, or NULL. */
char *mint_sha256_base64url(const void *data, size_t len);

/* mint_base64 returns the newly allocated padded base64 text of `data` (RFC 4648 §4), or NULL
 * without memory. */
char *mint_base64(const void *data, size_t len);

/* mint_unbase64url returns newly allocated bytes and their count, or NULL for text that is not
 * base64url. */
unsigned char *mint_unbase64url(const char *text, size_t *len);

/* mint_unhex returns newly allocated bytes (terminated) and their count, or NULL for text that is
 * not pairs of hex digits. */
unsigned char *mint_unhex(const char *text, size_t *len);

#endif

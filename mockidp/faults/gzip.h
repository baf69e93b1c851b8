/* The gzip coding (RFC 1952) as far as faults need it: nothing here is small, and nothing decodes.
 */
#ifndef MOCKIDP_FAULTS_GZIP_H
#define MOCKIDP_FAULTS_GZIP_H

#include <stddef.h>

/* gzip_store returns `len` octets in stored blocks, newly allocated, or NULL; *out_len its length.
 */
char *gzip_store(const char *data, size_t len, size_t *out_len);

/* gzip_bomb returns a member that decodes to `len` blanks in a hundred-and-sixtieth of the octets,
 * newly allocated, or NULL. */
char *gzip_bomb(size_t len, size_t *out_len);

#endif

/* Whether OpenSSL failed for want of memory: a good token must not be called a bad one for that. */
#ifndef VALIDATOR_JOSE_MEMORY_H
#define VALIDATOR_JOSE_MEMORY_H

#include <stdbool.h>

/*
 * jose_memory_ran_out empties this thread's queue of OpenSSL errors and says whether what failed
 * did so for want of memory: an allocation failed, or `library` (ERR_LIB_RSA …, which gives a
 * reason for everything else) gave none. 0: no library does.
 */
bool jose_memory_ran_out(int library);

#endif

/*
 * OpenSSL 3 puts ERR_R_MALLOC_FAILURE into the queue, mostly: some of its functions only give up,
 * and what called them says no more than that something failed, or "it was RSA" (a reason that all
 * libraries have in common).
 */
#include "validator/jose/memory.h"

#include <openssl/err.h>

bool jose_memory_ran_out(int library)
{
    bool failed = false;
    bool reason = false;
    unsigned long e = 0;
    while ((e = ERR_get_error()) != 0) {
        failed = failed || ERR_GET_REASON(e) == ERR_R_MALLOC_FAILURE;
        reason = reason || (ERR_GET_LIB(e) == library && !(ERR_GET_REASON(e) & ERR_RFLAG_COMMON));
    }
    ERR_clear_error(); /* also the names of files that the entries still hold */
    return failed || (library != 0 && !reason);
}

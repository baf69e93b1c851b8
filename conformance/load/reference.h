/* R, the yardstick: EVP_PKEY_verify of RSA-2048 on a reused context, the loop of `openssl speed
 * rsa2048`; and S, EVP_PKEY_sign of its other column. */
#ifndef CONFORMANCE_LOAD_REFERENCE_H
#define CONFORMANCE_LOAD_REFERENCE_H

#include <stdint.h>

struct load_reference;

/* load_reference_new returns a newly allocated yardstick with a key of its own (takes some 100 ms),
 * or NULL. */
struct load_reference *load_reference_new(void);
void load_reference_free(struct load_reference *r);

/* load_reference_clone returns a yardstick for another thread, with the same key and a context of
 * its own, or NULL. */
struct load_reference *load_reference_clone(const struct load_reference *r);

/* load_reference_verify verifies once. Returns 1, or 0 if OpenSSL refused (which would void the
 * run). */
int load_reference_verify(struct load_reference *r);

/* load_reference_sign signs once; not with a clone. Returns 1, or 0 if OpenSSL refused. */
int load_reference_sign(struct load_reference *r);

#endif

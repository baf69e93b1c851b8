/* The tenant of an issuer: by its id, which a domain leads to. */
#ifndef CONFORMANCE_PROVIDER_TENANT_H
#define CONFORMANCE_PROVIDER_TENANT_H

#include "conformance/provider/issuer.h"

/*
 * cf_tenant_resolve puts the tenant's id into the profile where a domain stands for it, and the
 * domain beside it: the issuer's discovery document knows (entra.md §1.1). An issuer that does not
 * answer is left as it is, for the run to say so. -1 with `why` when the name is no tenant's.
 */
int cf_tenant_resolve(struct cf_issuer *issuer, long timeout_ms, char *why, size_t cap);

#endif

/* From settings to the issuers that a validator believes. */
#ifndef VALIDATOR_CORE_AUTHORITIES_H
#define VALIDATOR_CORE_AUTHORITIES_H

#include "validator/core/config.h"
#include "validator/policy/policy.h"

/*
 * btv_authorities_compile fills the authorities and tenants of `p`: one tenant, or many that are
 * named or knowingly all of them, for v2 and (with v1=accept) v1 tokens; and issuers by name.
 * Returns 0, or -1 with the setting and the fault in `why`: then nothing is left that would accept
 * any issuer. btv_authorities_cleanup frees what was filled, in part too.
 */
int btv_authorities_compile(struct btv_policy *p, const struct btv_config *c, char *why,
                            size_t cap);
void btv_authorities_cleanup(struct btv_policy *p);

#endif

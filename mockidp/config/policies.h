/* What a directory's rules say of its people and apps: conditional access, consent, assignment. */
#ifndef MOCKIDP_CONFIG_POLICIES_H
#define MOCKIDP_CONFIG_POLICIES_H

#include "mockidp/config/faults.h"

/* policies_check checks, of a tenant whose shapes are right, that what the rules name exists and
 * that they can be kept. */
void policies_check(struct config_faults *faults, const struct config_pointer *tenant_at,
                    const json_t *tenant);

/* policies_check_refusals checks what the directory makes of numbers of aadsts.def: {"500131":
 * {"error":"invalid_client","status":401,"suberror":"bad_token"}}. */
void policies_check_refusals(struct config_faults *faults, const struct config_pointer *at,
                             const json_t *refusals);

#endif

/* Whether the caller may do this: scopes of a user, roles of an application, the client on the
 * list.
 */
#ifndef CONFORMANCE_ADAPTERS_MUTANT_PERMISSION_H
#define CONFORMANCE_ADAPTERS_MUTANT_PERMISSION_H

#include "conformance/adapters/mutant_claims.h"

/* mutant_permission_granted reads scp, roles, idtyp and the client of proven claims. */
bool mutant_permission_granted(enum mutant_flaw flaw, const struct mutant_policy *policy,
                               const json_t *claims);

#endif

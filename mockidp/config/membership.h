/* Who is in which group, directly or through other groups, and which app roles that gives. */
#ifndef MOCKIDP_CONFIG_MEMBERSHIP_H
#define MOCKIDP_CONFIG_MEMBERSHIP_H

#include "mockidp/config/directory.h"

/* membership_resolve works out memberships and roles of every user of a tenant whose groups are
 * filled. 0, or -1 without memory. */
int membership_resolve(struct directory_tenant *tenant);

/* membership_free frees what membership_resolve made. */
void membership_free(struct directory_tenant *tenant);

#endif

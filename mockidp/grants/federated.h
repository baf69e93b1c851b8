/* A client that proves itself with a token of another identity provider ("Workload identity
 * federation"): issuer, subject and audience are those of a credential of the app, to the letter.
 */
#ifndef MOCKIDP_GRANTS_FEDERATED_H
#define MOCKIDP_GRANTS_FEDERATED_H

#include "mockidp/grants/grant.h"

struct assertion;

/* federated_is says whether an assertion is one: its issuer is a URL, not the client. */
bool federated_is(const struct assertion *assertion);

/* federated_check checks it; 0, or -1 with the refusal. May block for the issuer's keys. */
int federated_check(struct grant *grant, const struct assertion *assertion);

#endif

/* What an administrator can put between a user and a token: locked accounts, assignment,
 * conditional access; and the authentication that a claims challenge asks for. */
#ifndef MOCKIDP_GRANTS_ACCESS_H
#define MOCKIDP_GRANTS_ACCESS_H

#include "mockidp/grants/grant.h"

/*
 * access_check holds the grant's user, client and resource against the directory. A user who signs
 * in now (`interactive`) meets the authentication contexts that are asked for, which `proofs` then
 * lists; whoever a page can ask (`can_ask`) is not refused for want of a second factor, but
 * `second_factor_due`; of others it is what their session proved. 0, or -1 with the refusal;
 * `needs_step_up` says that signing in again would do.
 */
int access_check(struct grant *grant);

/* access_give_second_factor notes that the user gave one, for this grant and for the session of
 * that id ("": none). */
void access_give_second_factor(struct grant *grant, const char *session_id);

/* access_has_second_factor says whether the grant's user, or their session, gave one. */
bool access_has_second_factor(const struct grant *grant);

/* access_check_app is that of an app for itself: 501051 when the resource wants it assigned. */
int access_check_app(struct grant *grant);

/* access_is_interaction says whether a number means that the user has to act: interaction_required
 * is then what on-behalf-of, the v1 endpoint and /authorize call it. */
bool access_is_interaction(int number);

/* access_claims_of returns what a refusal with this number asks the client to send on, or NULL. */
const char *access_claims_of(int number);

#endif

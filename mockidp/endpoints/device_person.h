/* The person who answers for a device, held against what /authorize holds people against. */
#ifndef MOCKIDP_ENDPOINTS_DEVICE_PERSON_H
#define MOCKIDP_ENDPOINTS_DEVICE_PERSON_H

#include "mockidp/grants/grant.h"

/*
 * device_person_check fills `grant` (zeroed but for `context` and `request`) from the code and from
 * who was found, and checks account, assignment and policies; the person signs in now (`session`
 * NULL) and meets the authentication contexts that are asked for, or did so in that session. A
 * second factor may be due then. Policies for the grant "device_code" hold here, too. 0, or -1 with
 * the refusal.
 */
int device_person_check(struct grant *grant, const struct state_device_code *code,
                        const struct directory_tenant *tenant, const struct directory_user *user,
                        const struct state_session *session);

/* device_person_needs_consent says whether that person has to agree first. */
bool device_person_needs_consent(const struct grant *grant);

/*
 * device_person_allow lets the device of the code `text` have what it asked for, and notes what the
 * person agreed to and proved. Nothing may be due. A session of its own, unless the permit has one.
 * False when the code waits no longer.
 */
bool device_person_allow(struct grant *grant, const char *text, struct state_device_code *code);

#endif

/* The WWW-Authenticate value that answers a refusal (RFC 6750 §3). */
#ifndef VALIDATOR_POLICY_CHALLENGE_H
#define VALIDATOR_POLICY_CHALLENGE_H

#include "btv/error.h"
#include "validator/policy/policy.h"

/*
 * btv_challenge writes the challenge for `e` into `out`; returns false when none is due (accepted,
 * 5xx). Nothing of the token is ever in it: the description is the table's sentence, `scope` what
 * the configuration needs.
 */
bool btv_challenge(enum btv_error e, const struct btv_words *scopes, char *out, size_t cap);

#endif

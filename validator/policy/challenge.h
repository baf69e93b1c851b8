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

/*
 * btv_claims_challenge writes the challenge for BTV_CLAIMS_INSUFFICIENT into `out`: the claim that
 * the client is to ask for, JSON in base64, as Entra's clients read it ("Claims challenges, claims
 * requests and client capabilities"). `acrs` is one word; `authorization_uri` may be NULL. Returns
 * false when it does not fit.
 */
bool btv_claims_challenge(const char *acrs, const char *authorization_uri, char *out, size_t cap);

#endif

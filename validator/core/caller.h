/* Who called, in a word for a person. */
#ifndef VALIDATOR_CORE_CALLER_H
#define VALIDATOR_CORE_CALLER_H

#include "btv/validator.h"

/*
 * btv_caller returns the first of the claims name, preferred_username, upn, azp and appid that is
 * there, "unknown" without any: an app's own token names no user, so its client id stands in. For
 * display; these claims can change and must not decide (access tokens reference, Entra docs).
 * Borrowed from an accepted `r` until its next use.
 */
const char *btv_caller(const struct btv_result *r);

#endif

/* A token's parts as a person reads them. */
#ifndef VALIDATOR_CLI_SHOW_H
#define VALIDATOR_CLI_SHOW_H

#include "validator/jose/span.h"

#include <stdint.h>

/*
 * show_part prints the members of a base64url-encoded JSON object, one a line; times (exp, nbf,
 * iat, auth_time) also as a date and as their distance from `now`. What is no such object is said
 * to be none, and -1 returned. Control characters never reach the terminal.
 */
int show_part(struct jose_span part, int64_t now);

#endif

/* The Authorization header (RFC 6750 §2.1, RFC 9110 §11.4): which bytes are the token? */
#ifndef VALIDATOR_POLICY_BEARER_H
#define VALIDATOR_POLICY_BEARER_H

#include "btv/error.h"
#include "validator/jose/span.h"

/*
 * btv_bearer_token finds the token in a header value (`value.data` NULL: there was no header).
 * White space around the value is not part of it; the scheme is compared without regard to case.
 * BTV_NO_CREDENTIALS: no header, another scheme, or a scheme without a token. BTV_BEARER_MALFORMED:
 * a value without a scheme, or a tab behind it. BTV_TOKEN_MALFORMED: more than one word behind the
 * scheme. On BTV_OK `*token` points into `value`.
 */
enum btv_error btv_bearer_token(struct jose_span value, struct jose_span *token);

#endif

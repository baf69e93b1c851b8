/* Which URLs keys may come from. */
#ifndef VALIDATOR_KEYS_ORIGIN_H
#define VALIDATOR_KEYS_ORIGIN_H

#include "validator/jose/span.h"

/*
 * btv_url_is_trustworthy says whether `url` is absolute https, or http to a loopback host
 * (localhost, 127.0.0.0/8, [::1]), without user info, query or fragment when `bare` is set, and
 * without control characters, spaces or backslashes.
 */
bool btv_url_is_trustworthy(const char *url, bool bare);

/* btv_url_is_loopback says whether the host of a trustworthy URL is a loopback one. */
bool btv_url_is_loopback(const char *url);

/* btv_url_may_lead_to says whether what `from` answered may name `to`: https never leads to http,
 * not even on loopback, where another user's program may listen. Both are trustworthy URLs. */
bool btv_url_may_lead_to(const char *from, const char *to);

#endif

/* Octets to a server as they are, and one answer after the other: what no HTTP library would send.
 */
#ifndef CONFORMANCE_ADAPTERS_HTTP_RAW_H
#define CONFORMANCE_ADAPTERS_HTTP_RAW_H

#include "conformance/adapters/adapter.h"

/*
 * cf_raw_ask connects to `url` (TLS for https), sends the request of `request`, or its own texts
 * one by one, and reads the answers; *answer is the last one. Its status is 0 when the server
 * closed without one, which is a refusal. All within `timeout_ms`. -1 with `why`: what came
 * instead.
 */
int cf_raw_ask(const char *url, long timeout_ms, const struct cf_request *request,
               struct cf_answer *answer, char *why, size_t cap);

/* cf_raw_needed says whether a request is one that libcurl would mend, refuse or spell anew. */
bool cf_raw_needed(const struct cf_request *request);

#endif

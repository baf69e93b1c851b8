/* An answer of an issuer as one JSON value, which expectations are matched with. */
#ifndef CONFORMANCE_PROVIDER_ANSWER_H
#define CONFORMANCE_PROVIDER_ANSWER_H

#include "conformance/provider/http.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * cf_answer_of returns a new object: {"status", "headers":{name in small letters: value},
 * "body":text, and as they are there "json":value, "forms":[…] (page.h), "redirect":{"to":URI
 * without parameters,"in":"query|fragment|form_post","params":{…}}}. A redirect is a Location, or a
 * page whose form leads away from `url`, the address that was asked. Lines of the same header are
 * joined by ", ". Octets that are not UTF-8 become "?". `twice` in "redirect" names a parameter
 * that came twice.
 */
json_t *cf_answer_of(const struct cf_reply *reply, const char *url);

/*
 * cf_answer_find returns the value at a path such as "json/access_token/claims/exp", a new
 * reference to what stands in the answer, or NULL; "claims" and "header" of a text look into it as
 * a token.
 */
json_t *cf_answer_find(const json_t *answer, const char *path);

/* cf_token_part returns header (0) or claims (1) of a compact JWS, a new object, or NULL. */
json_t *cf_token_part(const char *token, int part);

/* cf_answer_shown returns what a report shows of it: {"status","head","body","code"}, where tokens,
 * codes and secrets are cut short. A new reference. */
json_t *cf_answer_shown(const json_t *answer);

/* cf_origin_length returns how long scheme://authority of a URL is; 0 for a reference without. */
size_t cf_origin_length(const char *url);

/* cf_same_origin says whether a reference on a page leads to the origin of the page's URL. */
bool cf_same_origin(const char *url, const char *reference);

#endif

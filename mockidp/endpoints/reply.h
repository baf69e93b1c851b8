/* The answer of /authorize on its way back to the app: in the query, in the fragment, or as a form
 * (OAuth 2.0 Multiple Response Types; OAuth 2.0 Form Post Response Mode). */
#ifndef MOCKIDP_ENDPOINTS_REPLY_H
#define MOCKIDP_ENDPOINTS_REPLY_H

#include "mockidp/context.h"
#include "mockidp/http/request.h"
#include "mockidp/http/response.h"

#include <jansson.h>
#include <stdbool.h>

enum reply_mode { REPLY_QUERY, REPLY_FRAGMENT, REPLY_FORM_POST };

/* reply_mode_parse reads a response_mode; false when it is none. */
bool reply_mode_parse(const char *text, enum reply_mode *mode);

/* reply_location returns where a redirect leads with these parameters, newly allocated, or NULL. */
char *reply_location(const char *redirect_uri, enum reply_mode mode, const json_t *parameters);

/* reply_set_text sets a parameter, unless `text` is NULL: octets that are not UTF-8 go, too, for
 * `state` goes back as it came, and a query can hold all octets. */
void reply_set_text(json_t *parameters, const char *name, const char *text);

/* reply_send answers with the string members of `parameters`, in their order. `request_id` is the
 * trace id of a refusal; NULL: a new one. */
void reply_send(struct idp_context *context, const struct http_request *request,
                const char *redirect_uri, enum reply_mode mode, const json_t *parameters,
                const char *request_id, struct http_response *response);

/* reply_encode writes text for a query or a fragment (RFC 3986 §2.3: what is not unreserved, as
 * %XX). */
void reply_encode(FILE *out, const char *text);

#endif

/* Refusals in Entra's shape: a number of aadsts.def decides error, status and text. */
#ifndef MOCKIDP_ERRORS_OAUTH_ERROR_H
#define MOCKIDP_ERRORS_OAUTH_ERROR_H

#include "mockidp/context.h"
#include "mockidp/http/request.h"
#include "mockidp/http/response.h"

#include <jansson.h>
#include <stdbool.h>

/* struct oauth_refusal is a refusal with what its text names. Zeroed is none. */
struct oauth_refusal {
    int number;
    char args[3][200];
    const char *error;   /* instead of the table's, or NULL */
    const char *subcode; /* error_subcode of /authorize, or NULL */
    const char *claims;  /* JSON text for the client to send on (a claims challenge), or NULL */
};

/* oauth_refuse fills a refusal; NULL arguments are empty. Returns -1. oauth_refuse_three is for
 * texts that name three things. */
int oauth_refuse(struct oauth_refusal *refusal, int number, const char *arg0, const char *arg1);
int oauth_refuse_three(struct oauth_refusal *refusal, int number, const char *arg0,
                       const char *arg1, const char *arg2);

/* oauth_error_known says whether the number has a row in aadsts.def. */
bool oauth_error_known(int number);

/* oauth_error_text returns the text of a row, newly allocated, with an ellipsis for each name that
 * an answer has there; NULL for a number without one, or without memory. */
char *oauth_error_text(int number);

/* oauth_error_respond answers with the refusal, notes it in the journal and sets Entra's headers.
 */
void oauth_error_respond(struct idp_context *context, const struct http_request *request,
                         const struct oauth_refusal *refusal, struct http_response *response);

/* oauth_error_body returns the body of that answer, a new reference, and notes the refusal in the
 * journal: for /authorize, which says it in a redirect or a page. NULL without memory. */
json_t *oauth_error_body(struct idp_context *context, const struct http_request *request,
                         const struct oauth_refusal *refusal);

/* oauth_error_throttles says whether a number is answered with 429; oauth_retry_later sets
 * Retry-After on such an answer. */
bool oauth_error_throttles(const struct idp_context *context, int number);
void oauth_retry_later(struct http_response *response);

/* oauth_echo_request_id sets client-request-id when the caller sent one and asked for it
 * (return-client-request-id: true): on every answer. */
void oauth_echo_request_id(const struct http_request *request, struct http_response *response);

/*
 * oauth_headers sets what every answer of the token endpoint carries: no caching, x-ms-request-id
 * (a GUID, or NULL for a new one). Entra's Strict-Transport-Security only when the directory says
 * "strict_transport_security": for localhost it would turn every other server of the machine to
 * HTTPS.
 */
void oauth_headers(struct idp_context *context, const struct http_request *request,
                   const char *request_id, struct http_response *response);

#endif

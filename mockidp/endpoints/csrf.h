/* Forms are answered by the browser that got them: what the form says, a cookie says too. */
#ifndef MOCKIDP_ENDPOINTS_CSRF_H
#define MOCKIDP_ENDPOINTS_CSRF_H

#include "mockidp/context.h"
#include "mockidp/http/request.h"
#include "mockidp/http/response.h"
#include "mockidp/state/state.h"

/* csrf_token writes the value for the form's field `csrf`, and sets the cookie when there is none.
 */
void csrf_token(struct idp_context *context, const struct http_request *request,
                struct http_response *response, char out[STATE_HANDLE_CAP]);

/* csrf_check compares form and cookie; when they differ it answers with a page and returns false.
 */
bool csrf_check(struct idp_context *context, const struct http_request *request,
                struct http_response *response);

#endif

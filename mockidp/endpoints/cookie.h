/* The cookie of a signed-in browser. */
#ifndef MOCKIDP_ENDPOINTS_COOKIE_H
#define MOCKIDP_ENDPOINTS_COOKIE_H

#include "mockidp/http/request.h"
#include "mockidp/http/response.h"

#include <stdbool.h>
#include <stddef.h>

#define COOKIE_SESSION "mockidp_session"
#define COOKIE_CSRF "mockidp_csrf"

/* cookie_read copies the value of a cookie; false without one that fits. */
bool cookie_read(const struct http_request *request, const char *name, char *out, size_t cap);

/* cookie_set sets one that scripts cannot read; an empty value removes it. `everywhere`: sent from
 * frames of other sites too, where the connection is secure. */
void cookie_set(const struct http_request *request, struct http_response *response,
                const char *name, const char *value, bool everywhere);

#endif

/* Double submit: another site can make a browser send our cookie, and cannot read it. */
#include "mockidp/endpoints/csrf.h"

#include "mockidp/endpoints/cookie.h"
#include "mockidp/pages/template.h"
#include "mockidp/state/handle.h"

#include <openssl/crypto.h>
#include <string.h>

void csrf_token(struct idp_context *context, const struct http_request *request,
                struct http_response *response, char out[STATE_HANDLE_CAP])
{
    if (!cookie_read(request, COOKIE_CSRF, out, STATE_HANDLE_CAP)) {
        state_handle_random(context->state, out);
        cookie_set(request, response, COOKIE_CSRF, out, false);
    }
}

bool csrf_check(struct idp_context *context, const struct http_request *request,
                struct http_response *response)
{
    static const struct page_value values[] = {
        {"title", "This form cannot be used"},
        {"text", "It was opened in another browser, or cookies are off. Go back to the application "
                 "and start again."},
        {NULL, NULL}};
    char cookie[STATE_HANDLE_CAP];
    const char *sent = http_params_get(&request->form, "csrf");
    bool same = sent && cookie_read(request, COOKIE_CSRF, cookie, sizeof cookie) &&
                strlen(sent) == strlen(cookie) && CRYPTO_memcmp(sent, cookie, strlen(cookie)) == 0;
    if (!same) {
        page_respond(context, response, 403, "message", values);
    }
    return same;
}

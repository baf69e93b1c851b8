/* GET /error?code=N, where error_uri leads: what an AADSTS number means. */
#include "mockidp/endpoints/endpoints.h"
#include "mockidp/errors/oauth_error.h"
#include "mockidp/pages/template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void endpoint_error_lookup(struct idp_context *context, const struct http_request *request,
                           struct http_response *response)
{
    char title[40] = "Unknown error code";
    const char *code = http_params_get(&request->query, "code");
    bool number = code && *code && strlen(code) < 9 && strspn(code, "0123456789") == strlen(code);
    char *text = number ? oauth_error_text((int)strtol(code, NULL, 10)) : NULL;
    if (text) {
        (void)snprintf(title, sizeof title, "AADSTS%s", code);
    }
    const struct page_value values[] = {
        {"title", title}, {"text", text ? text : "The mock has no such error."}, {NULL, NULL}};
    page_respond(context, response, text ? 200 : 404, "message", values);
    free(text);
}

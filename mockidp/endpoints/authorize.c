/* The authorization endpoint (RFC 6749 §3.1, OpenID Connect Core 1.0 §3): what is asked, and who
 * answers. */
#include "mockidp/endpoints/authorize.h"

#include "mockidp/endpoints/endpoints.h"
#include "mockidp/endpoints/signin.h"
#include "mockidp/endpoints/tenant.h"

#include <string.h>

static void serve(struct idp_context *context, const struct http_request *request,
                  struct http_response *response, int version)
{
    struct tenant_choice t = {.tenant = NULL};
    bool post = strcmp(request->method, "POST") == 0;
    struct authorize a = {.grant = {.context = context,
                                    .request = request,
                                    .parameters = post ? &request->form : &request->query,
                                    .endpoint_version = version,
                                    .at_authorize = true}};
    if (!tenant_choose_on_page(context, request, &t, response)) {
        return;
    }
    a.grant.tenant = t.tenant;
    a.grant.work_only = t.work_only;
    if (authorize_read(&a) != 0) {
        authorize_refuse(&a, response);
        return;
    }
    switch (authorize_find_user(&a, response)) {
    case AUTHORIZE_SIGNED_IN: authorize_finish(&a, response); break;
    case AUTHORIZE_ASK: signin_ask(&a, response); break;
    default: authorize_refuse(&a, response);
    }
}

void endpoint_authorize_v2(struct idp_context *context, const struct http_request *request,
                           struct http_response *response)
{
    serve(context, request, response, 2);
}

void endpoint_authorize_v1(struct idp_context *context, const struct http_request *request,
                           struct http_response *response)
{
    serve(context, request, response, 1);
}

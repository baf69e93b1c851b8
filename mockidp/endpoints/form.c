/* The frame that the token and the device code endpoints share. */
#include "mockidp/endpoints/form.h"

#include "mockidp/endpoints/tenant.h"

void form_serve(struct idp_context *context, const struct http_request *request,
                struct http_response *response, int version, const struct form_steps *steps)
{
    struct tenant_choice t;
    if (!tenant_choose(context, request, NULL, &t, response)) {
        return;
    }
    struct grant g = {.context = context,
                      .request = request,
                      .parameters = &request->form,
                      .tenant = t.tenant,
                      .endpoint_version = version};
    if (steps->read(&g) == 0) {
        steps->answer(&g, response);
    } else {
        oauth_error_respond(context, request, &g.refusal, response);
    }
}

void form_set_number(const struct grant *grant, json_t *body, const char *name, int64_t value)
{
    json_object_set_new(body, name,
                        grant->endpoint_version == 1 ? json_sprintf("%lld", (long long)value)
                                                     : json_integer(value));
}

/* Where an account signs in: MSAL asks before the password grant whether its domain is federated.
 * Ours never are. */
#include "mockidp/endpoints/endpoints.h"

#include "mockidp/config/directory.h"

#include <string.h>

void endpoint_userrealm(struct idp_context *context, const struct http_request *request,
                        struct http_response *response)
{
    const char *user = http_request_capture(request, "user");
    const char *at = strrchr(user, '@');
    const char *cloud = context->directory->cloud.instance_name;
    bool known = at && directory_tenant(context->directory, at + 1);
    response_json(response, 200,
                  known ? json_pack("{s:s, s:s, s:s, s:s, s:s}", "ver", "1.0", "account_type",
                                    "Managed", "domain_name", at + 1, "cloud_instance_name", cloud,
                                    "cloud_audience_urn", "urn:federation:MicrosoftOnline")
                        : json_pack("{s:s, s:s, s:s, s:s}", "ver", "1.0", "account_type", "Unknown",
                                    "cloud_instance_name", cloud, "cloud_audience_urn",
                                    "urn:federation:MicrosoftOnline"));
    response_set_header(response, "Cache-Control", "no-store, no-cache");
}

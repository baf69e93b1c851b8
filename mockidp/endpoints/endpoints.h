/* The endpoints: what the rows of routes.c name. Each answers one request; see route_handler. */
#ifndef MOCKIDP_ENDPOINTS_ENDPOINTS_H
#define MOCKIDP_ENDPOINTS_ENDPOINTS_H

#include "mockidp/context.h"
#include "mockidp/http/request.h"
#include "mockidp/http/response.h"

typedef void endpoint(struct idp_context *context, const struct http_request *request,
                      struct http_response *response);

endpoint endpoint_discovery_v2; /* discovery.c */
endpoint endpoint_discovery_v1;
endpoint endpoint_jwks_v2; /* jwks.c */
endpoint endpoint_jwks_v1;
endpoint endpoint_instance;     /* instance.c */
endpoint endpoint_error_lookup; /* error_lookup.c */
endpoint endpoint_userrealm;    /* userrealm.c */
endpoint endpoint_authorize_v2; /* authorize.c */
endpoint endpoint_authorize_v1;
endpoint endpoint_signin_v2; /* signin.c */
endpoint endpoint_signin_v1;
endpoint endpoint_devicecode_v2; /* device.c */
endpoint endpoint_devicecode_v1;
endpoint endpoint_device_page; /* device_page.c */
endpoint endpoint_token_v2;    /* token.c */
endpoint endpoint_token_v1;
endpoint endpoint_token_preflight;
endpoint endpoint_userinfo; /* userinfo.c */
endpoint endpoint_userinfo_preflight;
endpoint endpoint_logout;           /* logout.c */
endpoint endpoint_admin_consent_v2; /* admin_consent.c */
endpoint endpoint_admin_consent_v1;
endpoint endpoint_imds; /* metadata_service.c */
endpoint endpoint_arc;
endpoint endpoint_app_service; /* app_service.c */
endpoint endpoint_machine_learning;
endpoint endpoint_cloud_shell;  /* cloud_shell.c */
endpoint endpoint_nativeclient; /* where native apps without a page of their own end */

endpoint endpoint_metadata_preflight; /* discovery.c */

/* endpoint_metadata_headers sets what discovery and key documents carry: cacheable for a day,
 * readable by any page. */
void endpoint_metadata_headers(struct http_response *response);

#endif

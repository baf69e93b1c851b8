/* Which path leads to which endpoint. /_admin/… has its own table (admin/admin.c). */
#include "mockidp/endpoints/routes.h"

#include "mockidp/endpoints/endpoints.h"

/* clang-format off */
const struct route idp_routes[] = {
    {"GET",     "/common/discovery/instance",                       "instance",  "",   endpoint_instance},
    {"GET",     "/common/userrealm/{user}",                         "userrealm", "",   endpoint_userrealm},
    {"GET",     "/error",                                           "error",     "",   endpoint_error_lookup},
    {"GET",     "/common/oauth2/nativeclient",                      "nativeclient", "", endpoint_nativeclient},
    {"GET",     "/metadata/identity/oauth2/token",                  "managed_identity", "", endpoint_imds},
    {"GET",     "/metadata/identity/oauth2/token/",                 "managed_identity", "", endpoint_imds},
    {"GET",     "/arc/token",                                       "managed_identity", "", endpoint_arc},
    {"GET",     "/msi/token",                                       "managed_identity", "", endpoint_app_service},
    {"GET",     "/msi/token/",                                      "managed_identity", "", endpoint_app_service},
    {"GET",     "/oidc/userinfo",                                   "userinfo",  "v2", endpoint_userinfo},
    {"POST",    "/oidc/userinfo",                                   "userinfo",  "v2", endpoint_userinfo},
    {"OPTIONS", "/oidc/userinfo",                                   "userinfo",  "v2", endpoint_userinfo_preflight},
    {"GET",     "/{tenant}/openid/userinfo",                        "userinfo",  "v1", endpoint_userinfo},
    {"POST",    "/{tenant}/openid/userinfo",                        "userinfo",  "v1", endpoint_userinfo},
    {"OPTIONS", "/{tenant}/openid/userinfo",                        "userinfo",  "v1", endpoint_userinfo_preflight},
    {"GET",     "/{tenant}/oauth2/v2.0/logout",                     "logout",    "v2", endpoint_logout},
    {"POST",    "/{tenant}/oauth2/v2.0/logout",                     "logout",    "v2", endpoint_logout},
    {"GET",     "/{tenant}/oauth2/logout",                          "logout",    "v1", endpoint_logout},
    {"POST",    "/{tenant}/oauth2/logout",                          "logout",    "v1", endpoint_logout},
    {"GET",     "/{tenant}/v2.0/.well-known/openid-configuration",  "discovery", "v2", endpoint_discovery_v2},
    {"GET",     "/{tenant}/.well-known/openid-configuration",       "discovery", "v1", endpoint_discovery_v1},
    {"GET",     "/{tenant}/discovery/v2.0/keys",                    "jwks",      "v2", endpoint_jwks_v2},
    {"GET",     "/{tenant}/discovery/keys",                         "jwks",      "v1", endpoint_jwks_v1},
    {"GET",     "/{tenant}/oauth2/v2.0/authorize",                  "authorize", "v2", endpoint_authorize_v2},
    {"POST",    "/{tenant}/oauth2/v2.0/authorize",                  "authorize", "v2", endpoint_authorize_v2},
    {"GET",     "/{tenant}/oauth2/authorize",                       "authorize", "v1", endpoint_authorize_v1},
    {"POST",    "/{tenant}/oauth2/authorize",                       "authorize", "v1", endpoint_authorize_v1},
    {"GET",     "/{tenant}/v2.0/adminconsent",                      "adminconsent", "v2", endpoint_admin_consent_v2},
    {"POST",    "/{tenant}/v2.0/adminconsent",                      "adminconsent", "v2", endpoint_admin_consent_v2},
    {"GET",     "/{tenant}/adminconsent",                           "adminconsent", "v1", endpoint_admin_consent_v1},
    {"POST",    "/{tenant}/adminconsent",                           "adminconsent", "v1", endpoint_admin_consent_v1},
    {"POST",    "/{tenant}/oauth2/v2.0/login",                      "signin",    "v2", endpoint_signin_v2},
    {"POST",    "/{tenant}/oauth2/login",                           "signin",    "v1", endpoint_signin_v1},
    {"POST",    "/{tenant}/oauth2/v2.0/devicecode",                 "devicecode", "v2", endpoint_devicecode_v2},
    {"POST",    "/{tenant}/oauth2/devicecode",                      "devicecode", "v1", endpoint_devicecode_v1},
    {"GET",     "/devicelogin",                                     "devicelogin", "", endpoint_device_page},
    {"POST",    "/devicelogin",                                     "devicelogin", "", endpoint_device_page},
    {"POST",    "/{tenant}/oauth2/v2.0/token",                      "token",     "v2", endpoint_token_v2},
    {"GET",     "/{tenant}/oauth2/v2.0/token",                      "token",     "v2", endpoint_token_v2},
    {"OPTIONS", "/{tenant}/oauth2/v2.0/token",                      "token",     "v2", endpoint_token_preflight},
    {"POST",    "/{tenant}/oauth2/token",                           "token",     "v1", endpoint_token_v1},
    {"GET",     "/{tenant}/oauth2/token",                           "token",     "v1", endpoint_token_v1},
    {"OPTIONS", "/{tenant}/oauth2/token",                           "token",     "v1", endpoint_token_preflight},
};
/* clang-format on */
const size_t idp_route_count = sizeof idp_routes / sizeof idp_routes[0];

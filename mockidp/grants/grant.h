/* The grants of the token endpoint: from a request to the facts of a token, or to a refusal. */
#ifndef MOCKIDP_GRANTS_GRANT_H
#define MOCKIDP_GRANTS_GRANT_H

#include "mockidp/config/directory.h"
#include "mockidp/context.h"
#include "mockidp/errors/oauth_error.h"
#include "mockidp/http/request.h"
#include "mockidp/mint/bake.h"

#include <stdbool.h>

#define GRANT_SCOPE_CAP 2048

/* struct grant is one token request on its way. Borrowed, save the buffers. */
struct grant {
    struct idp_context *context;
    const struct http_request *request;
    const struct directory_tenant *tenant;
    int endpoint_version; /* 1 or 2 */
    const struct directory_app *client;
    /* set by the grant */
    const struct directory_app *resource;
    const char *resource_uri;          /* aud of a v1 access token: as it was asked for */
    const struct directory_user *user; /* NULL: app-only */
    char scp[GRANT_SCOPE_CAP];         /* short names, for the token */
    char scope[GRANT_SCOPE_CAP];       /* as the answer lists them */
    char asked_resource[512];
    bool asked_all; /* with .default */
    bool openid;
    struct oauth_refusal refusal;
};

/* A grant checks its request and fills its part; 0, or -1 with the refusal. */
typedef int grant_handler(struct grant *grant);
grant_handler grant_client_credentials;
grant_handler grant_password;

/* grant_find returns the handler of a grant_type, or NULL. */
grant_handler *grant_find(const char *type);

/* grant_parameter returns a form parameter, NULL when it is missing or empty. */
const char *grant_parameter(const struct grant *grant, const char *name);

/* grant_need is grant_parameter; NULL with the refusal 900144. */
const char *grant_need(struct grant *grant, const char *name);

/*
 * client_auth_check finds the client (client_id, or the user of Basic) and checks its secret
 * (client_secret_post and client_secret_basic, RFC 6749 §2.3.1). A public client is let through
 * without one when `allows_public`. 0, or -1 with the refusal.
 */
int client_auth_identify(struct grant *grant);
int client_auth_check(struct grant *grant, bool allows_public);

/* scope_of_app reads the one "{resource}/.default" (v2) or `resource` (v1) of an app-only request.
 */
int scope_of_app(struct grant *grant);

/* scope_of_user reads the scopes of a delegated request: one resource's, and those of OpenID
 * Connect. */
int scope_of_user(struct grant *grant);

#endif

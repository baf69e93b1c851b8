/* The grants: from a request to the facts of tokens, or to a refusal. */
#ifndef MOCKIDP_GRANTS_GRANT_H
#define MOCKIDP_GRANTS_GRANT_H

#include "mockidp/config/directory.h"
#include "mockidp/context.h"
#include "mockidp/errors/oauth_error.h"
#include "mockidp/grants/confirmation.h"
#include "mockidp/http/request.h"
#include "mockidp/mint/bake.h"
#include "mockidp/state/state.h"

#include <stdbool.h>

#define GRANT_SCOPE_CAP STATE_ASKED_CAP
_Static_assert((int)DIRECTORY_SCOPES_CAP <= (int)GRANT_SCOPE_CAP,
               "what the configuration allows fits");

/* struct grant is one request for tokens on its way. Borrowed, save the buffers. */
struct grant {
    struct idp_context *context;
    const struct http_request *request;
    const struct http_params *parameters;  /* its form; its query when /authorize is got */
    const struct directory_tenant *tenant; /* NULL: common or organizations, until it is known */
    bool work_only;                        /* organizations: no personal accounts */
    int endpoint_version;                  /* 1 or 2 */
    bool at_authorize; /* scopes of a second resource are agreed to here, and passed over */
    const struct directory_app *client;
    /* set by the grant */
    const char *client_acr; /* how the client proved itself: "0" not at all, "1" secret, "2"
                               certificate; NULL: by its kind */
    const struct directory_app *resource;
    const char *resource_uri;          /* aud of a v1 access token: as it was asked for */
    const struct directory_user *user; /* NULL: app-only */
    bool has_permit;                   /* `permit` is what the user allowed before this request */
    struct state_permit permit;
    int64_t refresh_expires; /* of the refresh token, when it inherits its end; else 0 */
    char nonce[STATE_NONCE_CAP];
    char scp[GRANT_SCOPE_CAP];   /* short names, for the token */
    char scope[GRANT_SCOPE_CAP]; /* as the answer lists them */
    char asked_resource[512];
    bool asked_all; /* with .default */
    bool openid;
    bool profile;
    bool email;
    bool offline;
    bool interactive;       /* the user signs in now, and so meets authentication contexts */
    bool wants_spa_code;    /* and one more code, for the page that a web app shows */
    bool can_ask;           /* a page can ask the user for a second factor */
    bool second_factor_due; /* and has to */
    bool needs_step_up;     /* refused for want of a proof that signing in again would give */
    char proofs[200];       /* "mfa c1": how the user's session proved itself */
    char challenge[120];    /* the claims that a refusal asks for */
    struct confirmation confirmation;
    struct oauth_refusal refusal;
};

/* A grant checks its request and fills its part; 0, or -1 with the refusal. */
typedef int grant_handler(struct grant *grant);
grant_handler grant_authorization_code;
grant_handler grant_client_credentials;
grant_handler grant_device_code;
grant_handler grant_on_behalf_of;
grant_handler grant_password;
grant_handler grant_refresh_token;

/* grant_find returns the handler of a grant_type, or NULL. */
grant_handler *grant_find(const char *type);

/* grant_parameter returns a parameter, NULL when it is missing or empty. */
const char *grant_parameter(const struct grant *grant, const char *name);

/* grant_need is grant_parameter; NULL with the refusal 900144. */
const char *grant_need(struct grant *grant, const char *name);

/* grant_type returns the name of the grant_type, which may be sent in any case (the SDK of
 * Microsoft Graph for PHP writes "Oauth"), or what was sent when it is none; NULL without one. */
const char *grant_type(const struct grant *grant);

/* grant_device_code_text returns the device code, which the v1 endpoint knows as `code`, too: ADAL
 * sends that alone. NULL without one. */
const char *grant_device_code_text(const struct grant *grant);

/* grant_refuse_malformed refuses a parameter that is no code or token, and so no invalid_grant; -1.
 */
int grant_refuse_malformed(struct grant *grant);

/* grant_read_nonce keeps the nonce, which is echoed as it came; 0, or -1 when a token cannot hold
 * it or it is too long. */
int grant_read_nonce(struct grant *grant);

/* grant_directory_name returns the tenant's name, or that of the many. */
const char *grant_directory_name(const struct grant *grant);

/* grant_number_of_unknown returns the number that refuses a code or token that nothing is known of:
 * that it expired, or `otherwise`. */
int grant_number_of_unknown(const struct grant *grant, const char *text, int otherwise);

/* grant_find_tenant settles the tenant of a request to common or organizations: that of its code or
 * token, or at organizations the home of the user whose password it brings. 0, or -1 (home.c). */
int grant_find_tenant(struct grant *grant, const char *grant_type);

/* grant_check_owner holds tenant and client of the permit against who asks now. `what` names the
 * code or token in a refusal. 0, or -1. */
int grant_check_owner(struct grant *grant, const char *what);

/*
 * grant_check_permit holds what the user allowed against who asks now, and finds the user. 0, or
 * -1.
 */
int grant_check_permit(struct grant *grant, const char *what);

/* grant_check_user refuses a user who may not (access_check), and at the token endpoint an app that
 * nobody has agreed to (consent_check; user.c). */
int grant_check_user(struct grant *grant);

/*
 * client_auth_identify finds the client (client_id, the user of Basic, or the `sub` of its
 * assertion). client_auth_check checks its assertion (private_key_jwt) or its secret
 * (client_secret_post and client_secret_basic, RFC 6749 §2.3.1). A public client is let through
 * without when `allows_public`. 0, or -1 with the refusal.
 */
int client_auth_identify(struct grant *grant);
int client_auth_check(struct grant *grant, bool allows_public);

/*
 * client_auth_check_origin keeps the rules of single-page apps: what was given to a page is
 * redeemed by a page (with Origin, without proof), and nothing else is. With `spa` false it goes on
 * with client_auth_check.
 */
int client_auth_check_origin(struct grant *grant, bool spa);

/* client_auth_is_page says whether a page of a single-page app seems to ask: of what is unknown
 * nobody knows for whom it was. */
bool client_auth_is_page(const struct grant *grant);

/* scope_of_app reads the one "{resource}/.default" (v2) or `resource` (v1) of an app-only request.
 * Scopes of OpenID Connect beside it are passed over. v1 without one is Azure AD Graph. */
int scope_of_app(struct grant *grant);

/*
 * scope_of_user reads the scopes of a delegated request: one resource's, and those of OpenID
 * Connect. A request that names none asks for those of its permit.
 */
int scope_of_user(struct grant *grant);

#endif

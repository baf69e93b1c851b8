/* A user's name and password (RFC 6749 §4.3), for scripts that cannot show a page. */
#include "mockidp/grants/grant.h"

#include "mockidp/grants/credentials.h"
#include "mockidp/platform/rng.h"

#include <stdio.h>

static int check_credentials(struct grant *g)
{
    const char *name = grant_need(g, "username");
    const char *password = name ? grant_need(g, "password") : NULL;
    if (!password) {
        return -1;
    }
    g->user = credentials_user(g->tenant, name);
    if (!g->user) {
        return oauth_refuse(&g->refusal, 50034, name, g->tenant->name);
    }
    if (!credentials_match(g->user, password)) {
        return oauth_refuse(&g->refusal, 50126, NULL, NULL);
    }
    return 0;
}

int grant_password(struct grant *g)
{
    bool allowed = directory_lists(g->client->allow, "password");
    if (grant_read_nonce(g) != 0) {
        return -1;
    }
    if (g->work_only && directory_is_single_tenant(g->client)) {
        return oauth_refuse(&g->refusal, 50194, g->client->id, g->client->name);
    }
    if (directory_is_personal(g->tenant)) {
        return oauth_refuse(&g->refusal, 9001023, NULL, NULL);
    }
    if (client_auth_check(g, allowed) != 0 || check_credentials(g) != 0 || scope_of_user(g) != 0) {
        return -1;
    }
    /* a sign-in, and so a session: its id stands in the tokens and goes on with the refresh token
     */
    rng_guid(g->context->rng, g->permit.session_id);
    g->permit.auth_time = state_now(g->context->state);
    return grant_check_user(g);
}

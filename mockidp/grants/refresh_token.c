/* A refresh token (RFC 6749 §6): of its user and client, for any resource; each time a new one. */
#include "mockidp/grants/grant.h"

int grant_refresh_token(struct grant *g)
{
    struct state_refresh_token token = {.expires = 0};
    const char *text = grant_need(g, "refresh_token");
    bool known = text && refresh_tokens_find(g->context->state, text, &token);
    if (!text ||
        client_auth_check_origin(g, known ? token.permit.spa : client_auth_is_page(g)) != 0) {
        return -1;
    }
    if (!known) {
        return oauth_refuse(&g->refusal, grant_number_of_unknown(g, text, 9002313), NULL, NULL);
    }
    g->permit = token.permit;
    if (grant_check_permit(g, "refresh token") != 0) {
        return -1;
    }
    if (state_now(g->context->state) >= token.expires) {
        return oauth_refuse(&g->refusal, token.permit.spa ? 700084 : 700082, NULL, NULL);
    }
    /* renewals of a page's token keep its first end */
    g->refresh_expires = token.permit.spa ? token.expires : 0;
    if (scope_of_user(g) != 0) {
        return -1;
    }
    g->offline = true;
    return grant_check_user(g);
}

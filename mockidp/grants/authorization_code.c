/* A code that /authorize gave (RFC 6749 §4.1.3): once, to its client, for its redirect URI. */
#include "mockidp/grants/grant.h"

#include "mockidp/grants/pkce.h"

#include <stdio.h>
#include <string.h>

#define WHAT "Authorization Code"

static int check_code(struct grant *g, const struct state_code *code)
{
    const char *redirect_uri = grant_need(g, "redirect_uri");
    const char *verifier = grant_parameter(g, "code_verifier");
    if (!redirect_uri) {
        return -1;
    }
    if (code->redeemed) {
        return oauth_refuse(&g->refusal, 54005, NULL, NULL);
    }
    if (state_now(g->context->state) >= code->expires) {
        return oauth_refuse(&g->refusal, 70008, NULL, NULL);
    }
    if (strcmp(redirect_uri, code->redirect_uri) != 0) {
        return oauth_refuse(&g->refusal, 500112, redirect_uri, code->redirect_uri);
    }
    if (*code->challenge && !(verifier && pkce_matches(code->challenge, code->plain, verifier))) {
        return oauth_refuse(&g->refusal, 501481, NULL, NULL);
    }
    return 0;
}

int grant_authorization_code(struct grant *g)
{
    struct state_code code = {.redeemed = false};
    const char *text = grant_need(g, "code");
    bool known = text && codes_find(g->context->state, text, &code);
    if (!text ||
        client_auth_check_origin(g, known ? code.permit.spa : client_auth_is_page(g)) != 0) {
        return -1;
    }
    if (!known) {
        return oauth_refuse(&g->refusal, grant_number_of_unknown(g, text, 9002313), NULL, NULL);
    }
    g->permit = code.permit;
    (void)snprintf(g->nonce, sizeof g->nonce, "%s", code.nonce);
    if (grant_check_permit(g, WHAT) != 0 || check_code(g, &code) != 0 || scope_of_user(g) != 0 ||
        grant_check_user(g) != 0) {
        return -1;
    }
    return codes_redeem(g->context->state, text) ? 0 : oauth_refuse(&g->refusal, 54005, NULL, NULL);
}

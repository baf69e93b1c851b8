/* A code that /authorize gave (RFC 6749 §4.1.3): once, to its client, for its redirect URI. */
#include "mockidp/grants/grant.h"

#include "mockidp/grants/pkce.h"

#include <stdio.h>
#include <string.h>

#define WHAT "Authorization Code"

/* "A Hybrid SPA code can only be requested while redeeming a confidential client authorization
 * code." */
static int read_spa_code(struct grant *g, const struct state_code *code)
{
    const char *wants = grant_parameter(g, "return_spa_code");
    g->wants_spa_code = wants && strcmp(wants, "1") == 0;
    bool confidential = !code->permit.spa && !g->client->is_public;
    return !g->wants_spa_code || confidential ? 0 : oauth_refuse(&g->refusal, 9000512, NULL, NULL);
}

/* Only a code for the page of a web app is without: MSAL Browser does not say it again. */
static int check_redirect_uri(struct grant *g, const struct state_code *code)
{
    if (!*code->redirect_uri) {
        return 0;
    }
    const char *uri = grant_need(g, "redirect_uri");
    if (!uri) {
        return -1;
    }
    return strcmp(uri, code->redirect_uri) == 0
               ? 0
               : oauth_refuse(&g->refusal, 500112, uri, code->redirect_uri);
}

static int check_code(struct grant *g, const struct state_code *code)
{
    const char *verifier = grant_parameter(g, "code_verifier");
    if (code->redeemed) {
        return oauth_refuse(&g->refusal, 54005, NULL, NULL);
    }
    if (state_now(g->context->state) >= code->expires) {
        return oauth_refuse(&g->refusal, 70008, NULL, NULL);
    }
    if (check_redirect_uri(g, code) != 0) {
        return -1;
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
    if (grant_check_permit(g, WHAT) != 0 || check_code(g, &code) != 0 ||
        read_spa_code(g, &code) != 0 || scope_of_user(g) != 0 || grant_check_user(g) != 0) {
        return -1;
    }
    return codes_redeem(g->context->state, text) ? 0 : oauth_refuse(&g->refusal, 54005, NULL, NULL);
}

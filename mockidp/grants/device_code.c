/* A device that cannot show a page polls until someone has answered for it elsewhere (RFC 8628
 * §3.4). Entra's clients stop at slow_down, so it is never said. */
#include "mockidp/grants/grant.h"

static int check_answer(struct grant *g, const struct state_device_code *code)
{
    if (code->answer == STATE_DEVICE_DECLINED) {
        oauth_refuse(&g->refusal, 65004, NULL, NULL);
        g->refusal.error = "authorization_declined";
        return -1;
    }
    if (state_now(g->context->state) >= code->expires) {
        return oauth_refuse(&g->refusal, 70020, NULL, NULL);
    }
    return code->answer == STATE_DEVICE_ALLOWED ? 0 : oauth_refuse(&g->refusal, 70016, NULL, NULL);
}

int grant_device_code(struct grant *g)
{
    struct state_device_code code = {.expires = 0};
    const char *text = grant_device_code_text(g);
    if (!text) {
        return oauth_refuse(&g->refusal, 900144, "device_code", NULL);
    }
    if (client_auth_check(g, g->client->is_public) != 0) {
        return -1;
    }
    if (!device_codes_find(g->context->state, text, &code)) {
        return oauth_refuse(&g->refusal, grant_number_of_unknown(g, text, 70018), NULL, NULL);
    }
    g->permit = code.permit;
    /* pending there is no user yet */
    if (grant_check_owner(g, "device code") != 0 || check_answer(g, &code) != 0 ||
        grant_check_permit(g, "device code") != 0 || scope_of_user(g) != 0 ||
        grant_check_user(g) != 0) {
        return -1;
    }
    return device_codes_redeem(g->context->state, text)
               ? 0
               : oauth_refuse(&g->refusal, 70018, NULL, NULL);
}

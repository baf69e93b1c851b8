/* Refresh tokens ("Refresh tokens in the Microsoft identity platform"): each redemption gives a new
 * one, the old one stays good. */
#include "mockidp/state/handle.h"

enum {
    REFRESH_LIFETIME_SPA_S = 86400, /* of a page; renewals keep the first expiry */
    REFRESH_REMEMBERED_S = 86400    /* longer, to say why it is refused */
};

int refresh_tokens_issue(struct state *state, struct state_refresh_token *token,
                         char out[STATE_HANDLE_CAP])
{
    int64_t now = state_now(state);
    if (token->expires == 0) {
        token->expires =
            now + (token->permit.spa ? REFRESH_LIFETIME_SPA_S : STATE_REFRESH_LIFETIME_S);
    }
    state_handle_sealed(state, "1.A",
                        token->permit.spa ? STATE_HANDLE_REFRESH_SPA : STATE_HANDLE_REFRESH,
                        token->expires, out);
    return ttlmap_put(state->refresh_tokens, out, token,
                      offsetof(struct state_refresh_token, permit) +
                          state_permit_len(&token->permit),
                      now, token->expires + REFRESH_REMEMBERED_S);
}

bool refresh_tokens_find(struct state *state, const char *text, struct state_refresh_token *out)
{
    return ttlmap_get(state->refresh_tokens, text, state_now(state), out, sizeof *out);
}

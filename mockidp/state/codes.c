/* Authorization codes (RFC 6749 §4.1.2). */
#include "mockidp/state/handle.h"

#include <stdio.h>

/* Entra's live about ten minutes. They are remembered longer, to say why they are refused. */
enum { CODE_LIFETIME_S = 600, CODE_REMEMBERED_S = 3600 };

static size_t len_of(const struct state_code *code)
{
    return offsetof(struct state_code, permit) + state_permit_len(&code->permit);
}

int codes_issue(struct state *state, struct state_code *code, char out[STATE_HANDLE_CAP])
{
    int64_t now = state_now(state);
    code->expires = now + CODE_LIFETIME_S;
    state_handle_sealed(state, "1.A", STATE_HANDLE_CODE, code->expires, out);
    return ttlmap_put(state->codes, out, code, len_of(code), now, now + CODE_REMEMBERED_S);
}

bool codes_find(struct state *state, const char *text, struct state_code *out)
{
    return ttlmap_get(state->codes, text, state_now(state), out, sizeof *out);
}

bool codes_redeem(struct state *state, const char *text)
{
    struct state_code code;
    int64_t now = state_now(state);
    if (!ttlmap_take(state->codes, text, now, &code, sizeof code)) {
        return false;
    }
    bool first = !code.redeemed;
    code.redeemed = true;
    (void)ttlmap_put(state->codes, text, &code, len_of(&code), now,
                     code.expires - CODE_LIFETIME_S + CODE_REMEMBERED_S);
    return first;
}

/* Device codes (RFC 8628 §3.2): one name for the device, a short one for the person. */
#include "mockidp/platform/rng.h"
#include "mockidp/state/handle.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { DEVICE_REMEMBERED_S = 3600 };

/* Without vowels and without what looks alike (RFC 8628 §6.1). */
static const char alphabet[] = "BCDFGHJKLMNPQRSTVWXZ23456789";

static size_t len_of(const struct state_device_code *code)
{
    return offsetof(struct state_device_code, permit) + state_permit_len(&code->permit);
}

static int put(struct state *state, const char *text, const struct state_device_code *code)
{
    return ttlmap_put(state->device_codes, text, code, len_of(code), state_now(state),
                      code->expires + DEVICE_REMEMBERED_S);
}

int device_codes_issue(struct state *state, struct state_device_code *code,
                       char out[STATE_HANDLE_CAP])
{
    int64_t now = state_now(state);
    code->expires = now + STATE_DEVICE_LIFETIME_S;
    code->answer = STATE_DEVICE_PENDING;
    for (size_t i = 0; i + 1 < STATE_USER_CODE_CAP; i++) {
        size_t at = (size_t)(rng_unit(state->rng) * (sizeof alphabet - 1));
        code->user_code[i] = alphabet[at];
    }
    code->user_code[STATE_USER_CODE_CAP - 1] = '\0';
    state_handle_sealed(state, "1.D", STATE_HANDLE_DEVICE, code->expires, out);
    if (put(state, out, code) != 0) {
        return -1;
    }
    return ttlmap_put(state->user_codes, code->user_code, out, strlen(out) + 1, now, code->expires);
}

bool device_codes_find(struct state *state, const char *text, struct state_device_code *out)
{
    return ttlmap_get(state->device_codes, text, state_now(state), out, sizeof *out);
}

bool device_codes_of_user(struct state *state, const char *user_code, char out[STATE_HANDLE_CAP],
                          struct state_device_code *code)
{
    char typed[STATE_USER_CODE_CAP];
    size_t len = 0;
    for (; *user_code; user_code++) {
        if (*user_code == ' ' || *user_code == '-') {
            continue;
        }
        if (len + 1 >= sizeof typed) {
            return false;
        }
        typed[len++] = (char)toupper((unsigned char)*user_code);
    }
    typed[len] = '\0';
    return ttlmap_get(state->user_codes, typed, state_now(state), out, STATE_HANDLE_CAP) &&
           device_codes_find(state, out, code) && code->answer == STATE_DEVICE_PENDING;
}

bool device_codes_answer(struct state *state, const char *text,
                         const struct state_device_code *code)
{
    char device[STATE_HANDLE_CAP];
    int64_t now = state_now(state);
    return ttlmap_take(state->user_codes, code->user_code, now, device, sizeof device) &&
           put(state, text, code) == 0;
}

/* While the short name is away nobody else can answer. */
bool device_codes_keep(struct state *state, const char *text, const struct state_device_code *code)
{
    return device_codes_answer(state, text, code) &&
           ttlmap_put(state->user_codes, code->user_code, text, strlen(text) + 1, state_now(state),
                      code->expires) == 0;
}

bool device_codes_redeem(struct state *state, const char *text)
{
    struct state_device_code code;
    return ttlmap_take(state->device_codes, text, state_now(state), &code, sizeof code);
}

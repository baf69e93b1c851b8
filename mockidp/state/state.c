/* All kinds of state together: made, cleared and freed at once. */
#include "mockidp/state/state.h"

#include "mockidp/mint/encode.h"
#include "mockidp/platform/clock.h"
#include "mockidp/platform/rng.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CODES_MAX = 4096,
    REFRESH_TOKENS_MAX = 16384,
    DEVICE_CODES_MAX = 2048,
    SESSIONS_MAX = 8192,
    NOTES_MAX = 8192
};

struct state *state_new(struct clock *clock, struct rng *rng)
{
    struct state *state = calloc(1, sizeof *state);
    if (!state) {
        return NULL;
    }
    *state = (struct state){
        .clock = clock,
        .rng = rng,
        .codes = ttlmap_new(CODES_MAX),
        .refresh_tokens = ttlmap_new(REFRESH_TOKENS_MAX),
        .device_codes = ttlmap_new(DEVICE_CODES_MAX),
        .user_codes = ttlmap_new(DEVICE_CODES_MAX),
        .sessions = ttlmap_new(SESSIONS_MAX),
        .notes = ttlmap_new(NOTES_MAX),
    };
    pthread_mutex_init(&state->notes_lock, NULL);
    if (!state->codes || !state->refresh_tokens || !state->device_codes || !state->user_codes ||
        !state->sessions || !state->notes) {
        state_free(state);
        return NULL;
    }
    return state;
}

void state_free(struct state *state)
{
    if (!state) {
        return;
    }
    ttlmap_free(state->codes);
    ttlmap_free(state->refresh_tokens);
    ttlmap_free(state->device_codes);
    ttlmap_free(state->user_codes);
    ttlmap_free(state->sessions);
    ttlmap_free(state->notes);
    pthread_mutex_destroy(&state->notes_lock);
    free(state);
}

void state_clear(struct state *state)
{
    ttlmap_clear(state->codes);
    ttlmap_clear(state->refresh_tokens);
    ttlmap_clear(state->device_codes);
    ttlmap_clear(state->user_codes);
    ttlmap_clear(state->sessions);
    ttlmap_clear(state->notes);
}

void state_handle(struct state *state, const char *prefix, char out[STATE_HANDLE_CAP])
{
    unsigned char random[32];
    rng_bytes(state->rng, random, sizeof random);
    char *text = mint_base64url(random, sizeof random);
    (void)snprintf(out, STATE_HANDLE_CAP, "%s%s", prefix, text ? text : "");
    OPENSSL_cleanse(random, sizeof random);
    free(text);
}

int64_t state_now(struct state *state)
{
    return clock_now(state->clock);
}

size_t state_permit_len(const struct state_permit *permit)
{
    return offsetof(struct state_permit, asked) + strlen(permit->asked) + 1;
}

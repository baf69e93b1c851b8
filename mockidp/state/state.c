/* All kinds of state together: made, cleared and freed at once. */
#include "mockidp/state/state.h"

#include "mockidp/platform/clock.h"
#include "mockidp/platform/rng.h"

#include <malloc.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

/* How many of each kind at most, and in how many octets: the latter counts when their texts are
 * long. Full, all of it is 3.5 MiB. */
enum {
    CODES_MAX = 2048,
    REFRESH_TOKENS_MAX = 4096,
    DEVICE_CODES_MAX = 1024,
    SESSIONS_MAX = 4096,
    NOTES_MAX = 4096
};
enum {
    CODES_BYTES = 832 * 1024,
    REFRESH_TOKENS_BYTES = 1024 * 1024,
    DEVICE_CODES_BYTES = 384 * 1024,
    USER_CODES_BYTES = 128 * 1024,
    SESSIONS_BYTES = 704 * 1024,
    NOTES_BYTES = 512 * 1024
};
/* Beyond it the allocator is asked to give pages back: it keeps what lies between live blocks. */
enum { TIDY_EVERY_S = 60, TRIM_FROM = 256 * 1024 };

struct state *state_new(struct clock *clock, struct rng *rng)
{
    struct state *state = calloc(1, sizeof *state);
    if (!state) {
        return NULL;
    }
    *state = (struct state){
        .clock = clock,
        .rng = rng,
        .codes = ttlmap_new(CODES_MAX, CODES_BYTES),
        .refresh_tokens = ttlmap_new(REFRESH_TOKENS_MAX, REFRESH_TOKENS_BYTES),
        .device_codes = ttlmap_new(DEVICE_CODES_MAX, DEVICE_CODES_BYTES),
        .user_codes = ttlmap_new(DEVICE_CODES_MAX, USER_CODES_BYTES),
        .sessions = ttlmap_new(SESSIONS_MAX, SESSIONS_BYTES),
        .notes = ttlmap_new(NOTES_MAX, NOTES_BYTES),
    };
    rng_bytes(rng, state->seal, sizeof state->seal);
    pthread_mutex_init(&state->notes_lock, NULL);
    if (!state->codes || !state->refresh_tokens || !state->device_codes || !state->user_codes ||
        !state->sessions || !state->notes) {
        state_free(state);
        return NULL;
    }
    return state;
}

/* The maps with their names, in the order in which they are shown. */
enum { MAPS = 6 };
static const char *const map_names[MAPS] = {"codes",      "refresh_tokens", "device_codes",
                                            "user_codes", "sessions",       "notes"};

static struct ttlmap *map_at(const struct state *state, size_t i)
{
    struct ttlmap *const maps[MAPS] = {state->codes,        state->refresh_tokens,
                                       state->device_codes, state->user_codes,
                                       state->sessions,     state->notes};
    return maps[i];
}

void state_free(struct state *state)
{
    if (!state) {
        return;
    }
    for (size_t i = 0; i < MAPS; i++) {
        ttlmap_free(map_at(state, i));
    }
    pthread_mutex_destroy(&state->notes_lock);
    OPENSSL_cleanse(state->seal, sizeof state->seal);
    free(state);
}

void state_clear(struct state *state)
{
    for (size_t i = 0; i < MAPS; i++) {
        ttlmap_clear(map_at(state, i));
    }
    (void)__atomic_add_fetch(&state->clears, 1, __ATOMIC_RELAXED);
}

void state_tidy(struct state *state)
{
    int64_t now = state_now(state);
    int64_t swept = __atomic_load_n(&state->swept, __ATOMIC_RELAXED);
    size_t freed = 0;
    if (now >= swept && now < swept + TIDY_EVERY_S) {
        return;
    }
    __atomic_store_n(&state->swept, now, __ATOMIC_RELAXED);
    for (size_t i = 0; i < MAPS; i++) {
        freed += ttlmap_sweep(map_at(state, i), now);
    }
    if (freed >= TRIM_FROM) {
        (void)malloc_trim(0);
    }
}

json_t *state_json(struct state *state)
{
    json_t *json = json_object();
    int failed = 0;
    for (size_t i = 0; i < MAPS; i++) {
        struct ttlmap_level level = ttlmap_level(map_at(state, i), state_now(state));
        failed |= json_object_set_new(json, map_names[i],
                                      json_pack("{s:I, s:I, s:I}", "live", (json_int_t)level.count,
                                                "most", (json_int_t)level.capacity, "forgotten",
                                                (json_int_t)level.forgotten));
    }
    if (failed) {
        json_decref(json);
        return NULL;
    }
    return json;
}

int64_t state_now(struct state *state)
{
    return clock_now(state->clock);
}

size_t state_permit_len(const struct state_permit *permit)
{
    return offsetof(struct state_permit, asked) + strlen(permit->asked) + 1;
}

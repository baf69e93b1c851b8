/* The texts that stand for what is remembered: codes, tokens, cookies. One that expires says so
 * itself, under a seal, and so its end is known when what it stood for was long forgotten. */
#ifndef MOCKIDP_STATE_HANDLE_H
#define MOCKIDP_STATE_HANDLE_H

#include "mockidp/state/state.h"

#include <stdint.h>

enum state_handle_kind {
    STATE_HANDLE_NONE,
    STATE_HANDLE_CODE,
    STATE_HANDLE_REFRESH,
    STATE_HANDLE_REFRESH_SPA, /* of a page */
    STATE_HANDLE_DEVICE
};

/* state_handle_random writes the base64url of 32 random bytes. */
void state_handle_random(struct state *state, char out[STATE_HANDLE_CAP]);

/* state_handle_sealed writes a prefix of three characters and what looks no different, but holds
 * kind and expiry. */
void state_handle_sealed(struct state *state, const char *prefix, enum state_handle_kind kind,
                         int64_t expires, char out[STATE_HANDLE_CAP]);

/* state_handle_expired returns the kind of a sealed handle that has expired by the IdP's clock;
 * STATE_HANDLE_NONE for all others, and for those from before a state_clear. */
enum state_handle_kind state_handle_expired(struct state *state, const char *text);

/* state_seal writes what only this mock can say of a text, and says each time until a state_clear:
 * for pages, whose forms bring it back. */
enum { STATE_SEAL_CAP = 44 };
void state_seal(const struct state *state, const char *text, char out[STATE_SEAL_CAP]);

#endif

/* Who is signed in, in which browser. */
#include "mockidp/state/handle.h"

#include "mockidp/platform/rng.h"

int sessions_open(struct state *state, struct state_session *session, char cookie[STATE_HANDLE_CAP])
{
    int64_t now = state_now(state);
    rng_guid(state->rng, session->id);
    session->signed_in_at = now;
    state_handle_random(state, cookie);
    return ttlmap_put(state->sessions, cookie, session, sizeof *session, now,
                      now + STATE_SESSION_LIFETIME_S);
}

bool sessions_find(struct state *state, const char *cookie, struct state_session *out)
{
    int64_t now = state_now(state);
    return ttlmap_get(state->sessions, cookie, now, out, sizeof *out) &&
           ttlmap_extend(state->sessions, cookie, now, now + STATE_SESSION_LIFETIME_S);
}

void sessions_close(struct state *state, const char *cookie)
{
    struct state_session session;
    (void)ttlmap_take(state->sessions, cookie, state_now(state), &session, sizeof session);
}

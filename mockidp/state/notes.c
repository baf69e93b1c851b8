/* Lists of words under a name: who agreed to what, how a session proved itself, where it went. */
#include "mockidp/state/state.h"

#include "mockidp/platform/words.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* How long a note lives: agreements as long as a mock does, proofs as long as the refresh tokens
 * that stand on them, and the apps of a session as long as that. */
static const int64_t lifetimes[] = {[NOTES_CONSENTS] = (int64_t)3650 * 86400,
                                    [NOTES_PROOFS] = STATE_REFRESH_LIFETIME_S,
                                    [NOTES_APPS] = STATE_SESSION_LIFETIME_S};

static void write_key(char out[NOTES_KEY_CAP], enum notes_kind kind, const char *name)
{
    (void)snprintf(out, NOTES_KEY_CAP, "%d %s", (int)kind, name);
}

int notes_add(struct state *state, enum notes_kind kind, const char *name, const char *words)
{
    char key[NOTES_KEY_CAP];
    char all[STATE_ASKED_CAP] = "";
    int64_t now = state_now(state);
    if (!words[0]) {
        return 0;
    }
    write_key(key, kind, name);
    pthread_mutex_lock(&state->notes_lock);
    (void)ttlmap_get(state->notes, key, now, all, sizeof all);
    int status =
        words_join(all, sizeof all, words)
            ? ttlmap_put(state->notes, key, all, strlen(all) + 1, now, now + lifetimes[kind])
            : -1;
    pthread_mutex_unlock(&state->notes_lock);
    return status;
}

void notes_read(struct state *state, enum notes_kind kind, const char *name,
                char out[STATE_ASKED_CAP])
{
    char key[NOTES_KEY_CAP];
    write_key(key, kind, name);
    if (!ttlmap_get(state->notes, key, state_now(state), out, STATE_ASKED_CAP)) {
        out[0] = '\0';
    }
}

/* What the mock remembers from one request to the next: codes, refresh tokens, device codes,
 * sessions. Each kind is a file and a map of its own, bounded, and expires by the IdP's clock. */
#ifndef MOCKIDP_STATE_STATE_H
#define MOCKIDP_STATE_STATE_H

#include "mockidp/state/ttlmap.h"

#include <jansson.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clock;
struct rng;

enum {
    STATE_GUID_CAP = 37,
    STATE_HANDLE_CAP = 72,    /* a code, a refresh token, a device code */
    STATE_USER_CODE_CAP = 10, /* nine characters that a person types */
    STATE_URI_CAP = 1024,
    STATE_NONCE_CAP = 512,
    STATE_CHALLENGE_CAP = 129, /* RFC 7636 §4.1: at most 128 characters */
    STATE_ASKED_CAP = 2048
};

enum {
    STATE_REFRESH_LIFETIME_S = 90 * 86400,
    /* "Anytime an SSO session token is used within its validity period, the validity period is
     * extended another 24 hours" ("Configurable token lifetimes in the Microsoft identity
     * platform"). */
    STATE_SESSION_LIFETIME_S = 86400
};

/* Of every kind; internally locked. */
struct state {
    int64_t swept; /* atomic: when state_tidy last looked */
    struct clock *clock;
    struct rng *rng;
    struct ttlmap *codes;
    struct ttlmap *refresh_tokens;
    struct ttlmap *device_codes;
    struct ttlmap *user_codes; /* user code → device code */
    struct ttlmap *sessions;
    struct ttlmap *notes;
    pthread_mutex_t notes_lock; /* a note is read and written in one piece */
    unsigned char seal[32];     /* key of state/handle.c */
    unsigned clears;            /* atomic: how often all was forgotten */
};

/* state_new returns a newly allocated, empty state, or NULL; clock and rng are borrowed. */
struct state *state_new(struct clock *clock, struct rng *rng);
void state_free(struct state *state);

/* state_clear forgets all: every code and token is unknown, everyone is signed out. */
void state_clear(struct state *state);

/*
 * state_tidy forgets what expired, once a minute of the IdP's clock (sooner after it was set), and
 * gives the memory back to the system when that was much. To be called after each request: codes
 * nobody redeems must not stay for want of calls.
 */
void state_tidy(struct state *state);

/* state_json returns {"codes":{"live":N,"most":N,"forgotten":N}, …} as a new reference, or NULL:
 * how many of each kind live, of how many at most, and how many had to go for newer ones while they
 * lived. */
json_t *state_json(struct state *state);

/* struct state_permit is what a user let a client do: codes and refresh tokens stand for it. */
struct state_permit {
    char tenant_id[STATE_GUID_CAP];
    char client_id[STATE_GUID_CAP];
    char user_id[STATE_GUID_CAP];
    char session_id[STATE_GUID_CAP]; /* "" without a session */
    int64_t auth_time;               /* when the user signed in; 0: now */
    bool tells_auth_time;            /* max_age was asked for: ID tokens have auth_time */
    bool spa;                        /* given to a page of a single-page app */
    bool v1;                         /* `asked` is the resource of the v1 endpoint */
    char asked[STATE_ASKED_CAP];     /* the scopes as they were asked for; the last member: stored
                                        without what is unused of it */
};

/* ---- codes (codes.c): ten minutes, once ---- */

struct state_code {
    int64_t expires;
    bool redeemed;
    bool plain; /* the challenge is the verifier itself */
    char redirect_uri[STATE_URI_CAP];
    char nonce[STATE_NONCE_CAP];
    char challenge[STATE_CHALLENGE_CAP]; /* "" without PKCE */
    struct state_permit permit;
};

/* codes_issue stores the code's facts (it sets `expires`) and writes the code; -1 without memory.
 */
int codes_issue(struct state *state, struct state_code *code, char out[STATE_HANDLE_CAP]);

/* codes_find copies the facts of a code, also for a while after it expired or was redeemed. */
bool codes_find(struct state *state, const char *text, struct state_code *out);

/* codes_redeem marks a code as redeemed; false when it was already: of two one succeeds. */
bool codes_redeem(struct state *state, const char *text);

/* ---- refresh tokens (refresh_tokens.c): 90 days, or what is left of 24 hours ---- */

struct state_refresh_token {
    int64_t expires;
    struct state_permit permit;
};

/* refresh_tokens_issue stores a token and writes it. `expires` 0: a new term by `permit.spa`. -1
 * without memory. */
int refresh_tokens_issue(struct state *state, struct state_refresh_token *token,
                         char out[STATE_HANDLE_CAP]);

/* refresh_tokens_find copies the facts of a token, also for a day after it expired. */
bool refresh_tokens_find(struct state *state, const char *text, struct state_refresh_token *out);

/* ---- device codes (device_codes.c): 15 minutes ---- */

enum state_device_answer { STATE_DEVICE_PENDING, STATE_DEVICE_ALLOWED, STATE_DEVICE_DECLINED };

#define STATE_DEVICE_LIFETIME_S 900

struct state_device_code {
    int64_t expires;
    enum state_device_answer answer;
    bool work_only; /* got at organizations */
    char user_code[STATE_USER_CODE_CAP];
    struct state_permit permit; /* while pending without a user, and its session is the one that was
                                   asked on the consent page */
};

/* device_codes_issue stores a pending code and writes both of its names; -1 without memory. */
int device_codes_issue(struct state *state, struct state_device_code *code,
                       char out[STATE_HANDLE_CAP]);

/* device_codes_find copies the facts of a code, also for a while after it expired. */
bool device_codes_find(struct state *state, const char *text, struct state_device_code *out);

/* device_codes_of_user finds the device code of what a person typed (in any case, blanks and dashes
 * aside), if it still waits. */
bool device_codes_of_user(struct state *state, const char *user_code, char out[STATE_HANDLE_CAP],
                          struct state_device_code *code);

/* device_codes_keep stores facts of a code that goes on waiting; false when it no longer waits. */
bool device_codes_keep(struct state *state, const char *text, const struct state_device_code *code);

/* device_codes_answer stores what the person said; false when the code no longer waits. */
bool device_codes_answer(struct state *state, const char *text,
                         const struct state_device_code *code);

/* device_codes_redeem forgets an allowed code; false when it was gone: of two one succeeds. */
bool device_codes_redeem(struct state *state, const char *text);

/* ---- sessions (sessions.c): a browser in which someone signed in ---- */

struct state_session {
    char id[STATE_GUID_CAP]; /* the sid claim and session_state; not the cookie */
    char tenant_id[STATE_GUID_CAP];
    char user_id[STATE_GUID_CAP];
    int64_t signed_in_at;
};

/* sessions_open fills id and time, stores the session and writes the cookie's value; -1 without
 * memory. */
int sessions_open(struct state *state, struct state_session *session,
                  char cookie[STATE_HANDLE_CAP]);
bool sessions_find(struct state *state, const char *cookie, struct state_session *out);
void sessions_close(struct state *state, const char *cookie);

/* ---- notes (notes.c): lists of words under a name ---- */

enum { NOTES_KEY_CAP = 200 };

enum notes_kind {
    NOTES_CONSENTS, /* scopes, by tenant, client, user and resource */
    NOTES_PROOFS,   /* "mfa", authentication contexts; by session id */
    NOTES_APPS      /* client ids that were signed in to; by session id */
};

/* notes_add adds words to what is noted; -1 when they do not fit. notes_read writes what is noted,
 * "" without. */
int notes_add(struct state *state, enum notes_kind kind, const char *name, const char *words);
void notes_read(struct state *state, enum notes_kind kind, const char *name,
                char out[STATE_ASKED_CAP]);

/* ---- for the files of this folder ---- */

/* state_now returns the time of the IdP's clock; state_permit_len how much of a permit is in use.
 */
int64_t state_now(struct state *state);
size_t state_permit_len(const struct state_permit *permit);

#endif

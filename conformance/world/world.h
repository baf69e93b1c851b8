/* The world of a run: a mock Entra in process, its clock, and the tokens that it bakes. */
#ifndef CONFORMANCE_WORLD_WORLD_H
#define CONFORMANCE_WORLD_WORLD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cf_world;

/* Zeroed: HTTP alone, on a free port. Borrowed during the call. */
struct cf_world_options {
    const char *listen;     /* NULL: 127.0.0.1:0 */
    const char *listen_tls; /* NULL: no HTTPS */
    const char *public_url;
    const char *state_dir; /* keeps the CA and the keys; NULL: new ones each time */
    const char *seed;
    bool stopped_clock; /* the clock stands still and moves by cf_world_advance alone */
    bool clock_file;    /* that time is also kept in a file, for subjects that are programs */
};

struct cf_world *cf_world_open(const struct cf_world_options *options, char *why, size_t cap);
void cf_world_close(struct cf_world *world);

/* Borrowed: where subjects find the mock. cf_world_origin is the one that issues the tokens. */
const char *cf_world_origin(const struct cf_world *world);
const char *cf_world_http(const struct cf_world *world);
const char *cf_world_https(const struct cf_world *world); /* NULL without */
const char *cf_world_ca_file(const struct cf_world *world);
/* Holds the time, as Unix seconds in decimal digits and a newline; replaced whole as time moves.
 * NULL without. */
const char *cf_world_clock_file(const struct cf_world *world);

/* A word that is new in each run, or follows from the seed: it is the name in the tokens, so it
 * shows in a protected body and must show in no other. */
const char *cf_world_canary(const struct cf_world *world);

/* cf_world_now is the clock_fn of in-process subjects: `world` is a struct cf_world. */
int64_t cf_world_now(void *world);

/*
 * cf_world_begin makes the world as it is at the start: keys, no faults, an empty journal, the
 * clock back where it stood. With `keep_keys` the keys stay as they are, for subjects that cannot
 * be started afresh.
 */
int cf_world_begin(struct cf_world *world, bool keep_keys, char *why, size_t cap);

/*
 * cf_world_bake bakes a recipe, with the canary for its name where the recipe leaves that alone.
 * Returns the answer of POST /_admin/tokens, a new reference, or NULL with `why`.
 */
json_t *cf_world_bake(struct cf_world *world, const json_t *recipe, char *why, size_t cap);

/*
 * cf_world_idp plays {"rotate":{…}}, {"publish":…}, {"retire":…}, {"remove":…} or {"faults":[…]};
 * -1 with `why`. The body of a fault may be a value of the recipe language, so that it can hold
 * today's keys.
 */
int cf_world_idp(struct cf_world *world, const json_t *act, char *why, size_t cap);

/* cf_world_advance moves the clock; -1 with `why` when it does not stand still. */
int cf_world_advance(struct cf_world *world, int64_t seconds, char *why, size_t cap);

/*
 * cf_world_timezone changes the time zone of this process, until the next call; NULL is the one
 * that it was started in. POSIX spellings ("LINT-14") need no files. cf_world_open has seen to it
 * that TZ exists, so that other threads may read the environment meanwhile.
 */
void cf_world_timezone(struct cf_world *world, const char *tz);

/* cf_world_forget empties the journal, from which cf_world_requests counts; -1 with `why`. */
int cf_world_forget(struct cf_world *world, char *why, size_t cap);

/* cf_world_requests counts the requests for an endpoint ("jwks", "canary" …) since cf_world_begin
 * or cf_world_forget; -1 on failure. */
int64_t cf_world_requests(struct cf_world *world, const char *endpoint);

#endif

/* A running apid with an identity provider of its own, and one request after the other. */
#ifndef VALIDATOR_TESTS_SUPPORT_APID_H
#define VALIDATOR_TESTS_SUPPORT_APID_H

#include "validator/tests/support/http_authority.h"
#include "validator/tests/support/program.h"

#include <stddef.h>

/* One a test process. */
extern struct apid_world {
    struct http_authority authority;
    struct program program;
    char url[128]; /* "http://127.0.0.1:PORT" */
    long status;   /* what the last request came back with; `head` holds all header fields */
    char head[4096];
    char body[16384];
    size_t head_len;
    size_t body_len;
} apid;

/* apid_set_up starts the authority, without answers while `down`, and apid for TEST_TENANT and
 * TEST_CLIENT with `more` options (NULL-terminated, or NULL). */
void apid_set_up(bool down, const char *const *more);

/* apid_tear_down ends both; apid must exit with 0. */
void apid_tear_down(void);

/* apid_request sends one request; `lines` (NULL-terminated, or NULL) are whole header lines, `body`
 * may be NULL. */
void apid_request(const char *method, const char *target, const char *const *lines,
                  const char *body);

/* apid_call gets the protected route with one Authorization value, or without when it is NULL. */
void apid_call(const char *authorization);

bool apid_head_has(const char *text);

/* apid_member returns the string member `name` of the body, which must be one JSON object; until
 * its next call. */
const char *apid_member(const char *name);

#endif

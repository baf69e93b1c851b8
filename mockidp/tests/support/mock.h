/* A whole mock on a port of its own, with a frozen clock and a seed, and one request to it. */
#ifndef MOCKIDP_TESTS_SUPPORT_MOCK_H
#define MOCKIDP_TESTS_SUPPORT_MOCK_H

#include "mockidp/idp.h"
#include "mockidp/tests/support/wire.h"

#include <jansson.h>

/* mock_start starts the demo directory on http://127.0.0.1:PORT; fails the test when it cannot.
 * mock_start_with does so with these options, where "listen" may be NULL. */
struct idp *mock_start(void);
struct idp *mock_start_with(const struct idp_options *options);

/* mock_ask sends one request and keeps the answer until the next one. `headers` are whole lines
 * ending in CRLF, `body` may be NULL. */
const struct wire_answer *mock_ask(struct idp *idp, const char *method, const char *path,
                                   const char *headers, const char *body);

/* mock_get and mock_form ask for JSON, a new reference; *status may be NULL. They fail the test
 * when the answer is no JSON. */
json_t *mock_get(struct idp *idp, const char *path, int *status);
json_t *mock_form(struct idp *idp, const char *path, const char *form, int *status);

/* mock_admin does an admin call with a body written as kitchen_json reads it (or NULL); a new
 * reference. */
json_t *mock_admin(struct idp *idp, const char *method, const char *path, const char *body,
                   int *status);

/* mock_code returns the AADSTS number of a refusal, 0 without one. */
int mock_code(const json_t *answer);

/* text_at returns the string of a member, or "(none)". */
const char *text_at(const json_t *object, const char *name);

#endif

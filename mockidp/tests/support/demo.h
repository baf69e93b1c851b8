/* The demo directory, changed for one test: configurations that differ from it in a few members. */
#ifndef MOCKIDP_TESTS_SUPPORT_DEMO_H
#define MOCKIDP_TESTS_SUPPORT_DEMO_H

#include "mockidp/idp.h"

#include <jansson.h>

/* demo_json returns the demo directory with absolute file names, a new reference. */
json_t *demo_json(void);

/* demo_contoso returns its first tenant, borrowed. */
json_t *demo_contoso(json_t *demo);

/* demo_app returns one of Contoso's by alias, borrowed; it fails the test without. */
json_t *demo_app(json_t *demo, const char *alias);

/* demo_set sets a member to what kitchen_json reads. */
void demo_set(json_t *object, const char *name, const char *text);

/* demo_start writes the directory to `dir` and starts a mock of it, as mock_start_with does; the
 * reference is stolen. */
struct idp *demo_start(json_t *demo, const char *dir, const struct idp_options *options);

/*
 * demo_open is demo_start as most tests want it: a folder of its own, a frozen clock, a seed, and
 * `sign_in` (NULL: a page). *dir is newly allocated and for demo_close, which ends both.
 * demo_open_in is the same in a folder of scratch_make that has files already.
 */
struct idp *demo_open(json_t *demo, const char *sign_in, char **dir);
struct idp *demo_open_in(json_t *demo, const char *sign_in, const char *dir);
void demo_close(struct idp *idp, char *dir);

/* demo_refused fails the test unless a mock of the directory does not start, and says `says`; the
 * reference is stolen. */
void demo_refused(json_t *demo, const char *says);

#endif

/* What the requests of fixtures/golden/errors.json need first: codes, tokens, assertions, each made
 * when its {name} is met. */
#ifndef MOCKIDP_TESTS_SUPPORT_GOLDEN_VALUES_H
#define MOCKIDP_TESTS_SUPPORT_GOLDEN_VALUES_H

#include "mockidp/idp.h"

#include <jansson.h>
#include <stdbool.h>

struct golden {
    struct idp *idp;
    struct idp *cluster; /* another identity provider, which the daemon's credentials trust */
    char *dir;
    json_t *values; /* those made so far, by name */
};

/* golden_start starts the demo directory with accounts, apps and policies for every refusal. */
void golden_start(struct golden *golden, const char *sign_in);
void golden_stop(struct golden *golden);

/* golden_set sets a value that the answer brought. golden_fill replaces each {name} that is known;
 * newly allocated. */
void golden_set(struct golden *golden, const char *name, const char *value);
char *golden_fill(struct golden *golden, const char *text);

#endif

/* What other validators do with a case: what the case says of them, and what the baselines of
 * fixtures/targets, which are measured, say. */
#ifndef CONFORMANCE_OTHERS_H
#define CONFORMANCE_OTHERS_H

#include "conformance/case.h"

#include <jansson.h>

/*
 * cf_others_load reads each *.expected.json of a folder: {"KEY-42": {"NON-STRICT, why":
 * "pyjwt, python-jose"}}, in the order of their names; a new reference. A folder or a file that
 * cannot be read says nothing. cf_others_folder returns the folder beside that of the cases, newly
 * allocated, or NULL.
 */
json_t *cf_others_load(const char *folder);
char *cf_others_folder(void);

/* cf_others_of returns the case's own "others" and what was loaded of it, a new list of texts. */
json_t *cf_others_of(const json_t *loaded, const struct cf_case *c);

/* cf_others_tell gives each result of a run its list, as "others", where there is one. */
void cf_others_tell(json_t *run, const struct cf_suite *suite);

#endif

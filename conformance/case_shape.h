/* Whether the steps of a case have the shape that the engine counts on: what a schema would say, at
 * run time, for cases that no lint has seen (--cases DIR). */
#ifndef CONFORMANCE_CASE_SHAPE_H
#define CONFORMANCE_CASE_SHAPE_H

#include <jansson.h>
#include <stddef.h>

/* cf_shape_check looks at the steps of a variant (cf_variant); -1 with "/steps/0/expect/error: what
 * is needed". */
int cf_shape_check(const json_t *variant, char *why, size_t cap);

#endif

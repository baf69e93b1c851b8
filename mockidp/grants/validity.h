/* When an assertion may be used. */
#ifndef MOCKIDP_GRANTS_VALIDITY_H
#define MOCKIDP_GRANTS_VALIDITY_H

#include "mockidp/grants/grant.h"

struct assertion;

enum { VALIDITY_TEXT_CAP = 32 };

/* validity_write writes a time as refusals show it, or "(none)" when it is not `known`. */
void validity_write(bool known, int64_t at, char out[VALIDITY_TEXT_CAP]);

/* validity_check holds exp (needed) and nbf of a client assertion against the clock, with five
 * minutes of skew; 0, or -1 with the refusal 700024. */
int validity_check(struct grant *grant, const struct assertion *assertion);

#endif

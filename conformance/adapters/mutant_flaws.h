/* The flaws of the toy validator, from conformance/mutants.def: as an enum, as names, and as the
 * cases that catch each. */
#ifndef CONFORMANCE_ADAPTERS_MUTANT_FLAWS_H
#define CONFORMANCE_ADAPTERS_MUTANT_FLAWS_H

#include <stdbool.h>

/* enum mutant_flaw: MUTANT_NONE is the validator without a flaw; every other value is one row of
 * mutants.def. */
enum mutant_flaw {
    MUTANT_NONE,
#define MUTANT(symbol, name, sentence, cases) MUTANT_##symbol,
#include "conformance/mutants.def"
#undef MUTANT
    MUTANT_COUNT
};

/* mutant_flaw_name returns the flaw's name, such as "ignores-aud"; "none" for MUTANT_NONE. */
const char *mutant_flaw_name(enum mutant_flaw flaw);

/* mutant_flaw_sentence returns what is wrong with a validator that has the flaw. */
const char *mutant_flaw_sentence(enum mutant_flaw flaw);

/* mutant_flaw_cases returns the ids of the cases whose outcome the flaw changes, separated by
 * spaces; "" for MUTANT_NONE. */
const char *mutant_flaw_cases(enum mutant_flaw flaw);

/* mutant_flaw_by_name finds a flaw by its name; false, with *flaw untouched, when there is none. */
bool mutant_flaw_by_name(const char *name, enum mutant_flaw *flaw);

#endif

/* The table of flaws, read from conformance/mutants.def. */
#include "conformance/adapters/mutant_flaws.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

static const struct {
    const char *name;
    const char *sentence;
    const char *cases;
} flaws[] = {
    {"none", "no flaw", ""},
#define MUTANT(symbol, name, sentence, cases) {name, sentence, cases},
#include "conformance/mutants.def"
#undef MUTANT
};

const char *mutant_flaw_name(enum mutant_flaw flaw)
{
    assert(flaw < MUTANT_COUNT);
    return flaws[flaw].name;
}

const char *mutant_flaw_sentence(enum mutant_flaw flaw)
{
    assert(flaw < MUTANT_COUNT);
    return flaws[flaw].sentence;
}

const char *mutant_flaw_cases(enum mutant_flaw flaw)
{
    assert(flaw < MUTANT_COUNT);
    return flaws[flaw].cases;
}

bool mutant_flaw_by_name(const char *name, enum mutant_flaw *flaw)
{
    for (size_t i = 0; i < sizeof flaws / sizeof flaws[0]; i++) {
        if (strcmp(flaws[i].name, name) == 0) {
            *flaw = (enum mutant_flaw)i;
            return true;
        }
    }
    return false;
}

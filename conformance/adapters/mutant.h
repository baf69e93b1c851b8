/* The toy validator as a subject. */
#ifndef CONFORMANCE_ADAPTERS_MUTANT_H
#define CONFORMANCE_ADAPTERS_MUTANT_H

#include "conformance/adapters/adapter.h"
#include "conformance/adapters/mutant_flaws.h"

/* struct cf_mutant is the settings of cf_adapter_mutant: which flaw, and how long a fetch may take.
 */
struct cf_mutant {
    enum mutant_flaw flaw;
    long fetch_ms;
};

#endif

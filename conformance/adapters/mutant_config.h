/* Settings with which no validator may be built: what the toy refuses (contracts: CFG). */
#ifndef CONFORMANCE_ADAPTERS_MUTANT_CONFIG_H
#define CONFORMANCE_ADAPTERS_MUTANT_CONFIG_H

#include <jansson.h>

/* mutant_config_fault returns the name of the setting that is at fault, of {name: text}, or NULL.
 */
const char *mutant_config_fault(const json_t *settings);

#endif

/* The operations of the value language, one row each in values.c. */
#ifndef MOCKIDP_MINT_VALUES_H
#define MOCKIDP_MINT_VALUES_H

#include "mockidp/mint/oven.h"

/* An operation evaluates `object`, which has its member; see mint_value for the result and *raw. */
typedef json_t *mint_operation(struct mint_oven *oven, const char *pointer, const json_t *object,
                               json_t **raw);

/* mint_value_fault is mint_fault where NULL is to be returned. */
json_t *mint_value_fault(struct mint_oven *oven, const char *pointer, const char *sentence);

mint_operation mint_value_kid; /* value_keys.c */
mint_operation mint_value_key;
mint_operation mint_value_concat; /* value_text.c */
mint_operation mint_value_slice;
mint_operation mint_value_case;
mint_operation mint_value_replace;
mint_operation mint_value_bake;

/* mint_key_named returns the key that a value or `sign` names, for the token's tenant; NULL with
 * the fault. */
const struct mint_key *mint_key_named(struct mint_oven *oven, const char *pointer,
                                      const char *name);

#endif

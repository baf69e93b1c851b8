/* Numbers of the strict reader (RFC 8259 §6), for json.c. */
#ifndef VALIDATOR_JOSE_JSON_NUMBER_H
#define VALIDATOR_JOSE_JSON_NUMBER_H

#include "validator/jose/json.h"

/*
 * jose_json_number_end returns where the number at `p` ends, at most `end`; NULL when there is
 * none, or one beyond the greatest double.
 */
const char *jose_json_number_end(const char *p, const char *end);

#endif

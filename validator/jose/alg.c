/* The table of alg.def and its look-ups; names are compared to the letter (RFC 7515 §4.1.1:
 * case-sensitive). */
#include "validator/jose/alg.h"

static const struct jose_alg table[] = {
#define JOSE_ALG(name, family, digest, bits) {JOSE_##name, #name, family, digest, bits},
#include "validator/jose/alg.def"
#undef JOSE_ALG
};

const struct jose_alg *jose_alg_get(enum jose_alg_id id)
{
    return &table[id];
}

const struct jose_alg *jose_alg_find(struct jose_span name)
{
    for (size_t i = 0; i < JOSE_ALG_COUNT; i++) {
        if (jose_span_is(name, table[i].name)) {
            return &table[i];
        }
    }
    return NULL;
}

const struct jose_alg *jose_alg_find_value(const struct jose_json_value *name)
{
    for (size_t i = 0; i < JOSE_ALG_COUNT; i++) {
        if (jose_json_is(name, jose_span_of(table[i].name))) {
            return &table[i];
        }
    }
    return NULL;
}

/* A header that is accepted has a string alg and nothing that changes what the signature means. */
#include "validator/jose/header.h"
#include "validator/policy/alg.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct jose_json_member members[JOSE_JSON_MEMBERS];
    const struct btv_policy all = {.algorithms = ~0U};
    const struct jose_alg *alg = NULL;
    struct jose_header h;
    struct btv_detail why;
    size_t count = 0;
    struct jose_span json = jose_span((const char *)data, size);
    if (jose_header_parse(json, &h) != BTV_OK) {
        return 0;
    }
    if (!jose_json_object(json, members, JOSE_JSON_MEMBERS, &count) ||
        jose_json_find(members, count, "crit") || jose_json_find(members, count, "enc") ||
        jose_json_find(members, count, "zip") || h.alg.type != JOSE_JSON_STRING ||
        h.has_kid != (jose_json_find(members, count, "kid") != NULL)) {
        abort();
    }
    if (btv_check_alg(&all, &h, &alg, &why) == BTV_OK &&
        (!alg || jose_json_is(&h.alg, jose_span_of("none")) ||
         !jose_json_is(&h.alg, jose_span_of(alg->name)))) {
        abort();
    }
    btv_check_typ(&h);
    return 0;
}

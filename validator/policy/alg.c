/* RFC 8725 §3.1: the caller's list of algorithms is the only one; §3.11: types keep kinds of token
 * apart. */
#include "validator/policy/alg.h"

#include <strings.h>

enum btv_error btv_check_alg(const struct btv_policy *p, const struct jose_header *h,
                             const struct jose_alg **alg, struct btv_detail *why)
{
    *alg = jose_alg_find_value(&h->alg);
    if (!*alg || !(p->algorithms & 1U << (*alg)->id)) {
        btv_detail_set(why, "alg", jose_span_of("one that is allowed"), h->alg.text);
        return BTV_ALG_NOT_ALLOWED;
    }
    return BTV_OK;
}

enum btv_error btv_check_typ(const struct jose_header *h)
{
    static const char *const allowed[] = {"JWT", "application/JWT", "at+jwt", "application/at+jwt"};
    char typ[32];
    size_t len = 0;
    if (!h->has_typ) {
        return BTV_OK;
    }
    if (!jose_json_copy(&h->typ, typ, sizeof typ, &len)) {
        return BTV_TYP_NOT_ALLOWED;
    }
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++) {
        if (strlen(allowed[i]) == len && strcasecmp(typ, allowed[i]) == 0) {
            return BTV_OK;
        }
    }
    return BTV_TYP_NOT_ALLOWED;
}

/* No prefixes, no case folding, no trailing slash: an audience is a name, not a URL to be
 * normalized. */
#include "validator/policy/audience.h"

static bool is_accepted(const struct btv_words *accepted, const struct jose_json_value *v)
{
    for (size_t i = 0; i < accepted->count; i++) {
        if (jose_json_is(v, accepted->items[i])) {
            return true;
        }
    }
    return false;
}

enum btv_error btv_check_audience(const struct btv_words *accepted, const struct jose_claims *c,
                                  struct btv_detail *why)
{
    bool found = false;
    if (c->aud && c->aud->type == JOSE_JSON_ARRAY) {
        struct jose_json_value item;
        for (size_t offset = 0; jose_json_array_next(c->aud, &offset, &item);) {
            if (item.type != JOSE_JSON_STRING) {
                return BTV_CLAIMS_MALFORMED;
            }
            found = found || is_accepted(accepted, &item);
        }
    } else if (c->aud) {
        found = is_accepted(accepted, c->aud);
    }
    if (!found) {
        btv_detail_set(why, "audience", accepted->items[0],
                       c->aud ? c->aud->text : jose_span(NULL, 0));
        return BTV_AUDIENCE_MISMATCH;
    }
    return BTV_OK;
}

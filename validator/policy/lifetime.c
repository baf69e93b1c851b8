/* NumericDates may have a fraction or an exponent; whole seconds decide. */
#include "validator/policy/lifetime.h"

enum btv_error btv_check_lifetime(const struct jose_claims *c, int64_t now, int64_t skew_s)
{
    int64_t exp = 0;
    int64_t nbf = INT64_MIN;
    int64_t iat = 0;
    if (!c->exp || !jose_json_seconds(c->exp, &exp) ||
        (c->nbf && !jose_json_seconds(c->nbf, &nbf)) ||
        (c->iat && !jose_json_seconds(c->iat, &iat))) {
        return BTV_LIFETIME_MALFORMED;
    }
    /* §4.1.4: "on or after which the JWT MUST NOT be accepted" */
    if (now - skew_s >= exp) {
        return BTV_TOKEN_EXPIRED;
    }
    if (nbf > exp) {
        return BTV_LIFETIME_MALFORMED;
    }
    return now + skew_s >= nbf ? BTV_OK : BTV_TOKEN_NOT_YET_VALID;
}

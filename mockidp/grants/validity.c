/* Times of client assertions; numbers, or as some clients write them, strings of digits. */
#include "mockidp/grants/validity.h"

#include "mockidp/grants/assertion.h"
#include "mockidp/platform/clock.h"

#include <stdio.h>
#include <time.h>

enum { SKEW_S = 300 };

void validity_write(bool known, int64_t at, char out[VALIDITY_TEXT_CAP])
{
    struct tm utc;
    time_t seconds = (time_t)at;
    if (!known || !gmtime_r(&seconds, &utc) ||
        strftime(out, VALIDITY_TEXT_CAP, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0) {
        (void)snprintf(out, VALIDITY_TEXT_CAP, "(none)");
    }
}

int validity_check(struct grant *g, const struct assertion *a)
{
    char texts[3][VALIDITY_TEXT_CAP];
    char detail[160];
    int64_t now = clock_now(g->context->clock);
    int64_t nbf = 0;
    int64_t exp = 0;
    bool has_nbf = assertion_seconds(assertion_claim(a, "nbf"), &nbf);
    bool has_exp = assertion_seconds(assertion_claim(a, "exp"), &exp);
    bool nbf_good = has_nbf ? nbf <= now + SKEW_S : !assertion_claim(a, "nbf");
    if (has_exp && nbf_good && exp > now - SKEW_S) {
        return 0;
    }
    validity_write(true, now, texts[0]);
    validity_write(has_nbf, nbf, texts[1]);
    validity_write(has_exp, exp, texts[2]);
    (void)snprintf(detail, sizeof detail,
                   "Current time: %s, assertion valid from %s, expiry time of assertion %s",
                   texts[0], texts[1], texts[2]);
    return oauth_refuse(&g->refusal, 700024, detail, NULL);
}

/* Claims of any shape go through every check of the policy; only the right ones come out. */
#include "validator/jose/claims.h"
#include "validator/policy/audience.h"
#include "validator/policy/authz.h"
#include "validator/policy/issuer.h"
#include "validator/policy/lifetime.h"

#include <stdint.h>
#include <stdlib.h>

#define ISSUER "https://a/t/v2.0"

static void require(int holds)
{
    if (!holds) {
        abort();
    }
}

/* What must be true of an accepted token, asked in another way. */
static void check_accepted(const struct jose_claims *c)
{
    int64_t exp = 0;
    require(jose_json_is(jose_claims_find(c, "iss"), jose_span_of(ISSUER)));
    require(jose_json_is(jose_claims_find(c, "tid"), jose_span_of("t")));
    require(jose_json_seconds(jose_claims_find(c, "exp"), &exp) && exp > 1700000000 - 300);
    require(jose_claims_find(c, "aud") != NULL && jose_claims_find(c, "cnf") == NULL);
    require(jose_claims_find(c, "scp") || jose_claims_find(c, "roles"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct jose_claims c;
    static struct btv_words audience;
    static struct btv_words scopes;
    static struct btv_words roles;
    static struct btv_words none;
    const struct btv_policy policy = {.tenant_id = (char[]){"t"}, .authority_count = 1};
    const struct btv_authority authority = {.version = BTV_TOKEN_V2, .issuer = (char[]){ISSUER}};
    const struct btv_need need = {&scopes, &roles, &none, false, NULL};
    struct btv_detail why = {""};
    if (audience.count == 0) {
        require(btv_words_init(&audience, "api") == 0 && btv_words_init(&scopes, "s") == 0 &&
                btv_words_init(&roles, "R") == 0);
    }
    if (jose_claims_parse(jose_span((const char *)data, size), &c) != BTV_OK) {
        return 0;
    }
    enum btv_error issuer =
        btv_check_issuer(&policy, &authority, "https://a/{tenantid}/v2.0", &c, &why);
    enum btv_error aud = btv_check_audience(&audience, &c, &why);
    enum btv_error lifetime = btv_check_lifetime(&c, 1700000000, 300);
    enum btv_error authz = btv_check_authz(&need, BTV_TOKEN_V2, &c, &why);
    require(memchr(why.text, '\0', sizeof why.text) != NULL);
    if (issuer == BTV_OK && aud == BTV_OK && lifetime == BTV_OK && authz == BTV_OK) {
        check_accepted(&c);
    }
    return 0;
}

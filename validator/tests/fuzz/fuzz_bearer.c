/*
 * Whole header values through a validator with one key: nothing that the fuzzer makes is accepted,
 * since it cannot sign, and each verdict leaves a whole challenge.
 */
#include "btv/validator.h"
#include "validator/policy/bearer.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define TENANT "11111111-2222-3333-4444-555555555555"

/* The key of RFC 7515 A.2, whose private half is public too: its examples are no access tokens. */
static const char jwks[] =
    "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"k\",\"e\":\"AQAB\",\"n\":\""
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4"
    "d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5re"
    "xMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxX"
    "FvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ\"}]}";

static int fetch(void *ctx, const struct btv_fetch_request *request,
                 struct btv_fetch_response *response, char *why, size_t cap)
{
    (void)ctx, (void)why, (void)cap;
    bool metadata = strstr(request->url, "openid-configuration") != NULL;
    response->status = 200;
    response->body = strdup(metadata ? "{\"issuer\":\"https://login.test/" TENANT
                                       "/v2.0\",\"jwks_uri\":\"https://login.test/keys\"}"
                                     : jwks);
    response->body_len = strlen(response->body);
    return 0;
}

static int64_t stopped_clock(void *ctx)
{
    (void)ctx;
    return 1700000000;
}

static struct btv_validator *make_validator(void)
{
    static const char *const settings[][2] = {{"instance", "https://login.test/"},
                                              {"tenant_id", TENANT},
                                              {"client_id", "api"},
                                              {"scopes", "read"},
                                              {"algorithms", "RS256 PS256 ES256"},
                                              {"refresh_cooldown_s", "3600"}};
    char why[256] = "";
    struct btv_config *c = btv_config_new();
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        if (btv_config_set(c, settings[i][0], settings[i][1], why, sizeof why) != 0) {
            fprintf(stderr, "%s\n", why);
            abort();
        }
    }
    btv_config_fetch(c, fetch, NULL);
    btv_config_clock(c, stopped_clock, NULL);
    struct btv_validator *v = btv_validator_new(c, why, sizeof why);
    btv_config_free(c);
    if (!v || btv_validator_start(v, 10000) != 0) {
        abort();
    }
    return v;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct btv_validator *validator;
    static struct btv_result *result;
    struct jose_span token = {NULL, 0};
    struct jose_span value = jose_span((const char *)data, size);
    validator = validator ? validator : make_validator();
    result = result ? result : btv_result_new();
    if (btv_bearer_token(value, &token) == BTV_OK &&
        (token.len == 0 || token.data < value.data ||
         token.data + token.len > value.data + value.len || memchr(token.data, ' ', token.len))) {
        abort();
    }
    enum btv_error e = btv_validate(validator, value.data, size, result);
    int status = btv_error_http_status(e);
    if (e == BTV_OK || e == BTV_UNDECIDED || btv_result_claims_json(result) ||
        (status < 500) != (btv_result_challenge(result) != NULL)) {
        abort();
    }
    btv_validate_token(validator, value.data, size, result);
    return btv_result_error(result) == BTV_OK ? abort(), 0 : 0;
}

/* Key sets of any shape: what comes out is fit for verifying, and a signature of noise never is
 * good. */
#include "validator/jose/jwks.h"
#include "validator/jose/verify.h"

#include <stdint.h>
#include <stdlib.h>

static void on_skip(void *ctx, size_t index, const char *kid, enum jose_jwk_skip why)
{
    (void)index;
    *(size_t *)ctx += strlen(kid) + strlen(jose_jwk_skip_reason(why));
}

static void check_key(struct jose_verifier *verifier, const struct jose_jwk *k)
{
    static char noise[1366];
    if (!k->key || k->kid_len == 0 || strlen(k->kid) != k->kid_len ||
        (!k->ec && (k->bits < JOSE_RSA_MIN_BITS || k->bits > JOSE_RSA_MAX_BITS))) {
        abort();
    }
    memset(noise, 'A', sizeof noise);
    size_t bytes = k->ec ? k->bits / 4 : (k->bits + 7) / 8;
    size_t len = bytes / 3 * 4 + (bytes % 3 ? bytes % 3 + 1 : 0);
    for (unsigned id = 0; id < JOSE_ALG_COUNT; id++) {
        const struct jose_alg *alg = jose_alg_get(id);
        if (jose_verify(verifier, alg, k, jose_span_of("a.b"), jose_span(noise, len)) == BTV_OK) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct jose_verifier *verifier;
    struct jose_jwks jwks = {NULL, 0};
    struct jose_jwk jwk;
    size_t heard = 0;
    struct jose_span json = jose_span((const char *)data, size);
    verifier = verifier ? verifier : jose_verifier_new();
    if (jose_jwks_parse(json, &jwks, on_skip, &heard) == 0) {
        for (size_t i = 0; i < jwks.count; i++) {
            check_key(verifier, &jwks.keys[i]);
        }
    }
    jose_jwks_cleanup(&jwks);
    if (jose_jwk_parse(json, &jwk) == JOSE_JWK_OK) {
        check_key(verifier, &jwk);
    }
    jose_jwk_cleanup(&jwk);
    return 0;
}

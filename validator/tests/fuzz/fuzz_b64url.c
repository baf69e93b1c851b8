/* base64url: what is accepted is the one spelling of its bytes, so encoding them gives it back. */
#include "validator/jose/b64url.h"

#include <stdint.h>
#include <stdlib.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* Encodes without padding; `out` has room for 4 * len / 3 + 4 characters. */
static size_t encode(const unsigned char *in, size_t len, char *out)
{
    size_t used = 0;
    unsigned bits = 0;
    unsigned held = 0;
    for (size_t i = 0; i < len; i++) {
        bits = bits << 8 | in[i];
        for (held += 8; held >= 6; held -= 6) {
            out[used++] = alphabet[bits >> (held - 6) & 63];
        }
        bits &= (1U << held) - 1;
    }
    if (held > 0) {
        out[used++] = alphabet[bits << (6 - held) & 63];
    }
    return used;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t cap = JOSE_B64URL_CAP(size);
    size_t len = 1;
    unsigned char *bytes = malloc(cap);
    char *again = malloc(size + 8);
    struct jose_span in = jose_span((const char *)data, size);
    if (!bytes || !again) {
        abort();
    }
    if (jose_b64url_decode(in, bytes, cap, &len)) {
        struct jose_span out = jose_span(again, encode(bytes, len, again));
        if (!jose_span_equal(in, out) ||
            (len > 0 && jose_b64url_decode(in, bytes, len - 1, &len))) {
            abort();
        }
    } else if (len != 0) {
        abort();
    }
    free(bytes);
    free(again);
    return 0;
}

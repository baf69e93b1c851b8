/* The parts of a compact JWS lie in the token, in order, and put together are the token. */
#include "validator/jose/compact.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct jose_compact c;
    struct jose_span token = jose_span((const char *)data, size);
    enum btv_error e = jose_compact_split(token, 4096, &c);
    if (e == BTV_TOKEN_TOO_LARGE || e == BTV_TOKEN_ENCRYPTED || e == BTV_TOKEN_MALFORMED) {
        return 0;
    }
    if (e != BTV_OK || c.header.data != token.data ||
        c.payload.data != token.data + c.header.len + 1 ||
        c.signature.data != c.payload.data + c.payload.len + 1 ||
        c.header.len + c.payload.len + c.signature.len + 2 != size || c.header.len == 0 ||
        c.payload.len == 0 || c.signing_input.len != c.header.len + 1 + c.payload.len ||
        memchr(c.header.data, '.', c.header.len) || memchr(c.payload.data, '.', c.payload.len) ||
        (c.signature.len > 0 && memchr(c.signature.data, '.', c.signature.len))) {
        abort();
    }
    return 0;
}

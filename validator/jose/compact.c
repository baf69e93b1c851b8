/* Dots are counted, nothing is decoded. */
#include "validator/jose/compact.h"

static size_t count_dots(struct jose_span token)
{
    size_t dots = 0;
    for (size_t i = 0; i < token.len; i++) {
        dots += token.data[i] == '.';
    }
    return dots;
}

enum btv_error jose_compact_split(struct jose_span token, size_t max, struct jose_compact *out)
{
    if (token.len > max) {
        return BTV_TOKEN_TOO_LARGE;
    }
    size_t dots = count_dots(token);
    if (dots == 4) {
        return BTV_TOKEN_ENCRYPTED;
    }
    if (dots != 2) {
        return BTV_TOKEN_MALFORMED;
    }
    const char *first = memchr(token.data, '.', token.len);
    size_t header_len = (size_t)(first - token.data);
    const char *second = memchr(first + 1, '.', token.len - header_len - 1);
    size_t payload_len = (size_t)(second - first) - 1;
    if (header_len == 0 || payload_len == 0) {
        return BTV_TOKEN_MALFORMED;
    }
    out->header = jose_span(token.data, header_len);
    out->payload = jose_span(first + 1, payload_len);
    out->signing_input = jose_span(token.data, header_len + 1 + payload_len);
    out->signature = jose_span(second + 1, token.len - out->signing_input.len - 1);
    return BTV_OK;
}

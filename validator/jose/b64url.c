/* RFC 4648 §5 without padding. A second spelling of the same bytes would be a second token with the
 * same signature. */
#include "validator/jose/b64url.h"

#include <stdint.h>

#define BAD 64

/* clang-format off */
static const uint8_t value_of[256] = {
    64,64,64,64,64,64,64,64, 64,64,64,64,64,64,64,64, 64,64,64,64,64,64,64,64, 64,64,64,64,64,64,64,64,
    64,64,64,64,64,64,64,64, 64,64,64,64,64,62,64,64, 52,53,54,55,56,57,58,59, 60,61,64,64,64,64,64,64,
    64, 0, 1, 2, 3, 4, 5, 6,  7, 8, 9,10,11,12,13,14, 15,16,17,18,19,20,21,22, 23,24,25,64,64,64,64,63,
    64,26,27,28,29,30,31,32, 33,34,35,36,37,38,39,40, 41,42,43,44,45,46,47,48, 49,50,51,64,64,64,64,64,
    64,64,64,64,64,64,64,64, 64,64,64,64,64,64,64,64, 64,64,64,64,64,64,64,64, 64,64,64,64,64,64,64,64,
    64,64,64,64,64,64,64,64, 64,64,64,64,64,64,64,64, 64,64,64,64,64,64,64,64, 64,64,64,64,64,64,64,64,
    64,64,64,64,64,64,64,64, 64,64,64,64,64,64,64,64, 64,64,64,64,64,64,64,64, 64,64,64,64,64,64,64,64,
    64,64,64,64,64,64,64,64, 64,64,64,64,64,64,64,64, 64,64,64,64,64,64,64,64, 64,64,64,64,64,64,64,64,
};
/* clang-format on */

/* Decodes the last 2 or 3 characters. Returns false on a bad one or when bits are set that no byte
 * takes. */
static bool decode_tail(const unsigned char *in, size_t len, unsigned char *out)
{
    unsigned a = value_of[in[0]];
    unsigned b = value_of[in[1]];
    unsigned c = len == 3 ? value_of[in[2]] : 0;
    if ((a | b | c) & BAD) {
        return false;
    }
    out[0] = (unsigned char)(a << 2 | b >> 4);
    if (len == 2) {
        return (b & 15) == 0;
    }
    out[1] = (unsigned char)(b << 4 | c >> 2);
    return (c & 3) == 0;
}

bool jose_b64url_decode(struct jose_span in, unsigned char *out, size_t cap, size_t *out_len)
{
    size_t tail = in.len % 4;
    size_t whole = in.len / 4;
    size_t need = whole * 3 + (tail > 0 ? tail - 1 : 0);
    *out_len = 0;
    if (tail == 1 || need > cap) {
        return false;
    }
    const unsigned char *p = (const unsigned char *)in.data;
    unsigned seen = 0;
    for (size_t i = 0; i < whole; i++, p += 4, out += 3) {
        unsigned a = value_of[p[0]];
        unsigned b = value_of[p[1]];
        unsigned c = value_of[p[2]];
        unsigned d = value_of[p[3]];
        seen |= a | b | c | d;
        out[0] = (unsigned char)(a << 2 | b >> 4);
        out[1] = (unsigned char)(b << 4 | c >> 2);
        out[2] = (unsigned char)(c << 6 | d);
    }
    if ((seen & BAD) || (tail > 0 && !decode_tail(p, tail, out))) {
        return false;
    }
    *out_len = need;
    return true;
}

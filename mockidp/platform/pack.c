/* A list of pieces. Each begins with a number: four times a length and what it is the length of.
 * Numbers are written in groups of seven bits, the low ones first, with the eighth bit set while
 * more follow. */
#include "mockidp/platform/pack.h"

#include <stdint.h>
#include <string.h>

enum {
    PIECE_OCTETS, /* so many octets follow */
    PIECE_ZEROS,  /* so many zeros do not */
    PIECE_GUID    /* 16 octets follow, of a GUID in lower case */
};
enum { RUN_MIN = 4, GUID_LEN = 36, GUID_OCTETS = 16 };

/* ---- looking ahead ---- */

static size_t zeros_at(const unsigned char *at, size_t left)
{
    static const unsigned char none[16];
    size_t n = 0;
    while (left - n >= sizeof none && memcmp(at + n, none, sizeof none) == 0) {
        n += sizeof none;
    }
    while (n < left && at[n] == 0) {
        n++;
    }
    return n;
}

static int hex_digit(unsigned char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_dash(size_t i)
{
    return i == 8 || i == 13 || i == 18 || i == 23;
}

/* Reads the 36 characters of a GUID; false when that is not what stands there. */
static bool guid_read(const unsigned char *at, size_t left, unsigned char out[GUID_OCTETS])
{
    size_t digits = 0;
    if (left < GUID_LEN || at[8] != '-' || at[13] != '-' || at[18] != '-' || at[23] != '-') {
        return false;
    }
    for (size_t i = 0; i < GUID_LEN; i++) {
        int digit = hex_digit(at[i]);
        if (is_dash(i)) {
            continue;
        }
        if (digit < 0) {
            return false;
        }
        unsigned before = digits % 2 ? out[digits / 2] : 0U;
        out[digits++ / 2] = (unsigned char)(before << 4 | (unsigned)digit);
    }
    return true;
}

static void guid_write(const unsigned char in[GUID_OCTETS], unsigned char *to)
{
    size_t digits = 0;
    for (size_t i = 0; i < GUID_LEN; i++) {
        unsigned shift = digits % 2 ? 0 : 4;
        to[i] = (unsigned char)(is_dash(i)
                                    ? '-'
                                    : "0123456789abcdef"[(unsigned)in[digits / 2] >> shift & 15U]);
        digits += !is_dash(i);
    }
}

/* ---- writing ---- */

struct writer {
    unsigned char *out; /* NULL: only counts */
    size_t used;
};

static void put(struct writer *w, const void *octets, size_t len)
{
    if (w->out && len > 0) {
        memcpy(w->out + w->used, octets, len);
    }
    w->used += len;
}

static void put_piece(struct writer *w, unsigned kind, size_t len, const void *octets,
                      size_t octets_len)
{
    size_t number = len << 2 | kind;
    if (len == 0) {
        return;
    }
    do {
        unsigned char group = (unsigned char)((number & 0x7f) | (number > 0x7f ? 0x80 : 0));
        put(w, &group, 1);
        number >>= 7;
    } while (number > 0);
    put(w, octets, octets_len);
}

size_t pack_write(const void *record, size_t len, unsigned char *out)
{
    struct writer w = {.out = out};
    const unsigned char *at = record;
    unsigned char guid[GUID_OCTETS];
    size_t plain = 0; /* octets since the last piece */
    size_t i = 0;
    while (i < len) {
        size_t zeros = at[i] == 0 ? zeros_at(at + i, len - i) : 0;
        bool is_guid = zeros == 0 && guid_read(at + i, len - i, guid);
        if (zeros < RUN_MIN && !is_guid) {
            plain += zeros ? zeros : 1;
            i += zeros ? zeros : 1;
            continue;
        }
        put_piece(&w, PIECE_OCTETS, plain, at + i - plain, plain);
        if (is_guid) {
            put_piece(&w, PIECE_GUID, 1, guid, sizeof guid);
        } else {
            put_piece(&w, PIECE_ZEROS, zeros, NULL, 0);
        }
        i += is_guid ? GUID_LEN : zeros;
        plain = 0;
    }
    put_piece(&w, PIECE_OCTETS, plain, at + len - plain, plain);
    return w.used;
}

/* ---- reading ---- */

/* Takes a number off the front; false when there is none. */
static bool take_number(const unsigned char **at, const unsigned char *end, size_t *number)
{
    *number = 0;
    for (unsigned shift = 0; *at < end && shift < 56; shift += 7) {
        unsigned char group = *(*at)++;
        *number |= (size_t)(group & 0x7f) << shift;
        if (!(group & 0x80)) {
            return true;
        }
    }
    return false;
}

/* Takes one piece; how long it becomes, or 0 when it is none or does not fit. `to` is zero. */
static size_t take_piece(const unsigned char **at, const unsigned char *end, unsigned char *to,
                         size_t room)
{
    size_t number = 0;
    if (!take_number(at, end, &number)) {
        return 0;
    }
    unsigned kind = number & 3;
    size_t len = kind == PIECE_GUID ? GUID_LEN : number >> 2;
    size_t follow = kind == PIECE_GUID ? GUID_OCTETS : kind == PIECE_OCTETS ? len : 0;
    if (kind > PIECE_GUID || len > room || follow > (size_t)(end - *at)) {
        return 0;
    }
    if (kind == PIECE_GUID) {
        guid_write(*at, to);
    } else if (kind == PIECE_OCTETS) {
        memcpy(to, *at, len);
    }
    *at += follow;
    return len;
}

bool pack_read(const unsigned char *packed, size_t packed_len, void *out, size_t cap)
{
    const unsigned char *end = packed + packed_len;
    size_t used = 0;
    memset(out, 0, cap);
    while (packed < end) {
        size_t len = take_piece(&packed, end, (unsigned char *)out + used, cap - used);
        if (len == 0) {
            memset(out, 0, cap);
            return false;
        }
        used += len;
    }
    return true;
}

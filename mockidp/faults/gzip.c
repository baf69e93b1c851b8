/* Deflate in its two simplest forms (RFC 1951 §3.2.4, §3.2.6), so that a fault needs no library. */
#include "mockidp/faults/gzip.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    HEAD = 10,
    TAIL = 8,
    STORED_MAX = 65535,
    MATCH = 258,       /* octets of the longest match */
    CODE_BLANK = 0x50, /* fixed Huffman: literal 0x20, 8 bits */
    CODE_MATCH = 0xc5  /* length 258, 8 bits; its distance 1 is code 0, 5 bits */
};

#define CRC_POLYNOMIAL UINT32_C(0xedb88320) /* RFC 1952 §8 */

/* crc_of continues a CRC-32 over `len` octets, `data[i % period]` each. */
static uint32_t crc_of(const char *data, size_t period, size_t len)
{
    uint32_t table[256];
    uint32_t crc = UINT32_MAX;

    for (uint32_t n = 0; n < 256; n++) {
        table[n] = n;
        for (int bit = 0; bit < 8; bit++) {
            table[n] = table[n] & 1 ? table[n] >> 1 ^ CRC_POLYNOMIAL : table[n] >> 1;
        }
    }
    for (size_t i = 0; i < len; i++) {
        crc = table[(crc ^ (unsigned char)data[period == 1 ? 0 : i]) & 0xff] ^ crc >> 8;
    }
    return ~crc;
}

static void put_little(char *out, uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        out[i] = (char)(value >> 8 * i & 0xff);
    }
}

/* frame writes head and tail around what stands, or will stand, between them. */
static void frame(char *out, size_t deflated, uint32_t crc, size_t len)
{
    static const unsigned char head[HEAD] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255};

    memcpy(out, head, HEAD);
    put_little(out + HEAD + deflated, crc);
    put_little(out + HEAD + deflated + 4, (uint32_t)len);
}

char *gzip_store(const char *data, size_t len, size_t *out_len)
{
    size_t blocks = len / STORED_MAX + 1;
    size_t deflated = len + 5 * blocks;
    char *out = malloc(HEAD + deflated + TAIL);
    char *at = out == NULL ? NULL : out + HEAD;

    if (out == NULL) {
        return NULL;
    }
    for (size_t done = 0, block = 1; block <= blocks; block++) {
        size_t part = len - done < STORED_MAX ? len - done : STORED_MAX;
        at[0] = block == blocks; /* BFINAL, BTYPE 00 */
        put_little(at + 1, (uint32_t)part | (uint32_t)~part << 16);
        memcpy(at + 5, data + done, part);
        at += 5 + part;
        done += part;
    }
    frame(out, deflated, crc_of(data, len, len), len);
    *out_len = HEAD + deflated + TAIL;
    return out;
}

/* struct bits writes from the lowest bit of each octet; Huffman codes go in from their highest. */
struct bits {
    unsigned char *at;
    unsigned used;
};

static void put_bit(struct bits *b, unsigned bit)
{
    *b->at |= (unsigned char)(bit << b->used);
    b->at += b->used == 7;
    b->used = (b->used + 1) % 8;
}

static void put_code(struct bits *b, unsigned code, unsigned count)
{
    while (count-- > 0) {
        put_bit(b, code >> count & 1);
    }
}

char *gzip_bomb(size_t len, size_t *out_len)
{
    size_t matches = len == 0 ? 0 : (len - 1) / MATCH;
    size_t single = len - matches * MATCH;
    size_t deflated = (3 + 8 * single + 13 * matches + 7 + 7) / 8;
    char *out = calloc(1, HEAD + deflated + TAIL);
    struct bits b = {out == NULL ? NULL : (unsigned char *)out + HEAD, 0};

    if (out == NULL) {
        return NULL;
    }
    put_code(&b, 6, 3); /* BFINAL 1, BTYPE 01, lowest bit first */
    for (size_t i = 0; i < single; i++) {
        put_code(&b, CODE_BLANK, 8);
    }
    for (size_t i = 0; i < matches; i++) {
        put_code(&b, CODE_MATCH, 8);
        put_code(&b, 0, 5);
    }
    put_code(&b, 0, 7); /* the end of the block */
    frame(out, deflated, crc_of(" ", 1, len), len);
    *out_len = HEAD + deflated + TAIL;
    return out;
}

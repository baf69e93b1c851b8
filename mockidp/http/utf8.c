/* The table of RFC 3629 §4, one row a kind of first octet. */
#include "mockidp/http/utf8.h"

#include <stdlib.h>
#include <string.h>

/* First octets from `first` to `last` need `more` others, of which the second is from `low` to
 * `high`. */
static const struct {
    unsigned char first, last, more, low, high;
} rows[] = {
    {0x00, 0x7f, 0, 0x80, 0xbf}, {0xc2, 0xdf, 1, 0x80, 0xbf}, {0xe0, 0xe0, 2, 0xa0, 0xbf},
    {0xe1, 0xec, 2, 0x80, 0xbf}, {0xed, 0xed, 2, 0x80, 0x9f}, {0xee, 0xef, 2, 0x80, 0xbf},
    {0xf0, 0xf0, 3, 0x90, 0xbf}, {0xf1, 0xf3, 3, 0x80, 0xbf}, {0xf4, 0xf4, 3, 0x80, 0x8f},
};

/* The octets of the character at `at`, or of the piece that could have begun one; *whole tells. The
 * string's NUL ends a piece. */
static size_t character_at(const unsigned char *at, bool *whole)
{
    size_t row = 0;
    while (row < sizeof rows / sizeof rows[0] && (*at < rows[row].first || *at > rows[row].last)) {
        row++;
    }
    *whole = false;
    if (row == sizeof rows / sizeof rows[0]) {
        return 1;
    }
    for (size_t i = 1; i <= rows[row].more; i++) {
        unsigned char low = i == 1 ? rows[row].low : 0x80;
        unsigned char high = i == 1 ? rows[row].high : 0xbf;
        if (at[i] < low || at[i] > high) {
            return i;
        }
    }
    *whole = true;
    return 1U + rows[row].more;
}

bool utf8_is_valid(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    bool whole = true;
    while (*at && whole) {
        at += *at < 0x80 ? 1 : character_at(at, &whole);
    }
    return whole;
}

char *utf8_mend(char *text)
{
    static const char replacement[] = "\xef\xbf\xbd";
    if (!text || utf8_is_valid(text)) {
        return text;
    }
    char *mended = malloc(3 * strlen(text) + 1);
    char *to = mended;
    const unsigned char *at = (const unsigned char *)text;
    while (mended && *at) {
        bool whole = false;
        size_t len = character_at(at, &whole);
        size_t out_len = whole ? len : sizeof replacement - 1;
        memcpy(to, whole ? (const char *)at : replacement, out_len);
        to += out_len;
        at += len;
    }
    if (mended) {
        *to = '\0';
    }
    free(text);
    return mended;
}

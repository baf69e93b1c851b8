/* Bits in, six at a time out. */
#include "mockidp/mint/encode.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

static const char url_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char plain_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Writes the two or three digits of one or two octets. */
static char *encode_rest(const unsigned char *in, size_t left, const char *alphabet, char *p)
{
    unsigned bits = (unsigned)in[0] << 8 | (left > 1 ? in[1] : 0U);
    *p++ = alphabet[bits >> 10];
    *p++ = alphabet[bits >> 4 & 63];
    if (left > 1) {
        *p++ = alphabet[bits << 2 & 63];
    }
    return p;
}

static char *encode(const unsigned char *in, size_t len, const char *alphabet, int padded)
{
    char *out = malloc(len / 3 * 4 + 5);
    char *p = out;
    size_t i = 0;
    for (; out && i + 2 < len; i += 3) {
        unsigned bits = (unsigned)in[i] << 16 | (unsigned)in[i + 1] << 8 | in[i + 2];
        p[0] = alphabet[bits >> 18];
        p[1] = alphabet[bits >> 12 & 63];
        p[2] = alphabet[bits >> 6 & 63];
        p[3] = alphabet[bits & 63];
        p += 4;
    }
    if (out && i < len) {
        p = encode_rest(in + i, len - i, alphabet, p);
    }
    while (out && padded && (p - out) % 4 != 0) {
        *p++ = '=';
    }
    if (out) {
        *p = '\0';
    }
    return out;
}

char *mint_base64url(const void *data, size_t len)
{
    return encode(data, len, url_alphabet, 0);
}

char *mint_sha256_base64url(const void *data, size_t len)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    return EVP_Digest(data, len, digest, NULL, EVP_sha256(), NULL) == 1
               ? mint_base64url(digest, sizeof digest)
               : NULL;
}

char *mint_base64(const void *data, size_t len)
{
    return encode(data, len, plain_alphabet, 1);
}

unsigned char *mint_unbase64url(const char *text, size_t *len)
{
    size_t in_len = strlen(text);
    unsigned char *out = malloc(in_len / 4 * 3 + 4);
    unsigned long bits = 0;
    unsigned have = 0;
    *len = 0;
    for (size_t i = 0; out && i < in_len; i++) {
        const char *digit = strchr(url_alphabet, text[i]);
        if (!digit) {
            free(out);
            return NULL;
        }
        bits = (bits << 6 | (unsigned long)(digit - url_alphabet)) & 0xffffff;
        have += 6;
        if (have >= 8) {
            have -= 8;
            out[(*len)++] = (unsigned char)(bits >> have);
        }
    }
    return out;
}

static int hex_value(char c)
{
    const char *digits = "0123456789abcdef";
    const char *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c) : NULL;
    return at ? (int)(at - digits) : -1;
}

unsigned char *mint_unhex(const char *text, size_t *len)
{
    size_t digits = strlen(text);
    unsigned char *out = digits % 2 == 0 ? malloc(digits / 2 + 1) : NULL;
    for (size_t i = 0; out && i < digits; i += 2) {
        int high = hex_value(text[i]);
        int low = hex_value(text[i + 1]);
        if (high < 0 || low < 0) {
            free(out);
            return NULL;
        }
        out[i / 2] = (unsigned char)(high << 4 | low);
    }
    if (out) {
        out[digits / 2] = '\0';
        *len = digits / 2;
    }
    return out;
}

/* No key signs these: baking them would take longer than sending them. */
#include "conformance/flood.h"

#include "conformance/provider/encode.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KID_CHARS = 400, SIGNATURE_CHARS = 342 /* of 2048 bits */ };

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* splitmix64: two seeds, two texts. */
static uint64_t next(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Writes `count` characters of noise, ten from each number. */
static void noise(char *out, uint64_t *state, size_t count)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < count; i++) {
        bits = i % 10 == 0 ? next(state) : bits >> 6;
        out[i] = alphabet[bits & 63];
    }
}

/* One part of a token: a JSON object with noise for one member, blanks to a multiple of three. */
static int write_part(FILE *out, const char *before, size_t chars, uint64_t *state)
{
    size_t head = strlen(before);
    size_t blanks = (3 - (head + chars + 2) % 3) % 3;
    size_t len = head + chars + 1 + blanks + 1;
    char *text = malloc(len + 1);
    if (!text) {
        return -1;
    }
    (void)snprintf(text, len + 1, "%s", before);
    noise(text + head, state, chars);
    (void)snprintf(text + head + chars, blanks + 3, "\"%*s}", (int)blanks, "");
    char *part = cf_base64url((const unsigned char *)text, len);
    int status = part && fputs(part, out) >= 0 ? 0 : -1;
    free(part);
    free(text);
    return status;
}

char *cf_flood_value(uint64_t seed, size_t octets)
{
    char *value = NULL;
    size_t len = 0;
    uint64_t state = seed;
    size_t subject = octets > 1000 ? (octets - 1000) / 4 * 3 : 3;
    FILE *out = open_memstream(&value, &len);
    if (!out) {
        return NULL;
    }
    (void)fputs("Bearer ", out);
    int status =
        write_part(out, "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"kid\":\"", KID_CHARS, &state);
    (void)fputc('.', out);
    status = status == 0 ? write_part(out, "{\"sub\":\"", subject, &state) : -1;
    (void)fputc('.', out);
    char signature[SIGNATURE_CHARS + 1] = "";
    noise(signature, &state, SIGNATURE_CHARS);
    signature[SIGNATURE_CHARS - 1] = 'A'; /* it holds four bits that must be zero */
    (void)fputs(signature, out);
    if (fclose(out) != 0 || status != 0) {
        free(value);
        return NULL;
    }
    return value;
}

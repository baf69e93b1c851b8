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

static void noise(FILE *out, uint64_t *state, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        (void)fputc(alphabet[next(state) & 63], out);
    }
}

/* One part of a token: a JSON object with noise for one member, blanks to a multiple of three. */
static int write_part(FILE *out, const char *before, size_t chars, uint64_t *state)
{
    char *text = NULL;
    size_t len = 0;
    FILE *json = open_memstream(&text, &len);
    if (!json) {
        return -1;
    }
    (void)fputs(before, json);
    noise(json, state, chars);
    (void)fprintf(json, "\"%*s}", (int)((3 - (strlen(before) + chars + 2) % 3) % 3), "");
    if (fclose(json) != 0) {
        free(text);
        return -1;
    }
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
    noise(out, &state, SIGNATURE_CHARS - 1);
    (void)fputc('A', out); /* its last character holds four bits that must be zero */
    if (fclose(out) != 0 || status != 0) {
        free(value);
        return NULL;
    }
    return value;
}

/* Reading and writing the spellings of the protocol. */
#include "conformance/provider/encode.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

char *cf_base64url(const unsigned char *data, size_t len)
{
    char *out = malloc((len + 2) / 3 * 4 + 1);
    if (!out) {
        return NULL;
    }
    int written = EVP_EncodeBlock((unsigned char *)out, data, (int)len);
    for (int i = 0; i < written; i++) {
        out[i] = (char)(out[i] == '+' ? '-' : out[i] == '/' ? '_' : out[i]);
    }
    while (written > 0 && out[written - 1] == '=') {
        written--;
    }
    out[written] = '\0';
    return out;
}

static int value_of(char c)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const char *at = c ? strchr(alphabet, c) : NULL;
    return at ? (int)(at - alphabet) : -1;
}

unsigned char *cf_base64url_decode(const char *text, size_t len, size_t *out_len)
{
    unsigned char *out = malloc(len / 4 * 3 + 4);
    unsigned bits = 0;
    unsigned held = 0;
    *out_len = 0;
    bool good = out && len % 4 != 1;
    for (size_t i = 0; good && i < len; i++) {
        int value = value_of(text[i]);
        good = value >= 0;
        held = (held << 6U | (unsigned)value) & 0xFFFU;
        bits += 6;
        if (good && bits >= 8) {
            bits -= 8;
            out[(*out_len)++] = (unsigned char)(held >> bits);
        }
    }
    if (!good || (held & ((1U << bits) - 1U)) != 0) {
        free(out);
        *out_len = 0;
        return NULL;
    }
    out[*out_len] = '\0';
    return out;
}

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("-._~", c));
}

void cf_percent_write(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (is_unreserved(*text)) {
            (void)fputc(*text, out);
        } else {
            (void)fprintf(out, "%%%02X", (unsigned)(unsigned char)*text);
        }
    }
}

static int hex_of(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static char *percent_read(const char *text, size_t len)
{
    char *out = malloc(len + 1);
    size_t n = 0;
    for (size_t i = 0; out && i < len; i++) {
        if (text[i] == '%' && i + 2 < len && hex_of(text[i + 1]) >= 0 && hex_of(text[i + 2]) >= 0) {
            out[n++] = (char)(hex_of(text[i + 1]) * 16 + hex_of(text[i + 2]));
            i += 2;
        } else {
            out[n++] = (char)(text[i] == '+' ? ' ' : text[i]);
        }
    }
    if (out) {
        out[n] = '\0';
    }
    return out;
}

json_t *cf_form_read(const char *text, size_t len, const char **twice)
{
    json_t *fields = json_object();
    const char *end = text + len;
    while (text < end) {
        const char *stop = memchr(text, '&', (size_t)(end - text));
        stop = stop ? stop : end;
        const char *equals = memchr(text, '=', (size_t)(stop - text));
        char *name = percent_read(text, (size_t)((equals ? equals : stop) - text));
        char *value =
            percent_read(equals ? equals + 1 : stop, equals ? (size_t)(stop - equals - 1) : 0);
        if (name && value && *name) {
            if (!json_object_get(fields, name)) {
                (void)json_object_set_new(fields, name, json_string(value));
            } else if (twice) {
                *twice = json_object_iter_key(json_object_iter_at(fields, name));
            }
        }
        free(name);
        free(value);
        text = stop + 1;
    }
    return fields;
}

static const struct entity {
    const char *spelling;
    char character;
} entities[] = {{"&amp;", '&'},  {"&lt;", '<'},   {"&gt;", '>'},    {"&quot;", '"'},
                {"&#39;", '\''}, {"&#34;", '"'},  {"&#x27;", '\''}, {"&#x2F;", '/'},
                {"&#43;", '+'},  {"&#x2B;", '+'}, {"&#x3D;", '='},  {"&apos;", '\''}};

char *cf_entities_read(const char *text, size_t len)
{
    char *out = malloc(len + 1);
    size_t n = 0;
    for (size_t i = 0; out && i < len;) {
        const struct entity *found = NULL;
        for (size_t k = 0; text[i] == '&' && k < sizeof entities / sizeof entities[0]; k++) {
            size_t size = strlen(entities[k].spelling);
            if (size <= len - i && strncasecmp(text + i, entities[k].spelling, size) == 0) {
                found = &entities[k];
            }
        }
        out[n++] = found ? found->character : text[i];
        i += found ? strlen(found->spelling) : 1;
    }
    if (out) {
        out[n] = '\0';
    }
    return out;
}

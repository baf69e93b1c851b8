/* What a lenient reader would do before it splits at the dots. */
#include "conformance/adapters/mutant_spelling.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

/* U+FF0E, U+3002 and U+2024 in UTF-8. */
static bool is_full_stop(const char *at, size_t left)
{
    return left >= 3 && (memcmp(at, "\xef\xbc\x8e", 3) == 0 || memcmp(at, "\xe3\x80\x82", 3) == 0 ||
                         memcmp(at, "\xe2\x80\xa4", 3) == 0);
}

/* Every %XX, or every other full stop, as the one octet that it stands for. */
static char *replaced(enum mutant_flaw flaw, const char *text, size_t text_len, size_t *len)
{
    char *out = malloc(text_len + 1);
    size_t used = 0;
    for (size_t i = 0; out != NULL && i < text_len;) {
        bool coded = flaw == MUTANT_PERCENT_DECODES && text[i] == '%' && i + 2 < text_len &&
                     hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0;
        bool stop = flaw == MUTANT_ANY_FULL_STOP && is_full_stop(text + i, text_len - i);
        out[used++] = coded  ? (char)(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]))
                      : stop ? '.'
                             : text[i];
        i += coded || stop ? 3 : 1;
    }
    if (out != NULL) {
        out[used] = '\0';
        *len = used;
    }
    return out;
}

/* RFC 7515 §7.2.2, the flattened form: whatever else stands in it is not looked at. */
static char *from_json(const char *text, size_t text_len, size_t *len)
{
    json_t *form = json_loadb(text, text_len, 0, NULL);
    const char *header = json_string_value(json_object_get(form, "protected"));
    const char *payload = json_string_value(json_object_get(form, "payload"));
    const char *signature = json_string_value(json_object_get(form, "signature"));
    char *out = NULL;
    if (header != NULL && payload != NULL && signature != NULL) {
        int written = asprintf(&out, "%s.%s.%s", header, payload, signature);
        *len = written < 0 ? 0 : (size_t)written;
        out = written < 0 ? NULL : out;
    }
    json_decref(form);
    return out;
}

/* What is left without the characters that no token has. */
static char *cleaned(const char *text, size_t text_len, size_t *len)
{
    char *out = malloc(text_len + 1);
    size_t used = 0;
    for (size_t i = 0; out != NULL && i < text_len; i++) {
        bool fits = (text[i] >= 'A' && text[i] <= 'Z') || (text[i] >= 'a' && text[i] <= 'z') ||
                    (text[i] >= '0' && text[i] <= '9') || text[i] == '-' || text[i] == '_' ||
                    text[i] == '.';
        out[used] = text[i];
        used += fits;
    }
    if (out != NULL) {
        out[used] = '\0';
        *len = used;
    }
    return out;
}

char *mutant_spelling_mend(enum mutant_flaw flaw, const char *text, size_t text_len, size_t *len)
{
    switch ((int)flaw) {
    case MUTANT_PERCENT_DECODES:
        return memchr(text, '%', text_len) ? replaced(flaw, text, text_len, len) : NULL;
    case MUTANT_ANY_FULL_STOP:
        return memchr(text, '.', text_len) ? NULL : replaced(flaw, text, text_len, len);
    case MUTANT_CLEANS_TOKENS: return cleaned(text, text_len, len);
    case MUTANT_READS_JSON_FORM: return from_json(text, text_len, len);
    default: return NULL;
    }
}

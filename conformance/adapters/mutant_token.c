/* Takes a compact JWS apart for the toy validator. jansson and plain loops: nothing here is shared
 * with libbtv. */
#include "conformance/adapters/mutant_token.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { TOKEN_LIMIT = 256 * 1024, DEPTH_LIMIT = 64, SMALL_BUFFER = 8192 };

static int base64url_value(enum mutant_flaw flaw, char c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    if (c == '-' || (c == '+' && flaw == MUTANT_STANDARD_ALPHABET)) {
        return 62;
    }
    if (c == '_' || (c == '/' && flaw == MUTANT_STANDARD_ALPHABET)) {
        return 63;
    }
    return -1;
}

/* The flaw "padded-base64" drops what it should refuse; RFC 7515 §2 has padding omitted. */
static size_t without_padding(enum mutant_flaw flaw, const char *in, size_t len)
{
    if (flaw == MUTANT_PADDED_BASE64) {
        while (len > 0 && in[len - 1] == '=') {
            len--;
        }
    }
    return len;
}

unsigned char *mutant_base64url_decode(enum mutant_flaw flaw, const char *in, size_t len,
                                       size_t *out_len)
{
    unsigned char *out = malloc(len + 1);
    size_t used = 0, characters = 0;
    uint32_t bits = 0;
    unsigned held = 0;
    len = without_padding(flaw, in, len);
    for (size_t i = 0; out != NULL && i < len; i++) {
        int value = base64url_value(flaw, in[i]);
        if (value < 0 && flaw == MUTANT_SKIPS_JUNK) {
            continue;
        }
        if (value < 0) {
            goto refused;
        }
        characters++;
        bits = (bits << 6 | (uint32_t)value) & 0xffff;
        held += 6;
        if (held >= 8) {
            held -= 8;
            out[used++] = (unsigned char)(bits >> held);
        }
    }
    if (characters % 4 == 1 ||
        ((bits & ((1u << held) - 1)) != 0 && flaw != MUTANT_STRAY_BITS)) { /* RFC 4648 §3.5 */
        goto refused;
    }
    *out_len = used;
    return out;
refused:
    free(out);
    return NULL;
}

/* jansson recurses to 2048; a toy with a deep stack would hide what the nesting cases ask. */
static bool too_deep(const unsigned char *text, size_t len)
{
    size_t depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < len; i++) {
        if (in_string && text[i] == '\\') {
            i++;
        } else if (in_string) {
            in_string = text[i] != '"';
        } else if (text[i] == '"') {
            in_string = true;
        } else if (text[i] == '[' || text[i] == '{') {
            depth++;
        } else if (text[i] == ']' || text[i] == '}') {
            depth -= depth > 0 ? 1 : 0;
        }
        if (depth > DEPTH_LIMIT) {
            return true;
        }
    }
    return false;
}

/* What a reader with a narrow idea of JSON refuses (RFC 8259 allows it all). */
static bool unwelcome(enum mutant_flaw flaw, const unsigned char *text, size_t len)
{
    bool in_string = false;
    if (flaw == MUTANT_SMALL_BUFFERS && len > SMALL_BUFFER) {
        return true;
    }
    for (size_t i = 0; i < len; i++) {
        bool escape = in_string && text[i] == '\\';
        bool space = !in_string && strchr(" \t\r\n", text[i]) != NULL && text[i] != '\0';
        if ((flaw == MUTANT_REFUSES_ESCAPES && escape) ||
            (flaw == MUTANT_ASCII_ONLY && text[i] > 126) ||
            (flaw == MUTANT_WANTS_COMPACT_JSON && space)) {
            return true;
        }
        in_string = text[i] == '"' ? !in_string : in_string;
        i += escape ? 1 : 0;
    }
    return false;
}

/* \u0061 stays what it is, six characters. */
static void keep_escapes(unsigned char *text, size_t len)
{
    for (size_t i = 0; i + 1 < len; i++) {
        text[i] = text[i] == '\\' && text[i + 1] == 'u' ? '_' : text[i];
    }
}

/* One JSON object and nothing behind it; numbers as doubles, so that none is too big to be read. */
static json_t *object_of(enum mutant_flaw flaw, const char *part, size_t len)
{
    size_t text_len = 0;
    unsigned char *text = mutant_base64url_decode(flaw, part, len, &text_len);
    json_t *object = NULL;
    size_t flags = JSON_DECODE_INT_AS_REAL | JSON_REJECT_DUPLICATES;
    if (flaw == MUTANT_LAST_DUPLICATE_WINS) {
        flags &= ~(size_t)JSON_REJECT_DUPLICATES;
    }
    if (flaw == MUTANT_IGNORES_TRAILING_DATA) {
        flags |= JSON_DISABLE_EOF_CHECK;
    }
    if (flaw == MUTANT_NUL_ENDS_TEXTS) {
        flags |= JSON_ALLOW_NUL;
    }
    if (text != NULL && flaw == MUTANT_KEEPS_ESCAPES) {
        keep_escapes(text, text_len);
    }
    if (text != NULL && !too_deep(text, text_len) && !unwelcome(flaw, text, text_len)) {
        object = json_loadb((const char *)text, text_len, flags, NULL);
    }
    free(text);
    if (!json_is_object(object)) {
        json_decref(object);
        return NULL;
    }
    return object;
}

int mutant_token_split(enum mutant_flaw flaw, const char *text, size_t len,
                       struct mutant_token *token)
{
    *token = (struct mutant_token){.text = text};
    if (len > TOKEN_LIMIT && flaw != MUTANT_UNLIMITED_SIZE) {
        return -1;
    }
    const char *first = memchr(text, '.', len);
    const char *second =
        first == NULL ? NULL : memchr(first + 1, '.', len - (size_t)(first + 1 - text));
    if (second == NULL) {
        return -1;
    }
    size_t rest = len - (size_t)(second + 1 - text);
    const char *third = memchr(second + 1, '.', rest);
    if (third != NULL && flaw != MUTANT_IGNORES_EXTRA_PARTS) {
        return -1;
    }
    size_t signature_len = third == NULL ? rest : (size_t)(third - second - 1);
    token->signed_len = (size_t)(second - text);
    token->payload_at = (size_t)(first + 1 - text);
    token->payload_len = (size_t)(second - first - 1);
    token->header = object_of(flaw, text, (size_t)(first - text));
    token->signature =
        mutant_base64url_decode(flaw, second + 1, signature_len, &token->signature_len);
    if (token->header == NULL || token->signature == NULL) {
        return -1;
    }
    while (flaw == MUTANT_SIGNATURE_IS_A_NUMBER && token->signature_len > 0 &&
           token->signature[0] == 0) { /* as a big integer is written */
        memmove(token->signature, token->signature + 1, --token->signature_len);
    }
    return 0;
}

int mutant_token_payload(enum mutant_flaw flaw, struct mutant_token *token)
{
    token->payload = object_of(flaw, token->text + token->payload_at, token->payload_len);
    return token->payload == NULL ? -1 : 0;
}

void mutant_token_clear(struct mutant_token *token)
{
    json_decref(token->header);
    json_decref(token->payload);
    free(token->signature);
    *token = (struct mutant_token){0};
}
